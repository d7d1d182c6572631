"""Offers that were read on pages as the columns of `competitor_offer` records."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from core.ledger.database import Database
from core.ledger.intake import Rejected, store_records
from core.ledger.records import CompetitorOffer
from core.ledger.unpriced import NO_CURRENCY, NO_PRICE, UNCERTAIN
from core.ledger.watched import Watched
from core.settings import Store
from scrapers.offer import Offer

Row = dict[str, Any]
"""Columns of one `competitor_offer` record."""

_PAGE = ("competitor", "url", "sku")
_NOT_SAID = {"store", "intake_id", "intake_row", "observed_at", *_PAGE}
_AS_READ = (
    "title",
    "price",
    "price_max",
    "currency",
    "incoterm",
    "availability",
    "pack_size",
    "sold",
    "sold_over",
    "reviews",
    "visitors_30d",
)
_SURE_TO = Decimal("0.0001")


def priced(offer: Offer) -> Row:
    """Return what a page offers."""
    return {name: getattr(offer, name) for name in _AS_READ} | {
        "min_quantity": offer.moq,
        "sold_at_least": offer.sold_at_least if offer.sold is not None else None,
        "tiers": [
            {"min_quantity": tier.min_quantity, "price": str(tier.price)} for tier in offer.tiers
        ]
        or None,
        "certainty": Decimal(offer.certainty).quantize(_SURE_TO),
        "problem": None,
    }


def unpriced(problem: str) -> Row:
    """Return that a page gave no price, and why."""
    return {"price": None, "problem": problem}


def without_price(offer: Offer, problem: str) -> Row:
    """Return what a page says although it gives no price to compare with, and why."""
    return (
        no_longer_priced(priced(offer), problem) if offer.kind == "product" else unpriced(problem)
    )


def no_longer_priced(row: Row, problem: str) -> Row:
    """Return what a page says, but for its price, which does not count."""
    return row | {"price": None, "price_max": None, "tiers": None, "problem": problem}


def of_page(page: Watched, observed_at: datetime) -> Row:
    """Return which page a record is about, as of which moment."""
    return {name: getattr(page, name) for name in _PAGE} | {"observed_at": observed_at}


def again(known: CompetitorOffer) -> Row:
    """Return what a page said when it was last read: it has not changed since."""
    return known.model_dump(exclude=_NOT_SAID)


def about(offer: Offer) -> Row:
    """Return what a page says of its product: columns of its `competitor_page` record."""
    said = {"title": offer.title, "gtin": offer.gtin} if offer.kind == "product" else {}
    return {name: value for name, value in said.items() if value}


def problem_of(offer: Offer, sure_enough: float) -> str | None:
    """Return why an offer is no price to compare with; None when it is one."""
    if offer.kind != "product":
        return offer.kind
    if not offer.price:
        return NO_PRICE
    if not offer.currency:
        return NO_CURRENCY
    return None if offer.certainty >= sure_enough else UNCERTAIN


def keep_saved(
    database: Database,
    store: Store,
    offer: Offer,
    *,
    competitor: str,
    sku: str | None,
    now: datetime,
) -> Rejected | None:
    """Store what a page says that a person has saved; return why the ledger does not take it.

    This is the second way in for a shop that blocks us. Its address is `offer.url`.
    """
    page = {"competitor": competitor, "url": offer.url, "sku": sku, "observed_at": now}
    _, rejected = store_records(
        database,
        store=store,
        kind="competitor_offer",
        source="saved_page",
        now=now,
        rows=[page | priced(offer)],
    )
    return next(iter(rejected), None)
