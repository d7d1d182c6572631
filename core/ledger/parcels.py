"""Parcels on their way: which ones to ask a tracker for, and what its answer changes.

A tracker knows a parcel by its number and calls carriers by its own words, so its rows name no
carrier: they are told of the shipment that the ledger knows under that number.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from sqlmodel import Session, col, func, or_, select

from core.ledger.records import Intake, Shipment
from core.ledger.records.base import Row

DELIVERED = "delivered"
AT_REST = (DELIVERED, "cancelled")

MOVING = frozenset({"status", "sub_status", "last_event_at", "last_event", "eta"})
"""What is true of a parcel as of its last event."""

_LONG_AGO = datetime.min.replace(tzinfo=UTC)


def on_their_way(
    ledger: Session, store: str, as_of: datetime, give_up_after: timedelta
) -> Sequence[tuple[str, str]]:
    """Return carrier and number of the parcels that are to arrive and are not given up yet.

    A parcel's age counts from when it left, else from its last event, else from when we last
    learned anything of it.
    """
    learned = col(Intake.started_at)
    since = func.coalesce(col(Shipment.shipped_at), col(Shipment.last_event_at), learned)
    query = (
        select(Shipment.carrier, Shipment.tracking_no)
        .join(Intake, col(Intake.id) == Shipment.intake_id)
        .where(Shipment.store == store, col(Shipment.delivered_at).is_(None))
        .where(or_(col(Shipment.status).is_(None), col(Shipment.status).not_in(AT_REST)))
        .where(since >= as_of - give_up_after)
    )
    return ledger.exec(query).all()


def news(ledger: Session, store: str, rows: Sequence[Row]) -> list[Row]:
    """Return shipments to store: those of trackers under our carrier's name, if they are news.

    A row with a carrier is a shop's own and passes, less what a tracker knows better. Of a row
    without one, an older event never replaces a newer one, whatever order pushes arrive in; what
    left when stays as the shop said it; a parcel that the ledger does not know is left out.
    """
    own = [row for row in rows if "carrier" in row]
    latest = _latest([row for row in rows if "carrier" not in row])
    known = _known(ledger, store, {str(row.get("tracking_no")) for row in rows})
    return [_own(row, known[str(row.get("tracking_no"))]) for row in own] + [
        told
        for number, row in latest.items()
        for told in (_told(row, shipment) for shipment in known[number])
        if told
    ]


def _own(row: Row, known: Sequence[Shipment]) -> Row:
    """Return a shop's row, without its word for where a parcel is if the ledger knows more."""
    same = [shipment for shipment in known if shipment.carrier == row["carrier"]]
    if not any(_is_older(row, shipment) for shipment in same):
        return row
    return {name: value for name, value in row.items() if name not in MOVING}


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
    if _is_older(row, known):
        stays |= MOVING
    told = {name: value for name, value in row.items() if name not in stays}
    return {**told, "carrier": known.carrier} if told.keys() > {"tracking_no"} else None


def _is_older(row: Row, known: Shipment) -> bool:
    """Tell whether the ledger knows more; an event at an unknown moment takes no arrival back.

    Who tells of no event, as shops do, knows less than who does, but for the arrival itself.
    """
    happened = _happened(row)
    if happened is not None:
        return known.last_event_at is not None and happened < known.last_event_at
    if known.status == DELIVERED:
        return True
    is_of_event = "last_event_at" in row or row.get("status") == DELIVERED
    return known.last_event_at is not None and not is_of_event


def _happened(row: Row) -> datetime | None:
    moment = row.get("last_event_at")
    return moment if isinstance(moment, datetime) else None
