"""Questions about competitors' pages, and which article of ours each competes with."""

from collections.abc import Collection, Mapping
from typing import NamedTuple

import sqlalchemy as sa
from sqlmodel import Session, col, select

from core.ledger.records import CompetitorOffer, CompetitorPage


class PageKey(NamedTuple):
    """Which page: whose, and where."""

    competitor: str
    url: str


Pages = Mapping[tuple[str, str], CompetitorPage]
"""Pages by competitor and address."""


def known_by_name(ledger: Session, store: str, within: Collection[PageKey] | None = None) -> Pages:
    """Return every page of competitors' shops that is known, or those of `within`."""
    query = select(CompetitorPage).where(CompetitorPage.store == store)
    if within is not None:
        query = query.where(is_one_of(CompetitorPage, within))
    return {(page.competitor, page.url): page for page in ledger.exec(query)}


def is_one_of(
    record: type[CompetitorOffer] | type[CompetitorPage], pages: Collection[PageKey]
) -> sa.ColumnElement[bool]:
    """Tell that a record is of one of some pages; they are found by the table's key."""
    return sa.tuple_(col(record.competitor), col(record.url)).in_(pages)


def article_of(
    page: CompetitorPage | None, offered: str | None = None, named: str | None = None
) -> str | None:
    """Return the article that a page is compared with, of all that says so; None: with none.

    A person's word on the page comes first, then the configuration (`named`), then what an offer
    names (`offered`). A pair that waits for a person's word, or was rejected, is none.
    """
    if page is None:
        return named or offered
    is_undecided = page.sku is None and page.status is None
    said = page.sku if page.status in (None, "confirmed") else None
    article = said or named or (offered if is_undecided else None)
    return None if article in wrong_articles(page) else article


def wrong_articles(page: CompetitorPage | None) -> set[str]:
    """Return the articles of which somebody said that a page is none."""
    if page is None:
        return set()
    rejected = [page.sku] if page.status == "rejected" and page.sku else []
    return {*(page.wrong_skus or ()), *rejected}
