"""Alibaba.com (ICBU) by its open platform: orders, refunds, logistics, products, stock, visits."""

from collections.abc import Mapping
from typing import ClassVar, Literal

from pydantic import Field

from core.sources import FeedSettings, SourceSettings, WindowSettings
from core.stanza import Duration, Stanza
from scrapers.api.service import Connection, Service
from scrapers.sources.alibaba.chargebacks import chargebacks
from scrapers.sources.alibaba.fields import trade_id
from scrapers.sources.alibaba.goods import products, stock
from scrapers.sources.alibaba.logistics import logistics
from scrapers.sources.alibaba.orders import list_reply, orders, refunds
from scrapers.sources.alibaba.visits import visits


class LogisticsSettings(FeedSettings):
    """Promises and parcels."""

    look_back: Duration = Field(description="orders placed so long ago are still asked for")
    tracking: bool = Field(
        default=True,
        description="also ask where each parcel is; off when a tracker follows them, or when "
        "Alibaba refuses it to the app",
    )


class Feeds(Stanza):
    """What is asked for."""

    orders: WindowSettings | None = Field(
        default=None, description="orders that changed, with their lines"
    )
    refunds: WindowSettings | None = Field(
        default=None, description="refunds of orders that changed, as closed disputes"
    )
    chargebacks: FeedSettings | None = Field(
        default=None, description="orders charged back or frozen, as disputes"
    )
    logistics: LogisticsSettings | None = Field(
        default=None, description="when orders were promised and shipped, and their parcels"
    )
    products: FeedSettings | None = Field(default=None, description="all products")
    stock: FeedSettings | None = Field(
        default=None, description="what each listing says is in stock"
    )
    visits: FeedSettings | None = Field(
        default=None, description="visitors by week; needs the data package"
    )


class Settings(SourceSettings):
    """The source's part of config.yaml."""

    service: Literal["alibaba"] = Field(description="Alibaba.com's open platform")
    feeds: Feeds = Field(description="what is asked for, and when")

    brings: ClassVar[Mapping[str, frozenset[str]]] = {
        "orders": frozenset({"order", "order_line"}),
        "logistics": frozenset({"shipment"}),
        "products": frozenset({"product"}),
        "stock": frozenset({"stock"}),
        "visits": frozenset({"visits"}),
    }
    """Nothing brings all disputes: Alibaba tells of them by mail only."""


async def probe(source: Connection) -> str:
    """Return how many orders there are. Raises SourceProblem, also for numbers that are hidden."""
    reply = await list_reply(source, 0, 1)
    for item in reply.rows("order_list"):
        trade_id(item)
    return f"{reply.value.get('total_count')} orders"


SERVICE = Service(
    settings=Settings,
    feeds={
        "orders": orders,
        "refunds": refunds,
        "chargebacks": chargebacks,
        "logistics": logistics,
        "products": products,
        "stock": stock,
        "visits": visits,
    },
    probe=probe,
    credentials=[
        ("app_key", "app_secret", "access_token", "refresh_token"),
        ("app_key", "app_secret", "access_token"),
    ],
)
