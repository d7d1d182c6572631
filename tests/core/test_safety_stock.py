"""Safety stock and the order quantity (plan C1), against fractions worked out exactly."""

from decimal import Decimal
from fractions import Fraction
from math import ceil
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.rules.safety_stock import Cover, cover, is_short

PLAN: dict[str, Any] = {
    "units_sold": 552,  # 18.4 a day over 30 days
    "days": 30,
    "purchase_lead_days": 20,
    "transport_lead_days": 35,
    "factor": Decimal("1.8"),
    "available": 640,
    "inbound": 0,
    "moq": 1,
}


def covered(**changes: Any) -> Cover:
    return cover(**(PLAN | changes))


def short(**changes: Any) -> bool:
    asked = PLAN | changes
    leads = asked["purchase_lead_days"] + asked["transport_lead_days"]
    return is_short(asked["units_sold"], asked["days"], leads, asked["factor"], asked["available"])


def test_the_plans_example() -> None:
    needed = covered()  # 18.4 × (20 + 35) × 1.8 = 1,821.6 → 1,822; 1,822 − 640 = 1,182
    assert needed.daily_sales == Decimal("18.4")
    assert (needed.lead_days, needed.safety_stock, needed.order_quantity) == (55, 1822, 1182)
    assert short()


def test_exactly_the_safety_stock_is_enough() -> None:
    assert not short(available=1822)
    assert short(available=1821)
    assert covered(available=1821).order_quantity == 1


def test_a_product_that_is_whole_is_not_rounded_up() -> None:
    assert covered(units_sold=100, days=10, factor=Decimal("2")).safety_stock == 1100  # 10 × 55 × 2


@pytest.mark.parametrize(
    ("inbound", "moq", "order"),
    [
        (182, 1, 1000),  # 1,182 missing, 182 on the way
        (1182, 1, 0),  # all of it is on the way
        (5000, 500, 0),
        (0, 2000, 2000),  # no less than the supplier sells
        (1181, 500, 500),
    ],
)
def test_what_is_on_its_way_is_not_ordered_again(inbound: int, moq: int, order: int) -> None:
    needed = covered(inbound=inbound, moq=moq)
    assert needed.order_quantity == order


def test_oversold_stock_is_ordered_too() -> None:
    assert covered(available=-10).order_quantity == 1832


def test_what_does_not_sell_needs_no_stock() -> None:
    needed = covered(units_sold=0, available=0)
    assert (needed.safety_stock, needed.order_quantity) == (0, 0)
    assert not short(units_sold=0, available=0)


def test_more_returns_than_sales_count_as_none_sold() -> None:
    needed = covered(units_sold=-30, available=0)
    assert needed.daily_sales == 0
    assert needed.safety_stock == 0
    assert not short(units_sold=-30, available=0)


@given(
    units=st.integers(-(10**6), 10**9),
    days=st.integers(1, 365),
    leads=st.tuples(st.integers(0, 400), st.integers(0, 400)),
    factor=st.decimals("0.01", "10", places=2),
    available=st.integers(-(10**6), 10**9),
    inbound=st.integers(0, 10**6),
    moq=st.integers(1, 10**5),
)
def test_the_rule_is_exact(
    units: int,
    days: int,
    leads: tuple[int, int],
    factor: Decimal,
    available: int,
    inbound: int,
    moq: int,
) -> None:
    needed = cover(
        units_sold=units,
        days=days,
        purchase_lead_days=leads[0],
        transport_lead_days=leads[1],
        factor=factor,
        available=available,
        inbound=inbound,
        moq=moq,
    )
    exact = ceil(Fraction(max(units, 0), days) * sum(leads) * Fraction(factor))
    missing = exact - available - inbound
    assert needed.safety_stock == exact
    assert is_short(units, days, sum(leads), factor, available) == (available < exact)
    assert needed.order_quantity == (max(missing, moq) if missing > 0 else 0)
