"""Rows of text under each other, for the terminal."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

_UNITS = {"d": timedelta(days=1), "h": timedelta(hours=1), "m": timedelta(minutes=1)}


def in_columns(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield the rows as lines, each column as wide as its widest cell."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        yield "  ".join(cells).rstrip()


def length(of_time: timedelta) -> str:
    """Return a length of time in its largest unit: 3d, 2h, 15m, 40s."""
    for unit, size in _UNITS.items():
        if of_time >= size:
            return f"{of_time // size}{unit}"
    return f"{max(int(of_time.total_seconds()), 0)}s"
