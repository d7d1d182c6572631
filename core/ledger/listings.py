"""Which SKUs may be oversold: a look over the whole store in one statement (plan C3)."""

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col

from core.ledger.catalogue import last_count
from core.ledger.records import Stock


def suspects(
    ledger: Session,
    store: str,
    as_of: datetime,
    *,
    separate: Collection[str],
    keep_back: int,
    overlisted_below: int,
) -> list[str]:
    """Return the SKUs that `core.rules.oversell` may find something wrong with, by SKU.

    None that it would find is missing: more is committed than lies at a place, or than all shared
    goods are, or a listing offers more than it may while little is free, or nobody knows the goods
    of what is listed.
    """
    is_goods = col(Stock.listed).is_(None)
    is_shared = sa.and_(is_goods, col(Stock.location).not_in(separate))
    committed = sa.func.coalesce(Stock.committed, 0)
    overdrawn = sa.func.max(sa.case((is_goods, committed - Stock.on_hand), else_=0))
    goods = sa.func.sum(sa.case((is_shared, Stock.on_hand), else_=0))
    free = [
        goods - sa.func.sum(sa.case((which, committed), else_=0))
        for which in (is_shared, ~is_goods)
    ]
    listed = sa.func.max(Stock.listed)
    query = (
        sa.select(col(Stock.sku))
        .where(last_count(store, as_of))
        .group_by(col(Stock.sku))
        .having(
            sa.or_(
                overdrawn > 0,
                *(left < 0 for left in free),
                *(sa.and_(listed > left - keep_back, left < overlisted_below) for left in free),
                sa.and_(listed.is_not(None), sa.func.sum(sa.case((is_shared, 1), else_=0)) == 0),
            )
        )
        .order_by(col(Stock.sku))
    )
    return list(ledger.connection().execute(query).scalars())
