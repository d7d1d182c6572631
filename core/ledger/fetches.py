"""Requests for other people's pages: what each came to, and which hosts do not want us."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, delete, func, insert, select

from core.ledger.records import CompetitorOffer
from core.ledger.tables import Fetch, FetchOutcome, KnownPage

_TAKEN = (FetchOutcome.READ, FetchOutcome.UNCHANGED)
_ERRORS = 400
"""From this HTTP status on an answer is no page."""


@dataclass(frozen=True)
class BlockedHost:
    """A host that shows captchas, or refuses us, instead of pages."""

    host: str
    since: datetime
    """The first refusal since it last gave a page."""
    problem: str
    rest_until: datetime | None
    """It is not asked before."""
    last_read_at: datetime | None
    """When it last gave a page: the age of the prices that are known of it."""


def record(ledger: Session, store: str, notes: Iterable[Mapping[str, Any]]) -> None:
    """Write down requests; a note has the columns of `Fetch` that are its own."""
    rows = [
        {"store": store, "from_cache": note["outcome"] == FetchOutcome.UNCHANGED, **note}
        for note in notes
    ]
    if rows:
        ledger.execute(insert(Fetch), rows)


def blocked_hosts(ledger: Session, store: str, as_of: datetime) -> list[BlockedHost]:
    """Return the hosts whose last word, as far as known at a moment, was that they block us."""
    known = (Fetch.store == store, Fetch.at <= as_of)
    refused = (*known, Fetch.outcome == FetchOutcome.BLOCKED)
    read_at = dict(
        ledger.exec(
            select(Fetch.host, func.max(Fetch.at))
            .where(*known, col(Fetch.outcome).in_(_TAKEN), col(Fetch.status) < _ERRORS)
            .where(col(Fetch.host).in_(select(Fetch.host).where(*refused)))
            .group_by(Fetch.host)
        ).all()
    )
    since_then: dict[str, list[Fetch]] = defaultdict(list)
    for row in ledger.exec(select(Fetch).where(*refused).order_by(Fetch.host, col(Fetch.id))):
        if row.host not in read_at or row.at > read_at[row.host]:
            since_then[row.host].append(row)
    return [_blocked(rows, read_at.get(host)) for host, rows in since_then.items()]


Resting = dict[str, tuple[datetime, str, bool]]
"""Hosts that are left alone: until when, why, whether they block us."""


def resting(ledger: Session, store: str, now: datetime) -> Resting:
    """Return the hosts that are left alone: until when, why, whether they block us."""
    query = select(Fetch).where(Fetch.store == store, col(Fetch.rest_until) > now)
    return {
        row.host: (row.rest_until, row.problem or "", row.outcome == FetchOutcome.BLOCKED)
        for row in ledger.exec(query.order_by(col(Fetch.at)))
        if row.rest_until
    }


def known_page(
    ledger: Session, store: str, competitor: str, url: str, read_since: datetime
) -> tuple[KnownPage, CompetitorOffer] | None:
    """Return what a page said of itself, and its price, when it was last read whole.

    None where that was before a moment: it is read whole again.
    """
    page = ledger.get(KnownPage, (store, competitor, url))
    if page is None or page.read_at < read_since:
        return None
    said = ledger.get(CompetitorOffer, (store, competitor, url, page.read_at))
    return (page, said) if said and said.price is not None else None


def keep_known(ledger: Session, pages: Iterable[KnownPage]) -> None:
    """Remember what pages said of themselves, instead of what they said before."""
    for page in pages:
        ledger.merge(page)


def prune(ledger: Session, store: str, *, rows_before: datetime, read_before: datetime) -> None:
    """Forget requests, and pages that would be read whole anyway, of longer ago."""
    ledger.exec(delete(Fetch).where(col(Fetch.store) == store, col(Fetch.at) < rows_before))
    old = (col(KnownPage.store) == store, col(KnownPage.read_at) < read_before)
    ledger.exec(delete(KnownPage).where(*old))


def _blocked(refusals: Sequence[Fetch], read_at: datetime | None) -> BlockedHost:
    first, last = refusals[0], refusals[-1]
    return BlockedHost(first.host, first.at, last.problem or "", last.rest_until, read_at)
