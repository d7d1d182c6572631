"""Polite fetching of web pages: robots.txt, a pace per host, and no way into private networks."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from types import TracebackType
from typing import Self

import httpx
from protego import Protego

from scrapers.addresses import Resolver, checked_url, resolve
from scrapers.answers import FetchFailed, FetchRefused, FetchSettings, Page, Validators
from scrapers.host import AGENT, BACKOFF, Clock, Host, Sleep, open_client, wait_asked
from scrapers.page.blocked import is_captcha
from scrapers.page.document import Document, decode
from scrapers.robots import Robots, rules_of

__all__ = ["FetchFailed", "FetchRefused", "FetchSettings", "Fetcher", "Page", "Validators"]

_BUSY = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE})


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Fetcher:
    """Fetches pages politely; use it as an async context manager.

    `transport` replaces the network (and with it the check of addresses); `resolver`, `clock` and
    `sleep` replace DNS and time.
    """

    def __init__(
        self,
        settings: FetchSettings,
        *,
        transport: httpx.AsyncBaseTransport | None = None,
        resolver: Resolver = resolve,
        clock: Clock = _utc_now,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._settings = settings
        self._transport = transport
        self._resolver = resolver
        self._now = clock
        self._sleep = sleep
        self._hosts: dict[str, Host] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await asyncio.gather(*(host.client.aclose() for host in self._hosts.values()))

    async def get(self, url: str, validators: Validators | None = None) -> Page:
        """The page at `url`, after at most `max_redirects` redirects, each checked like the first.

        Any answer but 429 and 5xx is a Page; see its `status`. A block page is returned too (the
        price reader names it), and its host is left alone for five minutes.

        Raises FetchRefused (robots.txt, private address, scheme, too many redirects, too big)
        and FetchFailed (network, time-out, 429, 5xx, host left alone until later).
        """
        target = checked_url(url)
        for _ in range(self._settings.max_redirects + 1):
            await self._check_allowed(target)
            answer, body = await self._host(target).ask(target, self._settings, validators)
            self._check_served(target, answer)
            if not answer.has_redirect_location:
                return self._page(url, target, answer, body, validators)
            target = _next(target, answer)
        raise FetchRefused(
            f"{url} is not fetched: it redirects more than {self._settings.max_redirects} times"
        )

    async def _check_allowed(self, url: httpx.URL) -> None:
        host = self._host(url)
        host.raise_if_left_alone(url.host)
        async with host.asking_robots:
            if host.robots is None or host.robots.expires_at <= self._now():
                host.robots = await self._ask_robots(url)
        if host.robots.rules is None:
            raise FetchFailed(
                f"{url.host} is not read for now: its robots.txt {host.robots.problem}",
                host.robots.expires_at,
            )
        if not host.robots.allows(str(url), AGENT):
            raise FetchRefused(f"{url} is not fetched: the host's robots.txt asks us not to")

    async def _ask_robots(self, url: httpx.URL) -> Robots:
        problem = "does not answer properly"
        try:
            rules = await self._robots_rules(url.copy_with(raw_path=b"/robots.txt"))
        except FetchFailed as error:
            rules, problem = None, f"did not come: {error.reason}"
        known = timedelta(hours=self._settings.robots_hours) if rules else BACKOFF
        return Robots(rules, self._now() + known, problem)

    async def _robots_rules(self, target: httpx.URL) -> Protego | None:
        for _ in range(self._settings.max_redirects + 1):
            answer, body = await self._host(target).ask(target, self._settings)
            if not answer.has_redirect_location:
                return rules_of(answer.status_code, body)
            target = _next(target, answer)
        return None

    def _check_served(self, url: httpx.URL, answer: httpx.Response) -> None:
        """Raise FetchFailed for a busy or broken server, and leave a busy one alone."""
        if answer.status_code in _BUSY:
            now = self._now()
            until = now + wait_asked(answer.headers.get("retry-after"), now)
            why = f"it answered {answer.status_code} (too busy)"
            self._host(url).leave_alone(until, why)
            raise FetchFailed(f"{url} could not be read: {why}", until)
        if answer.is_server_error:
            raise FetchFailed(f"{url} could not be read: the server answered {answer.status_code}")

    def _page(
        self,
        url: str,
        final: httpx.URL,
        answer: httpx.Response,
        body: bytes,
        validators: Validators | None,
    ) -> Page:
        content_type = answer.headers.get("content-type")
        if is_captcha(Document(str(final), decode(body, content_type))):
            self._host(final).leave_alone(self._now() + BACKOFF, "it showed a captcha")
        unchanged = answer.status_code == HTTPStatus.NOT_MODIFIED
        known = validators if validators and unchanged else Validators()
        return Page(
            url=url,
            final_url=str(final),
            status=answer.status_code,
            content_type=content_type,
            body=body,
            etag=answer.headers.get("etag") or known.etag,
            last_modified=answer.headers.get("last-modified") or known.last_modified,
            fetched_at=self._now(),
            not_modified=unchanged,
        )

    def _host(self, url: httpx.URL) -> Host:
        origin = f"{url.scheme}://{url.netloc.decode()}"
        if origin not in self._hosts:
            client = open_client(self._settings, self._transport, self._resolver)
            self._hosts[origin] = Host(client, self._now, self._sleep)
        return self._hosts[origin]


def _next(url: httpx.URL, answer: httpx.Response) -> httpx.URL:
    try:
        return checked_url(str(url.join(answer.headers["location"])))
    except (httpx.InvalidURL, ValueError) as error:
        raise FetchRefused(f"{url} redirects to no web address: {error}") from None
