"""Rows into a record's table: new ones stored, known ones changed where they differ."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Dialect,
    Table,
    bindparam,
    func,
    null,
    or_,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql import psycopg

Row = tuple[Any, ...]
Names = frozenset[str]

INSERT: dict[str, Callable[[Table], Any]] = {
    "sqlite": sqlite.insert,
    "postgresql": postgresql.insert,
}

PSYCOPG: Any = psycopg.dialect
POSITIONAL: dict[str, Dialect] = {
    "sqlite": sqlite.dialect(paramstyle="qmark"),
    "postgresql": PSYCOPG(paramstyle="format"),
}
"""What compiles a statement whose values are given in order."""

LEARNED = frozenset({"intake_id", "intake_row"})
"""Columns that follow a change but don't make one."""

NOTHING: Names = frozenset()


class Upsert:
    """Stores rows of one shape: a value for each of `names`, as the driver takes it.

    `names` stand in the table's order: a compiled INSERT takes its values so.

    None leaves what is known; a cleared column is forgotten. Rows go to the database together
    with those that clear the same, which for nearly all is nothing, and in the order of their
    keys: two writers of the same rows then wait for each other, not in a circle.
    """

    def __init__(self, table: Table, names: Sequence[str], dialect: str) -> None:
        self._names = names
        self._table = table
        self._dialect = dialect
        self._key = itemgetter(*(names.index(column.name) for column in table.primary_key))
        self._statements: dict[Names, str] = {}

    def write(
        self, connection: Connection, rows: Sequence[Row], cleared: Mapping[int, Names]
    ) -> int:
        """Store `rows` and return how many are new or changed.

        `cleared` names the columns that a row, by its index, clears. Of rows with one key the
        later cells win.
        """
        stored = 0
        for names, group in self._groups(rows, cleared).items():
            if names not in self._statements:
                self._statements[names] = self._statement(names)
            stored += connection.exec_driver_sql(self._statements[names], list(group)).rowcount
        return stored

    def _groups(
        self, rows: Sequence[Row], cleared: Mapping[int, Names]
    ) -> Mapping[Names, Sequence[Row]]:
        if not cleared and len(set(map(self._key, rows))) == len(rows):
            return {NOTHING: sorted(rows, key=self._key)} if rows else {}
        latest: dict[Any, tuple[Row, Names]] = {}
        for index, row in enumerate(rows):
            key, clears = self._key(row), cleared.get(index, NOTHING)
            known = latest.get(key)
            latest[key] = self._merged(*known, row, clears) if known else (row, clears)
        groups: dict[Names, list[Row]] = defaultdict(list)
        for _, (row, clears) in sorted(latest.items(), key=itemgetter(0)):
            groups[clears].append(row)
        return groups

    def _merged(self, old: Row, old_clears: Names, new: Row, clears: Names) -> tuple[Row, Names]:
        row = tuple(
            before if after is None and name not in clears else after
            for name, before, after in zip(self._names, old, new, strict=True)
        )
        given = {name for name, value in zip(self._names, new, strict=True) if value is not None}
        return row, clears | (old_clears - given)

    def _statement(self, clears: Names) -> str:
        columns = [self._table.columns[name] for name in self._names]
        insert = INSERT[self._dialect](self._table).values(
            {column: bindparam(column.name, type_=column.type) for column in columns}
        )
        news: dict[Column[Any], ColumnElement[Any]] = {
            column: null()
            if column.name in clears
            else func.coalesce(insert.excluded[column.name], column)
            for column in columns
            if not column.primary_key
        }
        keys = list(self._table.primary_key)
        differs = [c.is_distinct_from(new) for c, new in news.items() if c.name not in LEARNED]
        upsert = (
            insert.on_conflict_do_update(
                index_elements=keys,
                set_={column.name: new for column, new in news.items()},
                where=or_(*differs),
            )
            if differs
            else insert.on_conflict_do_nothing(index_elements=keys)
        )
        return str(upsert.compile(dialect=POSITIONAL[self._dialect]))
