"""The contract between the outbox and what carries its posts."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from core.ledger.life.groups import GroupView
from core.ledger.tables import Alert, AlertStep, Post


class TransportError(Exception):
    """A post that could not be carried out.

    `permanent`: trying again cannot help, a person has to hear of it. `uncertain`: it may have
    arrived, so the other side is asked before it is sent again. `retry_after`: seconds the other
    side asked us to wait.
    """

    def __init__(
        self,
        message: str,
        *,
        permanent: bool = False,
        uncertain: bool = False,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message)
        self.permanent, self.uncertain, self.retry_after = permanent, uncertain, retry_after


@dataclass(frozen=True)
class Errand:
    """A post on its way, with what it is about."""

    post: Post
    alert: Alert | None
    parent: Post | None
    """The message which a Slack reply goes under, or which a mail follows."""
    may_have_arrived: bool
    steps: Sequence[AlertStep] = ()
    """What happened to the alert, oldest first."""
    group: GroupView | None = None
    """The alerts that share the message."""
    silences: int = 0
    """How many alerts are silent because they follow from this one."""
    phone: str | None = None
    """Where WhatsApp reaches the recipient, in digits; None: they did not ask for that."""


class Sender(Protocol):
    """Carries posts out over one medium."""

    async def send(self, errand: Errand) -> dict[str, Any] | None:
        """Carry a post out; return where it stands now. Raises TransportError."""
