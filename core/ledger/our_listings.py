"""Our own listings: the price that each shows, and what is news of it (plan B1)."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlmodel import Session, and_, col, func

from core.ledger.records import Listing
from core.ledger.records.base import Row

AT_ONCE = 1_000
"""Listings that are looked at together."""

SHOWN = ("sku", "currency", "url")
"""What of a listing is news when it changes, beside its price."""

Place = tuple[object, ...]
"""Channel, the channel's name for it, and the quantity that its price holds from."""


class Shown(NamedTuple):
    """What a listing asks, from a quantity on, since a moment."""

    channel: str
    listing_id: str
    min_quantity: int
    observed_at: datetime
    sku: str
    price: Decimal
    currency: str | None
    url: str | None


def shown_prices(ledger: Session, store: str, as_of: datetime) -> Iterator[list[Shown]]:
    """Yield, some at a time, what each listing asked at a moment; not those that ended.

    A listing is remembered from change to change: the last price holds, however old it is.
    """
    query = _shown(Listing.store == store, Listing.observed_at <= as_of)
    rows = ledger.connection().execute(query, execution_options={"yield_per": AT_ONCE})
    for some in rows.partitions():
        yield [Shown._make(row) for row in some]


def listings_of(ledger: Session, store: str, sku: str, as_of: datetime) -> list[Shown]:
    """Return what the listings of one article asked at a moment, see `shown_prices`."""
    known: Sequence[Any] = (Listing.store == store, Listing.observed_at <= as_of)
    its = sa.tuple_(col(Listing.channel), col(Listing.listing_id))
    had = sa.select(*its).where(*known, col(Listing.sku) == sku)
    query = _shown(*known, its.in_(had)).where(col(Listing.sku) == sku)
    place = (col(Listing.channel), col(Listing.listing_id), col(Listing.min_quantity))
    return [Shown._make(row) for row in ledger.connection().execute(query.order_by(*place))]


def news(ledger: Session, store: str, rows: Sequence[Row]) -> list[Row]:
    """Return the rows that differ from what is known of their listing.

    A source brings every listing each hour; prices keep their history, and only changes are
    history. A listing without a price that had none is none.
    """
    known = _known(ledger, store, rows)
    return [row for row in rows if _is_news(known.get(_place(row)), row)]


def _known(ledger: Session, store: str, rows: Sequence[Row]) -> Mapping[Place, Listing]:
    """Return what is known of the rows' listings, found by their keys."""
    channels, ids = ({str(row.get(name)) for row in rows} for name in ("channel", "listing_id"))
    meant = (col(Listing.channel).in_(channels), col(Listing.listing_id).in_(ids))
    query = _latest([Listing], Listing.store == store, *meant)
    found = ledger.scalars(query)
    return {(it.channel, it.listing_id, it.min_quantity): it for it in found}


def _shown(*which: Any) -> Any:
    """Return a query for what listings ask; not for those that ended."""
    columns = [col(getattr(Listing, name)) for name in Shown._fields]
    return _latest(columns, *which).where(col(Listing.price).is_not(None))


def _latest(wanted: Sequence[Any], *which: Any) -> Any:
    """Return a query for something of the last row of each listing and quantity."""
    place: Sequence[Any] = (Listing.channel, Listing.listing_id, Listing.min_quantity)
    observed_at = func.max(Listing.observed_at).label("observed_at")
    last = sa.select(*place, observed_at).where(*which).group_by(*place).subquery()
    same = and_(
        *(col(column) == last.c[column.key] for column in place),
        col(Listing.observed_at) == last.c.observed_at,
    )
    return sa.select(*wanted).join(last, same).where(*which)


def _place(row: Row) -> Place:
    return row.get("channel"), row.get("listing_id"), row.get("min_quantity")


def _is_news(known: Listing | None, row: Row) -> bool:
    if known is None:
        return row.get("price") is not None
    others = any(name in row and row[name] != getattr(known, name) for name in SHOWN)
    return others or ("price" in row and _amount(row["price"]) != known.price)


def _amount(price: object) -> Decimal | str | None:
    """Return a price as the ledger keeps it; services write some as texts."""
    try:
        return None if price is None else Decimal(str(price))
    except InvalidOperation:
        return str(price)  # the ledger will say what is wrong with it
