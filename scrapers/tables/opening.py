"""Which kind of table a file is: its first bytes tell, for a JSON file its name may."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from scrapers.tables.delimited import open_delimited
from scrapers.tables.json_document import open_json_document
from scrapers.tables.json_lines import open_json_lines
from scrapers.tables.table import FileProblem, Score, Table
from scrapers.tables.workbook import XLS, XLSX, open_workbook

JSON_NAMES = frozenset({".json", ".jsonl", ".ndjson"})


@contextmanager
def open_table(
    path: Path, score: Score, *, encoding: str | None = None, sheet: str | None = None
) -> Iterator[Table]:
    """Open the table in a file. `score` says how well a list of headers is understood.

    `encoding` is a text's and `sheet` a workbook's, where they are told. FileProblem when the file
    can't be read at all.
    """
    try:
        with _opener(path, score, encoding, sheet) as table:
            yield table
    except OSError as error:
        raise FileProblem(f"{error.filename or path}: {error.strerror or error}") from None


def is_workbook(path: Path) -> bool:
    """Tell whether a file is an Excel workbook, whatever its name says."""
    with path.open("rb") as file:
        return file.read(len(XLSX)) in (XLSX, XLS)


def _opener(
    path: Path, score: Score, encoding: str | None, sheet: str | None
) -> AbstractContextManager[Table]:
    with path.open("rb") as file:
        head = file.read(64)
    if not head:
        raise FileProblem(f"{path.name} is empty: it needs a header row and a row for each record")
    if head.startswith((XLSX, XLS)):
        return open_workbook(path, score, sheet)
    if sheet:
        raise FileProblem(f"{path.name} has no sheet {sheet!r}: it is no workbook")
    text, is_json = head.lstrip(b"\xef\xbb\xbf \r\n\t"), path.suffix.lower() in JSON_NAMES
    if is_json and text.startswith(b"["):
        return open_json_document(path, score, encoding)
    if is_json or text.startswith(b"{"):
        return open_json_lines(path, score, encoding)
    return open_delimited(path, score, encoding)
