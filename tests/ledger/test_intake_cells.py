"""What a cell of people's files means: money, moments, days, numbers, words, text."""

from contextlib import suppress
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.ledger import cells

SHANGHAI = ZoneInfo("Asia/Shanghai")
BERLIN = ZoneInfo("Europe/Berlin")

amounts = st.decimals(min_value=-(10**12), max_value=10**12, places=2)


@pytest.mark.parametrize(
    ("cell", "amount", "may_be"),
    [
        ("12.5", "12.5", ()),
        (".5", "0.5", ()),
        ("-3", "-3", ()),
        ("+3", "3", ()),
        ("0.0035", "0.0035", ()),
        ("US$1,299.00", "1299", ("USD",)),
        ("1,299 USD", "1299", ("USD",)),
        ("US $12.80", "12.8", ("USD",)),
        ("usd 5", "5", ("USD",)),
        ("¥12.5", "12.5", ("CNY", "JPY")),
        ("￥１２．５", "12.5", ("CNY", "JPY")),
        ("12.5元", "12.5", ("CNY",)),
        ("€1.299,00", "1299", ("EUR",)),
        ("1 299,00 €", "1299", ("EUR",)),
        ("1\u00a0299,00", "1299", ()),
        ("-$5", "-5", cells.SIGNS["$"]),
        ("$-5", "-5", cells.SIGNS["$"]),
        ("1,299", "1299", ()),
        ("1.299", "1.299", ()),
        ("1.299.000", "1299000", ()),
        ("12,50", "12.5", ()),
        ("9223372036854", "9223372036854", ()),
    ],
)
def test_an_amount(cell: str, amount: str, may_be: tuple[str, ...]) -> None:
    assert cells.read_money(cell) == (Decimal(amount), may_be)


