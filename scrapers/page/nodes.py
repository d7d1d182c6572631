"""JSON inside pages: finding it, and walking it without trusting its shape."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from scrapers.page.loosejson import raw
from scrapers.page.numbers import amount

Node = dict[str, Any]

_MOST_NODES = 50_000
_DEPTH = 40
_MOST_BLOCKS = 40
_MILLISECONDS = 1000
_LAST_OF_SECONDS = 100_000_000_000  # the year 5138; as milliseconds, 1973


def assigned(html: str, opening: re.Pattern[str]) -> Any:
    """The JSON value that follows the first match of `opening`; None when there is none."""
    for _, match in zip(range(_MOST_BLOCKS), opening.finditer(html), strict=False):
        value = raw(html, match.end())
        if value is not None:
            return value
    return None


def at(node: Any, *keys: str) -> Node:
    """The object at a path of keys, {} when the path ends early or elsewhere."""
    for key in keys:
        node = node.get(key) if isinstance(node, dict) else None
    return node if isinstance(node, dict) else {}


def nodes(value: Any) -> list[Node]:
    """The objects of a list, [] for anything else."""
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def found(value: Any, wanted: Callable[[Node], bool]) -> Iterator[Node]:
    """Objects anywhere in a value, nearest the root first; 50,000 objects are looked at."""
    level: list[Any] = [value]
    seen = 0
    for _ in range(_DEPTH):
        below: list[Any] = []
        for each in level:
            seen += 1
            if seen > _MOST_NODES:
                return
            if isinstance(each, dict):
                if wanted(each):
                    yield each
                below += [inner for inner in each.values() if isinstance(inner, dict | list)]
            elif isinstance(each, list):
                below += [inner for inner in each if isinstance(inner, dict | list)]
        if not below:
            return
        level = below


def text(value: Any) -> str | None:
    """A string with collapsed spaces, None for anything else and for an empty one."""
    return (" ".join(value.split()) or None) if isinstance(value, str) else None


def identity(value: Any) -> str | None:
    """An id or name as text, whether it is written as a number or as a string."""
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return str(value)
    return text(value)


def whole(value: Any) -> int | None:
    """A positive whole number, None for anything else."""
    number = amount(value)
    return int(number) if number is not None and number == int(number) else None


def moment(value: Any) -> datetime | None:
    """A moment in UTC out of epoch seconds or milliseconds, or an ISO date with a zone."""
    number = whole(value)
    if number is not None:
        seconds = number // _MILLISECONDS if number > _LAST_OF_SECONDS else number
        return datetime.fromtimestamp(seconds, UTC) if seconds <= _LAST_OF_SECONDS else None
    if not isinstance(value, str):
        return None
    try:
        stated = datetime.fromisoformat(value.strip())
    except ValueError:
        return None
    return stated.astimezone(UTC) if stated.tzinfo else None
