"""What competitors' pages were seen to be over time: products, sold out, gone (plan B1)."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col

from core.ledger.records import CompetitorOffer
from core.ledger.unpriced import GONE, JUMPS, NO_CURRENCY, NO_PRICE, OUT_OF_STOCK
from core.rules.shop_range import History, State

READ = (NO_PRICE, NO_CURRENCY, JUMPS)
"""What keeps a product's price from being told, but not whether it can be had."""

Page = tuple[str, str]
"""Competitor and address."""


def histories(
    ledger: Session, store: str, as_of: datetime, since: datetime
) -> Mapping[Page, History]:
    """Return what each page was seen to be from one moment to another, by its changes.

    A reading that failed, was blocked or is uncertain says nothing. Only changes,
    and the last reading, leave the database, however often a page was read.
    """
    page = (col(CompetitorOffer.competitor), col(CompetitorOffer.url))
    at = col(CompetitorOffer.observed_at)
    readings = (
        sa.select(*page, at, _STATE.label("state"))
        .where(col(CompetitorOffer.store) == store, at > since, at <= as_of)
        .where(_STATE.is_not(None))
        .subquery()
    )
    its, seen_at = [readings.c.competitor, readings.c.url], readings.c.observed_at
    before, following = (
        beside(readings.c.state).over(partition_by=its, order_by=seen_at)
        for beside in (sa.func.lag, sa.func.lead)
    )
    known = sa.select(readings, before.label("before"), following.label("following")).subquery()
    is_change = known.c.state.is_distinct_from(known.c.before)
    query = (
        sa.select(known, is_change.label("is_change"))
        .where(sa.or_(is_change, known.c.following.is_(None)))
        .order_by(known.c.competitor, known.c.url, known.c.observed_at)
    )
    changes: dict[Page, list[tuple[State, datetime]]] = defaultdict(list)
    last: dict[Page, datetime] = {}
    for row in ledger.connection().execute(query):
        if row.is_change:
            changes[row.competitor, row.url].append((State(row.state), row.observed_at))
        last[row.competitor, row.url] = row.observed_at
    return {its_page: History(tuple(found), last[its_page]) for its_page, found in changes.items()}


_OFFER = CompetitorOffer
_AVAILABILITY: Mapping[str, State] = {
    OUT_OF_STOCK: State.SOLD_OUT,
    "in_stock": State.IN_STOCK,
    "preorder": State.SHOWN,
}
_STATE: sa.ColumnElement[Any] = sa.case(
    (col(_OFFER.problem).in_(GONE), State.GONE.value),
    (
        sa.and_(col(_OFFER.problem).is_not(None), col(_OFFER.problem).not_in(READ)),
        sa.null(),
    ),
    *((col(_OFFER.availability) == word, state.value) for word, state in _AVAILABILITY.items()),
    (col(_OFFER.price).is_not(None), State.SHOWN.value),
    else_=sa.null(),
)
