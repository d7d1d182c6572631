"""A source whose pages a test says: `orders` goes on from a cursor, `stock` brings all there is."""

import asyncio
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

from pydantic import Field

from core.ledger.records.base import Records
from core.settings import Settings
from core.sources import FeedSettings, SourceSettings, WindowSettings
from core.stanza import Stanza
from scrapers.api.service import Asked, Connection, Page, Pushed, Service, Webhook


class ToyFeeds(Stanza):
    orders: WindowSettings | None = Field(default=None, description="what changed")
    stock: FeedSettings | None = Field(default=None, description="all there is")


class ToySettings(SourceSettings):
    service: Literal["toy"] = Field(description="a source of the tests")
    feeds: ToyFeeds = Field(description="what is asked for, and when")

    brings: ClassVar[Mapping[str, frozenset[str]]] = {
        "orders": frozenset({"order", "order_line"}),
        "stock": frozenset({"stock"}),
    }


@dataclass
class Toy:
    """What the source answers: pages, and what goes wrong between them."""

    orders: Sequence[Records | Page | Exception] = ()
    stock: Sequence[Records | Page | Exception] = ()
    asked: list[tuple[str, int]] = field(default_factory=list)
    """Which pages were asked for."""
    says: str | Exception = "all well"
    """To the doctor, unless it hangs."""
    hangs: bool = False

    def service(self) -> Service:
        return Service(
            settings=ToySettings,
            feeds={"orders": self.read_orders, "stock": self.read_stock},
            probe=self.probe,
            credentials=(("token",), ("user", "password")),
            webhook=webhook,
            webhook_credentials=("webhook_secret",),
        )

    async def read_orders(self, asked: Asked) -> AsyncIterator[Page]:
        first = asked.cursor.get("page", 0)
        for number, page in enumerate(self.orders[first:], first):
            self.asked.append(("orders", number))
            last = number + 1 == len(self.orders)
            yield _page(page, {"page": 0 if last else number + 1})

    async def read_stock(self, _: Asked) -> AsyncIterator[Page]:
        for number, page in enumerate(self.stock):
            self.asked.append(("stock", number))
            yield _page(page, None)

    async def probe(self, _: Connection) -> str:
        if self.hangs:
            await asyncio.Event().wait()
        if isinstance(self.says, Exception):
            raise self.says
        return self.says


def webhook(_: Webhook) -> Pushed:
    return Pushed({})


def _page(page: Records | Page | Exception, cursor: Any) -> Page:
    if isinstance(page, Exception):
        raise page
    return page if isinstance(page, Page) else Page(page, cursor)


ORDERS = {
    "schedule": {"every": "5m"}, "stale_after": "1h", "overlap": "15m", "look_back": "60d"
}  # fmt: skip
STOCK = {"schedule": {"every": "15m"}, "stale_after": "2h"}
CREDENTIALS = {"TOY_TOKEN": "s3cret-t0ken"}


def without_sources(config: str) -> str:
    """The text of a config.yaml, less its sources and the examples below them."""
    return re.sub(r"(?m)^sources:.*\n(?:[ #].*\n)*", "", config)


def with_toys(settings: Settings, *names: str, **other: Any) -> Settings:
    """The configuration with these sources, each with both feeds; `other` changes their stanzas."""
    feeds = {"orders": ORDERS, "stock": STOCK}
    stanza = {"service": "toy", "feeds": feeds} | other
    sources = {name: ToySettings.model_validate(stanza) for name in names or ("toy",)}
    return settings.model_copy(update={"sources": sources})
