"""What people read: Jinja templates in two tongues, through gettext catalogs (law 9).

A template file holds named blocks (`title`, `body` …). `Texts.render` returns one block for one
reader, in the markup of `core.markup`; the medium's finisher turns it into what that medium shows.
"""

import math
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache, lru_cache, partial
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

from babel import Locale as BabelLocale
from babel.dates import format_date, format_datetime, format_timedelta
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal, format_percent, get_currency_precision
from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from core import markup
from core.values import Locale

_Unit = Literal["day", "hour", "minute", "second"]
TEMPLATES = Path(__file__).parent.parent / "templates"
CATALOGS = TEMPLATES / "locale"
REMEMBERED = 4_096
"""Numbers and spans whose text is remembered, for each language."""

AMOUNT_DECIMALS = 6
"""What is written of an amount at most; the ledger keeps no more."""

_UNITS: dict[_Unit, timedelta] = {
    "day": timedelta(days=1),
    "hour": timedelta(hours=1),
    "minute": timedelta(minutes=1),
    "second": timedelta(seconds=1),
}


def render(
    template: str,
    block: str,
    values: Mapping[str, Any],
    *,
    locale: Locale,
    zone: ZoneInfo,
) -> str:
    """Return one block of a template for one reader; outside text in `values` is guarded.

    Templates also know the reader's `locale` and the store's `zone`. Raises KeyError when the
    template has no such block, jinja2.UndefinedError when it names a value that is not given.
    """
    found = _template(template, locale)
    own = {"zone": zone, "locale": str(locale)}
    context = found.new_context(markup.guard(values) | own)
    return "".join(found.blocks[block](context)).strip()


def has_block(template: str, block: str) -> bool:
    """Tell whether a template has a block of this name."""
    return block in _template(template, Locale.ENGLISH).blocks


def blocks_of(template: str, beginning: str) -> list[str]:
    """Return what follows `beginning` in names of a template's blocks, in the template's order."""
    names = _template(template, Locale.ENGLISH).blocks
    return [name.removeprefix(beginning) for name in names if name.startswith(beginning)]


def page(template: str, values: Mapping[str, Any]) -> str:
    """Return an HTML page; `values` that are not `Markup` are escaped."""
    return _pages().get_template(f"{template}.html.j2").render(values)


def translate(message: str, locale: Locale) -> str:
    """Return one message of the catalog."""
    return catalog(locale).gettext(message)


@cache
def catalog(locale: Locale) -> NullTranslations:
    """Return the catalog of a language; English is what the templates are written in.

    The .po file is read as it stands: no compiled copy can be forgotten.
    """
    path = CATALOGS / f"{locale}.po"
    if not path.exists():
        return NullTranslations()
    compiled = BytesIO()
    with path.open("rb") as file:
        write_mo(compiled, read_po(file, locale=str(locale)))
    compiled.seek(0)
    return GNUTranslations(compiled)


@cache
def _template(name: str, locale: Locale) -> Template:
    return _environment(locale).get_template(f"{name}.j2")


@cache
def _pages() -> Environment:
    return Environment(
        loader=FileSystemLoader(TEMPLATES), undefined=StrictUndefined, autoescape=True
    )


@cache
def _environment(locale: Locale) -> Environment:
    environment = Environment(  # noqa: S701  (values are guarded, and finished for each medium)
        loader=FileSystemLoader(TEMPLATES),
        extensions=["jinja2.ext.i18n"],
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.install_gettext_translations(catalog(locale), newstyle=True)  # type: ignore[attr-defined]
    environment.filters |= _filters(BabelLocale.parse(locale))
    return environment


@cache
def _amount(currency: str) -> str:
    """Return how amounts of a currency are written: 9.30 dollars, 1,400 yen, 0.0125 dollars."""
    usual = get_currency_precision(currency)
    return f"#,##0.{'0' * usual}{'#' * (AMOUNT_DECIMALS - usual)}"


def _filters(locale: BabelLocale) -> dict[str, Callable[..., str]]:
    """Return the filters that write values the reader's way.

    Small numbers come again and again, and Babel takes its time: they are remembered.
    """

    @lru_cache(REMEMBERED)
    def number(value: Decimal | int | str, pattern: str = "#,##0.##") -> str:
        return format_decimal(Decimal(value), format=pattern, locale=locale)

    def money(value: Decimal | str, currency: str) -> str:
        return f"{currency} {format_decimal(Decimal(value), _amount(currency), locale=locale)}"

    def percent(value: Decimal | str, pattern: str = "#,##0.0# %") -> str:
        return format_percent(Decimal(value), pattern, locale=locale)

    def moment(value: datetime | str, zone: ZoneInfo, pattern: str = "yyyy-MM-dd HH:mm") -> str:
        return format_datetime(_moment(value).astimezone(zone), pattern, locale=locale)

    def clock(value: datetime | str, zone: ZoneInfo) -> str:
        return format_datetime(_moment(value).astimezone(zone), "HH:mm", locale=locale)

    def day(value: date | str) -> str:
        known = date.fromisoformat(value) if isinstance(value, str) else value
        return format_date(known, "yyyy-MM-dd", locale=locale)

    def ago(value: datetime | str, now: datetime) -> str:
        return seconds_ago(max(int((now - _moment(value)).total_seconds()), 1))

    @lru_cache(REMEMBERED)
    def seconds_ago(seconds: int) -> str:
        return format_timedelta(timedelta(seconds=-seconds), add_direction=True, locale=locale)

    def length(value: timedelta) -> str:
        whole = next(unit for unit, size in _UNITS.items() if not value % size)
        return format_timedelta(value, granularity=whole, threshold=math.inf, locale=locale)

    return {
        "number": number,
        "money": money,
        "percent": percent,
        "moment": moment,
        "clock": clock,
        "day": day,
        "ago": ago,
        "length_of_time": length,
        "span": partial(format_timedelta, threshold=2, locale=locale),
        "link": markup.link,
        "cut": markup.cut,
    }


def _moment(value: datetime | str) -> datetime:
    """Return an aware moment; ValueError for a naive one, which could be any of many."""
    known = datetime.fromisoformat(value) if isinstance(value, str) else value
    if known.tzinfo is None:
        raise ValueError(f"{value} has no time zone")
    return known
