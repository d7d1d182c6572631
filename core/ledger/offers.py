"""Questions about competitors' offers.

Pages are found by stepping through the table's key, from one page to the next (a loose index
scan), so that a long history of each costs nothing.
"""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy.orm import aliased
from sqlmodel import Session, and_, col, func, select, union

from core.ledger.pages import PageKey, is_one_of
from core.ledger.records import CompetitorOffer, CompetitorPage

_TOGETHER = 500
"""Rows held at a time, where only columns of thousands are wanted."""


class Asked(NamedTuple):
    """When a page was last asked, and which article of ours its offer named then."""

    competitor: str
    url: str
    sku: str | None
    at: datetime


class Seen(NamedTuple):
    """What a page said when it was last asked, and when it last gave a price."""

    last: CompetitorOffer
    priced: CompetitorOffer | None


def latest_offers(
    ledger: Session, store: str, as_of: datetime, *, priced: bool
) -> Sequence[CompetitorOffer]:
    """Return, for every page watched, the last time it was asked until a moment.

    With `priced`, the last time it gave a price.
    """
    page = _pages(store)
    had = [col(_earlier.price).is_not(None)] if priced else []
    last = _is(CompetitorOffer, store, page, as_of, *had)
    query = select(CompetitorOffer).select_from(page).join(CompetitorOffer, last)
    return ledger.exec(query.order_by(page.c.competitor, page.c.url)).all()


def seen_pages(
    ledger: Session,
    store: str,
    as_of: datetime,
    skus: Collection[str] | None = None,
    named: Collection[PageKey] = (),
) -> Sequence[Seen]:
    """Return what every page watched last said, and its last price, as known at a moment.

    With `skus` only pages that the ledger has ever known with one of them, and those `named`.
    """
    page = _pages(store) if skus is None else _pages_of(store, skus, named)
    known = aliased(CompetitorOffer)
    query = (
        select(CompetitorOffer, known)
        .select_from(page)
        .join(CompetitorOffer, _is(CompetitorOffer, store, page, as_of))
        .outerjoin(known, _is(known, store, page, as_of, col(_earlier.price) > 0))
        .order_by(page.c.competitor, page.c.url)
    )
    return [Seen(offer, priced) for offer, priced in ledger.exec(query)]


def last_price(
    ledger: Session, store: str, competitor: str, url: str, as_of: datetime
) -> CompetitorOffer | None:
    """Return what a page said when it last gave a price, as far as known at a moment."""
    offer = CompetitorOffer
    query = select(offer).where(
        offer.store == store,
        offer.competitor == competitor,
        offer.url == url,
        offer.observed_at <= as_of,
        col(offer.price).is_not(None),
    )
    return ledger.exec(query.order_by(col(offer.observed_at).desc()).limit(1)).first()


def last_asked(
    ledger: Session, store: str, as_of: datetime, competitors: Collection[str]
) -> Iterator[Asked]:
    """Yield, for every page of some competitors, when it was last asked until a moment."""
    page, offer = _pages(store), CompetitorOffer
    query = (
        select(offer.competitor, offer.url, offer.sku, offer.observed_at)
        .select_from(page)
        .join(offer, _is(offer, store, page, as_of))
        .where(page.c.competitor.in_(competitors))
    )
    for row in ledger.exec(query.execution_options(yield_per=_TOGETHER)):
        yield Asked(*row)


_offer = aliased(CompetitorOffer)
_earlier = aliased(CompetitorOffer)


def _pages(store: str) -> Any:
    """Return the address of every page, each found from the one before."""
    competitor, url = col(_offer.competitor), col(_offer.url)

    def least(column: Any, *of: Any) -> Any:
        return select(func.min(column)).where(_offer.store == store, *of).scalar_subquery()

    shop = select(least(competitor).label("name")).cte("shop", recursive=True)
    shop = shop.union_all(
        select(least(competitor, competitor > shop.c.name)).where(shop.c.name.is_not(None))
    )
    first = least(url, competitor == shop.c.name)
    page = (
        select(shop.c.name.label("competitor"), first.label("url"))
        .where(shop.c.name.is_not(None))
        .cte("page", recursive=True)
    )
    following = least(url, competitor == page.c.competitor, url > page.c.url)
    return page.union_all(select(page.c.competitor, following).where(page.c.url.is_not(None)))


def _pages_of(store: str, skus: Collection[str], named: Collection[PageKey]) -> Any:
    """Return the address of every page that may be of some articles, each way by its index."""

    def where(record: type[CompetitorOffer] | type[CompetitorPage], *which: Any) -> Any:
        return select(record.competitor, record.url).where(record.store == store, *which)

    offer = CompetitorOffer
    ways = (
        where(CompetitorPage, col(CompetitorPage.sku).in_(skus)),
        where(offer, col(offer.sku).in_(skus)),
        where(offer, is_one_of(offer, named)),
    )
    return union(*ways).subquery()


def _is(offer: Any, store: str, page: Any, as_of: datetime, *had: Any) -> Any:
    """Tell that an offer is a page's last one until a moment, of those that `had` something."""
    last = (
        select(_earlier.observed_at)
        .where(_earlier.store == store, _earlier.competitor == page.c.competitor)
        .where(_earlier.url == page.c.url, _earlier.observed_at <= as_of, *had)
        .order_by(col(_earlier.observed_at).desc())
        .limit(1)
        .scalar_subquery()
    )
    return and_(
        offer.store == store,
        offer.competitor == page.c.competitor,
        offer.url == page.c.url,
        offer.observed_at == last,
    )
