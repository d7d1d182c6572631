"""News that arrive after later ones: a webhook that was overtaken changes nothing."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session

from core.ledger.records import Intake, kind_of, table_of
from core.ledger.records.base import Row


def timely(
    ledger: Session, store: str, kind: str, rows: Sequence[Row], as_of: datetime
) -> list[Row]:
    """Return the rows that are not of an earlier moment than what is known of the same key.

    `as_of` is the moment that the rows are of. A known record is of the moment that the run which
    changed it last began at, so rows must be stored with `as_of` as their `now`.
    """
    return [row for row in rows if not _is_overtaken(ledger, store, kind, row, as_of)]


def _is_overtaken(ledger: Session, store: str, kind: str, row: Row, as_of: datetime) -> bool:
    record = kind_of(kind)
    names = [column.name for column in table_of(record).primary_key]
    known = ledger.get(record, {name: store if name == "store" else row[name] for name in names})
    intake = ledger.get(Intake, known.intake_id) if known else None
    return intake is not None and intake.started_at > as_of
