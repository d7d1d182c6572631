"""Parcels on their way: which ones to ask a tracker for, and what its answer changes.

A tracker knows a parcel by its number and calls carriers by its own words, so its rows name no
carrier: they are told of the shipment that the ledger knows under that number.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from sqlmodel import Session, col, func, or_, select

from core.ledger.records import Intake, Shipment

Row = Mapping[str, object]

DELIVERED = "delivered"

MOVING = frozenset({"status", "sub_status", "last_event_at", "last_event", "eta"})
"""What is true of a parcel as of its last event."""

_LONG_AGO = datetime.min.replace(tzinfo=UTC)


def on_their_way(
    ledger: Session, store: str, as_of: datetime, give_up_after: timedelta
) -> Sequence[tuple[str, str]]:
    """Return carrier and number of the parcels that did not arrive and are not given up yet.

    A parcel's age counts from when it left, else from its last event, else from when we last
    learned anything of it.
    """
    learned = col(Intake.started_at)
    since = func.coalesce(col(Shipment.shipped_at), col(Shipment.last_event_at), learned)
    query = (
        select(Shipment.carrier, Shipment.tracking_no)
        .join(Intake, col(Intake.id) == Shipment.intake_id)
        .where(Shipment.store == store, col(Shipment.delivered_at).is_(None))
        .where(or_(col(Shipment.status).is_(None), Shipment.status != DELIVERED))
        .where(since >= as_of - give_up_after)
    )
    return ledger.exec(query).all()


def news(ledger: Session, store: str, rows: Sequence[Row]) -> list[Row]:
    """Return shipments to store: those of trackers under our carrier's name, if they are news.

    A row with a carrier is a shop's own and passes. Of a row without one, an older event never
    replaces a newer one, whatever order pushes arrive in; what left when stays as the shop said it;
    a parcel that the ledger does not know is left out.
    """
    own = [row for row in rows if "carrier" in row]
    latest = _latest([row for row in rows if "carrier" not in row])
    known = _known(ledger, store, latest)
    return own + [
        told
        for number, row in latest.items()
        for told in (_told(row, shipment) for shipment in known[number])
        if told
    ]


def _latest(rows: Sequence[Row]) -> dict[str, Row]:
    """Return the row with the latest event of each number."""
    by_event = sorted(rows, key=lambda row: _happened(row) or _LONG_AGO)
    return {str(row["tracking_no"]): row for row in by_event}


def _known(
    ledger: Session, store: str, numbers: Collection[str]
) -> Mapping[str, Sequence[Shipment]]:
    query = select(Shipment).where(Shipment.store == store, col(Shipment.tracking_no).in_(numbers))
    known: dict[str, list[Shipment]] = defaultdict(list)
    for shipment in ledger.exec(query) if numbers else ():
        known[shipment.tracking_no].append(shipment)
    return known


def _told(row: Row, known: Shipment) -> Row | None:
    """Return what a tracker's row says that is news of a shipment; None for nothing."""
    stays = {"shipped_at"} if known.shipped_at else set()
    if _is_older(_happened(row), known):
        stays |= MOVING
    told = {name: value for name, value in row.items() if name not in stays}
    return {**told, "carrier": known.carrier} if told.keys() > {"tracking_no"} else None


def _is_older(happened: datetime | None, known: Shipment) -> bool:
    """Tell whether the ledger knows more; an event at an unknown moment takes no arrival back."""
    if happened is None:
        return known.status == DELIVERED
    return known.last_event_at is not None and happened < known.last_event_at


def _happened(row: Row) -> datetime | None:
    moment = row.get("last_event_at")
    return moment if isinstance(moment, datetime) else None
