"""Google Trends' export multiTimeline.csv: a column a phrase becomes a row a phrase and day."""

import re
from collections.abc import Sequence
from dataclasses import replace

from core.countries import country_code
from scrapers.tables.table import Chunk, FileProblem, Table

HEADERS = ("phrase", "country", "day", "heat")

DAYS = frozenset({"day", "week", "month", "日", "天", "周", "週", "月"})
HOURS = frozenset({"time", "hour", "时间", "時間", "小时"})
WORLD = frozenset({"worldwide", "全球", "世界各地"})
PARTIAL = "ispartial"

BELOW_ONE = "0.5"
"""What `<1` is kept as: more than 0 and less than 1 is all that Google says."""

_PHRASE = re.compile(r"(.+?)\s*[:：]\s*[(（]([^()（）]+)[)）]")
_MONTH = re.compile(r"[0-9]{4}-[0-9]{2}")


def unfolded(table: Table, name: str) -> Table:
    """Return a Trends export with a row for each phrase and day; any other table as it is.

    Rows of a period that is not over (isPartial) and blank cells are left out. FileProblem for an
    export by the hour, which has no days.
    """
    if not is_timeline(table):
        return table
    if table.headers[0].strip().casefold() in HOURS:
        raise FileProblem(f"{name} is by the hour: choose a span of 30 days or more in Trends")
    partial = next((p for p, h in enumerate(table.headers) if h.casefold() == PARTIAL), None)
    phrases = _phrases(table.headers)
    chunks = (
        Chunk(chunk.first_row, [_row(row, place, phrase, partial) for row in chunk.rows])
        for chunk in table.chunks
        for place, phrase in phrases.items()
    )
    return replace(table, headers=HEADERS, chunks=chunks)


def is_timeline(table: Table) -> bool:
    """Tell whether a table is a Trends export: a column of days, the others `phrase: (country)`."""
    when = table.headers[0].strip().casefold() if table.headers else ""
    return when in DAYS | HOURS and bool(_phrases(table.headers))


def _phrases(headers: Sequence[str]) -> dict[int, Sequence[str]]:
    """Return the phrase and the country of each column that has them, by its place."""
    found = {place: _PHRASE.fullmatch(header.strip()) for place, header in enumerate(headers)}
    return {place: match.groups() for place, match in found.items() if match}


def _row(
    row: Sequence[str], place: int, phrase: Sequence[str], partial: int | None
) -> Sequence[str]:
    """Return one phrase's row of one day: its number in the file stays what it is."""
    if place >= len(row) or not row[place].strip() or _is_partial(row, partial):
        return []
    words, country = phrase
    day, heat = row[0].strip(), row[place].strip()
    day = f"{day}-01" if _MONTH.fullmatch(day) else day
    return [words, _country(country), day, BELOW_ONE if re.fullmatch(r"<\s*1", heat) else heat]


def _is_partial(row: Sequence[str], place: int | None) -> bool:
    return place is not None and place < len(row) and row[place].strip().casefold() == "true"


def _country(named: str) -> str:
    """Return a country's two letters, a region as Google calls it, or "" for the world."""
    named = named.strip()
    return "" if named.casefold() in WORLD else country_code(named) or named
