"""What one cell of people's files means: text in, a value out.

Every reader raises ValueError with a problem that a person can act on; none of them guesses.
"""

import json
import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, NamedTuple
from unicodedata import normalize
from zoneinfo import ZoneInfo

from babel.numbers import is_currency

from core.ledger.records.column import LARGEST
from core.ledger.types import MICRO

CLEARED = frozenset({"null", "NULL", "-", "无"})
"""Cells that say: forget what was known."""

SIGNS: dict[str, tuple[str, ...]] = {
    "$": ("USD", "CAD", "AUD", "HKD", "SGD", "NZD", "MXN"),
    "US$": ("USD",),
    "C$": ("CAD",),
    "CA$": ("CAD",),
    "A$": ("AUD",),
    "AU$": ("AUD",),
    "HK$": ("HKD",),
    "S$": ("SGD",),
    "NZ$": ("NZD",),
    "MX$": ("MXN",),
    "R$": ("BRL",),
    "¥": ("CNY", "JPY"),
    "CN¥": ("CNY",),
    "RMB": ("CNY",),
    "RMB¥": ("CNY",),
    "元": ("CNY",),
    "人民币": ("CNY",),
    "JP¥": ("JPY",),
    "円": ("JPY",),
    "日元": ("JPY",),
    "€": ("EUR",),
    "欧元": ("EUR",),
    "£": ("GBP",),
    "英镑": ("GBP",),
    "美元": ("USD",),
    "美金": ("USD",),
    "加元": ("CAD",),
    "₹": ("INR",),
    "₩": ("KRW",),
    "₽": ("RUB",),
    "₺": ("TRY",),
}
"""Currencies that a sign may stand for, the likeliest first."""

COMMA_DECIMALS = frozenset({"EUR", "BRL", "RUB", "TRY"})
"""Currencies whose people often write 1.299,00 for what others write 1,299.00."""

