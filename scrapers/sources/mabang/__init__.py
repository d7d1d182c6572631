"""Mabang ERP (马帮), its open interface V2: orders of all platforms, and stock by warehouse.

Mabang publishes no machine-readable contract; what stands here is what public clients agree on.
"""

from collections.abc import Mapping
from typing import ClassVar, Literal

from pydantic import Field

from core.sources import SourceSettings, WindowSettings
from core.stanza import Stanza
from scrapers.api.service import Connection, Service
from scrapers.sources.mabang.fields import day_of
from scrapers.sources.mabang.gateway import ask, rows_of
from scrapers.sources.mabang.orders import orders
from scrapers.sources.mabang.stock import STOCK, stock


class Feeds(Stanza):
    """What is asked for."""

    orders: WindowSettings | None = Field(
        default=None, description="orders that changed, their lines and parcels"
    )
    stock: WindowSettings | None = Field(
        default=None, description="stock by warehouse of the articles that changed"
    )


class Settings(SourceSettings):
    """The source's part of config.yaml."""

    service: Literal["mabang"] = Field(description="Mabang ERP (马帮)")
    feeds: Feeds = Field(description="what is asked for, and when")

    brings: ClassVar[Mapping[str, frozenset[str]]] = {
        "orders": frozenset({"order", "order_line", "shipment"}),
        "stock": frozenset({"stock"}),
    }


async def probe(source: Connection) -> str:
    """Return how much stock changed today."""
    today = day_of(source.api.now()).isoformat()
    answer, data = await ask(source, STOCK, {"updateTime": today, "page": 1})
    return f"{len(rows_of(answer, data))} articles on today's first page of stock"


SERVICE = Service(
    settings=Settings,
    feeds={"orders": orders, "stock": stock},
    probe=probe,
    credentials=[("app_key", "app_secret")],
)
