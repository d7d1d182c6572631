"""Questions about the pages that rounds read: which there are, and when each was last asked."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, and_, col, func, select

from core.ledger.pages import sku_of
from core.ledger.records import CompetitorOffer, CompetitorPage

_TOGETHER = 500
"""Rows held at a time: of thousands of pages only what a round needs stays in memory."""

_WEB = ("http://", "https://")


@dataclass(frozen=True, slots=True)
class Watched:
    """A page of a competitor's shop."""

    competitor: str
    url: str
    sku: str | None = None
    """Our article that it competes with."""
    asked_at: datetime | None = None
    """When its last offer is of, or the last try to get one."""


def watched_pages(
    ledger: Session, store: str, as_of: datetime, named: Mapping[str, Mapping[str, str]]
) -> list[Watched]:
    """Return the pages of some competitors: those that were found, imported, or named.

    `named` has, per competitor, the SKU of each address that config.yaml names. Only web addresses:
    a price that a person typed has another.
    """
    pages = {
        (competitor, url): Watched(competitor, url, sku)
        for competitor, skus in named.items()
        for url, sku in skus.items()
    }
    for asked in _last_asked(ledger, store, as_of, named):
        sku = named[asked.competitor].get(asked.url, asked.sku)
        pages[asked.competitor, asked.url] = Watched(
            asked.competitor, asked.url, sku, asked.asked_at
        )
    for page in _found(ledger, store, named):
        known = pages.get((page.competitor, page.url), Watched(page.competitor, page.url))
        sku = _decided(page, known.sku, named[page.competitor].get(page.url))
        pages[page.competitor, page.url] = Watched(page.competitor, page.url, sku, known.asked_at)
    return [page for page in pages.values() if page.url.startswith(_WEB)]


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


def last_discovered(ledger: Session, store: str) -> dict[str, datetime]:
    """Return, per competitor, when its shop last named its own pages."""
    page = CompetitorPage
    query = select(page.competitor, func.max(page.last_seen_at)).where(
        page.store == store, col(page.last_seen_at).is_not(None)
    )
    found = ledger.exec(query.group_by(page.competitor))
    return {competitor: at for competitor, at in found if at}


def first_seen(ledger: Session, store: str, competitor: str) -> set[str]:
    """Return the addresses that a competitor's shop is known to have named."""
    page = CompetitorPage
    query = select(page.url).where(
        page.store == store, page.competitor == competitor, col(page.first_seen_at).is_not(None)
    )
    return set(ledger.exec(query))


def _last_asked(
    ledger: Session, store: str, as_of: datetime, competitors: Collection[str]
) -> Iterator[Watched]:
    offer = CompetitorOffer
    mine = (offer.store == store, col(offer.competitor).in_(competitors))
    last = (
        select(offer.competitor, offer.url, func.max(offer.observed_at).label("at"))
        .where(*mine, offer.observed_at <= as_of)
        .group_by(offer.competitor, offer.url)
        .subquery()
    )
    same = and_(
        offer.competitor == last.c.competitor,
        offer.url == last.c.url,
        offer.observed_at == last.c.at,
    )
    query = select(offer.competitor, offer.url, offer.sku, offer.observed_at).join(last, same)
    for row in ledger.exec(query.where(*mine).execution_options(yield_per=_TOGETHER)):
        yield Watched(*row)


def _found(ledger: Session, store: str, competitors: Collection[str]) -> Iterator[CompetitorPage]:
    query = select(CompetitorPage).where(
        CompetitorPage.store == store, col(CompetitorPage.competitor).in_(competitors)
    )
    return iter(ledger.exec(query.execution_options(yield_per=_TOGETHER)))


def _decided(page: CompetitorPage, offered: str | None, named: str | None) -> str | None:
    """Return the SKU of a page: a person's word, then config.yaml's, then what an offer names."""
    if not page.sku and not page.status:
        return offered
    if page.status == "proposed":
        return named
    return sku_of(page)
