"""Look-ups that a person waits for: put together once, then run on the driver itself.

SQLAlchemy takes longer to prepare, run and unpack a small query than the database to answer it.
"""

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Engine, Select


class Prepared:
    """A SELECT of one statement, ready for one engine."""

    def __init__(self, engine: Engine, select: Select[Any]) -> None:
        dialect = engine.dialect
        compiled = select.compile(dialect=dialect)
        self._engine, self._sql = engine, str(compiled)
        self._order: list[str] | None = getattr(compiled, "positiontup", None)
        self._bind = {
            name: bind.type.dialect_impl(dialect).bind_processor(dialect) or _as_it_is
            for name, bind in compiled.binds.items()
        }
        self._read: list[Callable[[Any], Any]] = [
            column.type.dialect_impl(dialect).result_processor(dialect, None) or _as_it_is
            for column in select.selected_columns
        ]

    def rows(self, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """Return every row; `values` has one for each parameter of the SELECT."""
        given = {name: bind(values[name]) for name, bind in self._bind.items()}
        connection = self._engine.raw_connection()
        try:
            cursor = connection.cursor()
            parameters = given if self._order is None else [given[name] for name in self._order]
            cursor.execute(self._sql, parameters)
            found = cursor.fetchall()
        finally:
            connection.close()
        return [
            tuple(read(cell) for read, cell in zip(self._read, row, strict=True)) for row in found
        ]


def _as_it_is(value: Any) -> Any:
    return value