MOST_MONEY = Decimal(LARGEST // MICRO)
SMALLEST_MONEY = Decimal(1) / MICRO
ROOM_FOR_THE_CUT = 30
"""Characters left free for saying how much of a text was cut off."""
LONGEST_NUMBER = 60
"""Characters that a number, a day or a moment may have."""

_SIMPLE = re.compile(r"-?[0-9]{1,12}(?:\.[0-9]{1,6})?")
_SIGN = r"([^\s\d.,+-]*(?:\s[$¥€£])?)"
_MONEY = re.compile(rf"([-+]?)\s*{_SIGN}\s*([-+]?)\s*([\d.,\s]*\d)\s*([^\s\d.,+-]*)", re.ASCII)
_POINT = re.compile(
    r"[0-9]*(?:\.[0-9]+)?|[1-9][0-9]{0,2}([, ])[0-9]{3}(?:\1[0-9]{3})*(?:\.[0-9]+)?"
)
_COMMA = re.compile(r"[0-9]+,[0-9]+|[1-9][0-9]{0,2}([. ])[0-9]{3}(?:\1[0-9]{3})*(?:,[0-9]+)?")
_COUNT = re.compile(r"([-+]?)([0-9]+|[1-9][0-9]{0,2}([, ])[0-9]{3}(?:\3[0-9]{3})*)(?:\.0+)?")
_DATE = re.compile(r"([0-9]{4})(?:([-/.])([0-9]{1,2})\2|年([0-9]{1,2})月)([0-9]{1,2})日?(?=$|[T ])")
_SHORT_HOUR = re.compile(r"(?<=[T ])(?=[0-9]:)")
_BEFORE_OFFSET = re.compile(r" (?=[-+]|Z$)")
_MOMENT = re.compile(r"[0-9W-]+(?:[T ][0-9:.,]+(?:Z|[+-][0-9:]+)?)?")
_FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_EMAIL = re.compile(r"[^@\s<>,;]+@[^@\s<>,;]+")
_GAPS = re.compile(r"[\s-]+")
_SHORTENED = re.compile(r"[0-9](\.[0-9]+)?E\+[0-9]{2,3}")

SUMS = frozenset({"合计", "总计", "小计", "total", "grand total", "subtotal"})
"""What stands in the first cell of a row that adds up the others."""

YES = frozenset({"true", "yes", "1", "是"})
NO = frozenset({"false", "no", "0", "否"})


class Money(NamedTuple):
    """An amount and the currencies its sign may stand for; none without a sign."""

    amount: Decimal
    may_be: tuple[str, ...]


def as_cell(value: object) -> str:
    """Write a program's value the way a file would have it; None clears."""
    match value:
        case str():
            return value
        case float() | Decimal():
            return format(Decimal(str(value)), "f")
        case date():
            return value.isoformat()
        case None | bool() | list() | dict():
            return json.dumps(value, ensure_ascii=False, default=as_cell)
        case _:
            return str(value)


def read_text(cell: str, longest: int) -> str:
    """Return `cell` as it is; refuse control characters and more than `longest` characters."""
    if len(cell) > longest:
        raise ValueError(f"has {len(cell):,} characters; at most {longest:,} are kept")
    found = _FORBIDDEN.search(cell)
    if found:
        raise ValueError(f"contains the control character {found[0]!r}")
    return cell


def without_controls(text: str) -> str:
    """Return a text without what no database keeps, and what nobody writes on purpose."""
    return _FORBIDDEN.sub("", text)


def read_prose(cell: str, longest: int) -> str:
    """Return people's own words; of too many, the first ones and how many characters follow.

    A control character, which nobody writes on purpose, is left out: the words count.
    """
    cell = without_controls(cell)
    left = len(cell) - longest
    if left <= 0:
        return read_text(cell, longest)
    cut = f" … [+{left + ROOM_FOR_THE_CUT:,}]"
    return read_text(cell[: longest - ROOM_FOR_THE_CUT] + cut, longest)


def without_wrapping(cell: str) -> str:
    """Return `123` for `="123"`: so exports keep spreadsheets from shortening a number."""
    wrapped = cell.startswith('="') and cell.endswith('"') and len(cell) > len('=""')
    return cell[2:-1].strip() if wrapped else cell


def read_key(cell: str, longest: int) -> str:
    """Return a key's text; like `read_text`, but `longest` counts UTF-8 bytes.

    A long number that a spreadsheet has shortened is refused: many numbers would be one. So is the
    word for a sum: an export's last line is no article.
    """
    if cell.rstrip(":： ").casefold() in SUMS:
        raise ValueError(f"{_shown(cell)} is a sum, not a record")
    if _SHORTENED.fullmatch(cell):
        raise ValueError(
            f"{_shown(cell)} is a number that a spreadsheet has shortened: format the column as "
            "text before saving"
        )
    text = read_text(cell, longest)
    size = len(text.encode())
    if size > longest:
        raise ValueError(f"has {size:,} bytes; at most {longest:,} are kept")
    return text


def read_email(cell: str, longest: int) -> str:
    """Return an e-mail address in lower case."""
    address = read_key(cell, longest).lower()
    if not _EMAIL.fullmatch(address):
        raise ValueError(f"{_shown(cell)} isn't an e-mail address")
    return address


def read_choice(cell: str, values: tuple[str, ...], longest: int, *, closed: bool) -> str:
    """Return the word of `values` that `cell` means, or the cell itself when others are taken."""
    word = _GAPS.sub("_", cell).casefold()
    if word in values:
        return word
    if closed:
        raise ValueError(f"{_shown(cell)} is none of {', '.join(values)}")
    return read_key(cell, longest)


def read_boolean(cell: str) -> bool:
    """Return true for true, yes, 1, 是 and false for false, no, 0, 否."""
    word = cell.casefold()
    if word in YES:
        return True
    if word in NO:
        return False
    raise ValueError(f"{_shown(cell)} isn't yes or no")


def read_json(cell: str) -> Any:
    """Return the value of a JSON text."""
    try:
        return json.loads(cell)
    except ValueError:
        raise ValueError(f"{_shown(cell)} isn't JSON") from None


def read_count(cell: str, low: int, high: int) -> int:
    """Return a whole number between `low` and `high`; thousands may be separated."""
    found = _COUNT.fullmatch(_plain(cell))
    if not found:
        raise ValueError(f"{_shown(cell)} isn't a whole number")
    sign, digits, _ = found.groups()
    number = int(sign + digits.replace(",", "").replace(" ", ""))
    if not low <= number <= high:
        raise ValueError(f"{_shown(cell)} is outside {low} to {high}")
    return number


def read_currency(cell: str, default: str) -> str:
    """Return the ISO 4217 code that a code or a sign means; `default` decides between several."""
    return pick_currency(_currencies(_plain(cell)), default)


def pick_currency(may_be: tuple[str, ...], default: str) -> str:
    """Return `default` if it is one of `may_be`, else the likeliest of them."""
    return default if default in may_be else may_be[0]


def read_money(cell: str) -> Money:
    """Return an amount with the currencies its sign allows.

    `1,299.00`, `1.299,00` and `1 299.00` are read alike. A number that both the habit of the
    point and that of the comma allow is read with the point, or refused if it carries the sign
    of a currency often written with the comma.
    """
    if _SIMPLE.fullmatch(cell):
        return Money(Decimal(cell), ())
    found = _MONEY.fullmatch(_plain(cell))
    if not found:
        raise ValueError(f"{_shown(cell)} isn't an amount")
    minus, before, inner_minus, number, after = found.groups()
    if (before and after) or (minus and inner_minus):
        raise ValueError(f"{_shown(cell)} isn't an amount")
    sign = before or after
    may_be = _currencies(sign) if sign else ()
    amount = _amount(number, may_be, cell)
    return Money(-amount if "-" in (minus, inner_minus) else amount, may_be)


def read_number(cell: str) -> Decimal:
    """Return a number that is no money, written like an amount without a currency's sign."""
    money = read_money(cell)
    if money.may_be:
        raise ValueError(f"{_shown(cell)} is an amount of money, not a mere number")
    return money.amount


def read_day(cell: str, zone: ZoneInfo) -> date:
    """Return a day; of a moment with an offset, the day it is in the store's `zone`."""
    try:
        return _moment(cell, zone).date()
    except (ValueError, OverflowError):
        raise ValueError(f"{_shown(cell)} isn't a day like 2026-03-05") from None


def read_moment(cell: str, zone: ZoneInfo) -> datetime:
    """Return a moment in UTC; without an offset the cell's time is in the store's `zone`."""
    try:
        return _moment(cell, zone).astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError(f"{_shown(cell)} isn't a moment like 2026-03-05 14:30") from None


def _moment(cell: str, zone: ZoneInfo) -> datetime:
    text = _DATE.sub(_iso_date, " ".join(_plain(cell).split()), count=1)
    text = _BEFORE_OFFSET.sub("", _SHORT_HOUR.sub("0", text))
    if not _MOMENT.fullmatch(text):
        raise ValueError(cell)
    moment = datetime.fromisoformat(text)
    return moment.astimezone(zone) if moment.tzinfo else moment.replace(tzinfo=zone)


def _iso_date(found: re.Match[str]) -> str:
    year, _, month, zh_month, day = found.groups()
    return f"{year}-{month or zh_month:0>2}-{day:0>2}"


def _amount(number: str, may_be: tuple[str, ...], cell: str) -> Decimal:
    point, comma = _read_with_point(number), _read_with_comma(number)
    amount = comma if point is None else point
    if amount is None:
        raise ValueError(f"{_shown(cell)} isn't an amount")
    if comma is not None and comma != amount and not COMMA_DECIMALS.isdisjoint(may_be):
        raise ValueError(f"{_shown(cell)} may be {amount} or {comma}: write it without separators")
    if abs(amount) > MOST_MONEY:
        raise ValueError(f"{_shown(cell)} is too large")
    if amount != amount.quantize(SMALLEST_MONEY):
        raise ValueError(f"{_shown(cell)} has more than 6 decimals")
    return amount


def _read_with_point(number: str) -> Decimal | None:
    if not _POINT.fullmatch(number):
        return None
    return Decimal(number.replace(",", "").replace(" ", ""))


def _read_with_comma(number: str) -> Decimal | None:
    if not _COMMA.fullmatch(number):
        return None
    return Decimal(number.replace(".", "").replace(" ", "").replace(",", "."))


def _currencies(sign: str) -> tuple[str, ...]:
    code = sign.upper().replace(" ", "")
    if code in SIGNS:
        return SIGNS[code]
    if is_currency(code):
        return (code,)
    raise ValueError(f"{_shown(sign)} isn't a currency")


def _plain(cell: str) -> str:
    """Fold full-width digits and signs, which Chinese keyboards make."""
    if len(cell) > LONGEST_NUMBER:
        raise ValueError(f"{_shown(cell)} is too long")
    return normalize("NFKC", cell).strip()


def _shown(cell: str) -> str:
    return repr(cell if len(cell) <= LONGEST_NUMBER else cell[:LONGEST_NUMBER] + "…")
