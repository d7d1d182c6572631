"""Questions about SKUs: what was sold, what is there, what we ask for them."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from functools import lru_cache
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import Session, and_, col, func, select

from core.ledger.prepared import Prepared
from core.ledger.records import Product, Sale, Stock
from core.ledger.records.base import table_of
from core.ledger.types import Moment


class Level(NamedTuple):
    """One SKU's stock over all locations, in pieces, and when its oldest part was counted."""

    available: int
    on_hand: int
    committed: int
    inbound: int
    observed_at: datetime


@dataclass(frozen=True)
class Count:
    """The last count of one SKU at one location, in pieces; None where it is unknown."""

    location: str
    on_hand: int
    committed: int | None
    inbound: int | None
    observed_at: datetime
    listed: int | None = None
    """Of a channel's listing: what it offers. A listing is no goods."""


@dataclass(frozen=True)
class Article:
    """One SKU at a glance: its stock at every location and the pieces sold in a span of days."""

    sku: str
    name: str | None
    name_zh: str | None
    sold: int
    sales_since: date | None
    """The first day the store's sales are known for."""
    counts: list[Count]

    @property
    def level(self) -> Level | None:
        """The goods over all locations; None when they were never counted."""
        goods = [count for count in self.counts if count.listed is None]
        if not goods:
            return None
        on_hand = sum(count.on_hand for count in goods)
        committed = sum(count.committed or 0 for count in goods)
        inbound = sum(count.inbound or 0 for count in goods)
        oldest = min(count.observed_at for count in goods)
        return Level(on_hand - committed, on_hand, committed, inbound, oldest)


class Supply(NamedTuple):
    """What the safety stock of one SKU is reckoned from.

    `sold` are the pieces of the days that were asked for, `available` the last counts less what
    is committed. None: unknown (of `sold`: nothing was sold).
    """

    sku: str
    purchase_lead_days: int | None
    transport_lead_days: int | None
    sold: int | None
    available: int | None


def first_sale(ledger: Session, store: str) -> date | None:
    """Return the first day the store's sales are known for."""
    return ledger.exec(select(func.min(Sale.day)).where(Sale.store == store)).one()


def stock_levels(
    ledger: Session, store: str, as_of: datetime, skus: Sequence[str] | None = None
) -> dict[str, Level]:
    """Return each SKU's goods as they were known at a moment: the last count of every location."""
    query = sa.select(
        col(Stock.sku),
        _AVAILABLE,
        _whole(func.sum(Stock.on_hand)),
        _whole(func.sum(_COMMITTED)),
        _whole(func.sum(func.coalesce(Stock.inbound, 0))),
        func.min(Stock.observed_at),
    ).where(last_count(store, as_of), _ARE_GOODS)
    if skus is not None:
        query = query.where(col(Stock.sku).in_(skus))
    rows = ledger.connection().execute(query.group_by(col(Stock.sku))).all()
    return {row[0]: Level._make(row[1:]) for row in rows}


def _whole(pieces: sa.ColumnElement[Any]) -> sa.ColumnElement[int]:
    """Keep a sum an integer: PostgreSQL makes a numeric of it."""
    return sa.cast(pieces, sa.BigInteger)


_COMMITTED = func.coalesce(Stock.committed, 0)
_AVAILABLE = _whole(func.sum(Stock.on_hand - _COMMITTED))
_ARE_GOODS = col(Stock.listed).is_(None)


def sold_products(ledger: Session, store: str) -> Sequence[Product]:
    """Return the products that are sold: all but the ended ones."""
    return ledger.exec(select(Product).where(_is_sold(store)).order_by(Product.sku)).all()


def _is_sold(store: str) -> sa.ColumnElement[bool]:
    return and_(Product.store == store, func.coalesce(Product.status, "active") != "ended")


def supplies(
    ledger: Session, store: str, as_of: datetime, first: date, last: date
) -> Sequence[Supply]:
    """Return what the safety stock of each SKU that is sold is reckoned from, by SKU.

    Days are from `first` to `last`, both included, over all channels; counts as known at a
    moment. Each SKU's days and counts are found by its key: that takes half the time of sums
    over the whole store.
    """
    sold = (
        sa.select(_whole(func.sum(col(Sale.units))))
        .where(col(Sale.store) == Product.store, col(Sale.sku) == Product.sku)
        .where(col(Sale.day).between(first, last))
        .scalar_subquery()
    )
    available = (
        sa.select(_AVAILABLE)
        .where(col(Stock.sku) == Product.sku, last_count(store, as_of), _ARE_GOODS)
        .scalar_subquery()
    )
    known = (Product.sku, Product.purchase_lead_days, Product.transport_lead_days)
    query = sa.select(*map(col, known), sold, available).where(_is_sold(store))
    rows = ledger.connection().execute(query.order_by(col(Product.sku))).all()
    return [Supply._make(row) for row in rows]


