"""A store to take records for, and what was stored."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar

from sqlmodel import SQLModel, select

from core.ledger.database import Database
from core.ledger.intake import Rejected, Taken, store_records
from core.settings import Store

STORE = Store(name="harborlane", title="Harbor Lane", timezone="Asia/Shanghai", currency="USD")
NOW = datetime(2026, 3, 5, 2, 30, tzinfo=UTC)  # 10:30 in Shanghai

Kind = TypeVar("Kind", bound=SQLModel)


def take(
    database: Database, kind: str, *rows: Mapping[str, object], store: Store = STORE
) -> tuple[Taken, list[Rejected]]:
    """Store `rows` as a sync would."""
    return store_records(database, store=store, kind=kind, source="test", now=NOW, rows=rows)


def stored(database: Database, kind: type[Kind]) -> list[Kind]:
    """Return every record of `kind`, by its key."""
    with database.read() as session:
        return list(session.exec(select(kind).order_by(*kind.__table__.primary_key)))  # type: ignore[attr-defined]


def facts(record: SQLModel, *names: str) -> tuple[Any, ...]:
    """Return the named columns of a record."""
    return tuple(getattr(record, name) for name in names)


def everything(database: Database) -> str:
    """Return all that the database holds, as text: no secret may be in it."""
    with database.engine.connect() as connection:
        tables = SQLModel.metadata.sorted_tables
        return "\n".join(str(tuple(row)) for t in tables for row in connection.execute(t.select()))
