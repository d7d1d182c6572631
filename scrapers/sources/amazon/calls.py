"""Asking Amazon: with a token that is renewed, at the pace it allows, its errors in one line."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from core.sources import ProblemKind
from scrapers.api.access import with_access
from scrapers.api.answer import SHOWN, Answer
from scrapers.api.memory import Pace, Token
from scrapers.api.problems import SourceProblem, TokenRefused
from scrapers.api.service import Connection
from scrapers.sources.amazon.operations import Operation

TOKENS = "https://api.amazon.com/auth/o2/token"
HOST = "https://sellingpartnerapi-{}.amazon.com"
AGENT = "Watchkeeper/1.0 (Language=Python)"
RATE = "x-amzn-ratelimit-limit"
DECIMALS = 6
FASTEST = 1_000.0
"""Calls a second that no account is allowed: more is no rate."""

_REFUSALS = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN})
ROLES = "does the app have the role for it, and was it authorized again since?"


class Amazon:
    """One account in one region."""

    def __init__(self, source: Connection) -> None:
        self.settings, self.api = source.settings, source.api
        self._credentials = source.credentials
        self._host = HOST.format(source.settings.region)

    async def items(
        self, operation: Operation, name: str, *parts: str, params: Mapping[str, Any] | None = None
    ) -> list[Any]:
        """Return a list that stands at the top of the answer. Raises SourceProblem."""
        return listed(await self.ask(operation, *parts, params=params), name)

    async def ask(
        self,
        operation: Operation,
        *parts: str,
        params: Mapping[str, Any] | None = None,
        json: Any = None,
        grants: bool = False,
    ) -> Answer:
        """Return an answer that worked; `parts` fill the path. Raises SourceProblem.

        A token that Amazon calls expired is renewed once. `grants`: no error quotes the answer.
        """
        place = operation.path.format(*(quote(part, safe="") for part in parts))
        question = {"params": params, "json": json, "grants": grants}
        once = partial(self._once, operation, place, question)
        return await with_access(self.api, self._new_token, once)

    async def _once(
        self, operation: Operation, place: str, question: Mapping[str, Any], token: str
    ) -> Answer:
        pace = self._pace(operation)
        answer = await self.api.ask(
            operation.method,
            self._host + place,
            **question,
            headers={"x-amz-access-token": token, "user-agent": AGENT},
            pace=pace,
            judge=partial(self._judge, pace),
        )
        _obey(pace, answer)
        return answer

    def _pace(self, operation: Operation) -> Pace:
        return self.api.memory.pace(
            f"{operation.method} {operation.path}",
            self.api.now(),
            per_second=operation.per_second,
            burst=operation.burst,
        )

    def _judge(self, pace: Pace, answer: Answer) -> SourceProblem | None:
        """Return what an answer says is wrong, where Amazon says it in its own way."""
        if answer.status in _REFUSALS:
            told = _told(answer)
            if answer.status == HTTPStatus.UNAUTHORIZED or "access token" in told:
                return TokenRefused(told)
            return SourceProblem(ProblemKind.REFUSED, f"{told} ({ROLES})")
        if answer.status == HTTPStatus.TOO_MANY_REQUESTS:
            _obey(pace, answer)
            pace.left = min(pace.left, 0)  # others ask as well
            wait = self.api.wait_asked(answer) or 1 / pace.per_second
            return SourceProblem(ProblemKind.THROTTLED, _told(answer), wait=wait)
        if HTTPStatus.BAD_REQUEST <= answer.status < HTTPStatus.INTERNAL_SERVER_ERROR:
            return SourceProblem(ProblemKind.BROKEN, _told(answer))
        return None

    async def _new_token(self) -> Token:
        """Log in with Amazon; it gives a token for an hour."""
        form = {"grant_type": "refresh_token", **self._credentials}
        answer = await self.api.ask("POST", TOKENS, form=form, judge=_judge_login, grants=True)
        told = answer.json()
        value, lives = at(told, "access_token"), at(told, "expires_in")
        if not isinstance(value, str) or not value or not isinstance(lives, int):
            raise answer.puzzle("no access token")
        return Token(value, self.api.now() + timedelta(seconds=lives))


def at(thing: Any, *names: str) -> Any:
    """Return what stands under a path of names; None where there is no such thing."""
    for name in names:
        thing = thing.get(name) if isinstance(thing, dict) else None
    return thing


def word(thing: Any, *names: str) -> str | None:
    """Return the text under a path of names; None where there is none."""
    found = at(thing, *names)
    return found if isinstance(found, str) else None


def listed(answer: Answer, *names: str) -> list[Any]:
    """Return a list that an answer must have. Raises SourceProblem."""
    told = answer.json()
    found = at(told, *names)
    if at(told, "errors"):
        raise SourceProblem(ProblemKind.BROKEN, _told(answer))
    if not isinstance(found, list):
        raise answer.puzzle(f"no {names[-1]}")
    return [one for one in found if isinstance(one, dict)]


def iso(moment: datetime) -> str:
    """Write a moment in UTC as Amazon has it: 2026-03-05T02:30:00Z."""
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def money(amount: Any, column: str) -> dict[str, object]:
    """Return a column and its currency; none of an amount that was not told."""
    value, currency = at(amount, "amount"), at(amount, "currencyCode")
    return {} if value is None else {column: kept(value), "currency": currency}


def kept(number: Any) -> Any:
    """Return a number with no more decimals than the ledger keeps: reports give up to 17."""
    return round(number, DECIMALS) if isinstance(number, Decimal) else number


def _obey(pace: Pace, answer: Answer) -> None:
    """Go at the pace that an answer tells, which may be another one than the model's."""
    try:
        told = float(answer.headers.get(RATE, ""))
    except ValueError:
        return
    if 0 < told < FASTEST:
        pace.per_second = told


def _told(answer: Answer) -> str:
    """Return Amazon's own words for what is wrong: {"errors": [{code, message, details}]}."""
    try:
        errors = at(answer.json(), "errors")
    except SourceProblem:
        errors = None
    said = _words(errors if isinstance(errors, list) else []) or None
    return f"{answer.place} answered HTTP {answer.status}: {answer.quote(said)}"


def _words(errors: Sequence[Any]) -> str:
    names = ("code", "message", "details")
    said = [str(at(error, name)) for error in errors for name in names if at(error, name)]
    return " ".join(said)


def _judge_login(answer: Answer) -> SourceProblem | None:
    """Find a refusal: Login with Amazon tells one with HTTP 400 or 401 and an `error`."""
    if answer.is_success or answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return None
    if answer.status == HTTPStatus.TOO_MANY_REQUESTS:
        return None
    try:
        error = str(at(answer.json(), "error") or "")[:SHOWN]
    except SourceProblem:
        error = ""
    told = f"Amazon refuses the login ({error or f'HTTP {answer.status}'}): {_TO_DO.get(error, '')}"
    return SourceProblem(ProblemKind.REFUSED, told.rstrip(": "))


_TO_DO = {
    "invalid_grant": "authorize the app again in Seller Central for a new refresh token",
    "invalid_client": "the client id or secret is wrong; secrets must be renewed twice a year",
}
