"""The pages that rounds read: which there are, and what their shops named when."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, func, select

from core.ledger.offers import last_asked
from core.ledger.pages import article_of
from core.ledger.records import CompetitorPage

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
    for competitor, url, offered, asked_at in last_asked(ledger, store, as_of, named):
        sku = named[competitor].get(url, offered)
        pages[competitor, url] = Watched(competitor, url, sku, asked_at)
    for page in _found(ledger, store, named):
        known = pages.get((page.competitor, page.url), Watched(page.competitor, page.url))
        sku = article_of(page, known.sku, named[page.competitor].get(page.url))
        pages[page.competitor, page.url] = Watched(page.competitor, page.url, sku, known.asked_at)
    return [page for page in pages.values() if page.url.startswith(_WEB)]


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


def _found(ledger: Session, store: str, competitors: Collection[str]) -> Iterator[CompetitorPage]:
    query = select(CompetitorPage).where(
        CompetitorPage.store == store, col(CompetitorPage.competitor).in_(competitors)
    )
    return iter(ledger.exec(query.execution_options(yield_per=_TOGETHER)))