@pytest.mark.parametrize(
    ("cell", "problem"),
    [
        ("€1.299", "may be 1.299 or 1299: write it without separators"),
        ("€1,299", "may be 1299 or 1.299: write it without separators"),
        ("1,23,456", "isn't an amount"),
        ("1.29.00", "isn't an amount"),
        ("1,299.00,5", "isn't an amount"),
        ("12..5", "isn't an amount"),
        ("twelve", "isn't an amount"),
        ("$5 EUR", "isn't an amount"),
        ("--5", "isn't an amount"),
        ("-$-5", "isn't an amount"),
        ("NaN", "isn't an amount"),
        ("Infinity", "isn't an amount"),
        ("1e5", "isn't an amount"),
        ("5 QQQ", "'QQQ' isn't a currency"),
        ("0.0000001", "has more than 6 decimals"),
        ("1." + "0" * 30 + "1", "has more than 6 decimals"),
        ("9223372036855", "is too large"),
        ("9" * 61, "is too long"),
        ("=1+1", "isn't an amount"),
    ],
)
def test_what_is_no_amount(cell: str, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        cells.read_money(cell)


@given(amounts, st.sampled_from(["{:,f}", "{:f}", "{:,f} USD", "US${:,f}"]))
def test_an_amount_written_the_english_way(amount: Decimal, style: str) -> None:
    assert cells.read_money(style.format(amount)).amount == amount


@given(amounts)
def test_an_amount_written_the_european_way(amount: Decimal) -> None:
    cell = f"€{amount:,f}".translate(str.maketrans(",.", ".,"))
    assert cells.read_money(cell) == (amount, ("EUR",))


@given(st.text(max_size=80))
def test_any_text_is_a_finite_amount_or_a_problem(cell: str) -> None:
    with suppress(ValueError):
        assert cells.read_money(cell).amount.is_finite()


@pytest.mark.parametrize(
    ("cell", "default", "code"),
    [
        ("eur", "USD", "EUR"),
        ("US$", "CNY", "USD"),
        ("人民币", "USD", "CNY"),
        ("￥", "JPY", "JPY"),
        ("¥", "USD", "CNY"),
        ("$", "CAD", "CAD"),
        ("$", "EUR", "USD"),
    ],
)
def test_a_currency(cell: str, default: str, code: str) -> None:
    assert cells.read_currency(cell, default) == code


# Shanghai is UTC+8 all the year.
@pytest.mark.parametrize(
    ("cell", "moment"),
    [
        ("2026-03-05T14:30:00Z", "2026-03-05T14:30+00:00"),
        ("2026-03-05T14:30:00+02:00", "2026-03-05T12:30+00:00"),
        ("2026-03-05 14:30:00 +0800", "2026-03-05T06:30+00:00"),
        ("2026-03-05 14:30", "2026-03-05T06:30+00:00"),
        ("2026/3/5 14:30", "2026-03-05T06:30+00:00"),
        ("2026/3/5  9:05:07", "2026-03-05T01:05:07+00:00"),
        ("2026年3月5日 14:30", "2026-03-05T06:30+00:00"),
        ("2026.3.5", "2026-03-04T16:00+00:00"),
        ("2026-03-05 14:30:00.250", "2026-03-05T06:30:00.250+00:00"),
    ],
)
def test_a_moment(cell: str, moment: str) -> None:
    assert cells.read_moment(cell, SHANGHAI) == datetime.fromisoformat(moment)


# Berlin's clocks go from 02:00 to 03:00 on 2026-03-29 and from 03:00 to 02:00 on 2026-10-25.
@pytest.mark.parametrize(
    ("cell", "hour"), [("2026-03-29 02:30", 1), ("2026-03-29 03:30", 1), ("2026-10-25 02:30", 0)]
)
def test_a_local_time_that_is_skipped_or_comes_twice(cell: str, hour: int) -> None:
    assert cells.read_moment(cell, BERLIN).replace(tzinfo=None).hour == hour


@pytest.mark.parametrize(
    "cell",
    [
        *("05/03/2026", "3/5/2026 14:30", "46086", "2026-02-30", "2026-3/5", "2026-03-05 25:00"),
        *("yesterday", "2026", "0001-01-01 00:00", "2026-03-05x14:30", "2026-03-05 2pm", "9" * 99),
    ],
)
def test_what_is_no_moment(cell: str) -> None:
    with pytest.raises(ValueError, match="isn't a moment like"):
        cells.read_moment(cell, SHANGHAI)


@given(
    st.datetimes(min_value=datetime(1900, 1, 1), max_value=datetime(2200, 1, 1)),  # noqa: DTZ001
    st.integers(-12 * 60, 14 * 60),
)
def test_a_moment_with_its_offset_is_that_moment(moment: datetime, minutes: int) -> None:
    aware = moment.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    assert cells.read_moment(aware.isoformat(), SHANGHAI) == aware.astimezone(UTC)


@given(st.dates(min_value=date(1000, 1, 1)), st.sampled_from("-/."))
def test_a_day_however_it_is_parted(day: date, mark: str) -> None:
    cell = f"{day.year}{mark}{day.month}{mark}{day.day}"
    assert cells.read_day(cell, SHANGHAI) == day


@pytest.mark.parametrize(
    "cell",
    ["2026-03-05", "2026/3/5", "20260305", "2026年3月5日", "2026-03-05 00:00", "2026-03-04T20:00Z"],
)
def test_a_day(cell: str) -> None:
    assert cells.read_day(cell, SHANGHAI) == date(2026, 3, 5)


@pytest.mark.parametrize(
    ("cell", "number"), [("7", 7), ("-7", -7), ("1,299", 1299), ("1 299", 1299), ("12.00", 12)]
)
def test_a_whole_number(cell: str, number: int) -> None:
    assert cells.read_count(cell, -(10**6), 10**6) == number


@pytest.mark.parametrize(
    ("cell", "problem"),
    [
        ("1.5", "isn't a whole number"),
        ("1.299", "isn't a whole number"),
        ("1,29", "isn't a whole number"),
        ("", "isn't a whole number"),
        ("6", "is outside 1 to 5"),
        ("9" * 5000, "is too long"),
    ],
)
def test_what_is_no_whole_number(cell: str, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        cells.read_count(cell, 1, 5)


@pytest.mark.parametrize("cell", ["true", "TRUE", "Yes", "1", "是"])
def test_yes(cell: str) -> None:
    assert cells.read_boolean(cell) is True


@pytest.mark.parametrize("cell", ["false", "no", "0", "否"])
def test_no(cell: str) -> None:
    assert cells.read_boolean(cell) is False


def test_neither_yes_nor_no() -> None:
    with pytest.raises(ValueError, match="'maybe' isn't yes or no"):
        cells.read_boolean("maybe")


def test_a_word_is_known_however_it_is_spaced_and_cased() -> None:
    values = ("in_transit", "delivered")
    assert cells.read_choice("In Transit", values, 400, closed=True) == "in_transit"


def test_an_open_choice_keeps_other_words_a_closed_one_refuses_them() -> None:
    assert cells.read_choice("Lost at sea", ("delivered",), 400, closed=False) == "Lost at sea"
    with pytest.raises(ValueError, match="'Lost at sea' is none of delivered"):
        cells.read_choice("Lost at sea", ("delivered",), 400, closed=True)


@pytest.mark.parametrize(
    ("cell", "problem"),
    [("a\x00b", "control character"), ("a\x1b[31m", "control character"), ("\ud800", "control")],
)
def test_control_characters_are_refused(cell: str, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        cells.read_text(cell, 100)


def test_lines_and_tabs_are_text() -> None:
    assert cells.read_text("one\n\ttwo\r\n三 😀", 100) == "one\n\ttwo\r\n三 😀"


def test_too_many_words_are_cut_and_say_so() -> None:
    assert cells.read_prose("x" * 100, 100) == "x" * 100
    assert cells.read_prose("it \x00broke\x1b", 100) == "it broke"
    assert cells.read_prose("x" * 1_100, 100) == "x" * 70 + " … [+1,030]"


def test_a_key_is_measured_in_bytes() -> None:
    assert cells.read_key("电" * 133, 400) == "电" * 133  # 3 bytes each
    with pytest.raises(ValueError, match="has 402 bytes; at most 400 are kept"):
        cells.read_key("电" * 134, 400)


@pytest.mark.parametrize("cell", ["lin", "a b@c.example", "a@b@c.example", "A <a@b.example>"])
def test_what_is_no_address(cell: str) -> None:
    with pytest.raises(ValueError, match="isn't an e-mail address"):
        cells.read_email(cell, 400)


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        (None, "null"),
        (True, "true"),
        (3, "3"),
        (1e-05, "0.00001"),
        (Decimal("1E+3"), "1000"),
        (date(2026, 3, 5), "2026-03-05"),
        ([Decimal("1.50")], '["1.50"]'),
    ],
)
def test_a_programs_value_becomes_a_cell(value: object, cell: str) -> None:
    assert cells.as_cell(value) == cell
