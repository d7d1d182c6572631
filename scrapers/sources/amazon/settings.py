"""The source's part of config.yaml."""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from core.sources import FeedSettings, SourceSettings, WindowSettings
from core.stanza import Duration, Misfit, Stanza
from scrapers.sources.amazon.marketplaces import MARKETPLACES

MarketplaceId = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9]{10,20}$")]


class FeedbackSettings(FeedSettings):
    """The feedback of the last while, asked for anew each time."""

    look_back: Duration = Field(description="how far back each run asks")


class Feeds(Stanza):
    """What is asked for."""

    orders: WindowSettings | None = Field(
        default=None, description="orders with their lines and the parcels that we send"
    )
    stock: FeedSettings | None = Field(default=None, description="what lies in Amazon's warehouses")
    listings: FeedSettings | None = Field(
        default=None,
        description="what our own stock is listed with, and what each listing costs; needs "
        "seller_id",
    )
    feedback: FeedbackSettings | None = Field(
        default=None, description="what buyers say of the seller, 1 to 3 stars"
    )
    performance: FeedSettings | None = Field(
        default=None, description="the figures that Amazon judges the account by"
    )
    visits: WindowSettings | None = Field(
        default=None, description="visits of each day, and what each SKU sold on it"
    )


class Settings(SourceSettings):
    """Amazon, one account in one region.

    The first marketplace is the main one: what is named after a marketplace has a plain name there
    (`amazon`, `amazon_fba`), and one with the country elsewhere (`amazon_ca`).
    """

    service: Literal["amazon"] = Field(description="an Amazon seller account")
    region: Literal["na", "eu", "fe"] = Field(
        description="which of Amazon's regions: North America, Europe, Far East"
    )
    marketplaces: list[MarketplaceId] = Field(
        min_length=1, max_length=25, description="their ids, the main one first"
    )
    fba_marketplaces: list[MarketplaceId] = Field(
        default=[],
        description="marketplaces with FBA stock of their own; empty: the first only, since "
        "Amazon shows the same goods in every marketplace that they can be sent to",
    )
    seller_id: str | None = Field(
        default=None, pattern=r"^[A-Z0-9]{5,20}$", description="the merchant token, for listings"
    )
    buyers: bool = Field(
        default=False,
        description="ask who bought, and in which country; names and mail addresses are given to "
        "apps with a role for personal data",
    )
    feeds: Feeds = Field(description="what is asked for, and when")

    brings: ClassVar[Mapping[str, frozenset[str]]] = {
        "orders": frozenset({"order", "order_line"}),
        "stock": frozenset({"stock"}),
        "listings": frozenset({"stock", "listing"}),
        "feedback": frozenset({"review"}),
        "performance": frozenset({"score"}),
        "visits": frozenset({"visits", "sales"}),
    }

    @model_validator(mode="after")
    def _fit(self) -> Self:
        for wanted in self.marketplaces:
            known = MARKETPLACES.get(wanted)
            if known is None or known.region != self.region:
                raise Misfit(("marketplaces",), f"{wanted} is no marketplace of {self.region}")
        for wanted in self.fba_marketplaces:
            if wanted not in self.marketplaces:
                raise Misfit(("fba_marketplaces",), f"{wanted} is not among the marketplaces")
        if self.feeds.listings and not self.seller_id:
            raise Misfit(("seller_id",), "is needed by the feed listings")
        return self

    def named(self, name: str, marketplace: str) -> str:
        """Return the name of something in a marketplace: plain in the main one."""
        if marketplace == self.marketplaces[0]:
            return name
        return f"{name}_{MARKETPLACES[marketplace].country.lower()}"
