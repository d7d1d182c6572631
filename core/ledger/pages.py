"""Questions about competitors' pages, and which article of ours each competes with."""

from collections.abc import Mapping

from sqlmodel import Session, select

from core.ledger.records import CompetitorOffer, CompetitorPage

Pages = Mapping[tuple[str, str], CompetitorPage]
"""Pages by competitor and address."""


def known_by_name(ledger: Session, store: str) -> Pages:
    """Return every page of competitors' shops that is known."""
    found = ledger.exec(select(CompetitorPage).where(CompetitorPage.store == store))
    return {(page.competitor, page.url): page for page in found}


def sku_of(page: CompetitorPage | None, offer: CompetitorOffer | None = None) -> str | None:
    """Return the article that a page is compared with; None: with none.

    What is said of the page wins over what an offer names; a pair that waits for a person's word,
    or was rejected, is none.
    """
    if page is None or (page.sku is None and page.status is None):
        return offer.sku if offer else None
    return page.sku if page.status in (None, "confirmed") else None


def article_of(page: CompetitorPage | None, offered: str | None, named: str | None) -> str | None:
    """Return the article that a page is compared with, of all that says so; None: with none.

    A person's word on the page comes first, then the configuration (`named`), then what an offer
    names (`offered`).
    """
    if page is None:
        return named or offered
    wrong = {*(page.wrong_skus or ()), page.sku if page.status == "rejected" else None}
    is_undecided = page.sku is None and page.status is None
    said = sku_of(page) or named or (offered if is_undecided else None)
    return None if said in wrong else said
