"""A person's word on a pair: their page and the article of ours that it competes with.

Both functions work inside the caller's transaction, and return whether that was news: a second
click changes nothing.
"""

from datetime import datetime

from sqlmodel import Session

from core.ledger.direct_intake import decided_by, direct_intake
from core.ledger.records import CompetitorPage

CONFIRMED, REJECTED = "confirmed", "rejected"


def confirm_pair(
    session: Session,
    store: str,
    competitor: str,
    url: str,
    sku: str,
    who: str | None,
    at: datetime,
) -> bool:
    """Record that a page is of the same thing as an article of ours."""
    page = _page(session, store, competitor, url)
    others = [other for other in page.wrong_skus or [] if other != sku]
    return _decided(session, page, CONFIRMED, sku, others, who, at)


def reject_pair(
    session: Session,
    store: str,
    competitor: str,
    url: str,
    who: str | None,
    at: datetime,
    sku: str | None = None,
) -> bool:
    """Record that a page is of something else than `sku`, or than the article it is paired with."""
    page = _page(session, store, competitor, url)
    wrong = sku or page.sku
    others = [other for other in page.wrong_skus or [] if other != wrong]
    return _decided(session, page, REJECTED, wrong, [*others, *filter(None, [wrong])], who, at)


def _page(session: Session, store: str, competitor: str, url: str) -> CompetitorPage:
    """Return a page, locked against other clicks; a new row for one that only offers name."""
    key = {"store": store, "competitor": competitor, "url": url}
    known = session.get(CompetitorPage, key, with_for_update=True)
    return known or CompetitorPage(
        store=store, competitor=competitor, url=url, intake_id=0, intake_row=0
    )


def _decided(
    session: Session,
    page: CompetitorPage,
    status: str,
    sku: str | None,
    wrong_skus: list[str],
    who: str | None,
    at: datetime,
) -> bool:
    if (page.status, page.sku) == (status, sku):
        return False
    page.intake_id = direct_intake(
        session,
        store=page.store,
        kind=CompetitorPage.kind_name,
        source=decided_by(who),
        at=at,
    )
    page.intake_row = 1
    page.status, page.sku, page.wrong_skus = status, sku, wrong_skus or None
    page.decided_by, page.decided_at = who, at
    session.add(page)
    session.flush()
    return True
