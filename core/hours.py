"""When a person works: hours and days in their own zone, and the public holidays of their country.

Pure functions of a moment. A Saturday that China works in exchange for a holiday is a working day.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import NamedTuple, Self
from zoneinfo import ZoneInfo

from pydantic import Field, model_validator

from core.schedule import Weekday
from core.stanza import Stanza, TimeOfDay
from core.values import Country

LONGEST_HOLIDAY = 60
"""Days that are looked through for the next working one."""

ONE_DAY = timedelta(days=1)
WEEKDAYS = list(Weekday)
WORKING_WEEK: list[Weekday] = [
    day for day in WEEKDAYS if day not in (Weekday.SATURDAY, Weekday.SUNDAY)
]


class Hours(Stanza):
    """The hours a person answers in; outside them only what may wake reaches them."""

    start: TimeOfDay = Field(description="in the person's own zone")
    end: TimeOfDay = Field(description="in the person's own zone")
    days: list[Weekday] = Field(default=WORKING_WEEK, min_length=1, description="working days")
    holidays: Country | None = Field(
        default=None, description="whose public holidays: CN, US, DE …"
    )

    @model_validator(mode="after")
    def _ends_after_start(self) -> Self:
        if self.end <= self.start:
            raise ValueError("`end` must be later than `start`")
        return self


def works(hours: Hours | None, zone: ZoneInfo, at: datetime) -> bool:
    """Tell whether somebody with these hours works at a moment; without hours, always."""
    if hours is None:
        return True
    day = at.astimezone(zone).date()
    begins, ends = (moment(day, clock, zone) for clock in (hours.start, hours.end))
    return begins <= at < ends and works_on(hours, day)


def works_on(hours: Hours, day: date) -> bool:
    """Tell whether a day of the person's zone is a working day."""
    usual = WEEKDAYS[day.weekday()] in hours.days
    if hours.holidays is None:
        return usual
    calendar = _calendar(hours.holidays, day.year)
    return (usual and day not in calendar.holidays) or day in calendar.exchanged


def next_working(
    hours: Hours | None,
    zone: ZoneInfo,
    at: datetime,
    is_away: Callable[[date], bool] = lambda _: False,
) -> datetime:
    """Return `at` when they work then, else the moment their next working time begins, in UTC.

    Days that `is_away` knows are passed over. Somebody without a working day in two months is
    asked at once: nothing may wait for ever.
    """
    if hours is None or works(hours, zone, at):
        return at.astimezone(UTC)
    today = at.astimezone(zone).date()
    for offset in range(LONGEST_HOLIDAY):
        day = today + offset * ONE_DAY
        begins = moment(day, hours.start, zone)
        if begins > at and works(hours, zone, begins) and not is_away(day):
            return begins
    return at.astimezone(UTC)


def moment(day: date, clock: time, zone: ZoneInfo) -> datetime:
    """Return when a clock in a zone shows a time, in UTC; see `core.schedule` for DST."""
    return datetime.combine(day, clock, zone).astimezone(UTC)


class _Calendar(NamedTuple):
    """A country's days off, and the weekend days that are worked in exchange for some of them."""

    holidays: frozenset[date]
    exchanged: frozenset[date]


@cache
def _calendar(country: str, year: int) -> _Calendar:
    """Return the days of a year; those of the next one begin in it, when a weekend is between.

    Where weekends are exchanged, as in China, the weekend beside a holiday is part of it: who
    works on Saturdays does not on the one in the middle of the National Day's week.
    """
    from holidays import country_holidays  # noqa: PLC0415  (a tenth of a second to load)

    known = country_holidays(country, years=(year, year + 1))
    off, exchanged = set(known), frozenset(known.weekend_workdays)
    if exchanged:
        for holiday in known:
            for step in (-ONE_DAY, ONE_DAY):
                day = holiday + step
                while day.weekday() in known.weekend and day not in exchanged:
                    off.add(day)
                    day += step
    return _Calendar(frozenset(off), exchanged)
