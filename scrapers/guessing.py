"""Which kind of record a file holds, where its name or its headers leave no doubt."""

import re
from pathlib import Path

from core.ledger.headers import match_headers, missing_columns, understood_by
from core.ledger.records import KINDS, Record, SearchHeat
from scrapers.tables import Table, open_table
from scrapers.tables.trends import is_timeline

TRENDS = "multitimeline"
"""What Google calls its export."""

AHEAD = 2
"""Columns that the likeliest kind's headers are ahead of the next one's."""


def certain_kind(path: Path) -> str | None:
    """Return a file's kind: its name begins with it, or its headers fit no other; None: unsure.

    Raises FileProblem when it can't be read.
    """
    return kind_in_name(path) or _kind_in_headers(path)


def kind_in_name(path: Path) -> str | None:
    """Return the kind that a file's name begins with: orders-march.csv, order_line.xlsx."""
    name = path.stem.casefold()
    if name.startswith(TRENDS):
        return SearchHeat.kind_name
    by_length = sorted(KINDS, key=len, reverse=True)
    return next((kind for kind in by_length if re.match(rf"{kind}s?(?![a-z])", name)), None)


def _kind_in_headers(path: Path) -> str | None:
    with open_table(path, understood_by(*KINDS.values())) as table:
        if is_timeline(table):
            return SearchHeat.kind_name
        fits = sorted(((_fit(kind, table), name) for name, kind in KINDS.items()), reverse=True)
    (best, kind), (second, _), *_ = fits
    return kind if best >= second + AHEAD else None


def _fit(kind: type[Record], table: Table) -> int:
    """Return how many columns of a kind a table has; 0 where one is missing that it needs."""
    try:
        columns = match_headers(kind, table.headers).columns
    except ValueError:
        return 0
    return 0 if missing_columns(kind, columns) else sum(map(bool, columns))
