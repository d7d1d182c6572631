"""Reads the competitors' pages that `competitor_offer` records name (plan B1)."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pydantic import Field

from core.finding import Facts
from core.jobs import JobSettings
from core.ledger.intake import Rejected, store_records
from core.ledger.offers import latest_offers
from core.ledger.records import CompetitorOffer
from core.sections import FetchSettings
from jobs.registry import Work
from scrapers import fetch
from scrapers.fetch import Fetcher, FetchFailed, FetchRefused
from scrapers.offer import Offer, read_offer

Row = dict[str, Any]
"""Columns of one `competitor_offer` record."""


class Settings(JobSettings):
    """The stanza of config.yaml."""

    competitors: list[str] = Field(min_length=1, description="whose pages are read")
    min_certainty: float = Field(
        ge=0, le=1, description="a price less sure is none: a wrong price is worse than none"
    )
    pages_at_once: int = Field(ge=1, le=32, description="over all hosts; a host gets one at a time")


async def run(work: Work) -> Facts:
    """Read every watched page once; store its offer, or why it gave none. Returns the counts."""
    watched = await asyncio.to_thread(_watched, work)
    places = asyncio.Semaphore(work.stanza.pages_at_once)
    async with Fetcher(manners(work.settings.fetch)) as fetcher:

        async def read(known: CompetitorOffer) -> Row:
            async with places:
                return await _read(fetcher, known, work.now, work.stanza.min_certainty)

        rows = await asyncio.gather(*map(read, watched))
    kept = await asyncio.to_thread(_keep, work, rows)
    return {"pages": len(kept), "without_price": sum(row["price"] is None for row in kept)}


def _watched(work: Work) -> list[CompetitorOffer]:
    with work.database.read() as ledger:
        known = latest_offers(ledger, work.store.name, work.now, priced=False)
    return [offer for offer in known if offer.competitor in work.stanza.competitors]


def _keep(work: Work, rows: Sequence[Row]) -> list[Row]:
    """Store what the pages said and return it as it is kept.

    A page that said what the ledger does not take gave no price, and the ledger keeps why.
    """
    refused = {
        bad.row - 1: _page(rows[bad.row - 1]) | _without_price(f"{bad.column}: {bad.problem}")
        for bad in _store(work, rows)
    }
    if refused:
        _store(work, list(refused.values()))
    return [refused.get(index, row) for index, row in enumerate(rows)]


def _page(row: Row) -> Row:
    return {name: row[name] for name in ("competitor", "url", "observed_at", "sku")}


def _store(work: Work, rows: Sequence[Row]) -> list[Rejected]:
    _, rejected = store_records(
        work.database,
        store=work.store,
        kind="competitor_offer",
        source="price_round",
        now=work.now,
        rows=rows,
    )
    return rejected


async def _read(fetcher: Fetcher, known: CompetitorOffer, now: datetime, sure_enough: float) -> Row:
    page = {
        "competitor": known.competitor,
        "url": known.url,
        "observed_at": now,
        "sku": known.sku,
    }
    try:
        answer = await fetcher.get(known.url)
    except (FetchFailed, FetchRefused) as error:
        return page | _without_price(_words(error, known.url))
    offer = await asyncio.to_thread(
        read_offer,
        answer.body,
        known.url,
        content_type=answer.content_type,
        status=answer.status,
    )
    problem = _problem(offer, sure_enough)
    return page | (_without_price(problem) if problem else _priced(offer))


def _words(error: FetchFailed | FetchRefused, url: str) -> str:
    """Return why a page was not read, in words that are the same for every page of its host.

    Without the address and the time, so that a shop's pages are told together and the same
    trouble of the next round is the same blind spot.
    """
    words = error.reason.replace(url, "").rpartition(": ")[2].strip()
    return "captcha" if "captcha" in words else words


def _problem(offer: Offer, sure_enough: float) -> str | None:
    """Return why an offer is no price to compare with; None when it is one."""
    if offer.kind != "product":
        return offer.kind
    if not offer.price:
        return "no price"
    if not offer.currency:
        return "no currency"
    return None if offer.certainty >= sure_enough else "uncertain"


def _without_price(problem: str) -> Row:
    return {"price": None, "problem": problem}


def _priced(offer: Offer) -> Row:
    return {
        "title": offer.title,
        "price": offer.price,
        "price_max": offer.price_max,
        "currency": offer.currency,
        "min_quantity": offer.moq,
        "incoterm": offer.incoterm,
        "availability": offer.availability,
        "tiers": [
            {"min_quantity": tier.min_quantity, "price": str(tier.price)} for tier in offer.tiers
        ]
        or None,
        "problem": None,
    }


def manners(settings: FetchSettings) -> fetch.FetchSettings:
    """Return config.yaml's `fetch` as the fetcher takes it."""
    return fetch.FetchSettings(
        contact=settings.contact,
        delay_seconds=float(settings.seconds_between_requests),
        timeout_seconds=settings.timeout.total_seconds(),
        max_bytes=settings.max_bytes,
        allowed_private_hosts=frozenset(settings.allowed_private_hosts),
    )
