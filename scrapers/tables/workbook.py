"""Excel workbooks: the first visible sheet that holds anything."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from zipfile import BadZipFile, ZipFile

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetVisibleEnum

from scrapers.tables.table import FileProblem, Table, chunked, first_filled

LARGEST_UNPACKED = 1 << 30
"""Bytes that a workbook may unpack to."""

EXACT_DIGITS = 15
"""Decimal digits that Excel keeps of a number."""

MOST_DECIMALS = 6
"""Decimals that any of our columns has; what Excel keeps beyond is the noise of its sums."""

XLSX = b"PK\x03\x04"
XLS = b"\xd0\xcf\x11\xe0"


@contextmanager
def open_workbook(path: Path) -> Iterator[Table]:
    """Open a workbook; FileProblem when it is damaged, locked, too large or empty."""
    _refuse_bomb(path)
    try:
        with path.open("rb") as file, CalamineWorkbook.from_filelike(file) as workbook:
            sheet = _sheet(workbook, path.name)
    except CalamineError as error:
        raise FileProblem(f"{path.name} can't be opened as a workbook: {error}") from None
    read, size = 0, path.stat().st_size

    def cells() -> Iterator[Sequence[str]]:
        nonlocal read
        for row in sheet.iter_rows():
            read += 1
            yield [_text(value) for value in row]

    rows = cells()
    number, headers = first_filled(rows, path.name)
    height = max(sheet.total_height, 1)
    yield Table(headers, chunked(rows, number + 1), lambda: size * read // height, size)


def _refuse_bomb(path: Path) -> None:
    with path.open("rb") as file:
        if file.read(len(XLSX)) != XLSX:
            return
    try:
        with ZipFile(path) as archive:
            size = sum(member.file_size for member in archive.infolist())
    except BadZipFile:
        raise FileProblem(f"{path.name} is damaged: save the workbook again") from None
    if size > LARGEST_UNPACKED:
        raise FileProblem(f"{path.name} is too large: save the sheet as CSV")


def _sheet(workbook: CalamineWorkbook, name: str) -> CalamineSheet:
    for sheet in workbook.sheets_metadata:
        if sheet.visible is SheetVisibleEnum.Visible:
            found = workbook.get_sheet_by_name(sheet.name)
            if found.height:
                return found
    raise FileProblem(f"{name} has no visible sheet with cells in it")


def _text(value: object) -> str:
    match value:
        case str():
            return value
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
    text = f"{float(f'{value:.{EXACT_DIGITS}g}'):.{MOST_DECIMALS}f}"
    return text.rstrip("0").rstrip(".")
