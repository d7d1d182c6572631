"""CSV, TSV and their kin."""

import csv
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import TextIOWrapper
from itertools import islice
from pathlib import Path

from scrapers.tables.encoding import encoding_of
from scrapers.tables.header import LOOKED_AT, headed
from scrapers.tables.table import FileProblem, Score, Table, Torn, chunked

DELIMITERS = ",;\t|"


@contextmanager
def open_delimited(path: Path, score: Score, encoding: str | None = None) -> Iterator[Table]:
    """Open a delimited text; its delimiter is the one that gives the header the best `score`."""
    encoding = encoding_of(path, encoding)
    with path.open("rb") as raw, TextIOWrapper(raw, encoding, newline="") as file:
        filled = (line for line in file if line.strip(DELIMITERS + " \r\n"))
        delimiter = _delimiter(list(islice(filled, LOOKED_AT)), score, path.name)
        file.seek(0)
        found = headed(_rows(file, delimiter), score, path.name)
        size = path.stat().st_size
        yield Table(found.headers, chunked(found.rows, found.next_row), raw.tell, size)


def _delimiter(lines: Sequence[str], score: Score, name: str) -> str:
    if lines and lines[0].lstrip().startswith("<"):
        raise FileProblem(f"{name} is a web page, not a table: save it as CSV or XLSX")

    def fit(delimiter: str) -> tuple[int, int]:
        try:
            headers = headed(csv.reader(lines, delimiter=delimiter), score, name).headers
        except (csv.Error, FileProblem):
            return 0, 0
        return score(headers), len(headers)

    return max(DELIMITERS, key=fit)


def _rows(file: Iterator[str], delimiter: str) -> Iterator[list[str]]:
    """Yield the rows of a text.

    A row that can't be cut into cells is `Torn`. It ends with its first line: the lines that an
    unclosed quote has swallowed are read again, as rows of their own.
    """
    again: deque[str] = deque()
    while True:
        recent: list[str] = []
        try:
            for row in csv.reader(_lines(file, again, recent), delimiter=delimiter, strict=True):
                recent.clear()
                yield row
        except csv.Error as error:
            line, *swallowed = recent
            again.extendleft(reversed(swallowed))
            problem = f"can't be cut into cells ({error}): is a \" missing, or not doubled?"
            yield Torn([line.rstrip("\r\n")], problem)
        else:
            return


def _lines(file: Iterator[str], again: deque[str], recent: list[str]) -> Iterator[str]:
    while again:
        recent.append(again.popleft())
        yield recent[-1]
    for line in file:
        recent.append(line)
        yield line
