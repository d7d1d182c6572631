"""How far each feed was read, and the words of services that we do not know."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from sqlmodel import Session, col, select

from core.ledger.tables import FeedCursor, UnknownValue

UNKNOWN = "unknown:"
"""What a word begins with that we do not know; the service's own word follows."""

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


def strange(kind: str, rows: Iterable[Mapping[str, object]]) -> Iterator[Strange]:
    """Yield the words in records of a kind that the connector does not know."""
    for row in rows:
        for column, value in row.items():
            if isinstance(value, str) and value.startswith(UNKNOWN):
                yield Strange(kind, column, value.removeprefix(UNKNOWN))


def keep_unknown(
    ledger: Session, source: str, store: str, words: Iterable[Strange], now: datetime
) -> None:
    """Remember words that were not seen before, with the moment they were first seen at."""
    for word in words:
        if ledger.get(UnknownValue, (source, *word)) is None:
            row = UnknownValue(source=source, store=store, first_seen_at=now, **word._asdict())
            ledger.add(row)


def unknown_since(ledger: Session, store: str, since: datetime, by: datetime) -> list[UnknownValue]:
    """Return the words first seen after a moment and no later than another."""
    query = select(UnknownValue).where(
        UnknownValue.store == store,
        col(UnknownValue.first_seen_at) > since,
        col(UnknownValue.first_seen_at) <= by,
    )
    return list(ledger.exec(query.order_by(col(UnknownValue.first_seen_at))))
