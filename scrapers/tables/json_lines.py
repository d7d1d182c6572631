"""JSON lines: one object a line; its keys are the headers."""

import json
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from io import TextIOWrapper
from pathlib import Path
from typing import NamedTuple

from scrapers.tables.encoding import encoding_of
from scrapers.tables.table import FileProblem, Score, Table, Torn, chunked

MOST_KEYS = 500
"""Different keys that a file may have."""


@contextmanager
def open_json_lines(path: Path, score: Score, encoding: str | None = None) -> Iterator[Table]:
    """Open a file of JSON objects; it is read twice, first for the keys that occur.

    A row with a list or an object under a key that counts in the `score` is `Torn`.
    """
    encoding = encoding_of(path, encoding)
    with path.open(encoding=encoding) as file:
        headers = _keys(file, path.name)
    known = {header for header in headers if score([header])}
    with path.open("rb") as raw, TextIOWrapper(raw, encoding) as file:
        rows = (_row(line, headers, known) for line in file)
        yield Table(headers, chunked(rows, 1), raw.tell, path.stat().st_size)


def _keys(lines: Iterator[str], name: str) -> list[str]:
    keys: dict[str, None] = {}
    twice: _Twice | None = None
    for line in lines:
        found = _parsed(line)
        if isinstance(found, dict):
            keys.update(dict.fromkeys(found))
        elif isinstance(found, _Twice):
            twice = found
        if len(keys) > MOST_KEYS:
            raise FileProblem(f"{name} has more than {MOST_KEYS} different keys")
    if not keys and twice:
        raise FileProblem(f"{name}: an object gives {twice.key!r} twice, and there is no other")
    if not keys:
        raise FileProblem(f"{name} has no JSON objects: it needs one object a line")
    return list(keys)


def _row(line: str, headers: Sequence[str], known: Collection[str]) -> list[str]:
    if not line.strip():
        return []
    found = _parsed(line)
    if isinstance(found, _Twice):
        return Torn([line.rstrip()], f"gives {found.key!r} twice")
    if not isinstance(found, dict):
        return Torn([line.rstrip()], "isn't a JSON object, one object a line")
    for key, value in found.items():
        if key in known and isinstance(value, (list, dict, _Twice)):
            return Torn([line.rstrip()], f"{key!r} holds more than one value")
    return [_text(found.get(header, "")) for header in headers]


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)


class _Twice(NamedTuple):
    """What stands in the place of an object that has a key twice: nobody knows which is meant."""

    key: str


def _parsed(line: str) -> object:
    """Return a line's value, numbers as they are written; None for what isn't JSON."""
    try:
        return json.loads(
            line,
            parse_float=str,
            parse_int=str,
            parse_constant=_refuse,
            object_pairs_hook=_object,
        )
    except (ValueError, RecursionError):
        return None


def _object(pairs: list[tuple[str, object]]) -> object:
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    return _Twice(Counter(key for key, _ in pairs).most_common(1)[0][0])


def _refuse(constant: str) -> None:
    raise ValueError(constant)
