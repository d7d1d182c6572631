"""Our price against theirs at the same quantity (plan B1): gap = (ours − theirs) / theirs."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.rules.price_gap import Gap, Tier, gap, price_at

LIMIT = Decimal("0.03")
PRICES = st.decimals("0.01", "100000", places=2)


def tiers(*pairs: tuple[int, str]) -> list[Tier]:
    return [Tier(quantity, Decimal(price)) for quantity, price in pairs]


@pytest.mark.parametrize(
    ("ours", "theirs", "over"),
    [
        ("103.00", "100.00", False),  # exactly 3 %
        ("103.01", "100.00", True),
        ("97.00", "100.00", False),
        ("96.99", "100.00", True),
        ("100.00", "100.00", False),
        ("0.05", "0.04", False),  # 25 %, but one cent: the rounding of a price
        ("0.06", "0.04", True),
        ("34.33", "33.33", True),  # 1.00 is over 0.9999
        ("34.32", "33.33", False),  # 0.99 is not
    ],
)
def test_only_a_gap_over_the_limit_counts(ours: str, theirs: str, over: bool) -> None:
    assert Gap(1, Decimal(ours), Decimal(theirs)).exceeds(LIMIT) is over


def test_the_gap_is_a_share_of_their_price() -> None:
    assert Gap(1, Decimal("439"), Decimal("400")).ratio == Decimal("0.0975")  # 39 / 400
    assert Gap(1, Decimal("380"), Decimal("400")).ratio == Decimal("-0.05")  # they are dearer


LADDER = tiers((100, "9.00"), (10, "10.00"), (1000, "8.00"))


@pytest.mark.parametrize(
    ("quantity", "price"),
    [(9, None), (10, "10.00"), (99, "10.00"), (100, "9.00"), (5000, "8.00")],
)
def test_a_quantity_has_the_price_of_the_last_tier_it_reaches(
    quantity: int, price: str | None
) -> None:
    assert price_at(LADDER, quantity) == (Decimal(price) if price else None)


@pytest.mark.parametrize(
    ("ours", "theirs", "expected"),
    [
        (tiers((1, "20")), LADDER, (10, "20", "10.00")),  # they sell from 10 on
        (tiers((50, "12")), LADDER, (50, "12", "10.00")),  # we sell from 50 on: their tier of 10
        (tiers((500, "9.50")), LADDER, (500, "9.50", "9.00")),
        (tiers((1, "20"), (10, "15")), LADDER, (10, "15", "10.00")),  # our own ladder counts too
    ],
)
def test_the_smallest_quantity_both_sell_is_compared(
    ours: list[Tier], theirs: list[Tier], expected: tuple[int, str, str]
) -> None:
    quantity, our_price, their_price = expected
    assert gap(ours, theirs) == Gap(quantity, Decimal(our_price), Decimal(their_price))


def test_without_a_price_on_both_sides_nothing_is_compared() -> None:
    assert gap([], LADDER) is None
    assert gap(LADDER, []) is None
    assert gap(LADDER, tiers((1, "0"))) is None


@given(PRICES, PRICES, st.decimals("0.001", "0.5", places=3))
def test_the_comparison_is_exact(ours: Decimal, theirs: Decimal, limit: Decimal) -> None:
    difference = abs(Fraction(ours) - Fraction(theirs))
    over = difference / Fraction(theirs) > Fraction(limit) and difference > Fraction(1, 100)
    assert Gap(1, ours, theirs).exceeds(limit) == over
