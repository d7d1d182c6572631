"""Asking a service's API: in time, in its pace, again what passes, and no secret in any error."""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from json import dumps
from typing import Any, Self
from urllib.parse import quote_plus

import httpx

from core.sources import ProblemKind
from scrapers.api.answer import Answer
from scrapers.api.memory import Clock, Memory, Pace
from scrapers.api.problems import SourceProblem, TokenRefused

ATTEMPTS = 4
"""How often a question is asked when the trouble passes."""

FIRST_WAIT = 1.0
"""Seconds before the second attempt; doubled before each further one."""

PATIENCE = 90.0
"""Seconds that a run waits at a time; whoever asks for more gets the run ended, and a later one."""

TIMEOUT = httpx.Timeout(30.0, connect=10.0)
TOTAL_SECONDS = 120.0
"""For one answer, however slowly it drips."""

MOST_BYTES = 100_000_000

Sleep = Callable[[float], Awaitable[None]]
Judge = Callable[[Answer], SourceProblem | None]
"""Finds the problem that a service tells in its own way, often with HTTP 200."""
Signed = Callable[[], Mapping[str, Any]]
"""Makes what is signed with its moment: `params`, `data`, `content`, `headers` of one attempt."""

_REFUSED = frozenset({HTTPStatus.PAYMENT_REQUIRED, HTTPStatus.FORBIDDEN})


_SPELLINGS: Sequence[Callable[[str], str]] = (
    str,
    quote_plus,
    lambda word: dumps(word)[1:-1],
    lambda word: word.replace("/", r"\/"),
)
"""How an echo of what was sent writes a word."""


def _all(_: str) -> str:
    """Hide all of an answer."""
    return "…"


def _without_query(record: logging.LogRecord) -> bool:
    """Take the parameters out of an address that httpx logs: signatures and tokens stand there."""
    if isinstance(record.args, tuple):
        record.args = tuple(
            arg.copy_with(query=None) if isinstance(arg, httpx.URL) else arg for arg in record.args
        )
    return True


logging.getLogger("httpx").addFilter(_without_query)


