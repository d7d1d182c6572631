"""What every kind of file comes to: a header and chunks of rows."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

CHUNK = 5_000
"""Rows that are handed on together."""


class FileProblem(Exception):
    """A file can't be used at all: one line for a person, what, where and what to do."""


class Torn(list[str]):
    """A row that could not be cut into cells: none of them, but its line and the problem."""

    def __init__(self, line: str, problem: str) -> None:
        super().__init__()
        self.line = line
        self.problem = problem


class Chunk(NamedTuple):
    """Consecutive rows; `first_row` is the number of the first, as people count in the file."""

    first_row: int
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class Table:
    """An open table. `done` tells how many of the file's `size` bytes have been read."""

    headers: Sequence[str]
    chunks: Iterator[Chunk]
    done: Callable[[], int]
    size: int


def chunked(rows: Iterable[Sequence[str]], first_row: int) -> Iterator[Chunk]:
    """Yield `rows` in chunks, the first row numbered `first_row`."""
    remaining = iter(rows)
    while batch := list(islice(remaining, CHUNK)):
        yield Chunk(first_row, batch)
        first_row += len(batch)


def first_filled(rows: Iterator[Sequence[str]], name: str) -> tuple[int, Sequence[str]]:
    """Take rows up to the first that isn't blank, the header; return its number and cells."""
    for number, row in enumerate(rows, start=1):
        if isinstance(row, Torn):
            raise FileProblem(f"{name}: the header, row {number}, {row.problem}")
        if any(cell.strip() for cell in row):
            return number, row
    raise FileProblem(f"{name} is empty: it needs a header row and a row for each record")
