"""What config.yaml says of a Shopify shop."""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import Field, StringConstraints

from core.sources import FeedSettings, SourceSettings, WindowSettings
from core.stanza import Duration, Stanza

Shop = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]*$")]


class OrdersFeed(WindowSettings):
    """Orders that changed."""

    ship_by: bool = Field(
        default=True,
        description="also ask until when orders must be shipped, for which Shopify wants the scope "
        "read_merchant_managed_fulfillment_orders",
    )


class DisputesFeed(FeedSettings):
    """Disputes; Shopify does not tell which of them changed."""

    look_back: Duration = Field(description="disputes opened since then are read each time")


class Feeds(Stanza):
    """What is asked for."""

    orders: OrdersFeed | None = Field(
        default=None, description="orders that changed, their lines and parcels"
    )
    stock: FeedSettings | None = Field(default=None, description="every SKU's stock")
    prices: FeedSettings | None = Field(
        default=None, description="what every variant costs in the online store"
    )
    disputes: DisputesFeed | None = Field(
        default=None, description="chargebacks and inquiries of Shopify Payments"
    )
    visits: WindowSettings | None = Field(
        default=None, description="visitors of the online store by day and country"
    )
    products: WindowSettings | None = Field(
        default=None, description="names, status and pictures of what the shop sells"
    )


class Settings(SourceSettings):
    """The source's part of config.yaml."""

    service: Literal["shopify"] = Field(description="a Shopify shop")
    shop: Shop = Field(description="the shop's name before .myshopify.com")
    channel: str = Field(
        default="shopify", min_length=1, description="the channel that its records belong to"
    )
    stock_is: Literal["goods", "listing"] = Field(
        default="goods",
        description="goods: Shopify counts what lies in the warehouses; listing: it only says what "
        "the shop offers, and the goods are counted elsewhere",
    )
    locations: Mapping[str, str] = Field(
        default={}, description="the shop's location: ours; a location not named keeps its name"
    )
    feeds: Feeds = Field(description="what is asked for, and when")

    brings: ClassVar[Mapping[str, frozenset[str]]] = {
        "orders": frozenset({"order", "order_line", "shipment"}),
        "stock": frozenset({"stock"}),
        "prices": frozenset({"listing"}),
        "disputes": frozenset({"dispute"}),
        "visits": frozenset({"visits"}),
        "products": frozenset({"product"}),
    }
