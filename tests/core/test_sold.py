"""What a page sold in 30 days, by each way that can tell it; unknown is never 0."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.rules.sold import WINDOW, Method, Reading, Sold, sold_in_window

NOW = datetime(2026, 3, 5, 2, 30, tzinfo=UTC)
DAY = timedelta(days=1)


def ago(days: float) -> datetime:
    return NOW - days * DAY


def ever(days: float, sold: int | None, **more: object) -> Reading:
    """A count of all sales, some days ago."""
    return Reading(ago(days), sold, "all_time", **more)  # type: ignore[arg-type]


def sold(*readings: Reading) -> Sold | None:
    return sold_in_window(readings, NOW, cover=Decimal("0.8"), orders_per_review=Decimal(10))


def test_the_pages_own_30_days_are_taken_as_they_are() -> None:
    shown = Reading(ago(1), 320, "30d", at_least=True)
    assert sold(ever(30, 1), ever(0, 999), shown) == Sold(
        320, Method.SHOWN, ago(31), ago(1), at_least=True
    )


def test_a_count_of_all_sales_is_what_it_rose_by() -> None:
    found = sold(ever(45, 700), ever(31, 980), ever(29, 1000), ever(10, 1200), ever(0, 1497))
    # 31 and 29 days ago are as near to 30: the earlier one counts, 1497 − 980 = 517
    assert found == Sold(517, Method.COUNTED, ago(31), ago(0))
    assert not found.is_estimate


def test_the_time_it_spans_is_said_and_not_stretched() -> None:
    assert sold(ever(25, 100), ever(1, 148)) == Sold(48, Method.COUNTED, ago(25), ago(1))


def test_readings_that_lie_too_close_or_too_far_apart_tell_nothing() -> None:
    assert sold(ever(23.9, 100), ever(0, 148)) is None  # 0.8 × 30 = 24 days are needed
    assert sold(ever(37, 100), ever(0, 148)) is None  # 60 − 24 = 36 are the most


def test_an_old_last_reading_tells_nothing() -> None:
    assert sold(ever(37, 100), ever(6.1, 148)) is None  # the last 0.2 × 30 = 6 days are unknown


def test_a_count_that_fell_was_begun_anew() -> None:
    assert sold(ever(30, 900), ever(20, 950), ever(10, 4), ever(0, 2000)) is None


def test_180_days_are_a_sixth_and_an_estimate() -> None:
    found = sold(Reading(ago(40), 9, "180d"), Reading(ago(2), 100, "180d"))
    assert found == Sold(17, Method.SHARE, ago(182), ago(2))  # 100 × 30 ÷ 180 = 16.67
    assert found.is_estimate


def test_reviews_stand_for_orders_where_nothing_else_is_counted() -> None:
    found = sold(Reading(ago(30), reviews=40), Reading(ago(0), reviews=47))
    assert found == Sold(70, Method.REVIEWS, ago(30), ago(0))  # 7 × 10
    assert found.is_estimate


def test_reviews_do_not_replace_a_count_that_is_only_too_short() -> None:
    assert sold(ever(3, 5, reviews=1), ever(0, 6, reviews=9), Reading(ago(30), reviews=0)) is None


@pytest.mark.parametrize(
    "readings",
    [
        [],
        [Reading(ago(0))],
        [ever(0, 500)],
        [Reading(ago(30), 100), Reading(ago(0), 900)],  # over which time, nobody says
        [ever(30, 1000, at_least=True), ever(0, 2000, at_least=True)],  # "1K+", "2K+"
        [Reading(ago(30), reviews=9), Reading(ago(0), reviews=8)],
        [ever(-1, 5), ever(-31, 9)],  # ahead of us
    ],
)
def test_what_cannot_be_told_is_unknown(readings: list[Reading]) -> None:
    assert sold(*readings) is None


COUNTS = st.none() | st.integers(0, 10**9)
READINGS = st.builds(
    Reading,
    st.floats(-5, 80).map(ago),
    COUNTS,
    st.sampled_from([None, "all_time", "180d", "30d"]),
    st.none() | st.booleans(),
    COUNTS,
)


@given(st.lists(READINGS, max_size=12))
def test_whatever_is_read_it_is_unknown_or_a_count_with_its_time(readings: list[Reading]) -> None:
    found = sold(*readings)
    if found:
        assert found.pieces >= 0
        assert found.first < found.last <= NOW
        if found.method in (Method.COUNTED, Method.REVIEWS):
            assert WINDOW * 0.8 <= found.last - found.first <= WINDOW * 1.2


@given(st.lists(st.integers(0, 50), min_size=31, max_size=31), st.integers(0, 10**6))
def test_a_daily_count_tells_what_was_sold_whatever_it_began_with(
    daily: list[int], before: int
) -> None:
    counted = [ever(30 - day, before + sum(daily[: day + 1])) for day in range(31)]
    found = sold(*counted)
    assert found
    assert found.pieces == sum(daily[1:])
