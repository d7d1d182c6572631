"""Finding a shop's products, and keeping which pages it names."""

import asyncio
import logging
from collections.abc import Iterable

from core.ledger.offers import last_price
from core.ledger.watched import Watched, first_seen
from jobs.offer_rows import Row
from jobs.syncs.price_round.jumps import jumps
from jobs.syncs.price_round.reading import offer_row
from jobs.syncs.price_round.round import Round, Shop
from scrapers.discovery import Listed, Undiscovered, discover
from scrapers.fetch import FetchFailed, FetchRefused

log = logging.getLogger(__name__)

_LONGEST = 0.5
"""Share of a round that a shop may take to name its products."""


async def find_pages(this: Round, shop: Shop) -> dict[str, Row]:
    """Ask a shop which products it has, and keep their pages; the new ones are added to `shop`.

    Returns the offers that its lists themselves give, by address. A shop that cannot be asked
    keeps the pages that are known of it.
    """
    settings = this.work.settings.competitors[shop.competitor]
    found: dict[str, Listed] = {}
    ways: dict[str, str] = {}
    longest = this.work.stanza.spread_over.total_seconds() * _LONGEST
    try:
        async with asyncio.timeout(longest):
            for way in settings.discover:
                site, wanted = settings.site or "", settings.product_pages
                for listed in await discover(this.fetcher, site, way, wanted):
                    found.setdefault(listed.url, listed)
                    ways.setdefault(listed.url, way)
    except TimeoutError:
        return _unfound(this, shop, "it takes too long to name them")
    except (Undiscovered, FetchFailed, FetchRefused) as error:
        return _unfound(this, shop, str(error))
    await _keep(this, shop, found, ways)
    known = {page.url for page in shop.pages}
    shop.pages += [Watched(shop.competitor, url) for url in found if url not in known]
    return await asyncio.to_thread(_offers, this, shop, found.values())


def _unfound(this: Round, shop: Shop, why: str) -> dict[str, Row]:
    log.warning("%s: its products were not found: %s", shop.competitor, why)
    this.undiscovered.append(f"{shop.competitor}: {why}")
    return {}


async def _keep(this: Round, shop: Shop, found: dict[str, Listed], ways: dict[str, str]) -> None:
    seen = await asyncio.to_thread(_seen, this, shop.competitor)
    this.discovered += len(found.keys() - seen)
    rows = [
        _row(shop.competitor, listed, ways[url])
        | {"last_seen_at": this.work.now}
        | ({} if url in seen else {"first_seen_at": this.work.now})
        for url, listed in found.items()
    ]
    await this.shelf.keep_pages(rows)


def _seen(this: Round, competitor: str) -> set[str]:
    with this.work.database.read() as ledger:
        return first_seen(ledger, this.work.store.name, competitor)


def _row(competitor: str, listed: Listed, way: str) -> Row:
    said = {"title": listed.title, "gtin": listed.gtin}
    row = {"competitor": competitor, "url": listed.url, "found_by": way}
    return row | {name: value for name, value in said.items() if value}


def _offers(this: Round, shop: Shop, found: Iterable[Listed]) -> dict[str, Row]:
    """Return what lists offer, where that is sure and no jump: only a page can confirm one."""
    work, stanza = this.work, this.work.stanza
    offers: dict[str, Row] = {}
    with work.database.read() as ledger:
        for listed in found:
            row = offer_row(listed.offer, stanza.min_certainty) if listed.offer else None
            if row is None or row["price"] is None:
                continue
            last = last_price(ledger, work.store.name, shop.competitor, listed.url, work.now)
            if not jumps(last, row, stanza.jump):
                offers[listed.url] = row
    return offers
