"""What a source usually brings, and what is far below it (law 5)."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from statistics import median_low

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.rules.habit import DAY, by_day, missed_habit

NOW = datetime(2026, 3, 5, 2, 30, tzinfo=UTC)
HALF = Decimal("0.5")
counts = st.lists(st.integers(0, 10_000), max_size=30)


def missed(count: int, before: list[int], least: int = 20) -> int | None:
    return missed_habit(count, before, share=HALF, needs=5, least=least)


@pytest.mark.parametrize(
    ("count", "habit"),
    [
        (49, 100),  # 49 < 0.5 × 100
        (50, None),  # not under it
        (0, 100),
        (500, None),  # more is no trouble
    ],
)
def test_far_below_the_median_is_told(count: int, habit: int | None) -> None:
    assert missed(count, [90, 100, 110, 0, 9_000]) == habit  # median of 0 90 100 110 9000


def test_too_short_a_history_is_no_habit() -> None:
    assert missed(0, [100] * 4) is None
    assert missed(0, [100] * 5) == 100


def test_a_habit_of_few_rows_says_nothing() -> None:
    assert missed(0, [19] * 7) is None
    assert missed(0, [20] * 7) == 20


def test_a_new_number_becomes_the_habit() -> None:
    assert missed(40, [100] * 4 + [40] * 3) == 100
    assert missed(40, [100] * 3 + [40] * 4) is None


@given(counts, st.integers(0, 10_000))
def test_what_is_told_is_always_far_below_the_median(before: list[int], count: int) -> None:
    habit = missed(count, before)
    assert (habit is not None) == (
        len(before) >= 5 and median_low(before) >= 20 and 2 * count < median_low(before)
    )
    assert habit in (None, *before)


@given(counts, st.integers(0, 10_000), st.integers(0, 10_000))
def test_more_rows_never_are_more_suspicious(before: list[int], count: int, more: int) -> None:
    if missed(count, before) is None:
        assert missed(count + more, before) is None


def test_days_are_counted_back_from_the_moment() -> None:
    hour = timedelta(hours=1)
    runs = [(NOW - back, rows) for back, rows in [
        (9 * DAY, 7), (8 * DAY, 6), (2 * DAY, 5), (DAY + hour, 4), (DAY, 3), (hour, 2), (0 * DAY, 1)
    ]]  # fmt: skip
    # the last 24 hours: 1 + 2; those before: 3 + 4; then 5; nobody looked until 8 days ago
    assert by_day(runs, NOW, 8) == [3, 7, 5]


def test_without_a_run_in_the_last_day_there_is_nothing_to_compare() -> None:
    assert by_day([(NOW - 2 * DAY, 5), (NOW + DAY, 9)], NOW, 8) == []
    assert by_day([], NOW, 8) == []


@given(st.lists(st.tuples(st.integers(0, 20 * 24 * 60), st.integers(0, 100))))
def test_no_row_is_counted_twice_or_lost(ended: list[tuple[int, int]]) -> None:
    minute = timedelta(minutes=1)
    sums = by_day([(NOW - back * minute, rows) for back, rows in ended], NOW, 8)
    within = sum(rows for back, rows in ended if back < 8 * 24 * 60)
    assert sum(sums) in (within, 0)
