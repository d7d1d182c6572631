"""How far each feed was read, and the words of services that we do not know."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from core.ledger.cells import without_controls
from core.ledger.records.base import Records
from core.ledger.tables import FeedCursor, UnknownValue

UNKNOWN = "unknown:"
"""What a word begins with that we do not know; the service's own word follows."""

LONGEST_WORD = 200
"""Characters that are kept of such a word, wherever it stands: it is part of a key."""

Cursor = Mapping[str, Any]
"""What a connector needs to go on, as JSON has it; empty before the first run."""


class Strange(NamedTuple):
    """Where a word stands that we do not know, and the word."""

    kind: str
    column: str
    value: str


def cursor_of(ledger: Session, source: str, feed: str) -> Cursor:
    """Return how far a feed was read."""
    kept = ledger.get(FeedCursor, (source, feed))
    return kept.cursor if kept else {}


def keep_cursor(ledger: Session, source: str, feed: str, cursor: Cursor, now: datetime) -> None:
    """Remember how far a feed was read."""
    kept = FeedCursor(source=source, feed=feed, cursor=dict(cursor), kept_at=now)
    ledger.merge(kept)


def strange(records: Records) -> list[Strange]:
    """Return the words in records that the connector does not know, each once."""
    words = {
        Strange(kind, column, _word(value))
        for kind, rows in records.items()
        for row in rows
        for column, value in row.items()
        if isinstance(value, str) and value.startswith(UNKNOWN)
    }
    return sorted(words)


def _word(value: str) -> str:
    return without_controls(value.removeprefix(UNKNOWN))[:LONGEST_WORD]


def keep_unknown(
    ledger: Session, source: str, store: str, words: Iterable[Strange], now: datetime
) -> None:
    """Remember words that were not seen before, with the moment they were first seen at."""
    for word in words:
        if ledger.get(UnknownValue, (source, *word)) is None:
            row = UnknownValue(source=source, store=store, first_seen_at=now, **word._asdict())
            with suppress(IntegrityError), ledger.begin_nested():  # another process was first
                ledger.add(row)


def unknown_since(ledger: Session, store: str, since: datetime, by: datetime) -> list[UnknownValue]:
    """Return the words first seen after a moment and no later than another."""
    query = select(UnknownValue).where(
        UnknownValue.store == store,
        col(UnknownValue.first_seen_at) > since,
        col(UnknownValue.first_seen_at) <= by,
    )
    return list(ledger.exec(query.order_by(col(UnknownValue.first_seen_at))))
