"""What a service answered."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from core.sources import ProblemKind
from scrapers.api.problems import SourceProblem

SHOWN = 200
"""Characters of an answer that an error quotes."""


@dataclass(frozen=True)
class Answer:
    """One answer, read whole. `place` names the question without its parameters, for errors."""

    place: str
    status: int
    headers: Mapping[str, str]
    """By their names in lower case."""
    body: bytes

    @property
    def is_success(self) -> bool:
        """Whether the status is one of the two hundreds."""
        return 200 <= self.status < 300  # noqa: PLR2004

    def json(self) -> Any:
        """Return the body as JSON, numbers with a point as Decimal. Raises SourceProblem."""
        try:
            return json.loads(self.body, parse_float=Decimal)
        except (ValueError, RecursionError):
            raise self.puzzle("no JSON, or only a part of it") from None

    def puzzle(self, what: str) -> SourceProblem:
        """Return the problem that the answer is not what the service's contract says."""
        quoted = " ".join(self.text(SHOWN).split())
        told = f"{self.place} answered {what} (HTTP {self.status}): {quoted}"
        return SourceProblem(ProblemKind.BROKEN, told)

    def text(self, longest: int) -> str:
        """Return the beginning of the body, as text."""
        return self.body[: 4 * longest].decode("utf-8", "replace")[:longest]
