"""Products of a Shopify shop: `/products.json`, page after page until an empty one."""

from __future__ import annotations

import asyncio
import re
from urllib.parse import urljoin

from scrapers.discovery.found import Listed, Undiscovered, added, asked, own_address
from scrapers.fetch import Fetcher
from scrapers.offer import read_offers

_LIST = re.compile(rb"\s*\{\s*\"products\"\s*:\s*\[")
MOST_PAGES = 500

_TOGETHER = 250
"""Products of one page: the most that Shopify gives."""


async def find(fetcher: Fetcher, site: str, _: str | None) -> list[Listed]:
    """The shop's products. The list names no currency: what it says of prices is no offer.

    Raises Undiscovered where a page is no list, FetchFailed, FetchRefused.
    """
    found: dict[str, Listed] = {}
    for number in range(1, MOST_PAGES + 1):
        url = urljoin(site, f"/products.json?limit={_TOGETHER}&page={number}")
        page = await asked(fetcher, url)
        if page is None or not _LIST.match(page.body):
            raise Undiscovered(f"{url}: is no list of products")
        offers = await asyncio.to_thread(read_offers, page.body, url, site="shopify")
        known = len(found)
        for offer in offers:
            if own := own_address(site, offer.url):
                added(found, Listed(own, offer.title, offer.gtin))
        if len(found) == known:  # empty, or what came before again
            return list(found.values())
    raise Undiscovered(f"{site}: its list has more than {MOST_PAGES} pages")
