"""The pool of competitors, and us in it, as known at a moment (plan F3)."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import groupby
from typing import NamedTuple

import sqlalchemy as sa
from sqlmodel import Session, and_, col, func, select

from core.competitors import CompetitorSettings
from core.ledger.our_traffic import our_figures, our_sales
from core.ledger.pages import article_of, known_by_name
from core.ledger.records import CompetitorFigures, CompetitorOffer
from core.rules.pool import PageCount, Shop, Standing, figures_of, stand
from core.rules.sold import WINDOW, Reading, Sold, sold_in_window
from core.settings import Store

Competitors = Mapping[str, CompetitorSettings]

_TOGETHER = 2_000
"""Rows read at a time."""


@dataclass(frozen=True)
class PoolRules:
    """How the pool is compared."""

    least_stores: int
    """Of an axis that fewer stores tell, nothing is said."""
    orders_per_review: Decimal
    cover: Decimal
    """The share of the 30 days that two readings, or days with visits, must cover."""
    valid_for: timedelta
    """Older exports about a shop are none."""


class PairSales(NamedTuple):
    """What a competitor's page sold in 30 days, beside what we sold of the same."""

    sku: str
    competitor: str
    url: str
    theirs: Sold
    ours: int | None


@dataclass(frozen=True)
class Pool:
    """Every store's standing, ours first; what was sold of the same articles, the most first."""

    standings: Sequence[Standing]
    sales: Sequence[PairSales]

    @property
    def known(self) -> Sequence[Standing]:
        """The other stores of which anything is known."""
        selling = {pair.competitor for pair in self.sales}
        others = [each for each in self.standings if not each.ours]
        return [each for each in others if each.figures or each.name in selling]

    @property
    def unknown(self) -> Sequence[str]:
        """The names of the other stores of which nothing is."""
        known = self.known
        return [each.name for each in self.standings if not each.ours and each not in known]


def pool(
    ledger: Session, store: Store, as_of: datetime, rules: PoolRules, named: Competitors
) -> Pool:
    """Return the pool: the competitors `named`, and all others of which figures are known."""
    shops = shop_figures(ledger, store, as_of, rules.valid_for)
    pages: dict[str, list[PageCount]] = defaultdict(list)
    ours, sales = our_sales(ledger, store, as_of), []
    for page in _pages(ledger, store.name, as_of, named):
        sold = sold_in_window(
            page.readings, as_of, cover=rules.cover, orders_per_review=rules.orders_per_review
        )
        pages[page.competitor].append(PageCount(page.visitors, sold.pieces if sold else None))
        if sold and page.sku:
            of_ours = ours.get(page.sku)
            sales.append(PairSales(page.sku, page.competitor, page.url, sold, of_ours))
    names = {*named, *shops, *pages}
    others = {name: figures_of(shops.get(name, Shop()), pages[name]) for name in names}
    us = our_figures(ledger, store, as_of, rules.cover, rules.valid_for)
    sales.sort(key=lambda pair: (-pair.theirs.pieces, pair.sku, pair.competitor))
    return Pool(stand(others, store.title, us, rules.least_stores), sales)


def shop_figures(
    ledger: Session, store: Store, as_of: datetime, valid_for: timedelta
) -> Mapping[str, Shop]:
    """Return the latest figures of each competitor's shop, of a day at most `valid_for` ago."""
    today, figures = as_of.astimezone(store.zone).date(), CompetitorFigures
    known = (figures.store == store.name, figures.day <= today, figures.day >= today - valid_for)
    day = func.max(figures.day).label("day")
    last = select(figures.competitor, day).where(*known).group_by(figures.competitor).subquery()
    same = and_(figures.competitor == last.c.competitor, figures.day == last.c.day)
    rows = ledger.exec(select(figures).join(last, same).where(*known))
    return {
        row.competitor: Shop(row.visitors, row.orders, row.buyers, row.repeat_buyers)
        for row in rows
    }


class _Page(NamedTuple):
    """A competitor's page over the last weeks."""

    competitor: str
    sku: str | None
    url: str
    visitors: int | None
    readings: Sequence[Reading]


class _Row(NamedTuple):
    """What a page printed at a moment."""

    competitor: str
    url: str
    at: datetime
    sku: str | None
    sold: int | None
    over: str | None
    at_least: bool | None
    reviews: int | None
    visitors: int | None


def _pages(ledger: Session, store: str, as_of: datetime, named: Competitors) -> Iterator[_Page]:
    """Yield each page that printed a count in the last 60 days, with all its readings of them."""
    offer, known = CompetitorOffer, known_by_name(ledger, store)
    paired = {name: competitor.pages() for name, competitor in named.items()}
    counts = (col(offer.sold), col(offer.reviews), col(offer.visitors_30d))
    page, at = (col(offer.competitor), col(offer.url)), col(offer.observed_at)
    read = (at, col(offer.sku), counts[0], col(offer.sold_over), col(offer.sold_at_least))
    query = (
        sa.select(*page, *read, *counts[1:])
        .where(col(offer.store) == store, at > as_of - 2 * WINDOW, at <= as_of)
        .where(sa.or_(*(count.is_not(None) for count in counts)))
        .order_by(*page, at)
    )
    result = ledger.connection().execute(query.execution_options(yield_per=_TOGETHER))
    rows = (_Row._make(row) for row in result)
    for (competitor, url), readings in groupby(rows, lambda row: (row.competitor, row.url)):
        told = list(readings)
        pair = paired.get(competitor, {}).get(url)
        sku = article_of(known.get((competitor, url)), told[-1].sku, pair)
        yield _page(told, sku, as_of)


def _page(rows: Sequence[_Row], sku: str | None, as_of: datetime) -> _Page:
    seen = [r.visitors for r in rows if r.visitors is not None and as_of - r.at <= WINDOW]
    readings = [Reading(r.at, r.sold, r.over, r.at_least, r.reviews) for r in rows]
    last = rows[-1]
    return _Page(last.competitor, sku, last.url, seen[-1] if seen else None, readings)
