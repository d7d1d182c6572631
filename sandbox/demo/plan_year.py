"""The plan's year: how GMV is spread over its quarters (plan E3)."""

from datetime import date, timedelta
from decimal import Decimal

GMV_TARGET = Decimal(12_000_000)
QUARTER_SHARES = (Decimal("0.18"), Decimal("0.27"), Decimal("0.32"), Decimal("0.23"))
_PEAK_MONTH = 7  # the third quarter is the peak season (plan C2)


def quarter_share(day: date) -> Decimal:
    """The share of the year's GMV that the day's quarter carries."""
    return QUARTER_SHARES[_quarter(day)]


def expected_gmv(until: date) -> Decimal:
    """GMV in USD due from 1 January to the start of `until`, even inside each quarter."""
    quarter = _quarter(until)
    first, after = _first_day(until.year, quarter), _first_day(until.year, quarter + 1)
    elapsed = Decimal((until - first).days) / (after - first).days
    return GMV_TARGET * (sum(QUARTER_SHARES[:quarter]) + QUARTER_SHARES[quarter] * elapsed)


def next_peak(day: date) -> date:
    """The next day on which a peak season starts."""
    peak = date(day.year, _PEAK_MONTH, 1)
    return peak if day < peak else date(day.year + 1, _PEAK_MONTH, 1)


def days_between(first: date, last: date) -> list[date]:
    """All days from first to last, both included."""
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def _quarter(day: date) -> int:
    return (day.month - 1) // 3


def _first_day(year: int, quarter: int) -> date:
    return date(year + quarter // 4, quarter % 4 * 3 + 1, 1)
