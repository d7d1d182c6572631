"""CSV, TSV and their kin."""

import csv
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from io import TextIOWrapper
from pathlib import Path

from scrapers.tables.encoding import encoding_of
from scrapers.tables.table import FileProblem, Table, Torn, chunked, first_filled

DELIMITERS = ",;\t|"


@contextmanager
def open_delimited(path: Path, score: Callable[[Sequence[str]], int]) -> Iterator[Table]:
    """Open a delimited text; its delimiter is the one that gives the header the best `score`."""
    encoding = encoding_of(path)
    with path.open("rb") as raw, TextIOWrapper(raw, encoding, newline="") as file:
        delimiter = _delimiter(_first_line(file, path.name), score)
        file.seek(0)
        rows = _rows(file, delimiter)
        number, headers = first_filled(rows, path.name)
        yield Table(headers, chunked(rows, number + 1), raw.tell, path.stat().st_size)


def _first_line(lines: Iterator[str], name: str) -> str:
    line = next((line for line in lines if line.strip(DELIMITERS + " \r\n")), "")
    if line.lstrip().startswith("<"):
        raise FileProblem(f"{name} is a web page, not a table: save it as CSV or XLSX")
    return line


def _delimiter(line: str, score: Callable[[Sequence[str]], int]) -> str:
    def fit(delimiter: str) -> tuple[int, int]:
        headers = next(csv.reader([line], delimiter=delimiter))
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
            yield Torn(line.rstrip("\r\n"), problem)
        else:
            return


def _lines(file: Iterator[str], again: deque[str], recent: list[str]) -> Iterator[str]:
    while again:
        recent.append(again.popleft())
        yield recent[-1]
    for line in file:
        recent.append(line)
        yield line
