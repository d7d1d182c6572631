"""A JSON document that holds a list of records, as the lines that a file of records has."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NoReturn

from scrapers.tables.encoding import encoding_of
from scrapers.tables.json_lines import open_json_lines
from scrapers.tables.table import FileProblem, Score, Table

WANTED = 'a list of objects, or {"records": [a list of objects]}'

_BEGIN = re.compile(r'[ \t\r\n]*(\{[ \t\r\n]*"records"[ \t\r\n]*:[ \t\r\n]*)?\[')
_SPACE = re.compile(r"[ \t\r\n]*")
_LINE_ENDS = re.compile(r"[\r\n]+")


@contextmanager
def open_json_document(path: Path, score: Score, encoding: str | None = None) -> Iterator[Table]:
    """Open a file that is one list of objects; its rows are numbered by their place in the list.

    It is read whole: large exports should come as JSON lines.
    """
    text = path.read_text(encoding_of(path, encoding)).removeprefix("\ufeff")
    with TemporaryDirectory(prefix="watchkeeper-") as folder:
        lines = Path(folder) / path.name
        try:
            with lines.open("w", encoding="utf-8") as file:
                file.writelines(f"{element}\n" for element in elements(text))
        except ValueError as error:
            problem = f"{path.name} is not the JSON that is taken here: {error}"
            raise FileProblem(problem) from None
        with open_json_lines(lines, score) as table:
            yield table


def elements(text: str) -> Iterator[str]:
    """Yield the text of each element of the list, on one line. ValueError for another document.

    One after the other: what a whole document comes to is several times as large as its text.
    """
    begin = _BEGIN.match(text)
    if not begin:
        _end(text, _skip(text, 0))  # says where it is torn
        raise ValueError(f"it is not {WANTED}")
    at = _skip(text, begin.end())
    more = not text.startswith("]", at)
    while more:
        start, at = at, _end(text, at)
        yield _LINE_ENDS.sub(" ", text[start:at])
        at = _skip(text, at)
        more = text.startswith(",", at)
        if more:
            at = _skip(text, at + 1)
    _close(text, at, "]}" if begin[1] else "]")


def _end(text: str, start: int) -> int:
    """Return where the value ends that begins at a place of the text."""
    try:
        return _DECODER.raw_decode(text, start)[1]
    except RecursionError:
        raise ValueError("it is nested too deeply") from None


def _close(text: str, at: int, brackets: str) -> None:
    for bracket in brackets:
        if not text.startswith(bracket, at):
            raise json.JSONDecodeError(f"{bracket!r} is missing", text, at)
        at = _skip(text, at + 1)
    if at < len(text):
        raise json.JSONDecodeError("something follows its end", text, at)


def _skip(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON; write null for what is not known")


_DECODER = json.JSONDecoder(parse_float=str, parse_int=str, parse_constant=_refuse)
