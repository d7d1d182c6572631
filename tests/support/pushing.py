"""The doors for pushes on a real ledger, and somebody who pushes."""

from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import httpx
from starlette.applications import Starlette

from bot.web.incoming import Hands, incoming
from bot.web.site import site
from core.ledger import pushes
from core.ledger.database import Database
from core.pushing import TakePush
from core.secrets import Secrets
from core.sections import PushSettings
from core.settings import Settings, Store
from scrapers.api.outside import Outside, services
from scrapers.api.service import Service
from scrapers.pushing import take_push
from scrapers.webhooks import Webhooks
from tests.support.sandbox_process import PLAIN
from tests.support.watch import all_well, served

NOW = datetime(2026, 3, 5, 2, 30, tzinfo=UTC)
LIMITS = PushSettings(
    max_bytes=20_000,
    a_minute=50,
    at_once=2,
    receive_within=timedelta(seconds=5),
    keep_answers_for=timedelta(days=1),
    keep_deliveries_for=timedelta(days=7),
)


@dataclass
class Doors:
    """What a test needs of a running site: its address, its time, and what it was told."""

    database: Database
    settings: Settings
    now: datetime = NOW
    address: str = "http://watchkeeper"
    app: Starlette | None = None
    """The app itself; None: it is served at `address`."""
    news: list[tuple[list[str], str]] = field(default_factory=list)
    owed: int = 0
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)

    def token(self, name: str = "rpa", *kinds: str, store: str = "harborlane") -> str:
        """Make a token."""
        with self.database.write() as ledger:
            token = pushes.create_token(ledger, name, store, kinds, self.now)
        assert token is not None
        return token

    def tell(self, kinds: Sequence[str], store: Store) -> None:
        self.news.append((list(kinds), store.name))

    def owe(self) -> None:
        self.owed += 1

    async def push(
        self, kind: str, body: Any, token: str | None = None, **headers: str
    ) -> httpx.Response:
        """Push a body: a list or an object as JSON, text as CSV, bytes as they are."""
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        if token is not None:
            given["Authorization"] = f"Bearer {token}"
        path = f"/ingest/{kind}"
        if isinstance(body, (str, bytes)):
            return await self.post(path, body, {"Content-Type": "text/csv"} | given)
        async with self.client() as client:
            return await client.post(path, json=body, headers=given)

    async def post(
        self, path: str, body: str | bytes, headers: Mapping[str, str] | None = None
    ) -> httpx.Response:
        async with self.client() as client:
            return await client.post(path, content=body, headers=headers)

    async def get(self, path: str, **query: str) -> httpx.Response:
        async with self.client() as client:
            return await client.get(path, params=query)

    def client(self) -> httpx.AsyncClient:
        if self.app is None:
            return httpx.AsyncClient(base_url=self.address, verify=PLAIN)
        transport = httpx.ASGITransport(self.app)  # what the app raises, the test does
        return httpx.AsyncClient(base_url=self.address, transport=transport)


@asynccontextmanager
async def open_doors(
    database: Database,
    settings: Settings,
    *,
    limits: Mapping[str, Any] | None = None,
    known: Mapping[str, Service] | None = None,
    environment: Mapping[str, str] | None = None,
    secrets: Secrets | None = None,
    take: TakePush | None = None,
    on_loopback: bool = False,
) -> AsyncIterator[Doors]:
    """Open the doors, `on_loopback` on a real server, which takes a tenth of a second to end.

    `limits` differ from `LIMITS`; `known` are services instead of ours.
    """
    push = LIMITS.model_copy(update=dict(limits or {}))
    web = settings.web.model_copy(update={"push": push})
    settings = settings.model_copy(update={"web": web})
    doors = Doors(database, settings)
    outside = Outside(environment or {})
    hands = Hands(
        take_push=take or partial(take_push, database),
        take_webhook=Webhooks(database, settings, outside, known or services()).take,
        tell=doors.tell,
        owed=doors.owe,
    )
    routes = incoming(
        database, settings, secrets or Secrets(), hands, lambda: doors.now, doors.counts
    )
    app = site(all_well, bytes, None, routes)
    if not on_loopback:
        doors.app = app
        yield doors
        return
    async with served(app) as doors.address:
        yield doors
