"""Patterns that a person writes: words, and {places} where a column's value stands.

`{order_no}` is one word. `{text...}` is any words up to what follows in the pattern; where nothing
follows, to the end of the line; at the beginning of a pattern, from the beginning of a line.
`{...}` passes over words. White space in a pattern is any white
space, a new line too; capital letters do not matter.

Every place is tried once from each beginning and never again, and its length is bounded: no
pattern and no mail can make the search long.
"""

import re
from collections.abc import Mapping
from functools import cache

LONGEST_WORD = 200
LONGEST_WORDS = 2_000
"""Characters of a place with something after it."""

_PLACE = re.compile(r"\{([a-z_]*)(\.\.\.)?\}")
_WORD = r"[^\s，。；：！？、（）【】]"
_BEFORE, _AFTER = "\"'([<", ".,;:!?\"')]>"


class Pattern:
    """A pattern that was understood. ValueError with what is wrong with it."""

    def __init__(self, written: str) -> None:
        literals, self._places = _parts(written.strip())
        self.names = frozenset(name for name, _ in self._places if name)
        if len(self.names) < sum(1 for name, _ in self._places if name):
            raise ValueError(f"{written!r} has the same field twice")
        self._regex = re.compile(_regex(literals, self._places), re.IGNORECASE | re.MULTILINE)

    def find(self, text: str) -> dict[str, str] | None:
        """Return what stands in the places where the pattern first fits; None where it does not."""
        found = self._regex.search(text)
        if not found:
            return None
        cells = found.groupdict()
        return {
            name: cells[name].strip() if is_several else cells[name].rstrip(_AFTER).lstrip(_BEFORE)
            for name, is_several in self._places
            if name
        }


@cache
def pattern(written: str) -> Pattern:
    """Return the pattern that somebody wrote; ValueError when it is none."""
    return Pattern(written)


def find_all(text: str, patterns: list[str]) -> Mapping[str, str]:
    """Return what any of the patterns finds; of two that find the same field, the first counts."""
    found: dict[str, str] = {}
    for written in reversed(patterns):
        found |= pattern(written).find(text) or {}
    return found


def _parts(written: str) -> tuple[list[str], list[tuple[str, bool]]]:
    """Return the words between the places, and the places: a name, and whether of several words."""
    pieces = _PLACE.split(written)
    literals = pieces[::3]
    places = [(name, bool(dots)) for name, dots in zip(pieces[1::3], pieces[2::3], strict=True)]
    if not written or any(set(literal) & set("{}") for literal in literals):
        raise ValueError(f"{written!r} isn't words with fields like {{order_no}} or {{text...}}")
    if any(not name and not is_several for name, is_several in places):
        raise ValueError(f"{written!r} has a field without a name; {{...}} passes over words")
    if "" in literals[1:-1]:
        raise ValueError(f"{written!r} has two fields with nothing between them")
    return literals, places


def _regex(literals: list[str], places: list[tuple[str, bool]]) -> str:
    first = literals[0]
    if first:
        start = r"(?<![a-z0-9])" if first[0].isascii() and first[0].isalnum() else ""
    else:
        start = "^" if places[0][1] else r"(?<!\S)"
    across = [r"(?s:.)" if number or first else r"[^\n]" for number in range(len(places))]
    steps = map(_step, places, literals[1:], across)
    return start + _literal(first) + "".join(steps)


def _step(place: tuple[str, bool], after: str, across: str) -> str:
    """Return a place with the words after it; once they were found, nothing else is tried.

    Only the last place has no words after it. `across` is what several words may be made of.
    """
    name, is_several = place
    if after:
        longest = f"{across}{{1,{LONGEST_WORDS}}}?"
        value = longest if is_several else f"{_WORD}{{1,{LONGEST_WORD}}}?"
    else:
        value = r"[^\n]++" if is_several else f"{_WORD}++"
    group = f"(?P<{name}>{value})" if name else f"(?:{value})"
    return f"(?>{group}{_literal(after)})"


def _literal(words: str) -> str:
    """Return what finds words, whatever the white space in and around them."""
    middle = r"\s++".join(map(re.escape, words.split()))
    if not middle:
        return r"\s++" if words else ""
    before, after = (r"\s++" if edge.isspace() else "" for edge in (words[0], words[-1]))
    return f"{before}{middle}{after}"
