"""Counts as shops print them: units sold ("1K+ bought in past month"), reviews, ratings of five."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from scrapers.page.model import Window
from scrapers.page.numbers import plain

FIVE = Decimal(5)
"""Ratings are told on the scale that most shops use, of five."""

_SCALES = {
    "k": 1000, "tsd": 1000, "tis": 1000, "mil": 1000, "тыс": 1000, "bin": 1000, "천": 1000,
    "千": 1000, "m": 10**6, "mln": 10**6, "млн": 10**6, "万": 10**4, "w": 10**4, "萬": 10**4,
    "만": 10**4, "亿": 10**8, "億": 10**8,
}  # fmt: skip
_SCALE = "|".join(sorted(_SCALES, key=len, reverse=True))
_COUNT = re.compile(
    r"(?<![\d.,])(?P<least>(?:over|more than|über|mehr als|plus de|más de|oltre|超过)\s*)?"
    rf"(?P<number>\d{{1,3}}(?:[., ']\d{{3}})+|\d{{1,12}}(?:[.,]\d{{1,2}})?)(?![.,]?\d)"
    rf"\s?(?P<scale>(?:{_SCALE})(?![^\W\d_])|[千万萬만천亿億])?\.?\s?(?P<more>\+|以上|多|点以上|余)?",
    re.IGNORECASE,
)
# A stretch of time holds a number that is no count: "in the last 30 days", "過去1か月で".
_DAYS = r"(?P<days>\d{1,3})\s?(?:days?\b|tagen?\b|jours?\b|días?\b|giorni\b|天|日)"
_MONTHS = (
    r"(?P<months>\d{1,2})\s?(?:months?\b|monaten?\b|mois\b|meses\b|mesi\b"
    r"|か月|ヶ月|カ月|个月|個月|개월)"
)
_MONTH = (
    r"(?:past|last|letzten|dernier|último|ultimo)\s(?:month|monat|mois|mes|mese)"
    r"|mois dernier|月销|月成交"
)
_EVER = r"\btotal (?:sold|sales)|累计|总销量|總銷量"
_OTHER_TIME = re.compile(r"\b(?:today|day|week|year|hours?)\b|今日|周销|年销|年成交", re.IGNORECASE)
_TIME = re.compile(rf"(?:{_DAYS}|{_MONTHS})", re.IGNORECASE)
_LAST_MONTH, _ALL_TIME = re.compile(_MONTH, re.IGNORECASE), re.compile(_EVER, re.IGNORECASE)
_DAYS_A_MONTH = 30
_LONGEST = 200
_TOO_MANY = 10**12  # nothing sells so often; an id was taken for a count
_WINDOWS: dict[int, Window] = {30: "30d", 180: "180d"}
_NUMBER = re.compile(r"\d+(?:[.,]\d+)?")


@dataclass(frozen=True, slots=True)
class Sold:
    """Units sold: how many, over which time (None: not stated), and whether it may be more."""

    number: int
    over: Window | None
    at_least: bool


def sold_in(text: object) -> Sold | None:
    """Units sold as a text says it; None without exactly one count, or over another time."""
    line = _line(text)
    stretches = list(_TIME.finditer(line))
    counts = list(_COUNT.finditer(_TIME.sub(" ", line)))
    number = _number(counts[0]) if len(counts) == 1 else None
    over = _window(line, stretches)
    if number is None or (stretches and over is None) or _OTHER_TIME.search(line):
        return None
    return Sold(number, over, bool(counts[0]["more"] or counts[0]["least"]))


def count_in(text: object) -> int | None:
    """The one count of a text, "(1,234 ratings)"; None for none and for several."""
    counts = list(_COUNT.finditer(_line(text)))
    return _number(counts[0]) if len(counts) == 1 else None


def tally(value: Any) -> int | None:
    """A machine's count, 0 or more; None for anything else."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | Decimal):
        return int(value) if 0 <= value < _TOO_MANY and value == int(value) else None
    digits = value.strip() if isinstance(value, str) else ""
    return int(digits) if re.fullmatch(r"[0-9]{1,12}", digits) else None


def rating(value: Any, best: Any = None) -> Decimal | None:
    """A rating, of five whatever the shop's best is; None for 0, which is nobody's rating."""
    stated, top = _decimal(value), _decimal(best) or FIVE
    if stated is None or stated > top:
        return None
    return (stated * FIVE / top).quantize(Decimal("0.01")) or None


def rating_in(text: object) -> Decimal | None:
    """The rating of a text that names its best: "4.5 out of 5 stars", "5つ星のうち4.5"."""
    numbers = _NUMBER.findall(_line(text))
    if len(numbers) != 2 or "5" not in numbers:  # noqa: PLR2004  (a rating and its best)
        return rating(numbers[0]) if len(numbers) == 1 else None
    numbers.remove("5")
    return rating(numbers[0])


def of_sold(sold: Sold | None) -> dict[str, Any]:
    """The fields of a `Reading` that tell what was sold."""
    if sold is None:
        return {}
    return {"sold": sold.number, "sold_over": sold.over, "sold_at_least": sold.at_least}


def _line(text: object) -> str:
    """The text to read, "" for what is no short text."""
    return plain(text) if isinstance(text, str) and len(text) <= _LONGEST else ""


def _window(line: str, stretches: list[re.Match[str]]) -> Window | None:
    if stretches:
        first = stretches[0]
        days = int(first["days"] or 0) or int(first["months"]) * _DAYS_A_MONTH
        return _WINDOWS.get(days)
    if _LAST_MONTH.search(line):
        return "30d"
    return "all_time" if _ALL_TIME.search(line) else None


def _number(match: re.Match[str]) -> int | None:
    """The count; None for "1.234K" and for half a piece."""
    digits, scale = match["number"], (match["scale"] or "").lower()
    if not scale or re.search(r"[., ']\d{3}", digits):
        whole = re.sub(r"[., '](?=\d{3})", "", digits)
        count = int(whole) if whole.isdecimal() and not scale else None
        return count if count is None or count < _TOO_MANY else None
    return int(Decimal(digits.replace(",", ".")) * _SCALES[scale])


def _decimal(value: Any) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | Decimal | str):
        return None
    try:
        number = Decimal(value.strip().replace(",", ".") if isinstance(value, str) else value)
    except InvalidOperation:
        return None
    return number if number.is_finite() and number > 0 else None
