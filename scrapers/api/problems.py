"""Why a service brought nothing, in one line for people."""

from datetime import datetime

from core.errors import UserError
from core.sources import ProblemKind


class SourceProblem(UserError):
    """Says what a service answered; `kind` says what can be done about it.

    `wait` is how many seconds the service asked us to wait, `retry_at` the moment from which a run
    may try again.
    """

    def __init__(
        self,
        kind: ProblemKind,
        message: str,
        *,
        wait: float | None = None,
        retry_at: datetime | None = None,
    ) -> None:
        super().__init__(message)
        self.kind, self.wait, self.retry_at = kind, wait, retry_at


class TokenRefused(SourceProblem):
    """An access token no longer holds: got or renewed once, the question may be asked anew."""

    def __init__(self, message: str) -> None:
        super().__init__(ProblemKind.REFUSED, message)
