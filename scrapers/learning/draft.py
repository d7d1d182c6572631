"""A learned map as a person reads it: YAML, a reason behind each line, the unsure ones inert."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from core.ledger.headers import aliases, fold
from core.ledger.records import columns_of, kind_of
from scrapers.learning.likeness import SURE

LONGEST_EXAMPLE = 30


@dataclass(frozen=True, slots=True)
class Guess:
    """What a header may mean, how sure that is (0 to 1), and why."""

    header: str
    column: str | None
    sure: float
    why: str
    examples: Sequence[str]


@dataclass(frozen=True)
class Draft:
    """A map as far as it can be guessed."""

    path: Path
    kind: str
    kind_is_sure: bool
    other_kinds: Sequence[str]
    encoding: str | None
    sheet: str | None
    guesses: Sequence[Guess]
    same: Mapping[str, str] = field(default_factory=dict)
    fill_down: Sequence[str] = ()
    missing: Sequence[str] = ()
    """Columns that the kind needs and no header is sure to mean."""


def as_yaml(draft: Draft) -> str:
    """Return the map's text; `--map` takes it as it is."""
    return "\n".join(_lines(draft)) + "\n"


def _lines(draft: Draft) -> Iterator[str]:
    name = _shown(draft.path.name, len(draft.path.name))
    yield f"# A map drafted from {name}. Look it over and save it, then:"
    yield "#   watchkeeper import FILE --map MAP"
    yield "# Lines that begin with # do nothing: take the # away where a guess is right."
    yield f"kind: {draft.kind}{_doubt(draft)}"
    if draft.encoding:
        yield f"encoding: {draft.encoding}  # nothing tells it: do the examples below read well?"
    if draft.sheet:
        yield f"sheet: {_quoted(draft.sheet)}  # the workbook has others"
    yield "columns:" if _left_out(draft) or _taken(draft) else "columns: {}"
    yield from (_column(guess, guess in _left_out(draft)) for guess in draft.guesses)
    yield from _set(draft)
    if draft.fill_down:
        yield f"fill_down: [{', '.join(map(_quoted, draft.fill_down))}]  # blank: as the cell above"
    for column in draft.missing:
        yield f"# {column} is missing, which {draft.kind} needs: {_meaning(draft.kind, column)}"


def _doubt(draft: Draft) -> str:
    if draft.kind_is_sure:
        return ""
    others = f"; it may be {' or '.join(draft.other_kinds)}" if draft.other_kinds else ""
    return f"  # a guess{others}"


def _taken(draft: Draft) -> set[str | None]:
    return {guess.column for guess in draft.guesses if guess.sure >= SURE} | draft.same.keys()


def _left_out(draft: Draft) -> list[Guess]:
    """Return the headers that an import would know, though their values do not fit."""
    known, taken = aliases(kind_of(draft.kind)), _taken(draft)
    unsure = [guess for guess in draft.guesses if guess.sure < SURE]
    return [
        guess
        for guess in unsure
        if fold(guess.header) in known and known[fold(guess.header)] not in taken
    ]


def _column(guess: Guess, left_out: bool) -> str:  # noqa: FBT001  (one of two ways to write it)
    examples = ", ".join(f'"{_shown(text, LONGEST_EXAMPLE)}"' for text in guess.examples)
    why = f"{guess.why}: {examples}" if examples else guess.why
    header = _quoted(guess.header)
    if left_out:
        return f"  {header}: null  # {guess.column}? {why}"
    inert = "" if guess.sure >= SURE else "# "
    return f"  {inert}{header}: {guess.column or 'null'}  # {why}"


def _set(draft: Draft) -> Iterator[str]:
    if draft.same:
        yield "set:"
    yield from (f"  {column}: {word}  # no header says it" for column, word in draft.same.items())
    if "channel" in draft.missing:
        yield "# set: {channel: }  # the same in every row?"


def _meaning(kind: str, column: str) -> str:
    return next(spec.meaning for known, spec in columns_of(kind_of(kind)) if known.name == column)


def _quoted(text: str) -> str:
    """Return a text as YAML has it in quotes; every JSON text is one."""
    return json.dumps(text, ensure_ascii=not text.isprintable())


def _shown(text: str, longest: int) -> str:
    """Return a text that stays on its line of a comment."""
    cut = text if len(text) <= longest else text[: longest - 1] + "…"
    return "".join(char if char.isprintable() else "·" for char in cut)
