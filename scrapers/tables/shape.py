"""What a map does to a table's rows: the same value for all, and what merged cells leave blank."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace

from scrapers.tables.table import Chunk, Table, Torn


def shaped(table: Table, same: Mapping[str, str], fill_down: Collection[str]) -> Table:
    """Return a table with a column for each of `same`, header and cell, behind its own.

    A blank cell under a header of `fill_down` has what the cell above it has.
    """
    places = [place for place, header in enumerate(table.headers) if header in fill_down]
    chunks = _chunks(table, list(same.values()), places)
    return replace(table, headers=[*table.headers, *same], chunks=chunks)


def _chunks(table: Table, same: Sequence[str], places: Sequence[int]) -> Iterator[Chunk]:
    width = len(table.headers)
    above = dict.fromkeys(places, "")
    for chunk in table.chunks:
        yield Chunk(chunk.first_row, [_row(row, width, same, above) for row in chunk.rows])


def _row(
    row: Sequence[str], width: int, same: Sequence[str], above: dict[int, str]
) -> Sequence[str]:
    if isinstance(row, Torn) or not any(map(str.strip, row)):
        return row
    cells = [*row[:width]]
    if len(cells) < width or any(map(str.strip, row[width:])):
        return Torn(row, f"has {len(row)} cells, the header has {width}")
    for place, cell in above.items():
        cells[place] = above[place] = cells[place] if cells[place].strip() else cell
    return [*cells, *same]
