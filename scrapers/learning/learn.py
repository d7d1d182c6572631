"""What the headers of an unknown export may mean: by their words, and by the values under them.

`learn` drafts a map (`scrapers.mapping`) for a person to look over; nothing is imported by it.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice
from pathlib import Path

from core.ledger.cells import SIGNS
from core.ledger.headers import fold, understood_by
from core.ledger.records import KINDS, Record, columns_of, kind_of
from core.ledger.records.column import Form
from core.settings import Store
from scrapers.guessing import kind_in_name
from scrapers.learning.draft import Draft, Guess
from scrapers.learning.likeness import BRACKETS, SURE, UNSURE, likeness
from scrapers.learning.words import CHANNEL_WORDS, KIND_WORDS
from scrapers.tables import Table, open_table
from scrapers.tables.encoding import encoding_of, guessed_encoding
from scrapers.tables.opening import is_workbook
from scrapers.tables.table import FileProblem
from scrapers.tables.trends import unfolded

LOOKED_AT = 500
"""Rows whose values are looked at."""

AHEAD = 1.0
"""What the likeliest kind is ahead of the next one if there is no doubt."""

APART = 0.05
"""What the best guess is better than the next if there is no doubt."""

EXAMPLES = 3

NUMBERS = (Form.COUNT, Form.NUMBER, Form.MONEY)

Pair = tuple[tuple[float, str], int, str]
"""How sure and why, the place of the header, the column."""


@dataclass(frozen=True)
class _Sample:
    """The header and first rows of a file, column by column."""

    path: Path
    headers: Sequence[str]
    columns: Sequence[Sequence[str]]
    sheet: str | None
    has_others: bool

    @property
    def words(self) -> str:
        """The words that speak for a kind or a channel."""
        return fold(" ".join([self.path.stem, self.sheet or "", *self.headers]))


def learn(path: Path, kind: str | None, store: Store, skus: Collection[str]) -> Draft:
    """Draft a map for a file, of the likeliest kind unless that is given. Raises FileProblem.

    `skus` are the store's articles.
    """
    if kind is not None and kind not in KINDS:
        raise FileProblem(f"there is no kind of record {kind!r}; there are {', '.join(KINDS)}")
    encoding = None if is_workbook(path) else guessed_encoding(path)
    sample = _sample(path, kind, encoding)
    wanted = [kind] if kind else list(KINDS)
    drafts = [_draft(sample, kind_of(name), store, skus) for name in wanted]
    likely = sorted(drafts, key=lambda draft: _likelihood(sample, draft), reverse=True)
    best, *others = likely
    near = [
        other.kind
        for other in others
        if _likelihood(sample, best) - _likelihood(sample, other) < AHEAD
    ]
    told = encoding if encoding and not _is_read_anyway(path) else None
    sure = bool(kind) or (not near and not best.missing)
    return replace(best, kind_is_sure=sure, other_kinds=near[:EXAMPLES], encoding=told)


def _is_read_anyway(path: Path) -> bool:
    try:
        encoding_of(path)
    except FileProblem:
        return False
    return True


def _sample(path: Path, kind: str | None, encoding: str | None) -> _Sample:
    kinds = [kind_of(kind)] if kind else list(KINDS.values())
    with open_table(path, understood_by(*kinds), encoding=encoding) as opened:
        table: Table = unfolded(opened, path.name)
        width = len(table.headers)
        rows = chain.from_iterable(chunk.rows for chunk in table.chunks)
        whole = (row for row in rows if len(row) >= width and any(map(str.strip, row)))
        columns = list(zip(*(row[:width] for row in islice(whole, LOOKED_AT)), strict=True))
        columns = columns or [()] * width
        return _Sample(path, table.headers, columns, table.sheet, bool(table.ignored_sheets))


def _likelihood(sample: _Sample, draft: Draft) -> float:
    """Return how much speaks for a kind: what is matched, what is missing, the file's name."""
    named = kind_in_name(sample.path) == draft.kind
    name = fold(f"{sample.path.stem} {sample.sheet or ''}")
    spoken = any(fold(word) in name for word in KIND_WORDS.get(draft.kind, ()))
    matched = sum(guess.sure for guess in draft.guesses if guess.sure >= SURE)
    return matched - 3 * len(draft.missing) + 5 * named + 2 * spoken


def _draft(sample: _Sample, kind: type[Record], store: Store, skus: Collection[str]) -> Draft:
    guesses = _guesses(sample, kind, store, skus)
    same = _same(sample, kind, guesses, store)
    sure = {guess.column for guess in guesses if guess.sure >= SURE} | same.keys()
    required = [column.name for column, spec in columns_of(kind) if spec.required]
    return Draft(
        path=sample.path,
        kind=kind.kind_name,
        kind_is_sure=False,
        other_kinds=(),
        encoding=None,
        sheet=sample.sheet if sample.has_others else None,
        guesses=guesses,
        same=same,
        fill_down=_fill_down(sample, kind, guesses),
        missing=[name for name in required if name not in sure],
    )


