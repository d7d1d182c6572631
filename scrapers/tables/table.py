"""What every kind of file comes to: a header and chunks of rows."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

CHUNK = 5_000
"""Rows that are handed on together."""

Score = Callable[[Sequence[str]], int]
"""How well a list of headers is understood."""


class FileProblem(Exception):
    """A file can't be used at all: one line for a person, what, where and what to do."""


class Torn(list[str]):
    """A row that can't be used: blank, with the cells there were and the problem."""

    def __init__(self, cells: Sequence[str], problem: str) -> None:
        super().__init__()
        self.cells = cells
        self.problem = problem


class Chunk(NamedTuple):
    """Consecutive rows; `first_row` is the number of the first, as people count in the file."""

    first_row: int
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class Table:
    """An open table. `done` tells how many of the file's `size` bytes have been read.

    Of a workbook `sheet` is the one that is read and `ignored_sheets` are the others with cells.
    """

    headers: Sequence[str]
    chunks: Iterator[Chunk]
    done: Callable[[], int]
    size: int
    sheet: str | None = None
    ignored_sheets: Sequence[str] = ()


def chunked(rows: Iterable[Sequence[str]], first_row: int) -> Iterator[Chunk]:
    """Yield `rows` in chunks, the first row numbered `first_row`."""
    remaining = iter(rows)
    while batch := list(islice(remaining, CHUNK)):
        yield Chunk(first_row, batch)
        first_row += len(batch)
