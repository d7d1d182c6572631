"""What one currency cost in another, from the reference rates that are known (plan B5)."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import NamedTuple

from sqlmodel import Session, col, select

from core.ledger.records import Rate

PIVOT = "EUR"
"""What the reference rates are had of."""

ROUNDED = Context(prec=12, rounding=ROUND_HALF_EVEN)
"""A rate that is reckoned has twelve significant digits: one more step changes no cent."""


class Quote(NamedTuple):
    """What one `base` cost in `quote` on a day; `origin` says who says so, None: nobody need."""

    rate: Decimal
    day: date
    origin: str | None


class Known(NamedTuple):
    """A rate, and who says so."""

    rate: Decimal
    origin: str | None


Day = Mapping[tuple[str, str], Known]
"""The rates of one day, by base and quote."""


def rate_on(
    ledger: Session, store: str, base: str, quote: str, day: date, max_age: timedelta
) -> Quote | None:
    """Return the last known rate of a day, at most `max_age` older; None: nobody knows one.

    A rate told as it is asked for is taken as it is. Otherwise it is reckoned from its inverse or
    over the euro, from rates of one day only.
    """
    if base == quote:
        return Quote(Decimal(1), day, None)
    days = _days(ledger, store, {base, quote, PIVOT}, day - max_age, day)
    for known_day in sorted(days, reverse=True):
        found = reckon(days[known_day], base, quote)
        if found:
            return Quote(found.rate, known_day, found.origin)
    return None


def _days(
    ledger: Session, store: str, currencies: set[str], first: date, last: date
) -> Mapping[date, Day]:
    query = select(Rate).where(
        Rate.store == store,
        col(Rate.day).between(first, last),
        col(Rate.base).in_(currencies),
        col(Rate.quote).in_(currencies),
    )
    days: dict[date, dict[tuple[str, str], Known]] = defaultdict(dict)
    for rate in ledger.exec(query):
        if rate.rate > 0:
            days[rate.day][rate.base, rate.quote] = Known(rate.rate, rate.origin)
    return days


def reckon(day: Day, base: str, quote: str) -> Known | None:
    """Return a rate of one day: as told, turned round, or over the euro; None: there is none."""
    one_step = _told(day, base, quote)
    if one_step:
        return one_step
    there, back = _told(day, PIVOT, base), _told(day, PIVOT, quote)
    if there is None or back is None:
        return None
    return Known(ROUNDED.divide(back.rate, there.rate), back.origin)


def _told(day: Day, base: str, quote: str) -> Known | None:
    """Return a rate as it is told, or turned round."""
    if (base, quote) in day:
        return day[base, quote]
    inverse = day.get((quote, base))
    return inverse and Known(ROUNDED.divide(Decimal(1), inverse.rate), inverse.origin)
