"""Rows of text into the ledger: read, stored once by their key, counted; bad ones set apart.

Each batch is one transaction: memory stays bounded, a crash loses the running batch only, and
the same rows may be taken again.
"""

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from itertools import islice, repeat
from typing import Any, Self

from sqlalchemy import update
from sqlmodel import Session, col

from core.ledger.batches import Batch, BatchReader, Cells, Rejected
from core.ledger.cells import as_cell
from core.ledger.database import Database
from core.ledger.records import Intake, columns_of, kind_of, table_of
from core.ledger.upsert import Row, Upsert
from core.settings import Store

__all__ = ["BATCH", "Rejected", "Taken", "Taking", "TakingRecords", "store_records"]

BATCH = 5_000
"""Rows in one transaction."""


@dataclass(slots=True)
class Taken:
    """What became of the rows: `read` is the sum of the other three.

    `stored` are new or changed. A row replaced by a later one of its batch with the same key counts
    as unchanged.
    """

    read: int = 0
    stored: int = 0
    unchanged: int = 0
    rejected: int = 0

    def add(self, *, stored: int, unchanged: int, rejected: int) -> None:
        """Count a batch."""
        self.read += stored + unchanged + rejected
        self.stored += stored
        self.unchanged += unchanged
        self.rejected += rejected


class Taking:
    """Takes rows of one kind whose cells stand under `columns` (None: a column we don't know).

    An `Intake` accounts for it in the ledger, unless it is a `dry_run`, which stores nothing.
    `now` is the moment of the import. ValueError for an unknown kind or a missing required column.
    """

    def __init__(
        self,
        database: Database,
        *,
        store: Store,
        kind: str,
        columns: Sequence[str | None],
        source: str,
        now: datetime,
        dry_run: bool = False,
    ) -> None:
        record, dialect = kind_of(kind), database.engine.dialect
        self.taken = Taken()
        self._database = database
        self._dry_run = dry_run
        self._reader = BatchReader(record, columns, store=store, now=now, dialect=dialect)
        names = ["store", "intake_id", "intake_row", *self._reader.names]
        self._upsert = Upsert(table_of(record), names, dialect.name)
        self._intake = Intake(store=store.name, kind=kind, source=source, started_at=now)
        self._intake_id = 0

    def __enter__(self) -> Self:
        self._began = time.monotonic()
        if not self._dry_run:
            with self._database.write() as session:
                session.add(self._intake)
                session.flush()
                self._intake_id = self._intake.id or 0
        return self

    def __exit__(self, error: type[BaseException] | None, *_: object) -> None:
        if error or self._dry_run:
            return
        elapsed = timedelta(seconds=time.monotonic() - self._began)
        with self._database.write() as session:
            self._account(session, self.taken, self._intake.started_at + elapsed)

    def add(
        self, first_row: int, rows: Sequence[Cells], torn: Sequence[Rejected] = ()
    ) -> list[Rejected]:
        """Store a batch of consecutive rows, the first numbered `first_row`; return the bad ones.

        `torn` are rows that the source itself gave up, and left blank in `rows`. One transaction:
        give it some thousand rows at a time, see `BATCH`.
        """
        batch = self._reader.read(first_row, rows)
        rejected = sorted([*batch.rejected, *torn])
        taken = replace(self.taken)
        with self._database.write() as session:
            stored = self._upsert.write(session.connection(), self._rows(batch), batch.cleared)
            unchanged = len(batch.numbers) - stored
            taken.add(stored=stored, unchanged=unchanged, rejected=len(rejected))
            if self._dry_run:
                session.rollback()
            else:
                self._account(session, taken)
        self.taken = taken
        return rejected

    def _rows(self, batch: Batch) -> list[Row]:
        learned = (repeat(self._intake.store), repeat(self._intake_id), batch.numbers)
        values = (batch.values[name] for name in self._reader.names)
        return list(zip(*learned, *values, strict=False))  # repeat() has no end

    def _account(self, session: Session, taken: Taken, finished_at: datetime | None = None) -> None:
        mine = col(Intake.id) == self._intake_id
        values = asdict(taken) | {"finished_at": finished_at}
        session.execute(update(Intake).where(mine).values(values))


class TakingRecords:
    """Takes rows that a program holds: values by column, rows numbered from 1.

    An absent column leaves what is known, None clears it. ValueError for an unknown kind.
    """

    def __init__(
        self, database: Database, *, store: Store, kind: str, source: str, now: datetime
    ) -> None:
        self._kind = kind
        self._names = [column.name for column, _ in columns_of(kind_of(kind))]
        self._taking = Taking(
            database, store=store, kind=kind, columns=self._names, source=source, now=now
        )
        self._next_row = 1

    @property
    def taken(self) -> Taken:
        """What became of the rows so far."""
        return self._taking.taken

    def __enter__(self) -> Self:
        self._taking.__enter__()
        return self

    def __exit__(self, *error: Any) -> None:
        self._taking.__exit__(*error)

    def add(self, rows: Iterable[Mapping[str, object]]) -> list[Rejected]:
        """Store rows; return the bad ones. ValueError for an unknown column."""
        problems: list[Rejected] = []
        remaining = iter(rows)
        while batch := list(islice(remaining, BATCH)):
            self._refuse_unknown(batch)
            cells = [[as_cell(row.get(name, "")) for name in self._names] for row in batch]
            problems += self._taking.add(self._next_row, cells)
            self._next_row += len(batch)
        return problems

    def _refuse_unknown(self, rows: Iterable[Mapping[str, object]]) -> None:
        unknown = {name for row in rows for name in row}.difference(self._names)
        if unknown:
            raise ValueError(f"{self._kind} has no column {', '.join(sorted(unknown))}")


def store_records(
    database: Database,
    *,
    store: Store,
    kind: str,
    source: str,
    now: datetime,
    rows: Iterable[Mapping[str, object]],
) -> tuple[Taken, list[Rejected]]:
    """Store rows that a program holds, see `TakingRecords`."""
    with TakingRecords(database, store=store, kind=kind, source=source, now=now) as taking:
        problems = taking.add(rows)
    return taking.taken, problems
