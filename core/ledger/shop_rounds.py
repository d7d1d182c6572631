"""What a shop's pages were read as in the last round, and before: for judging their reader."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, and_, col, func, or_, select

from core.ledger.records import CompetitorOffer
from core.ledger.tables import Fetch
from core.ledger.unpriced import (
    JUMPS,
    NO_CURRENCY,
    NO_PRICE,
    NO_PRODUCT,
    OUT_OF_STOCK,
    UNCERTAIN,
)

EMPTY = (NO_PRICE, NO_CURRENCY, UNCERTAIN, NO_PRODUCT)
"""A page that was read, and gave no price."""


def last_rounds(
    ledger: Session, store: str, as_of: datetime, since: datetime
) -> Mapping[str, datetime]:
    """Return when each competitor's pages were last read, by a moment and not before another."""
    query = (
        select(CompetitorOffer.competitor, func.max(CompetitorOffer.observed_at))
        .where(*_between(store, since, as_of), _was_read())
        .group_by(CompetitorOffer.competitor)
    )
    return dict(ledger.exec(query).all())


def round_of(
    ledger: Session, store: str, competitor: str, ended: datetime, length: timedelta
) -> Sequence[CompetitorOffer]:
    """Return what each page was last read as in a round that ended at a moment.

    Pages that could not be read are left out, and those that have nothing to sell.
    """
    within = (*_between(store, ended - length, ended), _was_read())
    offers = _of_each_page(ledger, competitor, within, func.max)
    return [offer for offer in offers if offer.availability != OUT_OF_STOCK]


def first_priced(
    ledger: Session, store: str, competitor: str, since: datetime, until: datetime
) -> Mapping[str, CompetitorOffer]:
    """Return the first price that each page gave in a time, by its address."""
    within = (*_between(store, since, until), col(CompetitorOffer.price).is_not(None))
    return {offer.url: offer for offer in _of_each_page(ledger, competitor, within, func.min)}


def copy_of_any(
    ledger: Session, store: str, urls: Collection[str], as_of: datetime
) -> tuple[str, str] | None:
    """Return one of some pages of which a copy is kept, and where it is."""
    query = select(Fetch.url, Fetch.saved_as).where(
        Fetch.store == store,
        Fetch.at <= as_of,
        col(Fetch.url).in_(urls),
        col(Fetch.saved_as).is_not(None),
    )
    row = ledger.exec(query.order_by(col(Fetch.at).desc(), col(Fetch.id).desc())).first()
    return (row[0], row[1]) if row and row[1] else None


def _between(store: str, after: datetime, until: datetime) -> tuple[Any, ...]:
    at = col(CompetitorOffer.observed_at)
    return CompetitorOffer.store == store, at > after, at <= until


def _was_read() -> Any:
    problem = col(CompetitorOffer.problem)
    return or_(problem.is_(None), problem.in_((*EMPTY, JUMPS)))


def _of_each_page(
    ledger: Session, competitor: str, within: Sequence[Any], which: Any
) -> Sequence[CompetitorOffer]:
    """Return one offer of each page of a competitor: the first or the last of those meant."""
    mine = (*within, CompetitorOffer.competitor == competitor)
    chosen = (
        select(CompetitorOffer.url, which(CompetitorOffer.observed_at).label("observed_at"))
        .where(*mine)
        .group_by(CompetitorOffer.url)
        .subquery()
    )
    same = and_(
        CompetitorOffer.url == chosen.c.url,
        CompetitorOffer.observed_at == chosen.c.observed_at,
    )
    query = select(CompetitorOffer).join(chosen, same).where(*mine)
    return ledger.exec(query.order_by(CompetitorOffer.url)).all()
