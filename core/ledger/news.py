"""What of the rows that a source brings is news: it may bring the same, or what is older, again."""

from collections.abc import Callable, Mapping, Sequence

from sqlmodel import Session

from core.ledger import levels, our_listings, parcels
from core.ledger.records import Listing, Shipment, Stock
from core.ledger.records.base import Row

_JUDGES: Mapping[str, Callable[[Session, str, Sequence[Row]], Sequence[Row]]] = {
    Stock.kind_name: levels.news,
    Shipment.kind_name: parcels.news,
    Listing.kind_name: our_listings.news,
}


def news(ledger: Session, store: str, kind: str, rows: Sequence[Row]) -> Sequence[Row]:
    """Return the rows to store: for polls and for webhooks alike."""
    judge = _JUDGES.get(kind)
    return judge(ledger, store, rows) if judge else rows