def products(ledger: Session, store: str, skus: Sequence[str]) -> dict[str, Product]:
    """Return products by their SKU."""
    query = select(Product).where(Product.store == store, col(Product.sku).in_(skus))
    return {product.sku: product for product in ledger.exec(query)}


class SalesDays(NamedTuple):
    """The rows of daily sales behind a sum: how many, of which days, the latest's intake."""

    first: date
    last: date
    rows: int
    intake_id: int


def sales_days(
    ledger: Session, store: str, skus: Sequence[str], first: date, last: date
) -> dict[str, SalesDays]:
    """Return which rows each SKU's sales from `first` to `last`, both included, are summed from."""
    days = (func.min(Sale.day), func.max(Sale.day), func.count(), func.max(Sale.intake_id))
    query = (
        sa.select(col(Sale.sku), *days)
        .where(col(Sale.store) == store, col(Sale.sku).in_(skus))
        .where(col(Sale.day).between(first, last))
        .group_by(col(Sale.sku))
    )
    rows = ledger.connection().execute(query).all()
    return {row[0]: SalesDays._make(row[1:]) for row in rows}


def last_counts(
    ledger: Session, store: str, as_of: datetime, skus: Sequence[str]
) -> Sequence[Stock]:
    """Return the last count of every location of some SKUs, as known at a moment."""
    query = select(Stock).where(last_count(store, as_of), col(Stock.sku).in_(skus))
    return ledger.exec(query.order_by(col(Stock.sku), col(Stock.location))).all()


def last_levels(
    ledger: Session, store: str, skus: Collection[str]
) -> dict[tuple[str, str], tuple[int | None, ...]]:
    """Return on hand, committed, inbound and listed of the last count, by SKU and location."""
    known = aliased(Stock)
    newer = (
        select(known.sku)
        .where(known.store == Stock.store, known.sku == Stock.sku)
        .where(known.location == Stock.location, known.observed_at > Stock.observed_at)
        .exists()
    )
    names = (Stock.sku, Stock.location, Stock.on_hand, Stock.committed, Stock.inbound, Stock.listed)
    query = sa.select(*map(col, names)).where(
        col(Stock.store) == store, col(Stock.sku).in_(skus), ~newer
    )
    rows: Iterable[Any] = ledger.connection().execute(query)
    return {(row[0], row[1]): tuple(row[2:]) for row in rows}


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


def find_article(
    engine: sa.Engine, store: str, sku: str, as_of: datetime, first: date, last: date
) -> Article | None:
    """Return one SKU at a glance, with its stock as known at a moment; None when there is none.

    `sold` is from `first` to `last`, both included, over all channels.
    """
    given = {"store": store, "sku": sku, "as_of": as_of, "first": first, "last": last}
    rows = _article_of(engine).rows(given)
    if not rows:
        return None
    exact, name, name_zh, since, sold = rows[0][:_OWN]
    counts = [Count(*row[_OWN:]) for row in rows if row[_OWN] is not None]
    return Article(exact, name, name_zh, int(sold or 0), since, counts)


@lru_cache(maxsize=4)
def _article_of(engine: sa.Engine) -> Prepared:
    return Prepared(engine, _ARTICLE)


def last_count(
    store: str | sa.BindParameter[str], as_of: datetime | sa.BindParameter[datetime]
) -> sa.ColumnElement[bool]:
    """Match each SKU's last count at each location, as known at a moment."""
    known = aliased(Stock)
    last = (
        select(func.max(known.observed_at))
        .where(known.store == store, known.sku == Stock.sku, known.location == Stock.location)
        .where(known.observed_at <= as_of)
        .scalar_subquery()
    )
    return and_(Stock.store == store, Stock.observed_at == last)


# Put together once: a person waits for it, and making a statement takes longer than running it.
_STORE, _SKU = sa.bindparam("store", type_=sa.Text), sa.bindparam("sku", type_=sa.Text)
_SALES_SINCE = select(func.min(Sale.day)).where(Sale.store == _STORE).scalar_subquery()
_SOLD = (
    select(func.sum(Sale.units))
    .where(Sale.store == _STORE, Sale.sku == _SKU)
    .where(col(Sale.day).between(sa.bindparam("first"), sa.bindparam("last")))
    .scalar_subquery()
)
_COUNTED = and_(last_count(_STORE, sa.bindparam("as_of", type_=Moment)), col(Stock.sku) == _SKU)
_ABOUT = (col(Product.sku), col(Product.name), col(Product.name_zh), _SALES_SINCE, _SOLD)
_OWN = len(_ABOUT)
_ARTICLE = (
    sa.select(*_ABOUT, *(col(getattr(Stock, field.name)) for field in fields(Count)))
    .select_from(sa.outerjoin(table_of(Product), table_of(Stock), _COUNTED))
    .where(col(Product.store) == _STORE, col(Product.sku) == _SKU)
    .order_by(col(Stock.location))
)
