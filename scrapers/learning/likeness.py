"""How alike a header and a column are: by their words, and by the values under the header."""

import re
from collections.abc import Callable, Collection, Sequence
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import islice

from core.ledger.cells import CLEARED, without_wrapping
from core.ledger.converter import READERS
from core.ledger.headers import fold
from core.ledger.records.column import Form, Spec
from core.settings import Store

SURE, UNSURE = 0.75, 0.45
"""How alike a header and a column are that is written down, or proposed in a comment."""

DIFFERENT = 50
"""Different values of a column that are tried."""

FITTING = 0.9
"""Share of a column's values that a form takes, if the column is of that form."""

FAMILIAR = 0.5
"""Share of a column's values that are articles of the ledger, if they are articles."""

SHAPES = {Form.EMAIL: 0.6, Form.CURRENCY: 0.8, Form.MOMENT: 0.5, Form.DAY: 0.5}
"""Forms that values show, whatever their header is, and how sure that makes a guess."""

BRACKETS = re.compile(r"[(（\[【]([^)）\]】]*)[)）\]】]")

_ORDER_NUMBER = re.compile(r"#[0-9]{3,}|[0-9]{3}-[0-9]{7}-[0-9]{7}|[0-9]{15,19}")
"""Of Shopify, Amazon and Alibaba."""


def likeness(
    header: str,
    values: Sequence[str],
    name: str,
    spec: Spec,
    store: Store,
    skus: Collection[str],
) -> tuple[float, str]:
    """Return how likely a header means a column, and why."""
    given = list(islice(dict.fromkeys(filter(None, map(str.strip, values))), DIFFERENT))
    words = _words_alike(header, (name, *spec.aliases))
    told = "the header is known" if words == 1 else "the header is like it"
    if not given:
        return words * 0.9, f"{told}, and there are no values"
    shape, shown = _shape(given, name, spec, skus)
    if max(words, shape) < UNSURE:
        return 0.0, ""
    fitting = _share(given, lambda value: _fits(value, spec, store))
    if fitting < FITTING:
        if words == 1 and fitting >= FAMILIAR:
            return SURE, "the header is known, but not all values fit"
        return words * 0.7, "the header is like it, but not all values are"
    return (shape, shown) if shape > words else (words, told)


def _shape(given: Sequence[str], name: str, spec: Spec, skus: Collection[str]) -> tuple[float, str]:
    """Return how much the values alone speak for a column, if they fit, and how."""
    if name == "sku" and _share(given, skus.__contains__) >= FAMILIAR:
        return 1.0, "the values are articles of the store"
    if name == "order_no" and _share(given, _is_order_number) >= FITTING:
        return 0.8, "the values look like order numbers"
    return SHAPES.get(spec.form, 0.0), f"the values have the form: {spec.form}"


def _is_order_number(value: str) -> bool:
    return bool(_ORDER_NUMBER.fullmatch(without_wrapping(value)))


def _share(values: Sequence[str], holds: Callable[[str], bool]) -> float:
    return sum(map(holds, values)) / len(values)


def _fits(value: str, spec: Spec, store: Store) -> bool:
    """Tell whether a column takes a value; an open choice only the words that it knows."""
    if value in CLEARED:
        return True
    try:
        word = READERS[spec.form](spec, store)(without_wrapping(value))
    except ValueError:
        return False
    return not spec.values or word in spec.values


def _words_alike(header: str, names: Sequence[str]) -> float:
    """Return 1 for a known header, less for one that holds a known one or is spelled like it."""
    plain = fold(header)
    without = fold(BRACKETS.sub("", header))
    known = set(map(fold, names))
    if plain in known:
        return 1.0
    if without in known:
        return 0.95
    return max(_alike(without or plain, word) for word in known)


@lru_cache(1 << 16)
def _alike(header: str, word: str) -> float:
    if not header:
        return 0.0
    spelled = 0.9 * SequenceMatcher(None, header, word).ratio()
    long_enough = len(word) > (1 if not word.isascii() else 2)
    holds = 0.55 + 0.4 * len(word) / len(header) if long_enough and word in header else 0.0
    return max(spelled, holds)
