"""Which kind of table a file is: its first bytes tell, for a JSON file its name may."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from scrapers.tables.delimited import open_delimited
from scrapers.tables.json_lines import open_json_lines
from scrapers.tables.table import FileProblem, Table
from scrapers.tables.workbook import XLS, XLSX, open_workbook

JSON_NAMES = frozenset({".json", ".jsonl", ".ndjson"})


@contextmanager
def open_table(path: Path, score: Callable[[Sequence[str]], int]) -> Iterator[Table]:
    """Open the table in a file. `score` says how well a list of headers is understood.

    FileProblem when it can't be read at all.
    """
    try:
        with _opener(path, score) as table:
            yield table
    except OSError as error:
        raise FileProblem(f"{error.filename or path}: {error.strerror or error}") from None


def _opener(path: Path, score: Callable[[Sequence[str]], int]) -> AbstractContextManager[Table]:
    with path.open("rb") as file:
        head = file.read(64)
    if not head:
        raise FileProblem(f"{path.name} is empty: it needs a header row and a row for each record")
    if head.startswith((XLSX, XLS)):
        return open_workbook(path)
    if path.suffix.lower() in JSON_NAMES or head.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"{"):
        return open_json_lines(path, score)
    return open_delimited(path, score)
