"""A price as people type it: an amount with its currency, and from how many pieces on it holds."""

import re
from dataclasses import dataclass
from decimal import Decimal

from scrapers.page.currency import Hints, code_of
from scrapers.page.prices import priced_line

_MOST_PIECES = 9
"""Digits of a quantity."""
_FROM = re.compile(
    r"(?:\bfrom|从|自)\s*(?P<after>\d[\d,]*)\s*(?:pcs|pieces|piece|件|个)?\s*起?$"
    r"|(?<![\d.,])(?P<before>\d[\d,]*)\s*(?:件|个)?起$",
    re.IGNORECASE,
)
_CODE = re.compile(r"(?<![a-z])[a-z]{3}(?![a-z])", re.IGNORECASE)
_BESIDE = re.compile(r"\b(?:fob|per|each|piece|pcs?)\b|[/每件个\s]", re.IGNORECASE)
"""What may stand beside a price and changes nothing."""


@dataclass(frozen=True)
class TypedPrice:
    """A price, and the pieces from which it holds where that was said."""

    price: Decimal
    currency: str
    min_quantity: int | None


def read(text: str) -> TypedPrice | None:
    """Return the one price that a text states; None where it is not clear.

    "1.299,00 €" is 1299.00 EUR. "1.299 €" could be two amounts, "$9.30" many countries' dollars,
    "9 to 12 USD" is no one price: whoever typed it is asked again.
    """
    text = text.strip()
    quantity = _FROM.search(text)
    words = text[: quantity.start()] if quantity else text
    line = priced_line(_CODE.sub(_as_code, words), Hints())
    if len(line.prices) != 1:
        return None
    [found] = line.prices
    beside = line.text[: found.start] + line.text[found.end :]
    if not found.low or found.high or not found.currency or _BESIDE.sub("", beside):
        return None
    pieces = _pieces(quantity) if quantity else None
    return None if pieces == 0 else TypedPrice(found.low, found.currency, pieces)


def _as_code(word: re.Match[str]) -> str:
    return code_of(word[0]) or word[0]


def _pieces(quantity: re.Match[str]) -> int:
    """Return a quantity; 0 for one that is none."""
    digits = (quantity["after"] or quantity["before"]).replace(",", "")
    return int(digits) if len(digits) <= _MOST_PIECES else 0
