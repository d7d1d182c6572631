"""Reads the competitors' pages that `competitor_offer` records name (plan B1)."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from pydantic import Field

from core.finding import Facts
from core.ledger.intake import store_records
from core.ledger.offers import latest_offers
from core.ledger.records import CompetitorOffer
from core.settings import FetchSettings, JobSettings
from jobs.registry import Work
from scrapers import fetch
from scrapers.fetch import Fetcher, FetchFailed, FetchRefused
from scrapers.offer import Offer, read_offer


class Settings(JobSettings):
    """The stanza of config.yaml."""

    competitors: list[str] = Field(min_length=1, description="whose pages are read")
    pages_at_once: int = Field(ge=1, le=32, description="over all hosts; a host gets one at a time")


async def run(work: Work) -> Facts:
    """Read every watched page once; store its offer, or why it gave none. Returns the counts."""
    watched = await asyncio.to_thread(_watched, work)
    places = asyncio.Semaphore(work.stanza.pages_at_once)
    async with Fetcher(manners(work.settings.fetch)) as fetcher:

        async def read(known: CompetitorOffer) -> dict[str, Any]:
            async with places:
                return await _read(fetcher, known, work.now)

        rows = await asyncio.gather(*map(read, watched))
    rejected = await asyncio.to_thread(_store, work, rows)
    without_price = sum(row["price"] is None for row in rows)
    return {"pages": len(rows), "without_price": without_price + rejected}


def _watched(work: Work) -> list[CompetitorOffer]:
    with work.database.read() as ledger:
        known = latest_offers(ledger, work.store.name, work.now, priced=False)
    return [offer for offer in known if offer.competitor in work.stanza.competitors]


def _store(work: Work, rows: Sequence[Mapping[str, Any]]) -> int:
    """Store what the pages said; return how many said what the ledger does not take.

    Of those the ledger keeps that they gave no price, and why.
    """
    _, rejected = store_records(
        work.database,
        store=work.store,
        kind="competitor_offer",
        source="price_round",
        now=work.now,
        rows=rows,
    )
    if rejected:
        problems = {bad.row: f"{bad.column}: {bad.problem}" for bad in rejected}
        _store(work, [_page(rows[n - 1]) | _without_price(why) for n, why in problems.items()])
    return len(rejected)


def _page(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in ("competitor", "url", "observed_at", "sku")}


async def _read(fetcher: Fetcher, known: CompetitorOffer, now: datetime) -> dict[str, Any]:
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
    return page | (_priced(offer) if offer.price else _without_price(_problem(offer)))


def _words(error: FetchFailed | FetchRefused, url: str) -> str:
    """Return why a page was not read, in words that are the same for every page of its host.

    Without the address and the time, so that a shop's pages are told together and the same
    trouble of the next round is the same blind spot.
    """
    words = error.reason.replace(url, "").rpartition(": ")[2].strip()
    return "captcha" if "captcha" in words else words


def _problem(offer: Offer) -> str:
    return offer.kind if offer.kind != "product" else "no price"


def _without_price(problem: str) -> dict[str, Any]:
    return {"price": None, "problem": problem}


def _priced(offer: Offer) -> dict[str, Any]:
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
