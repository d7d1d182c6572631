"""Median and 90th percentile of waiting times (plan A5)."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.rules.spread import Spread, spread

MINUTE = timedelta(minutes=1)


def minutes(*numbers: float) -> list[timedelta]:
    return [number * MINUTE for number in numbers]


def test_no_times_are_no_data() -> None:
    assert spread([]) is None


@pytest.mark.parametrize(
    ("times", "median", "p90"),
    [
        ((7,), 7, 7),
        ((3, 1), 2, 3),  # the middle of two; ceil(1.8) = 2nd
        ((9, 1, 5), 5, 9),
        (range(1, 11), 5.5, 9),  # ceil(9.0) = 9th of ten
        (range(1, 12), 6, 10),  # ceil(9.9) = 10th of eleven
        ((1,) * 9 + (480,), 1, 1),  # one in ten may take eight hours
        ((1,) * 8 + (480,) * 2, 1, 480),
    ],
)
def test_the_middle_and_the_nearest_rank(times: tuple[int, ...], median: float, p90: int) -> None:
    assert spread(minutes(*times)) == Spread(len(times), median * MINUTE, p90 * MINUTE)


@given(st.lists(st.timedeltas(timedelta(), timedelta(days=99)), min_size=1))
def test_nine_in_ten_were_no_longer(times: list[timedelta]) -> None:
    found = spread(times)
    assert found
    assert found.p90 in times
    assert sum(time <= found.p90 for time in times) >= 0.9 * len(times)
    assert sum(time < found.p90 for time in times) < 0.9 * len(times)
