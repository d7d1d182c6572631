"""The competitors that config.yaml names: whose shops are read, and how their prices are meant."""

from decimal import Decimal
from typing import Literal

from pydantic import Field, field_validator

from core.stanza import Stanza

Discovery = Literal["sitemap", "products_json", "listing"]
"""Where a shop names its products: its sitemap, Shopify's products.json, an Alibaba store's list."""

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

    def pages(self) -> dict[str, str]:
        """Return the SKU of ours that each named page competes with, by its address."""
        return {
            url: sku
            for sku, urls in self.products.items()
            for url in ([urls] if isinstance(urls, str) else urls)
        }
