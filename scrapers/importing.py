"""People's files into the ledger: `watchkeeper import`, and the watched folder."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from textwrap import shorten
from typing import Any

from core.ledger.database import Database
from core.ledger.headers import Header, fold, match_headers, missing_columns, understood_by
from core.ledger.intake import Rejected, Taken, Taking
from core.ledger.records import Record, SearchHeat, kind_of
from core.settings import Store
from scrapers.mapping import FileMap, check_columns, kind_named, read_map
from scrapers.tables import Chunk, FileProblem, Table, open_table
from scrapers.tables.rejected import RejectedRows, torn
from scrapers.tables.shape import shaped
from scrapers.tables.trends import unfolded

__all__ = ["FileProblem", "ImportReport", "import_file"]

MOST_REPORTED = 1_000
"""Rejected rows that a report names; all are in the file beside the input."""

LONGEST_LIST = 400
"""Characters of a list of headers in a message."""

Progress = Callable[[int, int], None]
"""Called with the bytes done and the bytes in all."""


@dataclass(slots=True)
class ImportReport:
    """What became of a file. `rejected` holds the first rows that were, `rejected_file` all.

    Of a workbook `sheet` is the one that was read, `ignored_sheets` are the others with cells.
    """

    kind: str
    file: str
    unknown_columns: Sequence[str]
    sheet: str | None = None
    ignored_sheets: Sequence[str] = ()
    taken: Taken = field(default_factory=Taken)
    rejected: list[Rejected] = field(default_factory=list)
    rejected_file: Path | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the report as `import --json` prints it."""
        of_workbook = {"sheet": self.sheet, "ignored_sheets": list(self.ignored_sheets)}
        return {
            "kind": self.kind,
            "file": self.file,
            "read": self.taken.read,
            "stored": self.taken.stored,
            "unchanged": self.taken.unchanged,
            "rejected": [row._asdict() for row in self.rejected],
            "unknown_columns": list(self.unknown_columns),
            **(of_workbook if self.sheet else {}),
        }


def import_file(
    database: Database,
    store: Store,
    kind: str | None,
    path: Path,
    *,
    map_path: Path | None = None,
    sheet: str | None = None,
    rejected_path: Path | None = None,
    dry_run: bool = False,
    now: datetime,
    progress: Progress | None = None,
) -> ImportReport:
    """Take the records of one `kind` from a file: CSV, TSV, XLSX or JSON lines.

    `map_path` is a YAML file that wins over the known headers, see `FileMap`; without a `kind`
    it says which one. `sheet` is a workbook's. Rows that can't be stored are written to
    `rejected_path`, otherwise to NAME.rejected.csv beside the file. A `dry_run` counts, and writes
    nothing anywhere. FileProblem when the file as a whole is no use.
    """
    mapping = read_map(map_path) if map_path else FileMap()
    record = _kind(kind_named(kind, mapping))
    check_columns(mapping, record, map_path.name if map_path else "")
    score = understood_by(record, also=mapping.columns)
    sheet = sheet or mapping.sheet
    with open_table(path, score, encoding=mapping.encoding, sheet=sheet) as opened:
        table = _as_read(opened, record, mapping, path)
        header = _header(record, table.headers, mapping, path)
        taking = Taking(
            database,
            store=store,
            kind=record.kind_name,
            columns=header.columns,
            source=f"file:{path.name}",
            now=now,
            dry_run=dry_run,
        )
        report = ImportReport(
            record.kind_name, str(path), header.unknown, table.sheet, table.ignored_sheets
        )
        aside = rejected_path or path.with_name(f"{path.stem}.rejected.csv")
        with taking, RejectedRows(aside, table.headers, write=not dry_run) as rejects:
            for chunk in _watched(table, progress):
                problems = taking.add(chunk.first_row, chunk.rows, torn=torn(chunk))
                rejects.add(chunk, problems)
                report.rejected += problems[: MOST_REPORTED - len(report.rejected)]
    report.taken, report.rejected_file = taking.taken, rejects.written
    return report


def _kind(name: str) -> type[Record]:
    try:
        return kind_of(name)
    except ValueError as error:
        raise FileProblem(str(error)) from None


def _as_read(table: Table, record: type[Record], mapping: FileMap, path: Path) -> Table:
    """Return a table with what its map, or its kind, does to its rows."""
    if record is SearchHeat:
        table = unfolded(table, path.name)
    _refuse_absent(table.headers, [*mapping.columns, *mapping.fill_down], path)
    if not mapping.same and not mapping.fill_down:
        return table
    folded = set(map(fold, mapping.fill_down))
    filled = [header for header in table.headers if fold(header) in folded]
    return shaped(table, {_set(name): word for name, word in mapping.same.items()}, filled)


def _set(column: str) -> str:
    """Return the header of a column that the map sets: no header of a file is like it."""
    return f"{column} (set)"


def _header(kind: type[Record], headers: Sequence[str], mapping: FileMap, path: Path) -> Header:
    given: Mapping[str, str | None] = mapping.columns | {_set(name): name for name in mapping.same}
    try:
        header = match_headers(kind, headers, given)
    except ValueError as error:
        raise FileProblem(f"{path.name}: {error}") from None
    missing = ", ".join(missing_columns(kind, header.columns))
    if missing:
        raise FileProblem(
            f"{path.name} has no column {missing}, which {kind.kind_name} needs; {_its(headers)}"
        )
    return header


def _refuse_absent(headers: Sequence[str], named: Sequence[str], path: Path) -> None:
    folded = set(map(fold, headers))
    absent = [theirs for theirs in named if fold(theirs) not in folded]
    if absent:
        its = _its(headers)
        raise FileProblem(f"{path.name} has no header {absent[0]!r}, which the map names; {its}")


def _its(headers: Sequence[str]) -> str:
    return f"its headers are {shorten(', '.join(map(repr, headers)), LONGEST_LIST)}"


def _watched(table: Table, progress: Progress | None) -> Iterator[Chunk]:
    for chunk in table.chunks:
        yield chunk
        if progress:
            progress(min(table.done(), table.size), table.size)
    if progress:
        progress(table.size, table.size)
