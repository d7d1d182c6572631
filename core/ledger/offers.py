"""Questions about competitors' offers."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlmodel import Session, and_, col, func, select

from core.ledger.records import CompetitorOffer


def latest_offers(
    ledger: Session, store: str, as_of: datetime, *, priced: bool
) -> Sequence[CompetitorOffer]:
    """Return, for every page watched, the last time it was asked until a moment.

    With `priced`, the last time it gave a price.
    """
    known: list[Any] = [CompetitorOffer.store == store, CompetitorOffer.observed_at <= as_of]
    if priced:
        known.append(col(CompetitorOffer.price).is_not(None))
    page = (CompetitorOffer.competitor, CompetitorOffer.url)
    observed_at = func.max(CompetitorOffer.observed_at).label("observed_at")
    last = select(*page, observed_at).where(*known).group_by(*page).subquery()
    same = and_(
        CompetitorOffer.competitor == last.c.competitor,
        CompetitorOffer.url == last.c.url,
        CompetitorOffer.observed_at == last.c.observed_at,
    )
    query = select(CompetitorOffer).join(last, same).where(CompetitorOffer.store == store)
    return ledger.exec(query.order_by(*map(col, page))).all()
