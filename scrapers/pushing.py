"""What others push to `/ingest/KIND`, read and checked as an imported file is."""

import codecs
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from core.ledger.database import Database
from core.ledger.headers import Header, match_headers, missing_columns, understood_by
from core.ledger.intake import Rejected, Taking, store_records
from core.ledger.records import Record, kind_of
from core.pushing import Form, Malformed, Push, PushReport, Unfit
from scrapers.tables import FileProblem, Table
from scrapers.tables.delimited import open_delimited
from scrapers.tables.json_document import elements
from scrapers.tables.json_lines import open_json_lines
from scrapers.tables.rejected import torn

MOST_REPORTED = 1_000
"""Rejected rows that an answer names."""
LONGEST_NAME, LONGEST_LIST = 100, 400
"""Characters that an answer shows of a header, and of what is wrong with headers."""
NAME = "the body"
"""What messages call it."""

CHARSETS = {
    "ascii": "ascii",
    "utf-8": "utf-8",
    "utf-8-sig": "utf-8",
    "utf-16": "utf-16",
    # what calls itself GB2312 or GBK is often the later one, which holds them both
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "gb18030": "gb18030",
    "big5": "big5",
    "shift_jis": "cp932",
    "cp932": "cp932",
    "cp1252": "cp1252",
    "iso8859-1": "cp1252",
}
"""Encodings that a Content-Type may name, by Python's name of them, and how each is read."""


def take_push(database: Database, push: Push) -> PushReport:
    """Store what was pushed. Raises Malformed or Unfit; then nothing is stored.

    Rows are stored some thousand at a time, each time in one transaction.
    """
    record = kind_of(push.kind)
    with TemporaryDirectory(prefix="watchkeeper-") as folder:
        path = Path(folder) / NAME
        if not _write(push, path):
            return _nothing(database, push)
        with _opened(path, push.form, record) as table:
            return _take(database, push, _header(record, table.headers), table)


def _write(push: Push, path: Path) -> int:
    """Write a body down as a file that the importer reads; return how long that is."""
    if push.form is not Form.JSON:
        text = _text(push).encode() if push.charset else push.body
        if not text:
            raise Malformed(f"{NAME} is empty: it needs a header row, or one object a line")
        return path.write_bytes(text)
    with path.open("w", encoding="utf-8") as file:
        return sum(file.write(f"{element}\n") for element in _elements(_text(push)))


def _elements(text: str) -> Iterator[str]:
    try:
        yield from elements(text)
    except ValueError as error:
        raise Malformed(f"{NAME} is not the JSON that is taken here: {error}") from None


def _text(push: Push) -> str:
    charset = push.charset or "utf-8"
    try:
        encoding = CHARSETS[codecs.lookup(charset).name]
    except (LookupError, ValueError):
        raise Malformed(f"the charset {charset!r} is not known here; send UTF-8") from None
    try:
        return push.body.decode(encoding).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise Malformed(f"{NAME} is not {charset}: see its byte {error.start + 1}") from None


@contextmanager
def _opened(path: Path, form: Form, record: type[Record]) -> Iterator[Table]:
    opener = open_delimited if form is Form.CSV else open_json_lines
    try:
        with opener(path, understood_by(record), None) as table:
            yield table
    except FileProblem as problem:
        raise Malformed(str(problem)) from None


def _header(record: type[Record], headers: Sequence[str]) -> Header:
    try:
        header = match_headers(record, headers)
    except ValueError as error:
        raise Unfit(f"{NAME}: {str(error)[:LONGEST_LIST]}") from None
    missing = ", ".join(missing_columns(record, header.columns))
    if missing:
        raise Unfit(f"{NAME} has no column {missing}, which {record.kind_name} needs")
    return replace(header, unknown=tuple(name[:LONGEST_NAME] for name in header.unknown))


def _take(database: Database, push: Push, header: Header, table: Table) -> PushReport:
    taking = Taking(
        database,
        store=push.store,
        kind=push.kind,
        columns=header.columns,
        source=push.source,
        now=push.now,
    )
    rejected: list[Rejected] = []
    with taking:
        for chunk in table.chunks:
            problems = taking.add(chunk.first_row, chunk.rows, torn=torn(chunk))
            rejected += problems[: MOST_REPORTED - len(rejected)]
    return PushReport(push.kind, taking.taken, rejected, header.unknown)


def _nothing(database: Database, push: Push) -> PushReport:
    """Account for an empty list: somebody looked, and there was nothing."""
    taken, _ = store_records(
        database, store=push.store, kind=push.kind, source=push.source, now=push.now, rows=[]
    )
    return PushReport(push.kind, taken)