def _guesses(
    sample: _Sample, kind: type[Record], store: Store, skus: Collection[str]
) -> list[Guess]:
    """Return a guess for each header: the best pairs first, each column once."""
    specs = {column.name: spec for column, spec in columns_of(kind) if spec.in_files}
    pairs = sorted(
        (
            (likeness(header, values, name, spec, store, skus), place, name)
            for place, (header, values) in enumerate(
                zip(sample.headers, sample.columns, strict=True)
            )
            for name, spec in specs.items()
        ),
        key=lambda pair: (-pair[0][0], pair[1]),
    )
    chosen: dict[int, Guess] = {}
    for (sure, why), place, name in pairs:
        free = [pair for pair in pairs if _is_free(pair, chosen)] if UNSURE <= sure < 1 else []
        told = Guess(sample.headers[place], name, sure, why, _examples(sample.columns[place]))
        if sure >= UNSURE and _is_free(((sure, why), place, name), chosen):
            doubtful = sure >= SURE and _rivals(free, sure, place, name)
            doubt = replace(told, sure=SURE - 0.01, why="others are as like it")
            chosen[place] = doubt if doubtful else told
    return [
        chosen.get(place)
        or Guess(header, None, 0, "no column is like it", _examples(sample.columns[place]))
        for place, header in enumerate(sample.headers)
    ]


def _is_free(pair: Pair, chosen: Mapping[int, Guess]) -> bool:
    _, place, name = pair
    return place not in chosen and all(guess.column != name for guess in chosen.values())


def _rivals(free: Sequence[Pair], sure: float, place: int, name: str) -> bool:
    """Tell whether a header could as well mean another column, or a column be another header."""
    return any(
        sure - other < APART and (a_place == place) != (a_name == name)
        for (other, _), a_place, a_name in free
    )


def _examples(values: Sequence[str]) -> list[str]:
    return list(islice(dict.fromkeys(value for value in values if value.strip()), EXAMPLES))


def _same(
    sample: _Sample, kind: type[Record], guesses: Sequence[Guess], store: Store
) -> dict[str, str]:
    """Return what every row has and no column says: the channel, the currency of `Cost (USD)`."""
    specs = {column.name: spec for column, spec in columns_of(kind) if spec.in_files}
    sure = {guess.column: guess for guess in guesses if guess.sure >= SURE and guess.column}
    same: dict[str, str] = {}
    if "channel" in specs and "channel" not in sure:
        channel = _channel(sample.words, specs["channel"].values)
        same |= {"channel": channel} if channel else {}
    if "currency" in specs and "currency" not in sure:
        money = [g for name, g in sure.items() if specs[name].form is Form.MONEY]
        currencies = {code for guess in money for code in _currency(guess.header, store)}
        same |= {"currency": currencies.pop()} if len(currencies) == 1 else {}
    return same


def _channel(words: str, values: Collection[str]) -> str | None:
    fits = [
        channel
        for channel, signs in CHANNEL_WORDS.items()
        if channel in values and any(fold(sign) in words for sign in signs)
    ]
    return fits[0] if len(fits) == 1 else None


def _currency(header: str, store: Store) -> Iterator[str]:
    """Yield the currency in a header's brackets: Cost (USD), 花费（元）."""
    for inside in BRACKETS.findall(header):
        sign = inside.strip().upper()
        known = SIGNS.get(sign, (sign,) if re.fullmatch("[A-Z]{3}", sign) else ())
        if store.currency in known:
            yield store.currency
        else:
            yield from known[:1]


def _fill_down(sample: _Sample, kind: type[Record], guesses: Sequence[Guess]) -> list[str]:
    """Return the headers whose cells are blank below a filled one, as merged cells are read.

    Only of what every row needs, and its currency; blank at the end is how sums look. A number
    is never what the one above is: a level that nobody counted must not become another's.
    """
    specs = {column.name: spec for column, spec in columns_of(kind)}
    return [
        guess.header
        for guess, values in zip(guesses, sample.columns, strict=True)
        if guess.column
        and guess.sure >= SURE
        and (specs[guess.column].required or specs[guess.column].form is Form.CURRENCY)
        and specs[guess.column].form not in NUMBERS
        and _has_gaps(values, at_the_end=specs[guess.column].form is Form.CURRENCY)
    ]


def _has_gaps(values: Sequence[str], *, at_the_end: bool) -> bool:
    """Tell whether a column begins filled and has blank cells, between filled ones or anywhere."""
    filled = [bool(value.strip()) for value in values]
    if filled[:1] != [True]:
        return False
    last = len(filled) if at_the_end else len(filled) - filled[::-1].index(True)
    return not all(filled[:last])
