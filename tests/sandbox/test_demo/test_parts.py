"""Parts of the demo generator on their own: the year, the workbook, the arithmetic."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import load_workbook

from sandbox.demo.plan_year import expected_gmv, next_peak
from sandbox.demo.shortages import safety_stock
from sandbox.demo.xlsx import write_sheet

DAYS = st.dates(date(2020, 1, 1), date(2035, 12, 31))


@pytest.mark.parametrize(
    ("day", "million"),
    [
        (date(2026, 1, 1), "0"),
        (date(2026, 4, 1), "2.16"),  # 12 x 18 %
        (date(2026, 7, 1), "5.4"),  # + 12 x 27 %
        (date(2026, 10, 1), "9.24"),  # + 12 x 32 %
        (date(2026, 11, 16), "10.62"),  # + 12 x 23 % x 46 / 92
    ],
)
def test_curve_of_the_year(day: date, million: str) -> None:
    assert expected_gmv(day) == Decimal(million) * 1_000_000


@given(day=DAYS)
def test_curve_only_rises_within_a_year(day: date) -> None:
    first = date(day.year, 1, 1)
    assert expected_gmv(first) <= expected_gmv(day) < 12_000_000


@given(day=DAYS)
def test_next_peak_is_a_first_of_july_ahead_within_a_year(day: date) -> None:
    peak = next_peak(day)
    assert (peak.month, peak.day) == (7, 1)
    assert 0 < (peak - day).days <= 366


def test_safety_stock_by_hand() -> None:
    # 552 / 30 = 18.4 a day; 18.4 x 55 x 1.8
    assert safety_stock(552, 55) == Decimal("1821.6")


def test_workbook_keeps_text_that_looks_like_markup(tmp_path: Path) -> None:
    path = tmp_path / "sheet.xlsx"
    write_sheet(path, ["现有库存", "a<b"], [[14, "</t>&amp;"], [-3, "=1+1"]])
    rows = load_workbook(path).get_sheet_by_index(0).to_python()
    assert rows == [["现有库存", "a<b"], [14, "</t>&amp;"], [-3, "=1+1"]]
