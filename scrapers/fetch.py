"""Polite fetching of web pages: robots.txt, a pace per host, and no way into private networks."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Self

import httpx

from core.sections import FetchSettings
from scrapers.fetching.addresses import Guard, Resolver, checked_url, resolve
from scrapers.fetching.answers import (
    Answer,
    Fetched,
    FetchFailed,
    FetchRefused,
    LeftAlone,
    Page,
    Validators,
)
from scrapers.fetching.host import Host, Note
from scrapers.fetching.network import AGENT, open_client
from scrapers.fetching.renderer import Renderer
from scrapers.fetching.robots import Robots, read_rules
from scrapers.fetching.waiting import BACKOFF, Chance, Clock, Sleep, Waiting

__all__ = ["FetchFailed", "FetchRefused", "Fetched", "Fetcher", "Page", "Validators"]

MAX_REDIRECTS = 5
_RULES_HOLD = timedelta(days=1)  # RFC 9309, 2.4: no longer than 24 hours
_NOT_MODIFIED = 304


def _utc_now() -> datetime:
    return datetime.now(UTC)


def _forget(_: Fetched) -> None:
    pass


class Fetcher:
    """Fetches pages politely, for one round; use it as an async context manager.

    `environment` holds the proxies' and the renderer's credentials; `note` is told of every
    request; `at_once` bounds those under way at all hosts together. `resolver`, `clock`, `sleep`
    and `chance` replace DNS, time and the jitter.
    """

    def __init__(
        self,
        settings: FetchSettings,
        *,
        environment: Mapping[str, str] | None = None,
        note: Note = _forget,
        at_once: int = 32,
        resolver: Resolver = resolve,
        clock: Clock = _utc_now,
        sleep: Sleep = asyncio.sleep,
        chance: Chance = random.random,
    ) -> None:
        self._settings = settings
        self._environment = environment or {}
        self._note = note
        self._places = asyncio.Semaphore(at_once)
        self._now = clock
        self._sleep = sleep
        self._chance = chance
        self._guard = Guard(resolver, clock, frozenset(settings.allowed_private_hosts))
        self._renderer = self._open_renderer(settings.renderer) if settings.renderer else None
        self._hosts: dict[str, Host] = {}
        self._resting: dict[str, tuple[datetime, str, bool]] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await asyncio.gather(*(host.client.aclose() for host in self._hosts.values()))
        if self._renderer:
            await self._renderer.aclose()

    def leave_alone(self, hosts: Mapping[str, tuple[datetime, str, bool]]) -> None:
        """Ask hosts nothing before a moment, for a reason; the last says whether they block us.

        What an earlier round was told holds for this one too.
        """
        self._resting.update(hosts)

    async def get(self, url: str, validators: Validators | None = None) -> Page:
        """The page at `url`, after at most five redirects, each checked like the first.

        Any answer but 429 and 5xx is a Page; see its `status`. A block page is returned too (its
        `blocked` says so), and its host is left alone for five minutes. With the `validators` of
        an earlier page it is asked whether it has changed since.

        Raises FetchRefused (robots.txt, private address, scheme, too many redirects, too big)
        and FetchFailed (network, time-out, 429, 5xx, host left alone until later).
        """
        target = checked_url(url)
        for _ in range(MAX_REDIRECTS + 1):
            await self._check_allowed(target)
            answer = await self._host(target).ask(target, validators)
            if answer.leads_to is None:
                return self._page(url, answer, validators)
            target = _next(answer.url, answer.leads_to)
        raise FetchRefused(f"{url} is not fetched: it redirects more than {MAX_REDIRECTS} times")

    async def sitemaps(self, url: str) -> list[str]:
        """The addresses that the robots.txt of a page's host names as its sitemaps.

        Raises as `get` does, also where robots.txt asks us not to read the page.
        """
        target = checked_url(url)
        await self._check_allowed(target)
        robots = self._host(target).robots
        return list(robots.rules.sitemaps) if robots and robots.rules else []

    async def _check_allowed(self, url: httpx.URL) -> None:
        host = self._host(url)
        async with host.asking_robots:
            if host.robots is None or host.robots.expires_at <= self._now():
                host.robots = await self._ask_robots(url)
        if host.robots.rules is None:
            raise FetchFailed(
                f"{url.host} is not read for now: its robots.txt {host.robots.problem}",
                host.robots.expires_at,
            )
        if not await host.robots.allows(str(url), AGENT):
            raise FetchRefused(f"{url} is not fetched: the host's robots.txt asks us not to")

    async def _ask_robots(self, url: httpx.URL) -> Robots:
        target = url.copy_with(raw_path=b"/robots.txt")
        try:
            for _ in range(MAX_REDIRECTS + 1):
                answer = await self._host(target).ask(target, rules=True)
                if answer.leads_to is None:
                    now = self._now()
                    known, again = now + _RULES_HOLD, now + BACKOFF
                    return await asyncio.to_thread(
                        read_rules, answer.status, answer.body, known, again
                    )
                target = _next(answer.url, answer.leads_to)
        except LeftAlone:
            raise
        except FetchFailed as error:
            return Robots(None, self._now() + BACKOFF, f"did not come: {error.reason}")
        return Robots(None, self._now() + BACKOFF, "redirects without end")

    def _page(self, url: str, answer: Answer, asked: Validators | None) -> Page:
        unchanged = answer.status == _NOT_MODIFIED
        known = asked if asked and unchanged else Validators()
        stated = answer.headers
        return Page(
            url=url,
            final_url=str(answer.url),
            status=answer.status,
            content_type=stated.get("content-type"),
            body=answer.body,
            validators=Validators(
                stated.get("etag") or known.etag,
                stated.get("last-modified") or known.last_modified,
            ),
            fetched_at=self._now(),
            not_modified=unchanged,
            blocked=answer.blocked,
        )

    def _host(self, url: httpx.URL) -> Host:
        origin = f"{url.scheme}://{url.netloc.decode()}"
        if origin not in self._hosts:
            self._hosts[origin] = self._open_host(url)
        return self._hosts[origin]

    def _open_host(self, url: httpx.URL) -> Host:
        own = self._settings.host(url.host)
        waiting = Waiting(self._settings.patience, self._now, self._sleep, self._chance)
        rest = self._resting.get(url.netloc.decode())
        if rest:
            until, why, blocked = rest
            waiting.rest(until, why, blocked=blocked)
        return Host(
            open_client(self._settings, own, self._guard, self._environment),
            self._settings,
            own,
            waiting=waiting,
            places=self._places,
            clock=self._now,
            note=self._note,
            guard=self._guard,
            renderer=self._renderer,
        )

    def _open_renderer(self, address: str) -> Renderer:
        return Renderer(address, self._settings.timeout.total_seconds(), self._environment)


def _next(url: httpx.URL, location: str) -> httpx.URL:
    try:
        return checked_url(str(url.join(location)))
    except (httpx.InvalidURL, ValueError) as error:
        raise FetchRefused(f"{url} redirects to no web address: {error}") from None
