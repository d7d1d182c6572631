"""What a service answered."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from core.sources import ProblemKind
from scrapers.api.problems import SourceProblem

SHOWN = 200
"""Characters of an answer that an error quotes."""
LOOKED_AT = 10_000
"""Bytes of it that are looked through for secrets."""


@dataclass(frozen=True)
class Answer:
    """One answer, read whole. `place` names the question without its parameters, for errors."""

    place: str
    status: int
    headers: Mapping[str, str]
    """By their names in lower case."""
    body: bytes
    hide: Callable[[str], str] = str
    """Takes the secrets out of what is quoted."""

    @property
    def is_success(self) -> bool:
        """Whether the status is one of the two hundreds."""
        return 200 <= self.status < 300  # noqa: PLR2004  (as HTTP has them)

    def json(self) -> Any:
        """Return the body as JSON, numbers with a point as Decimal. Raises SourceProblem."""
        try:
            return json.loads(self.body, parse_float=Decimal)
        except (ValueError, RecursionError):
            raise self.puzzle("no JSON, or only a part of it") from None

    def puzzle(self, what: str) -> SourceProblem:
        """Return the problem that the answer is not what the service's contract says."""
        told = f"{self.place} answered {what} (HTTP {self.status}): {self.quote()}"
        return SourceProblem(ProblemKind.BROKEN, told)

    def quote(self, words: str | None = None, longest: int = SHOWN) -> str:
        """Return the beginning of the answer, or of words of it, in one line and without secrets.

        They are taken out before it is cut: no part of one is left at its end.
        """
        said = self.body[:LOOKED_AT].decode("utf-8", "replace") if words is None else words
        return " ".join(self.hide(said).split())[:longest]
