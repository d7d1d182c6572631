"""JSON as pages carry it: in comments, with trailing commas, cut off in the middle."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from html import unescape
from typing import Any

_WRAPPING = re.compile(
    r"^\s*(?:<!--|(?://|/\*)?\s*<!\[CDATA\[\s*(?:\*/)?)|(?:-->|(?://|/\*)?\s*\]\]>\s*(?:\*/)?)\s*;?\s*$"
)
# A string cut off in the middle is one token too, so that its commas are no commas of ours.
_TOKEN = re.compile(r'"(?:\\.|[^"\\])*(?:"|\\?$)|[{}\[\],]', re.DOTALL)
_TRAILING_COMMA = re.compile(r'("(?:\\.|[^"\\])*")|,\s*(?=[}\]])', re.DOTALL)
_CLOSER = {"{": "}", "[": "]"}
_DECODER = json.JSONDecoder(strict=False, parse_float=Decimal, parse_constant=lambda _: None)


def loads(text: str) -> Any:
    """The value of a JSON text, repaired when it is torn; None when nothing can be read.

    Floats become exact Decimals, NaN and Infinity None. A member cut off at the end is dropped,
    never completed: half a price is no price.
    """
    text = _WRAPPING.sub("", text).strip().rstrip(";")
    for repair in (str, _without_trailing_commas, unescape, closed):
        text = repair(text)
        value = raw(text, 0)
        if value is not None:
            return value
    return None


def raw(text: str, start: int) -> Any:
    """The JSON value that begins at `start`, whatever follows it; None when it is broken."""
    try:
        return _DECODER.raw_decode(text, start)[0]
    except (ValueError, RecursionError):
        return None


def _without_trailing_commas(text: str) -> str:
    return _TRAILING_COMMA.sub(lambda match: match[1] or "", text)


def closed(text: str) -> str:
    """A text cut off in the middle, ended after its last whole member."""
    stack: list[str] = []
    whole, closers = 0, ""
    for token in _TOKEN.finditer(text):
        mark = token[0]
        if mark in _CLOSER:
            stack.append(_CLOSER[mark])
        elif mark in {"}", "]"} and (not stack or stack.pop() != mark):
            break
        if mark in {",", "}", "]"}:
            whole = token.start() if mark == "," else token.end()
            closers = "".join(reversed(stack))
    return text[:whole] + closers


def unquoted(literal: str) -> str:
    """The text of a JavaScript string literal in either kind of quotes."""
    inner = literal[1:-1].replace("\\'", "'").replace('"', '\\"') if literal[0] == "'" else None
    value = raw(f'"{inner}"' if inner is not None else literal, 0)
    return value if isinstance(value, str) else ""
