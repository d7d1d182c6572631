"""Our own traffic, conversion, repurchase and sales over 30 days, beside the pool's (plan F3)."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import NamedTuple

from sqlmodel import Session, distinct, func, select

from core.ledger.records import Order, Sale, Visit
from core.rules.pool import Axis, Figure, Figures, Origin, share
from core.rules.sold import WINDOW
from core.settings import Store


class _Visits(NamedTuple):
    """Who came in the 30 days up to the last day that is known."""

    visitors: int
    last: date


def our_figures(
    ledger: Session, store: Store, as_of: datetime, cover: Decimal, valid_for: timedelta
) -> Figures:
    """Return our own figures, of our visits and orders of 30 whole days.

    The days end with the last whose visits are known. Who came on two days counts twice. Visits
    that cover less than `cover` of the days, or ended longer ago than `valid_for`, are unknown;
    so are orders where none of an earlier time are known.
    """
    today = as_of.astimezone(store.zone).date()
    visits = _visits(ledger, store, today, cover, valid_for)
    until = _midnight(visits.last + timedelta(days=1) if visits else today, store)
    orders = _orders(ledger, store, until)
    found: dict[Axis, Figure] = {}
    if visits:
        found[Axis.TRAFFIC] = Figure(float(visits.visitors), Origin.RECORDS)
    bought = share(orders, visits.visitors if visits else None)
    if bought is not None:
        found[Axis.CONVERSION] = Figure(bought, Origin.RECORDS)
    again = None if orders is None else _bought_again(ledger, store, until)
    if again is not None:
        found[Axis.REPURCHASE] = Figure(again, Origin.RECORDS)
    return found


def our_sales(ledger: Session, store: Store, as_of: datetime) -> Mapping[str, int]:
    """Return the pieces of each SKU that we sold in the last 30 whole days."""
    today = as_of.astimezone(store.zone).date()
    window = (Sale.store == store.name, Sale.day >= today - WINDOW, Sale.day < today)
    query = select(Sale.sku, func.sum(Sale.units)).where(*window).group_by(Sale.sku)
    return {sku: int(units) for sku, units in ledger.exec(query)}


def _visits(
    ledger: Session, store: Store, today: date, cover: Decimal, valid_for: timedelta
) -> _Visits | None:
    mine = (Visit.store == store.name, Visit.day < today, Visit.day >= today - valid_for)
    last: date | None = ledger.exec(select(func.max(Visit.day)).where(*mine)).one()
    if last is None:
        return None
    days, visitors = ledger.exec(
        select(func.count(distinct(Visit.day)), func.sum(Visit.visitors)).where(
            Visit.store == store.name, Visit.day > last - WINDOW, Visit.day <= last
        )
    ).one()
    return _Visits(int(visitors), last) if days >= cover * WINDOW.days else None


def _orders(ledger: Session, store: Store, until: datetime) -> int | None:
    """Return how many orders came in 30 days; None where none are known of an earlier time."""
    mine = (Order.store == store.name, Order.placed_at < until)
    first = ledger.exec(select(func.min(Order.placed_at)).where(*mine)).one()
    if first is None or first >= until - WINDOW:
        return None
    recent = select(func.count()).where(*mine, Order.placed_at >= until - WINDOW)
    return ledger.exec(recent).one()


def _bought_again(ledger: Session, store: Store, until: datetime) -> float | None:
    """Return the share of the buyers of 30 days who had bought before; None without any buyer."""
    buyer = func.coalesce(func.lower(Order.buyer_email), func.lower(Order.buyer_name))
    first, last = func.min(Order.placed_at), func.max(Order.placed_at)
    known = (Order.store == store.name, Order.placed_at < until, buyer.is_not(None))
    recent = select(first, last).where(*known).group_by(buyer).having(last >= until - WINDOW)
    buyers = ledger.exec(recent).all()
    return share(sum(begun < latest for begun, latest in buyers), len(buyers))


def _midnight(day: date, store: Store) -> datetime:
    return datetime.combine(day, time(), store.zone)
