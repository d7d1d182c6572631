"""When a job is due: wall-clock times in a zone, or a fixed rhythm. Pure functions of a moment.

A slot is the moment a job should fire. Wall-clock times survive both changes of daylight saving:
a time that does not exist that day fires once, as much later as the clocks jumped; a time that
exists twice fires at the first. Plan rows that name hours (B1, C1, D2, G1) rest on this.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Annotated, Self
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, Field, model_validator

from core.stanza import Duration, Stanza, TimeOfDay
from core.values import RecordKind

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Weekday(StrEnum):
    """A day by name: numbers mean different days in different schedulers."""

    MONDAY = "mon"
    TUESDAY = "tue"
    WEDNESDAY = "wed"
    THURSDAY = "thu"
    FRIDAY = "fri"
    SATURDAY = "sat"
    SUNDAY = "sun"


def _one_or_many(value: object) -> object:
    return [value] if isinstance(value, str) else value


class Schedule(Stanza):
    """One of: wall-clock times (`at`, on `days`), a rhythm (`every`), or `after` another job."""

    at: Annotated[
        list[TimeOfDay],
        BeforeValidator(_one_or_many, json_schema_input_type=TimeOfDay | list[TimeOfDay]),
    ] = Field(default=[], description="times of the day in the store's zone")
    days: list[Weekday] = Field(default=list(Weekday), min_length=1, description="days for `at`")
    every: Duration | None = Field(default=None, description="a rhythm: 5m, 15m, 1h")
    after: str | None = Field(default=None, description="run whenever this job has finished")
    on_new: list[RecordKind] = Field(
        default=[], description="run also when a source brought records of these kinds"
    )

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        if sum(map(bool, (self.at, self.every, self.after))) != 1:
            raise ValueError("give exactly one of `at`, `every`, `after`")
        if "days" in self.model_fields_set and not self.at:
            raise ValueError("`days` goes with `at` only")
        if len(set(self.at)) < len(self.at):
            raise ValueError("`at` names a time twice")
        return self


def next_slot(schedule: Schedule, after: datetime, zone: ZoneInfo) -> datetime | None:
    """Return the first slot later than `after`, in UTC; None for a job that follows another."""
    if schedule.every:
        return EPOCH + ((after - EPOCH) // schedule.every + 1) * schedule.every
    slots = _wall_clock_slots(schedule, after.astimezone(zone).date() - timedelta(days=1), 1, zone)
    return next((slot for slot in slots if slot > after), None)


def last_slot(schedule: Schedule, now: datetime, zone: ZoneInfo) -> datetime | None:
    """Return the latest slot that is not later than `now`, in UTC; None as in `next_slot`."""
    if schedule.every:
        return EPOCH + (now - EPOCH) // schedule.every * schedule.every
    slots = _wall_clock_slots(schedule, now.astimezone(zone).date() + timedelta(days=1), -1, zone)
    return next((slot for slot in slots if slot <= now), None)


def _wall_clock_slots(
    schedule: Schedule, first: date, step: int, zone: ZoneInfo
) -> Iterator[datetime]:
    names = list(Weekday)
    for offset in range(10):  # a week, and the days on either side of the zone's midnight
        day = first + timedelta(days=step * offset)
        if names[day.weekday()] in schedule.days:
            moments = (datetime.combine(day, at, zone).astimezone(UTC) for at in schedule.at)
            yield from sorted(moments, reverse=step < 0)
