"""Products that a shop's sitemap names (sitemaps.org): files, indexes of files, packed ones."""

from __future__ import annotations

import asyncio
import re
from fnmatch import fnmatchcase
from urllib.parse import urljoin, urlsplit

from scrapers.discovery.found import Listed, Undiscovered, added, asked, own_address
from scrapers.discovery.sitemap_file import read_sitemap
from scrapers.fetch import Fetcher

MOST_FILES = 100
"""Of one shop; Shopify has one per 5,000 products."""

MOST_ADDRESSES = 500_000
"""Read in all, products and others."""

_PRODUCT = re.compile(
    r"/(?:products?|product-details?|produkte?|produits?|productos?|prodotti"
    r"|items?|goods|offers?|dp|p)/[^/]+"
)


async def find(fetcher: Fetcher, site: str, product_pages: str | None) -> list[Listed]:
    """The products of the sitemaps that robots.txt names, otherwise of `/sitemap.xml`.

    Raises Undiscovered where one of them is missing, broken or endless, FetchFailed, FetchRefused.
    """
    found: dict[str, Listed] = {}
    named = await fetcher.sitemaps(site) or [urljoin(site, "/sitemap.xml")]
    waiting = _own(site, named)
    seen = set(waiting)
    addresses = 0
    while waiting:
        url = waiting.pop()
        page = await asked(fetcher, url)
        if page is None:
            raise Undiscovered(f"{url}: there is no sitemap")
        read = await asyncio.to_thread(read_sitemap, page.body, url)
        addresses += len(read.pages)
        for product in _own(site, read.pages):
            if _is_product(product, product_pages):
                added(found, Listed(product))
        fresh = [each for each in _of_products(_own(site, read.sitemaps)) if each not in seen]
        waiting += fresh
        seen.update(fresh)
        if len(seen) > MOST_FILES or addresses > MOST_ADDRESSES:
            raise Undiscovered(f"{site}: its sitemaps have no end")
    return list(found.values())


def _own(site: str, urls: list[str]) -> list[str]:
    return list(dict.fromkeys(own for url in urls if (own := own_address(site, url))))


def _of_products(sitemaps: list[str]) -> list[str]:
    """Those whose name says that they are of products, if any says so: the others are pages."""
    return [url for url in sitemaps if "product" in url.lower()] or sitemaps


def _is_product(url: str, product_pages: str | None) -> bool:
    if product_pages is not None:
        return fnmatchcase(url, product_pages)
    return bool(_PRODUCT.search(urlsplit(url).path))
