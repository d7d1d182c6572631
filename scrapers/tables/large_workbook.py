"""Workbooks that are too large to be held in memory: row by row, their texts on disk."""

import warnings
from array import array
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any
from zipfile import BadZipFile

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, iterparse
from openpyxl.reader.excel import ExcelReader
from openpyxl.xml.constants import SHARED_STRINGS, SHEET_MAIN_NS

from scrapers.tables.table import FileProblem
from scrapers.tables.workbook import SheetOf

REMEMBERED = 50_000
"""Texts at hand; the others are read from the disk again."""

ROWS_UNKNOWN = 1 << 20
"""How many rows a sheet is taken to have that does not say: Excel's most."""

_SI, _T, _R = (f"{{{SHEET_MAIN_NS}}}{tag}" for tag in ("si", "t", "r"))


@contextmanager
def large_sheets(path: Path, wanted: str | None) -> Iterator[Sequence[SheetOf]]:
    """Open a workbook's visible sheets, or all where one is `wanted`. Raises FileProblem."""
    with path.open("rb") as file, TemporaryFile() as disk:
        with _told(path), warnings.catch_warnings(action="ignore"):
            reader = _Reader(file, disk)
            reader.read()
        yield [
            SheetOf(sheet.title, _rows(sheet, path), sheet.max_row or ROWS_UNKNOWN)
            for sheet in reader.wb.worksheets
            if wanted or sheet.sheet_state == "visible"
        ]


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """Say of everything that a damaged workbook makes openpyxl stumble over that it is damaged."""
    try:
        yield
    except (FileProblem, OSError, MemoryError):
        raise
    except _STUMBLES as error:
        raise FileProblem(
            f"{path.name} can't be opened as a workbook ({type(error).__name__}): save the sheet "
            "as CSV"
        ) from None


_STUMBLES = (
    *(BadZipFile, ParseError, DefusedXmlException, EOFError, NotImplementedError),
    *(ValueError, TypeError, KeyError, IndexError, AttributeError, RuntimeError),
)


def _rows(sheet: Any, path: Path) -> Iterator[Sequence[object]]:
    sheet.reset_dimensions()  # other programs' word on them is often wrong
    with _told(path):
        yield from sheet.iter_rows(values_only=True)


class _Reader(ExcelReader):
    """openpyxl's reader; it would hold all of a workbook's texts in memory."""

    def __init__(self, file: IO[bytes], disk: IO[bytes]) -> None:
        super().__init__(file, read_only=True, keep_links=False, data_only=True)
        self._disk = disk

    def read_strings(self) -> None:
        """Put the workbook's texts on disk."""
        part = self.package.find(SHARED_STRINGS)  # type: ignore[no-untyped-call]
        if part is not None:
            with self.archive.open(part.PartName[1:]) as source:
                self.shared_strings = _Texts(source, self._disk)  # type: ignore[assignment]


class _Texts:
    """The texts of a workbook by their number, on disk."""

    def __init__(self, source: IO[bytes], disk: IO[bytes]) -> None:
        self._disk = disk
        self._ends = array("Q", [0])
        for text in _texts(source):
            content = text.encode("utf-8", "replace")
            disk.write(content)
            self._ends.append(self._ends[-1] + len(content))
        self._read = lru_cache(REMEMBERED)(self._from_disk)

    def __getitem__(self, number: int) -> str:
        return self._read(number)

    def _from_disk(self, number: int) -> str:
        begin, end = self._ends[number : number + 2]
        self._disk.seek(begin)
        return self._disk.read(end - begin).decode()


def _texts(source: IO[bytes]) -> Iterator[str]:
    """Yield a workbook's texts; what is said of their reading aloud (rPh) is left out."""
    events = iterparse(source, events=("start", "end"))
    _, root = next(events)
    for event, node in events:
        if event == "end" and node.tag == _SI:
            runs = [node, *node.findall(_R)]
            yield "".join(t.text or "" for run in runs for t in run.findall(_T))
            root.clear()
