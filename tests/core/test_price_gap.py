"""How far our price is from theirs (plan B1): gap = (ours − theirs) / theirs."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.rules.price_gap import Gap, margin

LIMIT, FURTHER = Decimal("0.03"), Decimal("0.02")
PRICES = st.decimals("0.01", "100000", places=2)
SHARES = st.decimals("0.001", "0.5", places=3)


def of(ours: str, theirs: str, tick: str = "0.01") -> Gap:
    return Gap(1, Decimal(ours), Decimal(theirs), Decimal(tick))


@pytest.mark.parametrize(
    ("gap", "over"),
    [
        (of("103.00", "100.00"), False),  # exactly 3 %
        (of("103.01", "100.00"), True),
        (of("97.00", "100.00"), False),
        (of("96.99", "100.00"), True),
        (of("100.00", "100.00"), False),
        (of("0.05", "0.04"), False),  # 25 %, but one cent: the rounding of a price
        (of("0.06", "0.04"), True),
        (of("0.0130", "0.0125", "0.0001"), True),  # 4 %, five of their steps
        (of("34.33", "33.33"), True),  # 1.00 is over 0.9999
        (of("34.32", "33.33"), False),  # 0.99 is not
    ],
)
def test_only_a_gap_over_the_limit_and_over_one_step_counts(gap: Gap, over: bool) -> None:
    assert gap.exceeds(LIMIT) is over


def test_the_gap_is_a_share_of_their_price() -> None:
    assert of("439", "400").ratio == Decimal("0.0975")  # 39 / 400
    assert of("380", "400").ratio == Decimal("-0.05")
    assert (of("439", "400").they_are, of("380", "400").they_are) == ("cheaper", "dearer")


@given(PRICES, PRICES, SHARES)
def test_the_comparison_is_exact(ours: Decimal, theirs: Decimal, limit: Decimal) -> None:
    difference = abs(Fraction(ours) - Fraction(theirs))
    over = difference / Fraction(theirs) > Fraction(limit) and difference > Fraction(1, 100)
    assert Gap(1, ours, theirs).exceeds(limit) == over


@pytest.mark.parametrize(
    ("now", "is_further"),
    [
        (of("105", "100"), False),
        (of("107", "100"), False),  # 5 % was kept; 7 % is two points further, not more
        (of("107.01", "100"), True),
        (of("101", "100"), False),
        (of("95", "100"), True),  # turned round
    ],
)
def test_a_kept_gap_is_further_when_it_has_grown_by_more_or_turned_round(
    now: Gap, is_further: bool
) -> None:
    assert now.is_further_than(of("105", "100"), FURTHER) is is_further


@given(PRICES, PRICES, SHARES)
def test_a_gap_is_never_further_than_itself(
    ours: Decimal, theirs: Decimal, further: Decimal
) -> None:
    gap = Gap(1, ours, theirs)
    assert not gap.is_further_than(gap, further)


@given(PRICES, PRICES, PRICES, PRICES, SHARES)
def test_further_is_exact(a: Decimal, b: Decimal, c: Decimal, d: Decimal, further: Decimal) -> None:
    now, kept = (Fraction(x) / Fraction(y) - 1 for x, y in ((a, b), (c, d)))
    turned = (now > 0) != (kept > 0)
    expected = turned or abs(now) - abs(kept) > Fraction(further)
    assert Gap(1, a, b).is_further_than(Gap(1, c, d), further) == expected


def test_the_margin_is_a_share_of_the_price() -> None:
    assert margin(Decimal(100), Decimal(80)) == Decimal("0.2")  # 20 / 100
    assert margin(Decimal(100), Decimal(110)) == Decimal("-0.1")
    assert margin(Decimal(100), None) is None
