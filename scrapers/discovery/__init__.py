"""Finding a shop's products: in its sitemap, its `products.json`, or an Alibaba store's list.

All or nothing: a shop that gives only a part raises. Half a list would look as if the other half
had left the shop.
"""

from __future__ import annotations

from collections.abc import Mapping

from core.competitors import Discovery
from scrapers.discovery import listing, products_json, sitemap
from scrapers.discovery.found import Listed, Undiscovered, Way
from scrapers.fetch import Fetcher

__all__ = ["Listed", "Undiscovered", "discover"]

_WAYS: Mapping[Discovery, Way] = {
    "sitemap": sitemap.find,
    "products_json": products_json.find,
    "listing": listing.find,
}


async def discover(
    fetcher: Fetcher, site: str, way: Discovery, product_pages: str | None = None
) -> list[Listed]:
    """The products that the shop at `site` names, each once.

    `product_pages` is how their addresses look (`*/products/*`); it counts for sitemaps only.
    Raises Undiscovered, FetchFailed, FetchRefused.
    """
    found = await _WAYS[way](fetcher, site, product_pages)
    if not found:
        raise Undiscovered(f"{site} names no products")
    return found
