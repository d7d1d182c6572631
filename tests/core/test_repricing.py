"""A new price on our ladder (plan B1): what is proposed, lowered, refused."""

from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from core.rules.ladder import Tier, price_at
from core.rules.price_gap import margin
from core.rules.repricing import NewTier, Refusal, floor_price, on_step, refusal, repriced

CENT = Decimal("0.01")
LADDER = [Tier(1, Decimal("12.00")), Tier(100, Decimal("10.00")), Tier(500, Decimal("9.40"))]

prices = st.decimals("0.01", "5000", places=2)
quantities = st.integers(1, 10_000)


@st.composite
def ladders(draw: st.DrawFn) -> list[Tier]:
    """Ladders as they should be: more pieces never cost more each."""
    known = draw(st.dictionaries(quantities, prices, min_size=1, max_size=6))
    dearest_first = sorted(known.values(), reverse=True)
    return [Tier(at, price) for at, price in zip(sorted(known), dearest_first, strict=True)]


def falls(tiers: list[NewTier]) -> bool:
    return all(a.price >= b.price for a, b in pairwise(tiers))


@pytest.mark.parametrize(
    ("theirs", "step", "matched"),
    [
        ("9.3", "0.01", "9.30"),
        ("9.309", "0.01", "9.30"),  # 9.31 would be above theirs
        ("418.9999", "0.01", "418.99"),
        ("0.01258", "0.0001", "0.0125"),  # at this price a cent is four fifths
        ("0.004", "0.01", "0.00"),  # nothing is left to ask
    ],
)
def test_what_matches_is_in_whole_steps_and_never_above_theirs(
    theirs: str, step: str, matched: str
) -> None:
    assert str(on_step(Decimal(theirs), Decimal(step))) == matched


def test_tiers_for_more_pieces_come_down_with_it() -> None:
    now = repriced(LADDER, 100, Decimal("9.30"))
    assert now == [
        NewTier(1, Decimal("12.00"), Decimal("12.00")),
        NewTier(100, Decimal("9.30"), Decimal("10.00")),
        NewTier(500, Decimal("9.30"), Decimal("9.40")),  # dearer than 100 pieces otherwise
    ]
    assert [tier.changed for tier in now] == [False, True, True]


def test_a_quantity_between_two_tiers_becomes_one_of_its_own() -> None:
    between = repriced(LADDER, 200, Decimal("9.80"))[2]
    assert between == NewTier(200, Decimal("9.80"), Decimal("10.00"))  # 10.00 from 100 on


def test_fewer_pieces_than_were_ever_sold_had_no_price() -> None:
    assert repriced(LADDER[1:], 10, Decimal("11"))[0] == NewTier(10, Decimal("11"), None)


@given(ladders(), quantities, prices)
def test_a_new_price_never_makes_more_pieces_dearer(
    ladder: list[Tier], quantity: int, price: Decimal
) -> None:
    assume(refusal(price, price + 1, quantity, ladder, Decimal(10**6)) is None)
    now = repriced(ladder, quantity, price)
    assert price_at([Tier(t.min_quantity, t.price) for t in now], quantity) == price
    assert falls(now)
    assert all(t.price <= t.old_price for t in now if t.old_price and t.min_quantity > quantity)
    assert not any(t.changed for t in now if t.min_quantity < quantity)


@pytest.mark.parametrize(
    ("price", "refused"),
    [
        ("0", Refusal.NOT_POSITIVE),
        ("-9.30", Refusal.NOT_POSITIVE),
        ("10.00", Refusal.SAME),
        ("4.99", Refusal.TOO_LOW),  # under half of 10.00
        ("5.00", None),
        ("12.00", None),  # as one piece costs
        ("12.01", Refusal.RISING),
        ("20.00", Refusal.RISING),  # twice 10.00 is no slip yet
        ("20.01", Refusal.TOO_HIGH),
    ],
)
def test_what_is_refused_at_100_pieces_for_10(price: str, refused: Refusal | None) -> None:
    slip_over = Decimal(2)
    assert refusal(Decimal(price), Decimal(10), 100, LADDER, slip_over) == refused


def test_nothing_is_changed_where_there_is_no_ladder() -> None:
    refused = refusal(Decimal(9), Decimal(10), 100, [], Decimal(2))
    assert refused == Refusal.NO_LADDER


def test_the_floor_leaves_the_least_margin() -> None:
    # 8.00 ÷ (1 − 0.18) = 9.7560…: 9.75 leaves 17.9 %, 9.76 leaves 18.03 %
    assert floor_price(Decimal("8.00"), Decimal("0.18"), CENT) == Decimal("9.76")
    assert floor_price(Decimal("8.20"), Decimal("0.18"), CENT) == Decimal("10.00")  # 18 % exactly


@given(prices, st.decimals("0.01", "0.9", places=2))
def test_no_price_under_the_floor_leaves_the_least_margin(cost: Decimal, least: Decimal) -> None:
    floor = floor_price(cost, least, CENT)
    left, less = margin(floor, cost), margin(floor - CENT, cost)
    assert left is not None
    assert left >= least
    assert less is None or less < least
