"""Products of an Alibaba store: `/productlist.html`, `/productlist-2.html` and so on.

A page behind the last one is the first one again; an unknown store answers 200 and nothing.
"""

from __future__ import annotations

import asyncio
from urllib.parse import urljoin, urlsplit

from scrapers.discovery.found import LONGEST, Listed, Undiscovered, added, asked, own_address
from scrapers.fetch import Fetcher
from scrapers.offer import Offer, read_offers

MOST_PAGES = 500
"""Of 16 products each."""

_MARKETPLACE = ".alibaba.com"
"""The pages of a store's products are not on the store's host."""


async def find(fetcher: Fetcher, site: str, _: str | None) -> list[Listed]:
    """The store's products, with the price range that the list gives of each.

    Raises Undiscovered where a page is no list, FetchFailed, FetchRefused.
    """
    found: dict[str, Listed] = {}
    for number in range(1, MOST_PAGES + 1):
        url = urljoin(site, f"/productlist{'' if number == 1 else f'-{number}'}.html")
        page = await asked(fetcher, url)
        if page is None and found:
            return list(found.values())
        if page is None or not page.body.strip():
            raise Undiscovered(f"{url}: there is no such store")
        offers = await asyncio.to_thread(read_offers, page.body, url, site="alibaba_store")
        if not offers:
            raise Undiscovered(f"{url}: is no list of products")
        known = len(found)
        for offer in offers:
            if own := _address(site, offer):
                added(found, Listed(own, offer.title, offer.gtin, offer))
        if len(found) == known:  # the first page again
            return list(found.values())
    raise Undiscovered(f"{site}: its list has more than {MOST_PAGES} pages")


def _address(site: str, offer: Offer) -> str | None:
    if own := own_address(site, offer.url):
        return own
    try:
        host = urlsplit(offer.url).hostname or ""
    except ValueError:
        return None
    both = host.endswith(_MARKETPLACE) and (urlsplit(site).hostname or "").endswith(_MARKETPLACE)
    return offer.url if both and len(offer.url) <= LONGEST else None
