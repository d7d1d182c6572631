"""A price over time: held until the next reading, broken where nothing is known."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from core.rules.price_line import Known, Span, lowest, since, spans

NOON = datetime(2026, 3, 5, 4, tzinfo=UTC)
HOUR = timedelta(hours=1)
NINE, TEN = Decimal(9), Decimal(10)


def at(hours: float) -> datetime:
    return NOON + hours * HOUR


def line(*readings: tuple[float, Decimal | None], valid: float | None = 36) -> list[Span]:
    known = [(at(hours), price) for hours, price in readings]
    return spans(known, at(100), None if valid is None else valid * HOUR)


def test_a_reading_holds_until_the_next() -> None:
    assert line((0, NINE), (6, TEN), (24, TEN), (40, NINE))[:3] == [
        Span(at(0), at(6), NINE),
        Span(at(6), at(40), TEN),  # the same twice is one
        Span(at(40), at(76), NINE),
    ]


def test_it_breaks_where_a_page_gave_nothing() -> None:
    assert line((0, NINE), (6, None), (12, NINE)) == [
        Span(at(0), at(6), NINE),
        Span(at(12), at(48), NINE),
    ]


def test_it_breaks_where_nothing_was_read_for_long() -> None:
    assert line((0, NINE), (72, NINE)) == [Span(at(0), at(36), NINE), Span(at(72), at(100), NINE)]


def test_our_own_price_holds_until_it_is_changed() -> None:
    assert line((0, NINE), valid=None) == [Span(at(0), at(100), NINE)]


def test_a_price_that_was_read_just_now_is_known() -> None:
    assert line((100, NINE)) == [Span(at(100), at(100), NINE)]


def test_no_readings_no_line() -> None:
    assert line() == []


def test_of_several_pages_the_lowest_counts() -> None:
    readings = [(at(0), "a", TEN), (at(1), "b", NINE), (at(2), "b", None), (at(3), "a", None)]
    assert lowest(readings) == [(at(0), TEN), (at(1), NINE), (at(2), TEN), (at(3), None)]


def test_only_what_lies_after_a_moment_is_kept() -> None:
    known = [Span(at(0), at(5), NINE), Span(at(5), at(9), TEN)]
    assert since(known, at(7)) == [Span(at(7), at(9), TEN)]
    assert since(known, at(9)) == [Span(at(9), at(9), TEN)]  # it held until that very moment


PRICES = st.none() | st.sampled_from([NINE, TEN])


@given(st.lists(st.tuples(st.integers(0, 99), PRICES), max_size=20))
def test_a_line_goes_forward_and_is_never_more_than_was_read(
    readings: list[tuple[int, Decimal | None]],
) -> None:
    known: list[Known] = [
        (at(hours), price) for hours, price in sorted(readings, key=lambda r: r[0])
    ]
    found = spans(known, at(100), 36 * HOUR)
    for span in found:
        assert span.first <= span.last <= at(100)
        assert any(first == span.first and price == span.price for first, price in known)
    for before, after in pairwise(found):
        assert before.last <= after.first
