"""People's files into the ledger: `watchkeeper import KIND FILE`."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from textwrap import shorten
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from core.ledger.database import Database
from core.ledger.headers import Header, aliases, fold, match_headers, missing_columns
from core.ledger.intake import Rejected, Taken, Taking
from core.ledger.records import Record, columns_of, kind_of
from core.settings import Store
from scrapers.tables import Chunk, FileProblem, Table, Torn, open_table
from scrapers.tables.rejected import RejectedRows

__all__ = ["FileProblem", "ImportReport", "import_file"]

MOST_REPORTED = 1_000
"""Rejected rows that a report names; all are in the file beside the input."""

LONGEST_LIST = 400
"""Characters of a list of headers in a message."""

Progress = Callable[[int, int], None]
"""Called with the bytes done and the bytes in all."""


@dataclass(slots=True)
class ImportReport:
    """What became of a file. `rejected` holds the first rows that were, `rejected_file` all."""

    kind: str
    file: str
    unknown_columns: Sequence[str]
    taken: Taken = field(default_factory=Taken)
    rejected: list[Rejected] = field(default_factory=list)
    rejected_file: Path | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the report as `import --json` prints it."""
        return {
            "kind": self.kind,
            "file": self.file,
            "read": self.taken.read,
            "stored": self.taken.stored,
            "unchanged": self.taken.unchanged,
            "rejected": [row._asdict() for row in self.rejected],
            "unknown_columns": list(self.unknown_columns),
        }


def import_file(
    database: Database,
    store: Store,
    kind: str,
    path: Path,
    *,
    map_path: Path | None = None,
    dry_run: bool = False,
    now: datetime,
    progress: Progress | None = None,
) -> ImportReport:
    """Take the records of one `kind` from a file: CSV, TSV, XLSX or JSON lines.

    `map_path` is a YAML file, `columns: {their header: our column}`, that wins over the known
    headers. Rows that can't be stored are written to NAME.rejected.csv beside the file. A
    `dry_run` counts, and writes nothing anywhere. FileProblem when the file as a whole is no use.
    """
    record = _kind(kind)
    mapping = _read_map(map_path, record) if map_path else {}
    known = {*aliases(record), *map(fold, mapping)}

    def score(headers: Sequence[str]) -> int:
        return sum(fold(header) in known for header in headers)

    with open_table(path, score) as table:
        header = _header(record, table.headers, mapping, path)
        taking = Taking(
            database,
            store=store,
            kind=kind,
            columns=header.columns,
            source=f"file:{path.name}",
            now=now,
            dry_run=dry_run,
        )
        report = ImportReport(kind, str(path), header.unknown)
        with taking, RejectedRows(path, table.headers, write=not dry_run) as rejects:
            for chunk in _watched(table, progress):
                problems = taking.add(chunk.first_row, chunk.rows, torn=_torn(chunk))
                rejects.add(chunk, problems)
                report.rejected += problems[: MOST_REPORTED - len(report.rejected)]
    report.taken, report.rejected_file = taking.taken, rejects.written
    return report


def _kind(name: str) -> type[Record]:
    try:
        return kind_of(name)
    except ValueError as error:
        raise FileProblem(str(error)) from None


def _header(
    kind: type[Record], headers: Sequence[str], mapping: Mapping[str, str], path: Path
) -> Header:
    try:
        header = match_headers(kind, headers, mapping)
    except ValueError as error:
        raise FileProblem(f"{path.name}: {error}") from None
    its = f"its headers are {shorten(', '.join(map(repr, headers)), LONGEST_LIST)}"
    folded = set(map(fold, headers))
    absent = [theirs for theirs in mapping if fold(theirs) not in folded]
    if absent:
        raise FileProblem(f"{path.name} has no header {absent[0]!r}, which the map names; {its}")
    missing = ", ".join(missing_columns(kind, header.columns))
    if missing:
        raise FileProblem(
            f"{path.name} has no column {missing}, which {kind.kind_name} needs; {its}"
        )
    return header


def _read_map(path: Path, kind: type[Record]) -> dict[str, str]:
    """Return the user's map, their header → our column."""
    try:
        content = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, YAMLError) as error:
        raise FileProblem(f"{path.name} can't be read: {_one_line(error)}") from None
    columns = content.get("columns") if isinstance(content, dict) else None
    if not isinstance(columns, dict) or not all(
        isinstance(word, str) for pair in columns.items() for word in pair
    ):
        raise FileProblem(
            f"{path.name} needs lines like 'columns:' and '  their header: our column'"
        )
    ours = [column.name for column, spec in columns_of(kind) if spec.in_files]
    wrong = [name for name in columns.values() if name not in ours]
    if wrong:
        raise FileProblem(
            f"{path.name}: {wrong[0]!r} is no column of {kind.kind_name}; it has {', '.join(ours)}"
        )
    return columns


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())


def _watched(table: Table, progress: Progress | None) -> Iterator[Chunk]:
    for chunk in table.chunks:
        yield chunk
        if progress:
            progress(min(table.done(), table.size), table.size)
    if progress:
        progress(table.size, table.size)


def _torn(chunk: Chunk) -> list[Rejected]:
    return [
        Rejected(number, "", row.problem)
        for number, row in enumerate(chunk.rows, chunk.first_row)
        if isinstance(row, Torn)
    ]
