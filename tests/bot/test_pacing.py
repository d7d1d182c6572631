"""A pace: a few calls at once after a quiet time, then one an interval, whoever asks when."""

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.pacing import AT_ONCE, Pace, a_minute

SECOND = timedelta(seconds=1)


def calls(pace: Pace, now: datetime, count: int) -> list[float]:
    """When calls that are made as early as they may go out, in seconds from now."""
    made = []
    moment = now
    for _ in range(count):
        moment = max(moment, pace.free_at)
        pace.take(moment)
        made.append((moment - now).total_seconds())
    return made


def test_a_few_go_at_once_and_then_one_an_interval(now: datetime) -> None:
    assert calls(a_minute(60), now, 8) == [0, 0, 0, 0, 0, 1, 2, 3]


def test_a_quiet_time_brings_back_the_few_and_no_more(now: datetime) -> None:
    pace = a_minute(60)
    calls(pace, now, 8)
    assert calls(pace, now + 100 * SECOND, 7) == [0, 0, 0, 0, 0, 1, 2]


def test_after_a_rest_calls_go_one_by_one(now: datetime) -> None:
    pace = a_minute(60)
    pace.rest_until(now + 30 * SECOND)
    assert calls(pace, now, 3) == [30, 31, 32]


def test_without_an_interval_there_is_no_pace(now: datetime) -> None:
    pace = Pace()
    assert calls(pace, now, 100) == [0] * 100
    pace.rest_until(now + SECOND)
    assert calls(pace, now, 2) == [1, 1]


@given(
    per_minute=st.integers(1, 600),
    waits=st.lists(st.floats(0, 5), min_size=1, max_size=50),
)
def test_no_stretch_of_time_has_more_calls_than_the_pace(
    per_minute: int, waits: list[float]
) -> None:
    pace, moment = a_minute(per_minute), datetime(2026, 3, 5).astimezone()
    made: list[datetime] = []
    for wait in waits:
        moment = max(moment + timedelta(seconds=wait), pace.free_at)
        pace.take(moment)
        made.append(moment)
    for first, begin in enumerate(made):
        for last, end in enumerate(made[first:], start=1):
            allowed = AT_ONCE + (end - begin) / pace.interval
            assert last <= allowed + 1e-6
