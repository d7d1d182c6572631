"""The rows that could not be stored, beside the file they came from."""

import csv
import re
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Self

from core.ledger.intake import Rejected
from scrapers.tables.table import Chunk, FileProblem, Torn

_NUMBER = re.compile(r"[-+]?[0-9.,]*")


class CannotWrite(FileProblem):
    """The rejected rows can't be written down; the file that they come from is not to blame."""


class RejectedRows:
    """Writes rejected rows to `path`, if there is anything to write.

    The file has the original cells and a column `problem`; one left from before is removed.
    `written` is its path once it exists. With `write` false nothing is touched. Raises CannotWrite.
    """

    def __init__(self, path: Path, headers: Sequence[str], *, write: bool) -> None:
        self.written: Path | None = None
        self._path = path
        self._headers = headers
        self._write = write
        self._open = ExitStack()
        self._writer: Any = None

    def __enter__(self) -> Self:
        if self._write:
            with self._told():
                self._path.unlink(missing_ok=True)
        return self

    def __exit__(self, *error: object) -> None:
        with self._told():
            self._open.close()

    def add(self, chunk: Chunk, problems: Sequence[Rejected]) -> None:
        """Write the rows of `chunk` that have `problems`."""
        if not problems or not self._write:
            return
        with self._told():
            if not self.written:
                self._begin()
            for row, column, problem in problems:
                original = chunk.rows[row - chunk.first_row]
                cells = original.cells if isinstance(original, Torn) else original
                padding = [""] * (len(self._headers) - len(cells))
                where = f"{column}: {problem}" if column else problem
                self._writer.writerow([*map(safe_cell, cells), *padding, where])

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            reason = error.strerror or str(error)
            raise CannotWrite(f"{self._path} can't be written: {reason}") from None

    def _begin(self) -> None:
        # With its mark, so that Excel reads the UTF-8.
        file = self._open.enter_context(self._path.open("w", encoding="utf-8-sig", newline=""))
        self._writer = csv.writer(file)
        self._writer.writerow([*map(safe_cell, self._headers), "problem"])
        self.written = self._path


def torn(chunk: Chunk) -> list[Rejected]:
    """Return the rows of a chunk that can't be used at all."""
    return [
        Rejected(number, "", row.problem)
        for number, row in enumerate(chunk.rows, chunk.first_row)
        if isinstance(row, Torn)
    ]


def safe_cell(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula; numbers stay numbers."""
    if cell.startswith(("=", "+", "-", "@", "\t", "\r")) and not _NUMBER.fullmatch(cell):
        return f"'{cell}"
    return cell
