"""Excel workbooks: of the visible sheets the one whose headers are understood best."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import NamedTuple

from scrapers.tables.header import BlankTable, headed
from scrapers.tables.packed import LARGE, XLSX, unpacked_size
from scrapers.tables.table import FileProblem, Score, Table, Torn, chunked

__all__ = ["XLS", "XLSX", "SheetOf", "open_workbook"]

EXACT_DIGITS = 15
"""Decimal digits that Excel keeps of a number."""

TOO_LONG = 10.0**EXACT_DIGITS

MOST_DECIMALS = 6
"""Decimals that any of our columns has; what Excel keeps beyond is the noise of its sums."""

MOST_COLUMNS = 1 << 14
"""Columns that a sheet of Excel may have."""

ERRORS = frozenset({"#N/A", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!", "#SPILL!"})
"""What stands in a cell whose formula failed: nothing is known."""

XLS = b"\xd0\xcf\x11\xe0"


class Rounded(str):
    """A whole number of more digits than Excel keeps: its last ones are lost."""

    __slots__ = ()


class SheetOf(NamedTuple):
    """A sheet: its rows, and about how many there are."""

    name: str
    rows: Iterable[Sequence[object]]
    height: int


@contextmanager
def open_workbook(path: Path, score: Score, wanted: str | None) -> Iterator[Table]:
    """Open a workbook, a large one row by row; FileProblem when it is no use.

    That is: damaged, locked, packed to burst, empty, or without the sheet that is `wanted`.
    """
    if unpacked_size(path) <= LARGE:
        yield _table(path, _sheets(path, wanted), score, wanted)
        return
    from scrapers.tables.large_workbook import large_sheets  # noqa: PLC0415  (heavy)

    with large_sheets(path, wanted) as sheets:
        yield _table(path, sheets, score, wanted)


def _sheets(path: Path, wanted: str | None) -> Iterator[SheetOf]:
    from python_calamine import (  # noqa: PLC0415  (heavy)
        CalamineError,
        CalamineWorkbook,
        SheetVisibleEnum,
    )

    try:
        with path.open("rb") as file, CalamineWorkbook.from_filelike(file) as workbook:
            for sheet in workbook.sheets_metadata:
                if wanted or sheet.visible is SheetVisibleEnum.Visible:
                    found = workbook.get_sheet_by_name(sheet.name)
                    yield SheetOf(sheet.name, found.iter_rows(), found.total_height)
    except CalamineError as error:
        told = "put in the workbook itself, no ZIP file and no other document"
        raise FileProblem(f"{path.name} can't be opened as a workbook ({error}): {told}") from None


def _table(path: Path, sheets: Iterable[SheetOf], score: Score, wanted: str | None) -> Table:
    """Return the wanted sheet's table, or the one whose headers have the best score."""
    tables = [table for sheet in sheets if (table := _of_sheet(path, sheet, score))]
    names = [table.sheet or "" for table in tables]
    if not names:
        raise FileProblem(f"{path.name} has no visible sheet with cells in it")
    if wanted and wanted not in names:
        known = ", ".join(map(repr, names))
        raise FileProblem(f"{path.name} has no sheet {wanted!r} with cells in it; it has {known}")
    fits = [score(table.headers) + (table.sheet == wanted) * MOST_COLUMNS for table in tables]
    best = fits.index(max(fits))
    return replace(tables[best], ignored_sheets=names[:best] + names[best + 1 :])


def _of_sheet(path: Path, sheet: SheetOf, score: Score) -> Table | None:
    """Return the table in a sheet; None where it is blank."""
    read, size = 0, path.stat().st_size

    def cells() -> Iterator[Sequence[str]]:
        nonlocal read
        for row in sheet.rows:
            read += 1
            yield [_text(value) for value in row]

    try:
        head = headed(cells(), score, path.name)
    except BlankTable:
        return None
    known = [bool(score([header])) for header in head.headers]
    width = len(head.headers)
    rows = (_exact(_padded(row, width), head.headers, known) for row in head.rows)
    height = max(sheet.height, 1)
    return Table(
        head.headers,
        chunked(rows, head.next_row),
        lambda: size * read // height,
        size,
        sheet.name,
    )


def _padded(row: Sequence[str], width: int) -> Sequence[str]:
    """Return a row with the blank cells at its end that a workbook need not have."""
    return row if len(row) >= width else [*row, *[""] * (width - len(row))]


def _exact(row: Sequence[str], headers: Sequence[str], known: Sequence[bool]) -> Sequence[str]:
    """Return a row; `Torn` if a cell that counts has lost digits: two orders would be one."""
    if Rounded in map(type, row):
        for cell, header, counts in zip(row, headers, known, strict=False):
            if counts and isinstance(cell, Rounded):
                problem = (
                    f"{header!r} holds {cell} as a number, and Excel keeps only {EXACT_DIGITS} "
                    "digits of one: format the column as text and put the numbers in again"
                )
                return Torn(row, problem)
    return row


def _text(value: object) -> str:
    match value:
        case str():
            return "" if value in ERRORS else value
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case float() | int():
            return _number(value)
        case date():
            return value.isoformat()
        case _:
            return str(value)


def _number(value: float) -> str:
    """Write a number as Excel shows it: 12.34, not 12.340000000000002; 1001, not 1001.0."""
    if abs(value) >= TOO_LONG:
        return Rounded(f"{value:.0f}")
    exact = float(f"{value:.{EXACT_DIGITS}g}") or 0  # no -0
    return f"{exact:.{MOST_DECIMALS}f}".rstrip("0").rstrip(".")
