"""Notifications that no rule of their mailbox understood: a person looks at them."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import delete, func
from sqlmodel import Session, col, select

from core.ledger.tables import UnmatchedMail

SHOWN = 5
"""How many of them are named."""


class Unmatched(NamedTuple):
    """How many mails were not understood, and the newest few."""

    total: int
    newest: list[UnmatchedMail]


def unmatched(ledger: Session, store: str, since: datetime) -> Unmatched:
    """Return the mails that came since a moment and that nothing was learned from."""
    mine = (UnmatchedMail.store == store, col(UnmatchedMail.received_at) >= since)
    count = ledger.exec(select(func.count()).select_from(UnmatchedMail).where(*mine)).one()
    newest = (col(UnmatchedMail.received_at).desc(), col(UnmatchedMail.message_id))
    return Unmatched(
        count, list(ledger.exec(select(UnmatchedMail).where(*mine).order_by(*newest).limit(SHOWN)))
    )


def keep_unmatched(ledger: Session, mails: Iterable[UnmatchedMail]) -> None:
    """Remember mails that were not understood; the same mail stays one row."""
    for mail in mails:
        ledger.merge(mail)


def forget(ledger: Session, source: str, message_ids: Iterable[str]) -> None:
    """Forget mails that a better rule understands now."""
    among = col(UnmatchedMail.message_id).in_(list(message_ids))
    ledger.execute(delete(UnmatchedMail).where(col(UnmatchedMail.source) == source, among))
