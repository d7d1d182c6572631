"""Slots of a schedule: hand-calculated days on which clocks change, and laws for all days."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.schedule import Schedule, Weekday, last_slot, next_slot

SHANGHAI = ZoneInfo("Asia/Shanghai")


def slots(schedule: Schedule, zone: ZoneInfo, first: datetime, end: datetime) -> list[datetime]:
    """Every slot from `first` on, before `end`."""
    found = []
    slot = next_slot(schedule, first - timedelta(microseconds=1), zone)
    while slot and slot < end:
        found.append(slot)
        slot = next_slot(schedule, slot, zone)
    return found


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


# Each row: the zone, the time of day, a local day, and the slots of that day in UTC by hand.
CHANGES = [
    # 2026-03-08: 02:00 PST (−8) becomes 03:00 PDT (−7); 02:30 fires an hour later, at 03:30 PDT
    ("America/Los_Angeles", "02:30", "2026-03-07", ["2026-03-07T10:30"]),
    ("America/Los_Angeles", "02:30", "2026-03-08", ["2026-03-08T10:30"]),
    ("America/Los_Angeles", "02:30", "2026-03-09", ["2026-03-09T09:30"]),
    ("America/Los_Angeles", "00:00", "2026-03-08", ["2026-03-08T08:00"]),
    ("America/Los_Angeles", "00:00", "2026-03-09", ["2026-03-09T07:00"]),
    # 2026-11-01: 02:00 PDT becomes 01:00 PST; 01:30 comes twice and fires at the first
    ("America/Los_Angeles", "01:30", "2026-11-01", ["2026-11-01T08:30"]),
    ("America/Los_Angeles", "02:30", "2026-11-01", ["2026-11-01T10:30"]),
    # 2026-03-29: 02:00 CET (+1) becomes 03:00 CEST (+2); 2026-10-25: 03:00 becomes 02:00
    ("Europe/Berlin", "02:00", "2026-03-29", ["2026-03-29T01:00"]),
    ("Europe/Berlin", "09:00", "2026-03-29", ["2026-03-29T07:00"]),
    ("Europe/Berlin", "02:59", "2026-10-25", ["2026-10-25T00:59"]),
    ("Europe/Berlin", "03:00", "2026-10-25", ["2026-10-25T02:00"]),
    # Shanghai (+8) changes no clocks
    ("Asia/Shanghai", "09:00", "2026-03-29", ["2026-03-29T01:00"]),
    # 2026-10-04: 02:00 (+10:30) becomes 02:30 (+11); 2026-04-05: 02:00 (+11) becomes 01:30
    ("Australia/Lord_Howe", "02:15", "2026-10-04", ["2026-10-03T15:45"]),
    ("Australia/Lord_Howe", "01:45", "2026-04-05", ["2026-04-04T14:45"]),
    # 2026-03-08: midnight CST (−5) becomes 01:00 CDT (−4): the day begins at 01:00
    ("America/Havana", "00:00", "2026-03-08", ["2026-03-08T05:00"]),
    ("America/Havana", "00:30", "2026-03-08", ["2026-03-08T05:30"]),
    ("America/Havana", "00:30", "2026-11-01", ["2026-11-01T04:30"]),
    # 2026-03-29: midnight EET (+2) becomes 01:00 EEST (+3)
    ("Asia/Beirut", "00:00", "2026-03-29", ["2026-03-28T22:00"]),
    ("Asia/Beirut", "23:30", "2026-10-24", ["2026-10-24T20:30"]),
]


@pytest.mark.parametrize(("name", "at", "day", "expected"), CHANGES)
def test_a_time_of_day_survives_both_changes(
    name: str, at: str, day: str, expected: list[str]
) -> None:
    zone, written = ZoneInfo(name), time.fromisoformat(at)
    schedule = Schedule(at=[written])
    midnight = datetime.fromisoformat(day).replace(tzinfo=zone).astimezone(UTC)
    night = datetime.combine(date.fromisoformat(day) + timedelta(days=1), time(), zone)
    found = slots(schedule, zone, midnight, night.astimezone(UTC))
    assert found == [utc(slot) for slot in expected]


def test_two_times_that_become_one_fire_once() -> None:
    schedule = Schedule(at=[time(2, 30), time(3, 30)])  # on this day both are 03:30 PDT
    zone = ZoneInfo("America/Los_Angeles")
    found = slots(schedule, zone, utc("2026-03-08T08:00"), utc("2026-03-09T07:00"))
    assert found == [utc("2026-03-08T10:30")]


def test_monday_is_monday_in_the_stores_zone() -> None:
    schedule = Schedule(at=[time(9)], days=[Weekday.MONDAY])
    after = utc("2026-03-02T01:00")  # Monday 09:00 in Shanghai: that one is past
    assert next_slot(schedule, after, SHANGHAI) == utc("2026-03-09T01:00")
    assert last_slot(schedule, after, SHANGHAI) == after
    early = Schedule(at=[time(1)], days=[Weekday.MONDAY])  # still Sunday in UTC
    assert next_slot(early, utc("2026-03-08T00:00"), SHANGHAI) == utc("2026-03-08T17:00")


def test_a_rhythm_keeps_to_the_same_beat_whenever_it_starts() -> None:
    schedule = Schedule(every=timedelta(minutes=15))
    assert next_slot(schedule, utc("2026-03-05T02:31"), SHANGHAI) == utc("2026-03-05T02:45")
    assert last_slot(schedule, utc("2026-03-05T02:31"), SHANGHAI) == utc("2026-03-05T02:30")
    assert next_slot(schedule, utc("2026-03-05T02:45"), SHANGHAI) == utc("2026-03-05T03:00")


def test_a_job_that_follows_another_has_no_slots() -> None:
    schedule = Schedule(after="price_round")
    assert next_slot(schedule, utc("2026-03-05T02:30"), SHANGHAI) is None
    assert last_slot(schedule, utc("2026-03-05T02:30"), SHANGHAI) is None


ZONES = [
    *("America/Los_Angeles", "Europe/Berlin", "Asia/Shanghai", "Australia/Lord_Howe"),
    *("America/Havana", "Asia/Beirut", "Pacific/Chatham", "Africa/Casablanca", "UTC"),
]
# whole hours: clocks jump by an hour at most, so no two of these fall together
AT = st.lists(st.sampled_from([0, 2, 4, 9, 16, 23]).map(time), min_size=1, unique=True)
DAYS = st.sets(st.sampled_from(list(Weekday)), min_size=1).map(list)
SCHEDULES = st.builds(Schedule, at=AT, days=DAYS) | st.builds(
    Schedule, every=st.integers(1, 10_000).map(lambda minutes: timedelta(minutes=minutes))
)
MOMENTS = st.integers(0, 4 * 365 * 86_400).map(
    lambda seconds: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
)


@given(SCHEDULES, MOMENTS, st.sampled_from(ZONES))
def test_next_and_last_agree(schedule: Schedule, now: datetime, name: str) -> None:
    zone = ZoneInfo(name)
    later, earlier = next_slot(schedule, now, zone), last_slot(schedule, now, zone)
    assert later
    assert earlier
    assert earlier <= now < later
    assert next_slot(schedule, earlier, zone) == later
    assert last_slot(schedule, later, zone) == later
    assert last_slot(schedule, later - timedelta(microseconds=1), zone) == earlier


@given(SCHEDULES, MOMENTS, st.sampled_from(ZONES))
def test_slots_strictly_increase(schedule: Schedule, now: datetime, name: str) -> None:
    found = slots(schedule, ZoneInfo(name), now, now + timedelta(days=3))
    assert all(one < other for one, other in pairwise(found))


@given(AT, DAYS, st.sampled_from(ZONES), st.integers(0, 720))
def test_every_chosen_day_has_each_of_its_times_once(
    at: list[time], days: list[Any], name: str, offset: int
) -> None:
    zone, schedule = ZoneInfo(name), Schedule(at=at, days=days)
    day = date(2025, 1, 1) + timedelta(days=offset)
    begins, ends = (
        datetime.combine(day + timedelta(days=n), time(), zone).astimezone(UTC) for n in (0, 1)
    )
    chosen = list(Weekday)[day.weekday()] in days
    assert len(slots(schedule, zone, begins, ends)) == (len(at) if chosen else 0)
