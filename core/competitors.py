"""The competitors that config.yaml names: whose shops are read, and how their prices are meant."""

from decimal import Decimal
from typing import Literal, Self

from pydantic import Field, field_validator, model_validator

from core.stanza import Misfit, Stanza

Discovery = Literal["sitemap", "products_json", "listing"]
"""Where a shop names its products: a sitemap, Shopify's products.json, an Alibaba store's list."""

Quantity = Literal["energy", "power", "cooling", "charge", "voltage", "volume", "mass", "length"]
"""What numbers with units in titles and specifications measure."""

_WEB = ("http://", "https://")


class CompetitorSettings(Stanza):
    """One competitor (plan B1, F3)."""

    site: str | None = Field(
        default=None, description="the shop's front page; its products are found from there"
    )
    discover: list[Discovery] = Field(
        default=[], description="how its products are found; none: only pages that are named"
    )
    product_pages: str | None = Field(
        default=None, description="of a sitemap's addresses only those like this: */products/*"
    )
    most_pages: int | None = Field(
        default=None, ge=1, description="pages read in a round; otherwise the round's most_pages"
    )
    products: dict[str, str | list[str]] = Field(
        default={}, description="per SKU of ours, the address of their page, or several"
    )
    incoterm: str = Field(
        default="FOB", description="what their prices are where a page names nothing"
    )
    tax_included: Decimal = Field(
        default=Decimal(0), ge=0, lt=1, description="in their prices, as a share of the net price"
    )

    @field_validator("site")
    @classmethod
    def _on_the_web(cls, site: str | None) -> str | None:
        if site is not None and not site.startswith(_WEB):
            raise ValueError("a site begins with http:// or https://")
        return site

    @field_validator("products")
    @classmethod
    def _addresses(cls, products: dict[str, str | list[str]]) -> dict[str, str | list[str]]:
        for sku, urls in products.items():
            for url in [urls] if isinstance(urls, str) else urls:
                if not url.startswith(_WEB):
                    raise ValueError(f"{sku}: {url!r} is no web address")
        return products

    @model_validator(mode="after")
    def _products_are_found_from_a_site(self) -> Self:
        if self.discover and not self.site:
            raise Misfit(("discover",), "needs the shop's `site`")
        return self

    def pages(self) -> dict[str, str]:
        """Return the SKU of ours that each named page competes with, by its address."""
        return {
            url: sku
            for sku, urls in self.products.items()
            for url in ([urls] if isinstance(urls, str) else urls)
        }


class PairWeights(Stanza):
    """What speaks for a pair, each beside the others."""

    title: float = Field(gt=0, description="how alike the names are")
    numbers: float = Field(ge=0, description="how many of the numbers with units are the same")
    price: float = Field(ge=0, description="that the prices are not worlds apart")


class PairSettings(Stanza):
    """When a competitor's page is proposed as the same product as an article of ours."""

    least_score: float = Field(ge=0, le=1, description="pairs less alike are not proposed")
    sure_lead: float = Field(
        ge=0, le=1, description="… nor those that are ahead of another article by less than this"
    )
    weights: PairWeights = Field(description="what counts for how much")
    decisive: list[Quantity] = Field(description="what a contradiction in makes another product")
    tolerance: float = Field(
        gt=0, lt=1, description="numbers that differ by this share at most are the same"
    )
    contradicted_score: float = Field(
        ge=0, le=1, description="the most a pair can reach whose numbers contradict"
    )
    plausible_price: float = Field(
        gt=1, description="a price that is so many times the other one is hardly of the same"
    )
