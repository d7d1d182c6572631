"""Which column a header means."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from unicodedata import normalize

from core.ledger.records import Record, columns_of

_GAPS = re.compile(r"[\s_\-*]+")


@dataclass(frozen=True, slots=True)
class Header:
    """Our column for each of a table's headers, None where there is none, and those named."""

    columns: tuple[str | None, ...]
    unknown: tuple[str, ...]


def match_headers(
    kind: type[Record], headers: Sequence[str], mapping: Mapping[str, str | None] | None = None
) -> Header:
    """Match a table's headers with the columns of `kind`; `mapping`, theirs → ours, wins.

    None as ours leaves a header out that would be known.

    ValueError when two headers mean one column.
    """
    given = {fold(theirs): ours for theirs, ours in (mapping or {}).items()}
    taken = set(given.values())
    known: dict[str, str | None] = {
        alias: name for alias, name in aliases(kind).items() if name not in taken
    }
    known |= given
    columns = tuple(known.get(fold(header)) for header in headers)
    _refuse_twins(headers, columns)
    unknown = [header for header, name in zip(headers, columns, strict=True) if name is None]
    return Header(columns, tuple(unknown))


def missing_columns(kind: type[Record], columns: Iterable[str | None]) -> list[str]:
    """Return the required columns of `kind` that are not among `columns`."""
    present = set(columns)
    return [c.name for c, spec in columns_of(kind) if spec.required and c.name not in present]


def aliases(kind: type[Record]) -> dict[str, str]:
    """Return the column of `kind` for every folded header that means one."""
    return {
        fold(word): column.name
        for column, spec in columns_of(kind)
        if spec.in_files
        for word in (column.name, *spec.aliases)
    }


def understood_by(*kinds: type[Record], also: Iterable[str] = ()) -> Callable[[Sequence[str]], int]:
    """Return what counts the headers that any of some kinds understands, or that are known also."""
    known = {*map(fold, also), *(word for kind in kinds for word in aliases(kind))}
    return lambda headers: sum(fold(header) in known for header in headers)


def fold(header: str) -> str:
    """Return a header without what doesn't matter: case, spaces, `-`, `_`, a mark of duty `*`."""
    return _GAPS.sub("", normalize("NFKC", header).casefold())


def _refuse_twins(headers: Sequence[str], columns: Sequence[str | None]) -> None:
    seen: dict[str, str] = {}
    for header, name in zip(headers, columns, strict=True):
        if name in seen:
            raise ValueError(f"two columns mean {name}: {seen[name]!r} and {header!r}")
        if name:
            seen[name] = header
