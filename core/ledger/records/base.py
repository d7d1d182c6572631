"""What every kind of record shares, and the account of what brought it in."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import BigInteger, Column, Integer, Table, Text
from sqlmodel import Field, SQLModel

from core.ledger.records.column import Spec, spec_of
from core.ledger.types import Moment

KINDS: dict[str, type["Record"]] = {}
"""Every kind of record by its name; a class joins by being declared."""

Row = Mapping[str, object]
"""Columns of one record. An absent column leaves what is known, None clears it."""

Records = Mapping[str, Sequence[Row]]
"""Rows by kind of record."""

ROW_ID = BigInteger().with_variant(Integer, "sqlite")  # SQLite numbers rows only in an INTEGER
"""The type of a table's own running number."""


class Record(SQLModel):
    """One fact of one store, with where it was learned.

    A kind of record names itself in `kind_name`; its primary key is the store and the columns
    declared with `key=True`.
    """

    kind_name: ClassVar[str]

    store: str = Field(primary_key=True, sa_type=Text)
    intake_id: int = Field(sa_type=BigInteger)
    intake_row: int = Field(sa_type=BigInteger)

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        """Join `KINDS`."""
        super().__pydantic_init_subclass__(**kwargs)
        KINDS[cls.kind_name] = cls


class Intake(SQLModel, table=True):
    """One import, sync or push: what it read and what became of it.

    An intake that never finished was cut off; every batch it counts is stored.
    """

    __tablename__ = "intake"

    id: int | None = Field(default=None, primary_key=True, sa_type=ROW_ID)
    store: str = Field(sa_type=Text)
    kind: str = Field(sa_type=Text)
    source: str = Field(sa_type=Text)
    started_at: datetime = Field(sa_type=Moment)
    finished_at: datetime | None = Field(default=None, sa_type=Moment)
    read: int = 0
    stored: int = 0
    unchanged: int = 0
    rejected: int = 0


def kind_of(name: str) -> type[Record]:
    """Return the kind of record called `name`; ValueError, with the names there are."""
    if name not in KINDS:
        raise ValueError(f"there is no kind of record {name!r}; there are {', '.join(KINDS)}")
    return KINDS[name]


def table_of(kind: type[Record]) -> Table:
    """Return the table that keeps `kind`."""
    table: Table = kind.__table__  # type: ignore[attr-defined]
    return table


def columns_of(kind: type[Record]) -> Iterator[tuple[Column[Any], Spec]]:
    """Yield the columns that people and jobs fill, as declared."""
    for column in table_of(kind).columns:
        spec = spec_of(column)
        if spec:
            yield column, spec
