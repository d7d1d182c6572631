"""What is wrong with an answer of the Admin API: most is told with HTTP 200."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from core.sources import ProblemKind
from scrapers.api.answer import SHOWN, Answer
from scrapers.api.memory import Clock, Pace
from scrapers.api.problems import SourceProblem, TokenRefused

SHORTEST_WAIT = 1.0

_CURES = {
    HTTPStatus.PAYMENT_REQUIRED: "the shop is frozen until its plan is paid",
    HTTPStatus.FORBIDDEN: "the app may not do this: look at its scopes",
    HTTPStatus.NOT_FOUND: "there is no such shop, or the app is not installed there",
    HTTPStatus.LOCKED: "Shopify has locked the shop: ask its support",
    430: "Shopify takes us for an attacker: ask its support",
}
_KINDS = {
    "ACCESS_DENIED": ProblemKind.REFUSED,
    "SHOP_INACTIVE": ProblemKind.REFUSED,
    "INTERNAL_SERVER_ERROR": ProblemKind.UNREACHABLE,
    "TIMEOUT": ProblemKind.UNREACHABLE,
}


class TooCostly(SourceProblem):
    """A query that is never answered as long as it asks for so much."""


class LostPlace(SourceProblem):
    """A cursor that Shopify does not know any more."""


@dataclass
class Judge:
    """Judges the answers to one question; what the last one said stays here.

    The cost bucket that Shopify describes in every answer becomes the `pace`.
    """

    pace: Pace
    now: Clock
    content: dict[str, Any] = field(default_factory=dict)

    @property
    def cost(self) -> float | None:
        """What the question was reckoned to cost at most, in points."""
        return _number(self._cost_told().get("requestedQueryCost"))

    def __call__(self, answer: Answer) -> SourceProblem | None:
        """Return the problem of an answer, if there is one."""
        self.content = {}
        if not answer.is_success:
            return _refused(answer)
        content = answer.json()
        if not isinstance(content, dict):
            return answer.puzzle("no GraphQL")
        self.content = content
        self._fill_bucket()
        if content.get("errors"):
            return self._problem(answer, content["errors"])
        return None if isinstance(content.get("data"), dict) else answer.puzzle("no data")

    def _problem(self, answer: Answer, errors: Any) -> SourceProblem:
        """Return what GraphQL errors mean. Data that came with them is a part of the truth only."""
        listed = errors if isinstance(errors, list) else [errors]
        found = [e if isinstance(e, Mapping) else {"message": e} for e in listed]
        messages = "; ".join(dict.fromkeys(str(e.get("message")) for e in found))
        code = next(filter(None, map(_code, found)), "")
        told = f"{answer.place} answered: {answer.quote(messages, 2 * SHOWN)}"
        if code == "THROTTLED":
            return SourceProblem(ProblemKind.THROTTLED, told, wait=self._wait())
        if code == "MAX_COST_EXCEEDED":
            return TooCostly(ProblemKind.BROKEN, told)
        if "cursor" in messages.lower():  # there is no code of its own for it
            return LostPlace(ProblemKind.BROKEN, told)
        return SourceProblem(_KINDS.get(code, ProblemKind.BROKEN), told)

    def _fill_bucket(self) -> None:
        told = self._cost_told().get("throttleStatus")
        if not isinstance(told, Mapping):
            return
        left = _number(told.get("currentlyAvailable"))
        most = _number(told.get("maximumAvailable"))
        rate = _number(told.get("restoreRate"))
        if left is not None and most and rate:
            self.pace.left, self.pace.burst, self.pace.per_second = left, most, rate
            self.pace.at = self.now()

    def _wait(self) -> float:
        """Return the seconds until the bucket holds what the question costs."""
        missing = (self.cost or 0) - self.pace.left
        return max(missing / self.pace.per_second, SHORTEST_WAIT)

    def _cost_told(self) -> Mapping[str, Any]:
        extensions = self.content.get("extensions")
        told = extensions.get("cost") if isinstance(extensions, Mapping) else None
        return told if isinstance(told, Mapping) else {}


def _refused(answer: Answer) -> SourceProblem | None:
    """Return what a status means that Shopify has its own reading of."""
    quoted = answer.quote()
    if answer.status == HTTPStatus.UNAUTHORIZED:
        told = f"{answer.place}: the access token is revoked or expired (HTTP 401: {quoted})"
        return TokenRefused(told)
    if answer.status in _CURES:
        told = f"{answer.place}: {_CURES[answer.status]} (HTTP {answer.status}: {quoted})"
        return SourceProblem(ProblemKind.REFUSED, told)
    return None


def _code(error: Mapping[str, Any]) -> str:
    extensions = error.get("extensions")
    code = str(extensions.get("code") or "") if isinstance(extensions, Mapping) else ""
    return code or ("THROTTLED" if error.get("message") == "Throttled" else "")


def _number(told: Any) -> float | None:
    try:
        return float(told)
    except (TypeError, ValueError):
        return None