class Api(AbstractAsyncContextManager["Api"]):
    """The way to one service. No error repeats `secrets`, nor the tokens that `memory` keeps."""

    def __init__(
        self,
        memory: Memory,
        secrets: set[str],
        *,
        now: Clock,
        sleep: Sleep = asyncio.sleep,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self.memory, self.now = memory, now
        self._secrets, self._sleep = secrets, sleep
        # no redirects: credentials go where they were meant to go
        self._client = httpx.AsyncClient(timeout=TIMEOUT, transport=transport, trust_env=False)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._client.aclose()

    def keep_secret(self, word: str) -> None:
        """Let no error repeat a word that is no token in the memory, for instance an address."""
        self._secrets.add(word)

    async def pause(self, seconds: float) -> None:
        """Wait, for instance for a service that prepares what was asked for."""
        await self._sleep(seconds)

    async def ask(
        self,
        method: str,
        url: str,
        *,
        params: Mapping[str, Any] | None = None,
        json: Any = None,
        form: Mapping[str, str] | None = None,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        signed: Signed | None = None,
        pace: Pace | None = None,
        cost: float = 1,
        judge: Judge | None = None,
        accept: Collection[int] = (),
        grants: bool = False,
    ) -> Answer:
        """Return the answer of a question that worked. Raises SourceProblem.

        Throttling, a broken service and a lost connection are tried again, as long as the wait
        stays within `PATIENCE`. Every question may therefore be asked twice; what is `signed` is
        made anew for each time. `accept` are statuses beside the two hundreds that whoever asks
        reads himself. `cost` is taken out of the pace. `grants`: the answer brings a secret.
        """
        sent = {"params": params, "json": json, "data": form, "content": content}
        wait = FIRST_WAIT
        for attempt in range(1, ATTEMPTS + 1):
            try:
                await self._in_turn(url, pace, cost)
                made = {**sent, "headers": headers, **(signed() if signed else {})}
                request = self._client.build_request(method, url, **made)
                return await self._once(request, judge, accept, grants=grants)
            except SourceProblem as problem:
                passes = problem.kind in (ProblemKind.THROTTLED, ProblemKind.UNREACHABLE)
                pause = problem.wait or wait  # "0 seconds" is no leave to hammer
                if not passes or attempt == ATTEMPTS or pause > PATIENCE:
                    raise self.without_secrets(problem) from None
                wait *= 2
                await self._sleep(pause + random.random() * pause / 10)  # noqa: S311  (jitter is no secret)
        raise AssertionError

    async def _once(
        self,
        request: httpx.Request,
        judge: Judge | None,
        accept: Collection[int],
        *,
        grants: bool,
    ) -> Answer:
        place = f"{request.method} {request.url.copy_with(query=None)}"
        try:
            async with asyncio.timeout(TOTAL_SECONDS):
                answer = await self._read(request, place)
        except (TimeoutError, httpx.TransportError) as error:
            told = f"{place} gave no answer ({type(error).__name__})"
            raise SourceProblem(ProblemKind.UNREACHABLE, told) from None
        if grants and answer.is_success:
            answer = replace(answer, hide=_all)
        problem = judge(answer) if judge else None
        if problem is None and answer.status not in accept:
            problem = self._problem(answer)
        if problem:
            raise problem
        return answer

    async def _in_turn(self, url: str, pace: Pace | None, cost: float) -> None:
        """Wait until the pace has room for what a call costs."""
        if pace is None:
            return
        wait = pace.wait(self.now(), cost)
        if wait > PATIENCE:
            pace.give_back(cost)
            at = self.now() + timedelta(seconds=wait)
            told = f"{httpx.URL(url).host} may be asked again at {at:%H:%M:%S} UTC"
            raise SourceProblem(ProblemKind.THROTTLED, told, wait=wait, retry_at=at)
        if wait:
            await self._sleep(wait)

    async def _read(self, request: httpx.Request, place: str) -> Answer:
        response = await self._client.send(request, stream=True)
        try:
            if "," in response.headers.get("content-encoding", ""):
                # one chunk, packed twice, may unpack to more than there is memory
                told = f"{place} answered bytes that are packed more than once"
                raise SourceProblem(ProblemKind.BROKEN, told)
            body = bytearray()
            async for chunk in response.aiter_bytes():
                body += chunk
                if len(body) > MOST_BYTES:
                    told = f"{place} answered more than {MOST_BYTES:,} bytes"
                    raise SourceProblem(ProblemKind.BROKEN, told)
        except httpx.DecodingError:
            told = f"{place} answered bytes that are not packed as it says"
            raise SourceProblem(ProblemKind.BROKEN, told) from None
        finally:
            await response.aclose()
        headers = dict(response.headers)
        return Answer(place, response.status_code, headers, bytes(body), self.hide)

    def _problem(self, answer: Answer) -> SourceProblem | None:
        """Return what an HTTP status says is wrong."""
        if answer.is_success:
            return None
        told = f"{answer.place} answered HTTP {answer.status}: {answer.quote()}".removesuffix(": ")
        if answer.status == HTTPStatus.TOO_MANY_REQUESTS:
            wait = self.wait_asked(answer)
            return SourceProblem(ProblemKind.THROTTLED, told, wait=wait)
        if answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            wait = self.wait_asked(answer)
            return SourceProblem(ProblemKind.UNREACHABLE, told, wait=wait)
        if answer.status == HTTPStatus.UNAUTHORIZED:
            return TokenRefused(told)
        kind = ProblemKind.REFUSED if answer.status in _REFUSED else ProblemKind.BROKEN
        return SourceProblem(kind, told)

    def wait_asked(self, answer: Answer) -> float | None:
        """Return the seconds that `Retry-After` asks for, as a number or as a date (RFC 9110)."""
        asked = answer.headers.get("retry-after", "").strip()
        try:
            return max(float(asked), 0)
        except ValueError:
            pass
        try:
            at = parsedate_to_datetime(asked)
            return max((at - self.now()).total_seconds(), 0)
        except (ValueError, TypeError):
            return None

    def without_secrets(self, problem: SourceProblem) -> SourceProblem:
        """Return a problem whose words repeat no secret, and that says when to come again."""
        problem.args = (self.hide(str(problem)),)
        problem.retry_at = problem.retry_at or self._later(problem.wait)
        return problem

    def hide(self, told: str) -> str:
        """Return words without the secrets in them, as they are or as forms and JSON spell them."""
        words = {*self._secrets, *self.memory.words}
        spelled = {spelling(word) for word in words for spelling in _SPELLINGS}
        for secret in sorted(spelled, key=len, reverse=True):
            told = told.replace(secret, "…")
        return told

    def _later(self, wait: float | None) -> datetime | None:
        return self.now() + timedelta(seconds=wait) if wait else None
