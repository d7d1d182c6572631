"""Numbers as people and programs write them, read exactly or not at all."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from babel import Locale, UnknownLocaleError

# First code point of each script's ten digits: Arabic, Persian, Devanagari, Bengali, Gurmukhi,
# Gujarati, Odia, Tamil, Telugu, Kannada, Malayalam, Thai, Lao, Tibetan, Burmese, Khmer, fullwidth.
_ZEROS = (
    *(0x660, 0x6F0, 0x966, 0x9E6, 0xA66, 0xAE6, 0xB66, 0xBE6, 0xC66, 0xCE6, 0xD66),
    *(0xE50, 0xED0, 0xF20, 0x1040, 0x17E0, 0xFF10),
)
_BIDI = (0x200E, 0x200F, 0x061C, *range(0x202A, 0x202F), *range(0x2066, 0x206A))
_SPACES = (0xA0, 0x2007, 0x2009, 0x202F, 0x3000)
_PLAIN: dict[int, int | str | None] = {
    **{zero + digit: str(digit) for zero in _ZEROS for digit in range(10)},
    **dict.fromkeys(_BIDI),
    **dict.fromkeys(_SPACES, " "),
    ord("．"): ".",
    ord("，"): ",",
    ord("￥"): "¥",
    ord("＄"): "$",
    ord("￡"): "£",
    ord("’"): "'",
    ord("٬"): "'",  # the Arabic thousands mark can be nothing else, like the Swiss apostrophe
}

NUMBER = r"(?<!\d)(?<!\d[.,'])(?:\d+(?:(?:[.,'٫]| (?=\d{3}(?!\d)))\d+)*|[.,]\d+)"
"""Pattern of one number in text that went through `plain`."""

_MARKS = re.compile(r"[^\d]")
_LARGEST, _FINEST = 12, -8
_GROUP = 3


def plain(text: str) -> str:
    """The text with ASCII digits and spaces, without direction marks."""
    return text.translate(_PLAIN)


def read_number(token: str, decimal_mark: str | None = None) -> Decimal | None:
    """The value of one `NUMBER`, None when it could mean two things ("1.299") or nothing.

    `decimal_mark` says what settles an ambiguous token: "." or ",", "" when the amounts have no
    decimals at all, None when nobody knows.
    """
    marks = _MARKS.findall(token)
    if not marks:
        return amount(token)
    last = marks[-1]
    whole, _, fraction = token.rpartition(last)
    if _is_decimal(last, marks, whole, fraction, decimal_mark):
        return amount(f"{_joined(whole)}.{fraction}") if _grouped(whole) else None
    if len(marks) == 1 and last in ".," and decimal_mark is None:
        return None
    return amount(_joined(token)) if _grouped(token) else None


def _is_decimal(
    last: str, marks: list[str], whole: str, fraction: str, decimal_mark: str | None
) -> bool:
    if last == "٫":
        return True
    if last not in ".,":
        return False
    if len(marks) > 1:
        return marks.count(last) == 1
    if len(fraction) != _GROUP or len(whole) > _GROUP or whole[:1] in "0":
        return True
    return last == decimal_mark


def _grouped(whole: str) -> bool:
    """Whether the digits stand in groups as somewhere on earth: 1 299, 12,34,567; not 1.2.3."""
    marks = _MARKS.findall(whole)
    sizes = [len(group) for group in _MARKS.split(whole)]
    return not marks or (
        len(set(marks)) == 1
        and 1 <= sizes[0] <= _GROUP
        and sizes[-1] == _GROUP
        and all(_GROUP - 1 <= size <= _GROUP for size in sizes[1:])
    )


def _joined(whole: str) -> str:
    return _MARKS.sub("", whole) or "0"


def amount(value: object) -> Decimal | None:
    """A price as a Decimal: positive, below 10^12, at most 8 decimals; else None.

    Zero is None: a shop that says 0 has no price to compare (a failed read looks the same).
    """
    if isinstance(value, bool) or not isinstance(value, int | str | Decimal):
        return None
    try:
        number = Decimal(value)
    except (InvalidOperation, ValueError):
        return None
    if not number.is_finite() or number <= 0 or number.adjusted() >= _LARGEST:
        return None
    exponent = number.as_tuple().exponent
    if not isinstance(exponent, int) or exponent < _FINEST:
        return None
    return Decimal(format(number, "f"))


@lru_cache(maxsize=256)
def language_mark(language: str) -> str | None:
    """The decimal mark a language tag ("de", "es-MX") writes, None when it is not known."""
    try:
        symbols = Locale.parse(language.replace("-", "_")).number_symbols
    except (UnknownLocaleError, ValueError, TypeError):
        return None
    mark = str((symbols.get("latn") or {}).get("decimal", ""))
    return mark if mark in {".", ","} else None
