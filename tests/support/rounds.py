"""Price rounds against shops on this machine, whose pauses take no time."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from core.competitors import CompetitorSettings
from core.configuration import load
from core.ledger.database import Database
from core.settings import Settings, Store
from jobs.registry import Work, configuration
from scrapers.api.outside import Outside
from tests.conftest import CONFIG
from tests.support.fetching import Handler, Time

ROUND = timedelta(hours=6)
"""From one round to the next."""

Watch = Callable[..., None]
Page = tuple[int, str]


def priced(price: str, currency: str = "USD", title: str = "TrailCell") -> Page:
    """A product's page."""
    offers = f'{{"@type": "Offer", "price": "{price}", "priceCurrency": "{currency}"}}'
    data = f'{{"@type": "Product", "name": "{title}", "offers": {offers}}}'
    return 200, f'<html><script type="application/ld+json">{data}</script></html>'


CAPTCHA: Page = (200, "<html><title>Robot Check</title><div class='g-recaptcha'></div></html>")


@asynccontextmanager
async def shop(
    pages: Mapping[str, Page], asked: Callable[[web.Request], None] | None = None
) -> AsyncIterator[str]:
    """A shop that serves these pages by their path; its address. No robots.txt: all is allowed."""

    async def serve(request: web.Request) -> web.Response:
        if asked:
            asked(request)
        status, text = pages.get(request.path, (404, "<h1>Not found</h1>"))
        return web.Response(status=status, text=text, content_type="text/html")

    async with serving(serve) as address:
        yield address


@asynccontextmanager
async def serving(serve: Handler) -> AsyncIterator[str]:
    """A shop on a port of its own; its address."""
    app = web.Application()
    app.router.add_get("/{path:.*}", serve)
    async with TestServer(app, host="127.0.0.1") as server:
        yield str(server.make_url("")).rstrip("/")


def changes(folder: Path) -> dict[str, Any]:
    """What the shipped configuration needs to read shops on this machine, and without pauses."""
    return {
        "fetch.allowed_private_hosts": ["127.0.0.1", "localhost"],
        "fetch.seconds_between_requests": "0",
        "fetch.copies.folder": str(folder / "pages"),
    }


@pytest.fixture
def allowing(tmp_path: Path) -> Settings:
    """The shipped configuration, with shops on this machine allowed and no pauses."""
    kept = _without_pauses()
    assert kept.fetch.copies
    copies = kept.fetch.copies.model_copy(update={"folder": str(tmp_path / "pages")})
    return kept.model_copy(update={"fetch": kept.fetch.model_copy(update={"copies": copies})})


@cache
def _without_pauses() -> Settings:
    """Read it once: that takes a tenth of a second."""
    return load(CONFIG, configuration(), changes(Path("elsewhere")))


@pytest.fixture
def watch(put: Callable[..., None], now: datetime) -> Watch:
    """Put pages of VoltTrail under watch, each against a SKU of ours at USD 105."""

    def watch(*urls: str, competitor: str = "VoltTrail") -> None:
        for url in urls:
            sku = url.rpartition("/")[2]
            put("product", {"sku": sku, "fob_usd": "105"})
            page = {"competitor": competitor, "url": url, "sku": sku}
            put("competitor_offer", page, at=now - ROUND)

    return watch


@pytest.fixture
def work(now: datetime, database: Database, allowing: Settings, store: Store) -> Work:
    """A round that a person asks for."""
    return round_at(now, database, allowing, store)


def round_at(
    moment: datetime,
    database: Database,
    settings: Settings,
    store: Store,
    slot: datetime | None = None,
) -> Work:
    """A round whose pauses take no time."""
    time = Time(moment)
    outside = Outside(now=time, sleep=time.sleep)
    stanza = settings.job("price_round")
    return Work(database, settings, store, stanza, moment, outside, slot=slot)


def with_stanza(work: Work, **numbers: Any) -> Work:
    """The same round with other numbers of config.yaml."""
    return replace(work, stanza=work.stanza.model_copy(update=numbers))


def competing(settings: Settings, **stanza: Any) -> Settings:
    """The configuration with these words of VoltTrail's shop."""
    voltrail = CompetitorSettings.model_validate(stanza)
    return settings.model_copy(update={"competitors": {"VoltTrail": voltrail}})
