"""Rows of text into columns of values, a batch at a time; the bad rows set apart."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Dialect

from core.ledger.cells import pick_currency
from core.ledger.converter import Bad, Clear, Converter, Signed, Special
from core.ledger.records import Record, columns_of
from core.ledger.records.column import Form
from core.settings import Store

Cells = Sequence[str]


class Rejected(NamedTuple):
    """A row that can't be stored: its number in the file, our column, what is wrong."""

    row: int
    column: str
    problem: str


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows that can be stored, column by column, what they clear by index, and the bad rows."""

    numbers: Sequence[int]
    values: dict[str, Sequence[Any]]
    cleared: dict[int, frozenset[str]]
    rejected: list[Rejected]


@dataclass(slots=True)
class _Marks:
    """What the second look at a batch's cells found, by index of the row."""

    bad: dict[int, tuple[str, str]] = field(default_factory=dict)
    cleared: dict[int, set[str]] = field(default_factory=dict)
    signs: dict[int, list[tuple[str, Signed]]] = field(default_factory=dict)

    def note(self, index: int, name: str, cell: Special) -> Any:
        """Remember a special cell and return the value to go on with."""
        match cell:
            case Bad(problem):
                self.bad.setdefault(index, (name, problem))
            case Clear():
                self.cleared.setdefault(index, set()).add(name)
            case Signed(value):
                self.signs.setdefault(index, []).append((name, cell))
                return value
        return None


class BatchReader:
    """Reads batches of rows whose cells stand under `columns` (None: a column we don't know).

    `names` are the columns that a batch has values for: also those with an answer of their own,
    as the currency beside an amount, or the moment of a count. ValueError when a required column
    of `kind` is not among `columns`.
    """

    def __init__(
        self,
        kind: type[Record],
        columns: Sequence[str | None],
        *,
        store: Store,
        now: datetime,
        dialect: Dialect,
    ) -> None:
        converters = [
            Converter(column, spec, store, now, dialect) for column, spec in columns_of(kind)
        ]
        by_name = {converter.name: converter for converter in converters}
        self._width = len(columns)
        self._default_currency = store.currency
        self._read = [(place, by_name[name]) for place, name in enumerate(columns) if name]
        absent = [c for c in converters if c.name not in columns]
        _refuse_absence(absent)
        self._absent = {c.name: c.empty for c in absent if c.spec.key}
        self._currency = _currency_column(converters)
        self._amounts = [
            c.name for _, c in self._read if c.spec.form is Form.MONEY and not c.spec.currency
        ]
        names = [name for name in columns if name] + [self._currency] * bool(self._amounts)
        given = {*names, *self._absent}
        # in the table's order, as `Upsert` takes them
        self.names = [c.name for c in converters if c.name in given]

    def read(self, first_row: int, rows: Sequence[Cells]) -> Batch:
        """Read consecutive rows, the first of which has the number `first_row` in its file.

        Blank rows are passed over.
        """
        numbers, rows, rejected = self._aligned(first_row, rows)
        marks = _Marks()
        columns = list(zip(*rows, strict=True)) or [()] * self._width
        values: dict[str, Sequence[Any]] = {
            converter.name: _converted(converter, columns[place], marks)
            for place, converter in self._read
        }
        if self._amounts:
            values[self._currency] = self._currencies(values, marks, len(rows))
        values |= {name: [value] * len(rows) for name, value in self._absent.items()}
        rejected += [
            Rejected(numbers[index], *marks.bad[index])
            for index in sorted(marks.bad)
            if not _is_blank(rows[index])
        ]
        return _without_bad(numbers, values, marks, rejected)

    def _aligned(
        self, first_row: int, rows: Sequence[Cells]
    ) -> tuple[Sequence[int], Sequence[Cells], list[Rejected]]:
        numbers = range(first_row, first_row + len(rows))
        if all(len(row) == self._width for row in rows):
            return numbers, rows, []
        full, odd = [], []
        for number, row in zip(numbers, rows, strict=True):
            cells = row[: self._width] if _is_blank(row[self._width :]) else row
            if len(cells) == self._width:
                full.append((number, cells))
            elif not _is_blank(row):
                problem = f"has {len(row)} cells, the header has {self._width}"
                odd.append(Rejected(number, "", problem))
        return [number for number, _ in full], [cells for _, cells in full], odd

    def _currencies(
        self, values: dict[str, Sequence[Any]], marks: _Marks, size: int
    ) -> Sequence[Any]:
        given = list(values.get(self._currency, [None] * size))
        for index, signs in marks.signs.items():
            given[index] = self._signed(given[index], signs, index, marks)
        no_amount = (None,) * len(self._amounts)
        amounts = zip(*(values[name] for name in self._amounts), strict=True)
        default = self._default_currency
        filled = [
            currency or (None if row == no_amount else default)
            for currency, row in zip(given, amounts, strict=True)
        ]
        for index, names in marks.cleared.items():
            if filled[index]:
                names.discard(self._currency)
        return filled

    def _signed(
        self, currency: str | None, signs: list[tuple[str, Signed]], index: int, marks: _Marks
    ) -> str | None:
        for name, sign in signs:
            currency = currency or pick_currency(sign.may_be, self._default_currency)
            if currency not in sign.may_be:
                marks.note(index, name, Bad(f"is in {sign.may_be[0]}, the row in {currency}"))
        return currency


def _converted(converter: Converter, column: Sequence[str], marks: _Marks) -> list[Any]:
    values = list(map(converter.__getitem__, column))
    if converter.special:
        converter.special = False
        for index, value in enumerate(values):
            if isinstance(value, Special):
                values[index] = marks.note(index, converter.name, value)
    return values


def _without_bad(
    numbers: Sequence[int],
    values: dict[str, Sequence[Any]],
    marks: _Marks,
    rejected: list[Rejected],
) -> Batch:
    cleared = {index: frozenset(names) for index, names in marks.cleared.items() if names}
    if not marks.bad:
        return Batch(numbers, values, cleared, rejected)
    kept = [index for index in range(len(numbers)) if index not in marks.bad]
    return Batch(
        [numbers[index] for index in kept],
        {name: [column[index] for index in kept] for name, column in values.items()},
        {new: cleared[index] for new, index in enumerate(kept) if index in cleared},
        rejected,
    )


def _currency_column(converters: Iterable[Converter]) -> str:
    return next((c.name for c in converters if c.spec.form is Form.CURRENCY), "")


def _refuse_absence(absent: Sequence[Converter]) -> None:
    missing = [converter.name for converter in absent if converter.spec.required]
    if missing:
        raise ValueError(f"required columns are missing: {', '.join(missing)}")


def _is_blank(row: Cells) -> bool:
    return not any(cell.strip() for cell in row)
