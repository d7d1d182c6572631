"""A source asked over a stand-in for the network, its records in a real ledger."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from core.finding import Facts
from core.ledger import feeds
from core.ledger.database import Database
from core.settings import Settings, Store
from core.sources import Feed, SourceSettings
from jobs.registry import Work
from jobs.syncing import sync
from scrapers.api.outside import Outside, services
from scrapers.api.service import Connection

NOW = datetime(2026, 3, 5, 2, 30, tzinfo=UTC)  # a Thursday, 10:30 in Shanghai

Handler = Callable[[httpx.Request], httpx.Response]


@dataclass
class Time:
    """A clock that only sleeping moves; `slept` is what was slept in all, in seconds."""

    at: datetime = NOW
    slept: float = 0.0

    def now(self) -> datetime:
        return self.at

    async def sleep(self, seconds: float) -> None:
        self.slept += seconds
        self.at += timedelta(seconds=seconds)


@dataclass
class Bench:
    """Asks one source. `answer` stands in for the service; its requests are kept."""

    database: Database
    settings: Settings
    store: Store
    source: SourceSettings
    answer: Handler
    credentials: Mapping[str, str] = field(default_factory=dict)
    """By their variables in the environment: SHOP_ACCESS_TOKEN."""
    name: str = "shop"
    time: Time = field(default_factory=Time)
    requests: list[httpx.Request] = field(default_factory=list)
    transport: httpx.AsyncBaseTransport | None = None
    """Instead of `answer`."""

    def __post_init__(self) -> None:
        transport = self.transport or httpx.MockTransport(self._answer)
        self.outside = Outside(self.credentials, transport, self.time.now, self.time.sleep)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        return self.answer(request)

    def feed(self, name: str) -> Feed:
        stanza = getattr(self.source.feeds, name)
        return Feed(f"{self.name}_{name}", self.name, name, stanza, self.source)

    async def sync(self, feed: str) -> Facts:
        """Run a feed as the clock would."""
        wanted = self.feed(feed)
        work = Work(
            self.database, self.settings, self.store, wanted.stanza, self.time.at, self.outside
        )
        return await sync(work, wanted)

    async def probe(self) -> str:
        """Try the source as `watchkeeper doctor` does."""
        async with self.outside.open(self.name, self.source, self.store) as source:
            return await self._probe(source)

    async def _probe(self, source: Connection) -> str:
        return await services()[self.source.service].probe(source)

    def cursor(self, feed: str) -> feeds.Cursor:
        with self.database.read() as ledger:
            return feeds.cursor_of(ledger, self.name, feed)


def source_settings(**stanza: Any) -> SourceSettings:
    """Return a source as config.yaml would have it; ValidationError when it would be refused."""
    return services()[stanza["service"]].settings.model_validate(stanza)
