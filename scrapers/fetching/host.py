"""One host: asked in its pace, again what passes, left alone when it says so or blocks us."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from http import HTTPStatus

import httpx

from core.ledger.tables import FetchOutcome
from core.sections import FetchSettings, HostSettings
from scrapers.fetching.addresses import Guard
from scrapers.fetching.answers import (
    Answer,
    Fetched,
    FetchFailed,
    FetchRefused,
    LeftAlone,
    Validators,
)
from scrapers.fetching.bodies import read
from scrapers.fetching.network import AGENT, NETWORK_ERRORS, TIMEOUTS
from scrapers.fetching.renderer import Renderer
from scrapers.fetching.robots import Robots
from scrapers.fetching.waiting import BACKOFF, Clock, Waiting, wait_asked
from scrapers.page.blocked import WALL_SIZE, is_captcha
from scrapers.page.document import Document
from scrapers.page.encoding import decode

TRIES = 3
"""How often a page is asked for when the trouble passes."""

FIRST_WAIT = 1.0
"""Seconds before the second try; doubled before the third."""

_IN_A_ROW = 3
"""So many pages refused (403), or not answered, one after another: the host is left alone."""

_BUSY = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE})

Note = Callable[[Fetched], None]


class Host:
    """A host as we know it: its client, its rules, and the moment of the next request.

    `places` bounds what is under way at all hosts together; whoever waits for its turn takes none.
    """

    def __init__(
        self,
        client: httpx.AsyncClient,
        settings: FetchSettings,
        own: HostSettings,
        *,
        waiting: Waiting,
        places: asyncio.Semaphore,
        clock: Clock,
        note: Note,
        guard: Guard,
        renderer: Renderer | None,
    ) -> None:
        self.client = client
        self.waiting = waiting
        self.robots: Robots | None = None
        self.asking_robots = asyncio.Lock()
        pause = own.seconds_between_requests
        self._delay = float(settings.seconds_between_requests if pause is None else pause)
        self._settings = settings
        self._connections = asyncio.Semaphore(settings.connections_per_host)
        self._places = places
        self._now = clock
        self._note = note
        self._guard = guard
        self._renderer = renderer if own.render else None
        self._silent = self._forbidden = 0

    async def ask(
        self, url: httpx.URL, validators: Validators | None = None, *, rules: bool = False
    ) -> Answer:
        """What the host answers; asked again while it fails in a way that passes.

        `rules` asks for robots.txt. Raises FetchRefused, FetchFailed (429 and 5xx too).
        """
        tried = 0
        while True:
            try:
                return await self._ask_once(url, validators, rules=rules)
            except LeftAlone:
                raise
            except FetchFailed as failure:
                tried += 1
                wait = FIRST_WAIT * 2 ** (tried - 1)
                if failure.retry_after:
                    wait = (failure.retry_after - self._now()).total_seconds()
                if tried == TRIES or not await self.waiting.again(wait):
                    self._gave_up(failure)
                    raise

    def _gave_up(self, failure: FetchFailed) -> None:
        """Count a page that did not come, unless its host already rests."""
        if failure.retry_after is None:
            self._silent += 1
            self._rest_after(self._silent, failure.reason.rpartition(": ")[2], blocked=False)

    async def _ask_once(
        self, url: httpx.URL, validators: Validators | None, *, rules: bool
    ) -> Answer:
        async with self._connections:
            await self.waiting.until_rested(url.host)
            asked = self.robots.delay(AGENT) if self.robots else 0
            await self.waiting.turn(url.host, max(self._delay, asked))
            async with self._places:
                began = self._now()
                try:
                    answer = await self._sent(url, validators, rules=rules)
                except FetchFailed as failure:
                    self._noted(url, began, FetchOutcome.FAILED, problem=failure.reason)
                    raise
                except FetchRefused as refusal:
                    self._noted(url, began, FetchOutcome.REFUSED, problem=refusal.reason)
                    raise
        return self._judged(answer, began, rules=rules)

    async def _sent(self, url: httpx.URL, validators: Validators | None, *, rules: bool) -> Answer:
        limit = self._settings.max_bytes
        try:
            async with asyncio.timeout(self._settings.timeout.total_seconds()):
                if self._renderer and not rules:
                    return await self._renderer.ask(url, self._guard, limit)
                asked = self.client.stream(
                    "GET", url, headers=validators.headers if validators else None
                )
                async with asked as answer:
                    body, size = await read(answer, limit)
                    return Answer(url, answer.status_code, answer.headers, body, size)
        except TIMEOUTS:
            raise FetchFailed(f"{url} did not answer in time") from None
        except NETWORK_ERRORS as error:
            why = str(error) or type(error).__name__
            raise FetchFailed(f"{url} could not be read: {why}") from None

    def _judged(self, answer: Answer, began: datetime, *, rules: bool) -> Answer:
        """The answer, noted. Raises FetchFailed for a busy or broken server.

        Walls come first: they are served with any status, 503 among them.
        """
        if not rules and _is_wall(answer):
            until = self._now() + BACKOFF
            self.waiting.rest(until, "it showed a captcha", blocked=True)
            self._noted(
                answer.url, began, FetchOutcome.BLOCKED, answer, problem="captcha", rest=until
            )
            return replace(answer, blocked=True)
        if answer.status in _BUSY or answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise self._trouble(answer, began)
        return self._took(answer, began, rules=rules)

    def _took(self, answer: Answer, began: datetime, *, rules: bool) -> Answer:
        self._silent = 0
        if answer.status == HTTPStatus.FORBIDDEN and not rules:
            self._forbidden += 1
            why = f"it answered {answer.status} (forbidden)"
            rest = self._rest_after(self._forbidden, why, blocked=True)
            outcome = FetchOutcome.BLOCKED if rest else FetchOutcome.READ
            self._noted(answer.url, began, outcome, answer, problem=why, rest=rest)
            return replace(answer, blocked=rest is not None)
        self._forbidden = 0
        outcome = FetchOutcome.RULES if rules else FetchOutcome.READ
        if answer.status == HTTPStatus.NOT_MODIFIED:
            outcome = FetchOutcome.UNCHANGED
        self._noted(answer.url, began, outcome, answer)
        return answer

    def _trouble(self, answer: Answer, began: datetime) -> FetchFailed:
        """A busy or broken server; a busy one is left alone."""
        now, until = self._now(), None
        why = f"the server answered {answer.status}"
        if answer.status in _BUSY:
            until = now + wait_asked(answer.headers.get("retry-after"), now)
            why = f"it answered {answer.status} (too busy)"
            self.waiting.rest(until, why)
        self._noted(answer.url, began, FetchOutcome.FAILED, answer, problem=why, rest=until)
        return FetchFailed(f"{answer.url} could not be read: {why}", until)

    def _rest_after(self, in_a_row: int, why: str, *, blocked: bool) -> datetime | None:
        """Leave the host alone after some failures in a row; return until when."""
        if in_a_row < _IN_A_ROW:
            return None
        until = self._now() + BACKOFF
        self.waiting.rest(until, why, blocked=blocked)
        return until

    def _noted(
        self,
        url: httpx.URL,
        began: datetime,
        outcome: FetchOutcome,
        answer: Answer | None = None,
        *,
        problem: str | None = None,
        rest: datetime | None = None,
    ) -> None:
        self._note(
            Fetched(
                host=url.netloc.decode(),
                url=str(url),
                at=began,
                outcome=outcome,
                status=answer.status if answer else None,
                bytes=answer.size if answer else 0,
                seconds=(self._now() - began).total_seconds(),
                problem=problem,
                rest_until=rest,
            )
        )


def _is_wall(answer: Answer) -> bool:
    text = decode(answer.body[:WALL_SIZE], answer.headers.get("content-type"))
    return is_captcha(Document(str(answer.url), text))
