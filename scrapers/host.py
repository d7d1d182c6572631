"""One host: its connections, its pace, and how long it wants to be left alone."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import cache

import httpx

from scrapers.addresses import GuardedTransport, Resolver
from scrapers.answers import FetchFailed, FetchRefused, FetchSettings, Validators
from scrapers.robots import Robots

AGENT = "Watchkeeper"
BACKOFF = timedelta(minutes=5)
"""How long a host is left alone when it showed a captcha, or named no time itself."""

_LONGEST_WAIT = timedelta(days=1)

Clock = Callable[[], datetime]
Sleep = Callable[[float], Awaitable[None]]


class Host:
    """A host as we know it: `client`, robots rules, and the moment of the next request."""

    def __init__(self, client: httpx.AsyncClient, clock: Clock, sleep: Sleep) -> None:
        self.client = client
        self.robots: Robots | None = None
        self.asking_robots = asyncio.Lock()
        self._now = clock
        self._sleep = sleep
        self._next_at = clock()
        self._alone_until: datetime | None = None
        self._why = ""

    async def ask(
        self,
        url: httpx.URL,
        settings: FetchSettings,
        validators: Validators | None = None,
    ) -> tuple[httpx.Response, bytes]:
        """One GET at the host's pace: (answer, body). Raises FetchRefused, FetchFailed."""
        await self._turn(settings.delay_seconds)
        try:
            async with (
                asyncio.timeout(settings.total_seconds),
                self.client.stream("GET", url, headers=_conditions(validators)) as answer,
            ):
                return answer, await _body(answer, settings.max_bytes)
        except (TimeoutError, httpx.TimeoutException):
            raise FetchFailed(f"{url} did not answer in time") from None
        except (httpx.HTTPError, httpx.StreamError, ssl.SSLError) as error:
            why = str(error) or type(error).__name__
            raise FetchFailed(f"{url} could not be read: {why}") from None

    def leave_alone(self, until: datetime, why: str) -> None:
        """Ask nothing before `until`."""
        self._alone_until, self._why = until, why

    def raise_if_left_alone(self, name: str) -> None:
        """Raise FetchFailed while the host is left alone."""
        until = self._alone_until
        if until and until > self._now():
            raise FetchFailed(
                f"{name} is left alone until {until:%Y-%m-%d %H:%M:%S} UTC: {self._why}", until
            )

    async def _turn(self, delay: float) -> None:
        """Wait for the host's next free moment, and take it."""
        if self.robots:
            delay = max(delay, self.robots.delay(AGENT))
        now = self._now()
        mine = max(now, self._next_at)
        self._next_at = mine + timedelta(seconds=delay)
        if mine > now:
            await self._sleep((mine - now).total_seconds())


def open_client(
    settings: FetchSettings,
    transport: httpx.AsyncBaseTransport | None,
    resolver: Resolver,
) -> httpx.AsyncClient:
    """A client for one host: scanning one small pool is what keeps httpx fast."""
    limits = httpx.Limits(max_connections=settings.connections_per_host)
    network = transport or GuardedTransport(
        httpx.AsyncHTTPTransport(verify=_tls(), limits=limits, trust_env=False),
        resolver,
        settings.allowed_private_hosts,
    )
    return httpx.AsyncClient(
        transport=network,
        timeout=settings.timeout_seconds,
        headers={
            "User-Agent": f"{AGENT}/0.1 (price watch; contact: {settings.contact})",
            "Accept": "text/html,application/xhtml+xml,application/json;q=0.9,*/*;q=0.5",
        },
        trust_env=False,
    )


@cache
def _tls() -> ssl.SSLContext:
    """One context for all hosts: loading the certificates takes longer than a page."""
    return httpx.create_ssl_context()


def wait_asked(retry_after: str | None, now: datetime) -> timedelta:
    """How long Retry-After (seconds or a date, RFC 9110 10.2.3) asks us to wait.

    Five minutes when it is missing or unreadable; never more than a day.
    """
    text = (retry_after or "").strip()
    if text.isascii() and text.isdecimal():
        longest = int(_LONGEST_WAIT.total_seconds())
        return timedelta(seconds=longest if len(text) > len(str(longest)) else int(text))
    try:
        asked = parsedate_to_datetime(text)
    except ValueError:
        return BACKOFF
    asked = asked if asked.tzinfo else asked.replace(tzinfo=UTC)
    return min(max(asked - now, timedelta(0)), _LONGEST_WAIT)


async def _body(answer: httpx.Response, limit: int) -> bytes:
    """The decoded body, read only as far as `limit`: a zip bomb or an endless page ends there."""
    stated = answer.headers.get("content-length", "")
    if stated.isdecimal() and int(stated) > limit:
        raise FetchRefused(f"{answer.url} is not fetched: it is {stated} bytes, more than {limit}")
    body = bytearray()
    async for chunk in answer.aiter_bytes():
        body += chunk
        if len(body) > limit:
            raise FetchRefused(f"{answer.url} is not fetched: it is more than {limit} bytes")
    return bytes(body)


def _conditions(validators: Validators | None) -> dict[str, str]:
    if validators is None:
        return {}
    stated = {"If-None-Match": validators.etag, "If-Modified-Since": validators.last_modified}
    return {name: value for name, value in stated.items() if value}
