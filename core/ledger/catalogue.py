"""Questions about SKUs: what was sold, what is there, what we ask for them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import Session, and_, col, func, select

from core.ledger.records import Product, Sale, Stock


@dataclass(frozen=True)
class Level:
    """One SKU's stock over all locations, in pieces, and when its oldest part was counted."""

    available: int
    on_hand: int
    committed: int
    inbound: int
    observed_at: datetime


class Supply(NamedTuple):
    """What has to be known of a product to order it anew; None where it is unknown."""

    sku: str
    name: str | None
    name_zh: str | None
    purchase_lead_days: int | None
    transport_lead_days: int | None
    moq: int | None


def units_sold(
    ledger: Session, store: str, first: date, last: date, sku: str | None = None
) -> dict[str, int]:
    """Return the pieces sold per SKU from `first` to `last`, both included, over all channels."""
    query = select(Sale.sku, func.sum(Sale.units)).where(
        Sale.store == store, Sale.day >= first, Sale.day <= last
    )
    if sku is not None:
        query = query.where(Sale.sku == sku)
    return {sku: int(units) for sku, units in ledger.exec(query.group_by(Sale.sku))}


def first_sale(ledger: Session, store: str) -> date | None:
    """Return the first day the store's sales are known for."""
    return ledger.exec(select(func.min(Sale.day)).where(Sale.store == store)).one()


def stock_levels(
    ledger: Session, store: str, as_of: datetime, skus: Sequence[str] | None = None
) -> dict[str, Level]:
    """Return each SKU's stock as it was known at a moment: the last count of every location."""
    query = sa.select(
        col(Stock.sku),
        func.sum(Stock.on_hand),
        func.sum(func.coalesce(Stock.committed, 0)),
        func.sum(func.coalesce(Stock.inbound, 0)),
        func.min(Stock.observed_at),
    ).where(_last_count(store, as_of))
    if skus is not None:
        query = query.where(col(Stock.sku).in_(skus))
    return {
        sku: Level(int(hand) - int(held), int(hand), int(held), int(coming), counted)
        for sku, hand, held, coming, counted in ledger.execute(query.group_by(col(Stock.sku)))
    }


def sold_products(ledger: Session, store: str) -> Sequence[Product]:
    """Return the products that are sold: all but the ended ones."""
    return ledger.exec(select(Product).where(_is_sold(store)).order_by(Product.sku)).all()


def _is_sold(store: str) -> sa.ColumnElement[bool]:
    return and_(Product.store == store, func.coalesce(Product.status, "active") != "ended")


def supplies(ledger: Session, store: str) -> Iterator[Supply]:
    """Yield what is needed to order each product that is sold, by SKU."""
    query = sa.select(*(col(getattr(Product, name)) for name in Supply._fields))
    query = query.where(_is_sold(store)).order_by(col(Product.sku))
    return map(Supply._make, ledger.execute(query))


def find_product(ledger: Session, store: str, sku: str) -> Product | None:
    """Return a product by its SKU, in whatever case it is typed."""
    exact = ledger.get(Product, (store, sku))
    if exact is not None:
        return exact
    query = select(Product).where(Product.store == store, func.lower(Product.sku) == sku.lower())
    return ledger.exec(query).first()


def in_category(ledger: Session, store: str, category: str) -> Sequence[Product]:
    """Return the products of a category, in whatever case and with whatever dashes it is typed."""
    wanted = category.lower().replace(" ", "_").replace("-", "_")
    query = select(Product).where(
        Product.store == store, func.lower(Product.category).in_([wanted, category.lower()])
    )
    return ledger.exec(query.order_by(Product.sku)).all()


def stock_by_location(ledger: Session, store: str, as_of: datetime, sku: str) -> Sequence[Stock]:
    """Return the last count of one SKU at every location, as known at a moment."""
    query = select(Stock).where(_last_count(store, as_of), Stock.sku == sku)
    return ledger.exec(query.order_by(Stock.location)).all()


def _last_count(store: str, as_of: datetime) -> sa.ColumnElement[bool]:
    """Match each SKU's last count at each location, as known at a moment."""
    known = aliased(Stock)
    last = (
        select(func.max(known.observed_at))
        .where(known.store == store, known.sku == Stock.sku, known.location == Stock.location)
        .where(known.observed_at <= as_of)
        .scalar_subquery()
    )
    return and_(Stock.store == store, Stock.observed_at == last)
