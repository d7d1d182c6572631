"""A shop on the loopback address, a fetcher whose time only sleeping moves, and what was asked."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer

from core.sections import FetchSettings
from scrapers.fetch import Fetched, Fetcher

NOW = datetime(2026, 11, 2, 10, 0, tzinfo=UTC)
SETTINGS = FetchSettings(
    contact="ops@harborlane.example",
    seconds_between_requests=Decimal(1),
    connections_per_host=2,
    timeout=timedelta(seconds=20),
    max_bytes=5_000_000,
    patience=timedelta(seconds=60),
    read_whole_every=timedelta(days=7),
    keep_rows_for=timedelta(days=14),
    allowed_private_hosts=["shop.example"],
)
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class Time:
    """A clock that only sleeping moves."""

    now: datetime = NOW
    slept: list[float] = field(default_factory=list)

    def __call__(self) -> datetime:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += timedelta(seconds=seconds)


@dataclass
class Shop:
    """A shop, known as shop.example, and what it was asked."""

    port: int
    fetcher: Fetcher
    time: Time
    asked: list[web.Request]
    notes: list[Fetched]
    names: dict[str, list[str]]
    """What DNS says: every name is the shop, unless it stands here."""

    def url(self, path: str, host: str = "shop.example") -> str:
        return f"http://{host}:{self.port}{path}"

    def paths(self) -> list[str]:
        return [request.path for request in self.asked]


@asynccontextmanager
async def shop(
    pages: Mapping[str, Handler],
    settings: FetchSettings = SETTINGS,
    chance: float = 0,
    environment: Mapping[str, str] | None = None,
) -> AsyncIterator[Shop]:
    """Serve pages by their path; what is missing is answered with 404."""
    asked: list[web.Request] = []
    notes: list[Fetched] = []
    names = {"intranet.example": ["10.0.0.7"]}
    time = Time()

    async def answer(request: web.Request) -> web.StreamResponse:
        asked.append(request)
        return await pages.get(request.path, not_found)(request)

    async def resolver(host: str, port: int) -> list[str]:
        return names.get(host, ["127.0.0.1"])

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    async with TestServer(app) as server:
        fetcher = Fetcher(
            settings,
            environment=environment,
            note=notes.append,
            resolver=resolver,
            clock=time,
            sleep=time.sleep,
            chance=lambda: chance,
        )
        async with fetcher:
            assert server.port is not None
            yield Shop(server.port, fetcher, time, asked, notes, names)


def page(text: str = "hello", **options: Any) -> Handler:
    """A page that never changes."""

    async def handler(request: web.Request) -> web.StreamResponse:
        return web.Response(text=text, **options)

    return handler


def each(*answers: Handler) -> Handler:
    """One answer after the other; the last one stays."""
    left = list(answers)

    async def handler(request: web.Request) -> web.StreamResponse:
        return await (left.pop(0) if len(left) > 1 else left[0])(request)

    return handler


def to(location: str) -> Handler:
    """A redirect."""

    async def handler(request: web.Request) -> web.StreamResponse:
        return web.Response(status=302, headers={"Location": location})

    return handler


async def hang_up(request: web.Request) -> web.StreamResponse:
    """Close the connection without an answer."""
    assert request.transport is not None
    request.transport.close()
    return web.Response()


not_found = page("gone", status=404)


def robots(text: str, **options: Any) -> dict[str, Handler]:
    """A robots.txt."""
    return {"/robots.txt": page(text, **options)}


def changed(**values: Any) -> FetchSettings:
    """The settings, but for some values."""
    return SETTINGS.model_copy(update=values)
