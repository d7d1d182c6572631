"""Price texts: amounts with their currency, and ranges, as shops print them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from scrapers.page.currency import SIGN, Hints, resolve
from scrapers.page.numbers import NUMBER, amount, plain, read_number

_BETWEEN = r"\s*(?:[-–—~～至到]|\bto\b|\bbis\b)\s*"
_PRICE = re.compile(
    rf"(?P<before>{SIGN})?\s*(?P<low>{NUMBER})"
    rf"(?:\s*(?P<middle>{SIGN})?{_BETWEEN}(?(before)(?:{SIGN})?\s*)(?P<high>{NUMBER}))?"
    rf"(?:\s*(?P<after>{SIGN})(?!\s*\d))?"
)
_SIGN = re.compile(SIGN)
_TELLING = re.compile("[0-9]|[A-Z]{3}")
_DIGIT = re.compile("[0-9]")
_MACHINE = re.compile(r"\d+(?:\.\d+)?|\.\d+")
_PRINTED = re.compile(rf"(?:{SIGN})?\s*({NUMBER})\s*(?:{SIGN}|,-)?")


@dataclass(frozen=True, slots=True)
class PriceText:
    """One price in a text; `low` None is an amount that could mean two things.

    `high` is None for a single price. `start` and `end` are places in `plain(text)`.
    """

    low: Decimal | None
    high: Decimal | None
    currency: str | None
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a page as `plain` text, with its prices."""

    text: str
    prices: list[PriceText]


def priced(lines: list[str], hints: Hints) -> list[Line]:
    """The lines that may speak of price, with their prices: those with a digit or "FOB"."""
    texts = (plain(line) for line in lines)
    return [Line(text, find_prices(text, hints)) for text in texts if _TELLING.search(text)]


def find_prices(text: str, hints: Hints) -> list[PriceText]:
    """Every amount of the text that carries a currency sign, in order."""
    text = plain(text)
    if not _DIGIT.search(text) or not _SIGN.search(text):
        return []
    return [
        _read(match, hints)
        for match in _PRICE.finditer(text)
        if match["before"] or match["middle"] or match["after"]
    ]


def read_price(text: str, hints: Hints) -> PriceText | None:
    """The one price of a text known to be a price, with or without its sign; else None."""
    text = plain(text)
    matches = [_read(match, hints) for match in _PRICE.finditer(text)]
    signed = find_prices(text, hints)
    chosen = signed or matches
    return chosen[0] if len(chosen) == 1 else None


def machine_amount(value: object, decimal_mark: str | None) -> Decimal | None:
    """A price out of structured data, where schema.org and JSON write "." for decimals.

    Shops still print localised text there. When the page's own locale reads an ambiguous token
    differently ("1.299" on a German page) nobody can tell, so it is None.
    """
    if not isinstance(value, str):
        return amount(value)
    text = plain(value).strip()
    if _MACHINE.fullmatch(text):
        return read_number(text, None if decimal_mark in {",", ""} else ".")
    match = _PRINTED.fullmatch(text)
    return read_number(match[1], decimal_mark) if match else None


def _read(match: re.Match[str], hints: Hints) -> PriceText:
    signs = [sign for sign in match.group("before", "middle", "after") if sign]
    # "$ 12.00 CAD": the sign that means one currency only says more than the one that doesn't.
    plainly = [code for code in (resolve(sign, Hints()) for sign in signs) if code]
    guided = resolve(signs[0], hints) if signs else hints.currency
    currency = plainly[0] if plainly else guided
    mark = hints.decimal_mark(currency)
    low = read_number(match["low"], mark)
    high = read_number(match["high"], mark) if match["high"] else None
    if match["high"] and (low is None or high is None or high < low):
        low = high = None
    if high == low:
        high = None
    return PriceText(low, high, currency, match.start(), match.end())
