"""Lingxing ERP (领星): stock with Amazon and elsewhere, Amazon orders, what ads there cost.

Lingxing publishes no machine-readable contract; what stands here is what public clients agree on.
"""

from collections.abc import Mapping
from typing import ClassVar, Literal

from pydantic import Field

from core.sources import FeedSettings, SourceSettings, WindowSettings
from core.stanza import Stanza
from scrapers.api.service import Connection, Service
from scrapers.sources.lingxing.gateway import ask, rows_of
from scrapers.sources.lingxing.orders import orders
from scrapers.sources.lingxing.spend import spend
from scrapers.sources.lingxing.stock import SELLERS, stock


class Feeds(Stanza):
    """What is asked for."""

    stock: FeedSettings | None = Field(
        default=None, description="stock with Amazon and in all other warehouses"
    )
    orders: WindowSettings | None = Field(default=None, description="Amazon orders that changed")
    spend: WindowSettings | None = Field(
        default=None, description="what campaigns on Amazon cost, by day"
    )


class Settings(SourceSettings):
    """The source's part of config.yaml."""

    service: Literal["lingxing"] = Field(description="Lingxing ERP (领星)")
    feeds: Feeds = Field(description="what is asked for, and when")

    brings: ClassVar[Mapping[str, frozenset[str]]] = {
        "stock": frozenset({"stock"}),
        "orders": frozenset({"order", "order_line"}),
    }
    """Ads on Amazon are one part of what is spent: this source does not speak for all of it."""


async def probe(source: Connection) -> str:
    """Return how many Amazon shops there are."""
    answer, told = await ask(source, SELLERS)
    return f"{len(rows_of(answer, told))} Amazon shops"


SERVICE = Service(
    settings=Settings,
    feeds={"stock": stock, "orders": orders, "spend": spend},
    probe=probe,
    credentials=[("app_id", "app_secret")],
)
