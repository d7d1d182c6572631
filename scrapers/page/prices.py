"""Price texts: amounts with their currency, and ranges, as shops print them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from scrapers.page.currency import BEHIND, SIGN, Hints, resolve
from scrapers.page.numbers import NUMBER, amount, plain, read_number

_BETWEEN = r"\s*(?:[-–—~～至到]|\bto\b|\bbis\b)\s*"
_SCALES = {"万": Decimal(10_000), "萬": Decimal(10_000), "億": Decimal(10**8), "亿": Decimal(10**8)}
_SCALES |= dict.fromkeys("kK", Decimal(1_000))
_SCALE = r"(?:[万萬億亿]|(?<=\d)[kK](?!\w|-[a-zA-Z]))"  # "$20 K-cups" are no 20,000
_CENT = Decimal("0.01")
_PRICE = re.compile(
    rf"(?P<before>(?!{BEHIND})(?:{SIGN}))?\s*(?P<low>{NUMBER})\s?(?P<scale>{_SCALE})?"
    rf"(?:\s*(?P<middle>{SIGN})?{_BETWEEN}(?(before)(?:{SIGN})?\s*)(?P<high>{NUMBER})"
    rf"\s?(?P<scales>{_SCALE})?)?"
    rf"(?:\s*(?P<after>{BEHIND}|(?:{SIGN}|[¢￠])(?!\s*\d)))?"
)
# "119. 95", "118, 99 TL": a space behind the mark; "35€99", "1€ 40": the sign for a mark.
_SPACED = re.compile(rf"(\d[.,]) (?=\d\d\s*(?:$|{SIGN}))")
_SIGN_AS_MARK = re.compile(r"(?<![€\d.,])(\d+)€ ?(\d\d)(?![\d%]|[.,]\d|\s*€)")
_SIGN = re.compile(rf"{SIGN}|[¢￠]")
_BARE = re.compile(
    rf"\s*(?P<before>)(?P<low>{NUMBER}(?<=[.,]\d\d))(?P<scale>)(?P<middle>)(?P<high>)(?P<scales>)"
    r"(?P<after>)\s*[*†¹]*\s*"
)
_THREE = re.compile(r"[1-9]\d{0,2}[.,]\d{3}")
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
    return [priced_line(text, hints) for text in texts if _TELLING.search(text)]


def priced_line(text: str, hints: Hints) -> Line:
    """A line with its prices."""
    text = _whole(text)
    return Line(text, find_prices(text, hints))


def _whole(text: str) -> str:
    """Plain text in which no amount is torn by a space or by its own sign."""
    text = plain(text)
    if "€" in text:
        text = _SIGN_AS_MARK.sub(r"\1.\2 €", text)
    return _SPACED.sub(r"\1", text) if ". " in text or ", " in text else text


def find_prices(text: str, hints: Hints) -> list[PriceText]:
    """Every amount of the text that carries a currency sign, in order."""
    text = _whole(text)
    if not _DIGIT.search(text) or not _SIGN.search(text):
        return []
    return [
        _read(match, hints)
        for match in _PRICE.finditer(text)
        if match["before"] or match["middle"] or match["after"]
    ]


def read_price(text: str, hints: Hints) -> PriceText | None:
    """The one price of a text known to be a price, with or without its sign; else None."""
    text = _whole(text)
    matches = [_read(match, hints) for match in _PRICE.finditer(text)]
    signed = find_prices(text, hints)
    chosen = signed or matches
    return chosen[0] if len(chosen) == 1 else None


def bare_price(text: str, hints: Hints) -> PriceText | None:
    """The price of a text that is one amount with decimals and no sign: "69.99", "1 299,00 *"."""
    text = plain(text)
    match = _BARE.fullmatch(text)
    return _read(match, hints) if match else None


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


def _is_clear(token: str, mark: str | None, hints: Hints) -> bool:
    """Whether nobody would read "3,990 Ft" otherwise: three decimals need the page's language."""
    return hints.language is not None or not (_THREE.fullmatch(token) and mark == token[-4])


def _times(number: Decimal | None, scale: Decimal) -> Decimal | None:
    """The number in units; 1.2万 is 12000, 99¢ is 0.99."""
    return number if number is None or scale == 1 else amount(number * scale)


def _read(match: re.Match[str], hints: Hints) -> PriceText:
    signs = [sign for sign in match.group("before", "middle", "after") if sign]
    # "$ 12.00 CAD": the sign that means one currency only says more than the one that doesn't.
    plainly = [code for code in (resolve(sign, Hints()) for sign in signs) if code]
    guided = resolve(signs[0], hints) if signs else hints.currency
    currency = plainly[0] if plainly else guided
    mark = hints.decimal_mark(currency)
    scale = _SCALES.get(match["scale"] or match["scales"] or "", Decimal(1))
    if match["after"] in {"¢", "￠"}:
        scale = _CENT
    low, high = (
        _times(read_number(token, mark), scale) if token and _is_clear(token, mark, hints) else None
        for token in match.group("low", "high")
    )
    if match["high"] and (low is None or high is None or high < low):
        low = high = None
    if high == low:
        high = None
    return PriceText(low, high, currency, match.start(), match.end())
