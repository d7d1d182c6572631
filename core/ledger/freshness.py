"""When facts of a kind last came in (law 5): old facts are not facts."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Column
from sqlmodel import Session, col, func, or_, select

from core.ledger.records.base import Intake, Record, columns_of, kind_of
from core.ledger.records.column import Form
from core.settings import Store


def last_heard(ledger: Session, kind: str, store: Store, as_of: datetime) -> datetime | None:
    """Return when facts of a kind last came in, as far as was known at `as_of`; None: never.

    The newest fact's own moment: a moment in the past can be asked again, although its facts were
    imported later. Of kinds that are no series it may also be the last import's end: that nothing
    happened is news, too, but a file of last month's stock levels says nothing of today's. An
    import that refused all its rows brought nothing. ValueError for a kind of record that does not
    exist.
    """
    record = kind_of(kind)
    newest = _newest(ledger, record, store, as_of)
    taken = None if _is_series(record) else _last_taken(ledger, kind, store, as_of)
    return max(filter(None, [taken, newest]), default=None)


def _is_series(record: type[Record]) -> bool:
    """Tell whether a kind goes on in time (levels, offers, days): then its key has the moment."""
    return any(spec.key and spec.form in (Form.MOMENT, Form.DAY) for _, spec in columns_of(record))


def _last_taken(ledger: Session, kind: str, store: Store, as_of: datetime) -> datetime | None:
    """Return when the last import ended that was not refused as a whole."""
    query = select(func.max(Intake.finished_at)).where(
        Intake.store == store.name,
        Intake.kind == kind,
        col(Intake.finished_at) <= as_of,
        or_(Intake.rejected == 0, Intake.rejected < Intake.read),
    )
    return ledger.exec(query).one()


def _newest(
    ledger: Session, record: type[Record], store: Store, as_of: datetime
) -> datetime | None:
    """Return the latest moment that a fact of this kind is about."""
    column = _moment_column(record)
    if column is None:
        return None
    is_day = column.type.python_type is date
    limit = as_of.astimezone(store.zone).date() if is_day else as_of
    query = select(func.max(column)).where(record.store == store.name, column <= limit)
    newest = ledger.exec(query).one()
    if newest is None or isinstance(newest, datetime):
        return newest
    ends = datetime.combine(newest + timedelta(days=1), time(), store.zone).astimezone(UTC)
    return min(ends, as_of)


def _moment_column(record: type[Record]) -> Column[Any] | None:
    """Return the column that says when a fact was: the first moment or day that must be there."""
    return next(
        (
            column
            for column, spec in columns_of(record)
            if spec.form in (Form.MOMENT, Form.DAY) and (spec.required or spec.key)
        ),
        None,
    )
