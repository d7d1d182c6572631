"""How the prices of an article moved: theirs on their pages, ours on the price list."""

from collections.abc import Collection
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlmodel import Session, col

from core.ledger.pages import PageKey, is_one_of
from core.ledger.price_list import FOB_LIST
from core.ledger.records import CompetitorOffer, PriceListEntry


class Move(NamedTuple):
    """One change of a price, as it was printed or listed."""

    at: datetime
    competitor: str | None
    """None: ours."""
    quantity: int | None
    old: Decimal
    new: Decimal | None
    """None: that tier of ours ended."""
    old_currency: str | None
    currency: str | None


def moves(
    ledger: Session, store: str, sku: str, pages: Collection[PageKey], as_of: datetime, most: int
) -> list[Move]:
    """Return the latest changes of our FOB price of an article and of some pages, newest first.

    From one price that was read to the next: a time in which a page gave none is no change.
    """
    found = [
        *_moves(ledger, _theirs(store, pages, as_of), most),
        *_moves(ledger, _ours(store, sku, as_of), most),
    ]
    return sorted(found, key=lambda move: move.at, reverse=True)[:most]


def _theirs(store: str, pages: Collection[PageKey], as_of: datetime) -> Any:
    offer = CompetitorOffer
    page, at = (col(offer.competitor), col(offer.url)), col(offer.observed_at)
    return sa.select(
        at.label("at"),
        col(offer.competitor).label("competitor"),
        col(offer.min_quantity).label("quantity"),
        *_before(col(offer.price), col(offer.currency), page, at),
    ).where(col(offer.store) == store, is_one_of(offer, pages), at <= as_of, col(offer.price) > 0)


def _ours(store: str, sku: str, as_of: datetime) -> Any:
    entry = PriceListEntry
    tier, at = (col(entry.min_quantity),), col(entry.valid_from)
    return sa.select(
        at.label("at"),
        sa.null().label("competitor"),
        col(entry.min_quantity).label("quantity"),
        *_before(col(entry.price), col(entry.currency), tier, at),
    ).where(
        col(entry.store) == store,
        col(entry.sku) == sku,
        col(entry.channel) == FOB_LIST,
        at <= as_of,
    )


def _before(price: Any, currency: Any, of_each: Any, at: Any) -> list[Any]:
    """Return the columns of a price and of the one before it."""

    def lag(known: Any) -> Any:
        return sa.func.lag(known, type_=known.type).over(partition_by=of_each, order_by=at)

    return [
        lag(price).label("old"),
        price.label("new"),
        lag(currency).label("old_currency"),
        currency.label("currency"),
    ]


def _moves(ledger: Session, rows: Any, most: int) -> list[Move]:
    row = rows.subquery().c
    differs = sa.or_(
        row.new.is_distinct_from(row.old), row.currency.is_distinct_from(row.old_currency)
    )
    query = sa.select(row).where(row.old.is_not(None), differs)
    found = ledger.connection().execute(query.order_by(row.at.desc()).limit(most))
    return [Move(*each) for each in found]
