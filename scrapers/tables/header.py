"""Where a table's header is: below titles, sometimes in two lines with merged cells."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice, zip_longest
from typing import NamedTuple

from scrapers.tables.table import FileProblem, Score, Torn

LOOKED_AT = 30
"""Filled rows among which the header is looked for."""

WIDE = 0.6
"""Share of the fullest row's cells that a header has which nobody understands."""

Row = Sequence[str]


class BlankTable(FileProblem):
    """There is no filled row."""


class Headed(NamedTuple):
    """A table's header, the number of the row after it, and the rows from there on."""

    headers: Row
    next_row: int
    rows: Iterator[Row]


def headed(rows: Iterable[Row], score: Score, name: str) -> Headed:
    """Find the header: the row, or the two, with the best `score`; titles above it are passed over.

    Where no row is understood it is the first that is about as full as the fullest. Raises
    BlankTable.
    """
    remaining = iter(rows)
    for number, first in enumerate(remaining, start=1):
        if isinstance(first, Torn):
            raise FileProblem(f"{name}: the header, row {number}, {first.problem}")
        if _filled(first):
            head = [first, *islice(remaining, LOOKED_AT - 1)]
            last, headers = _best(head, score)
            return Headed(headers, number + last + 1, chain(head[last + 1 :], remaining))
    raise BlankTable(f"{name} is empty: it needs a header row and a row for each record")


def _best(head: Sequence[Row], score: Score) -> tuple[int, Row]:
    """Return the place of the header's last line in `head`, and its cells."""
    place, headers = max(_candidates(head, score), key=lambda candidate: score(candidate[1]))
    if score(headers):
        return place, headers
    enough = WIDE * max(map(_filled, head))
    return next((place, row) for place, row in enumerate(head) if _filled(row) >= enough)


def _candidates(head: Sequence[Row], score: Score) -> Iterator[tuple[int, Row]]:
    """Yield every line and every two lines that may be the header, simple ones first."""
    above: Row = []
    for place, row in enumerate(head):
        yield place, row
        if _filled(above) and _filled(row):
            yield place, _joined(above, row, score)
        above = row


def _joined(upper: Row, lower: Row, score: Score) -> Row:
    """Join two lines of a header; a merged cell's text stands in its first cell only."""
    joined, group = [], ""
    for over, under in zip_longest(map(str.strip, upper), map(str.strip, lower), fillvalue=""):
        group = over or (group if under else "")
        both = f"{group} {under}".strip()
        joined.append(under if score([under]) and not score([both]) else both)
    return joined


def _filled(row: Row) -> int:
    return sum(bool(cell.strip()) for cell in row)
