"""Price ladders: the price at a quantity, and at which quantities two are compared."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.rules.ladder import Ladder, Tier, common_quantities, price_at


def tiers(*pairs: tuple[int, str]) -> list[Tier]:
    return [Tier(quantity, Decimal(price)) for quantity, price in pairs]


LADDER = tiers((100, "9.00"), (10, "10.00"), (1000, "8.00"))
LADDERS = st.lists(
    st.builds(Tier, st.integers(1, 10_000), st.decimals("0.01", "1000", places=2)),
    max_size=6,
    unique_by=lambda tier: tier.min_quantity,
)


@pytest.mark.parametrize(
    ("quantity", "price"),
    [(9, None), (10, "10.00"), (99, "10.00"), (100, "9.00"), (5000, "8.00")],
)
def test_a_quantity_has_the_price_of_the_last_tier_it_reaches(
    quantity: int, price: str | None
) -> None:
    assert price_at(LADDER, quantity) == (Decimal(price) if price else None)


@pytest.mark.parametrize(
    ("ours", "theirs", "quantities"),
    [
        (LADDER, [LADDER], [10, 100, 1000]),
        (LADDER, [tiers((50, "9"))], [100, 1000]),  # they begin at 50: not at our 10
        (tiers((50, "12")), [LADDER], [50]),  # we sell from 50 on: in their tier of 10
        (tiers((1, "20")), [LADDER], [10]),  # none of ours: the smallest both sell
        (tiers((1, "20"), (10, "15")), [tiers((500, "9"))], [500]),
        (LADDER, [tiers((500, "9")), tiers((20, "9"))], [100, 1000]),  # one of two pages sells it
        ([], [LADDER], []),
        (LADDER, [[]], []),
        (LADDER, [], []),
    ],
)
def test_ladders_are_compared_at_the_quantities_we_sell(
    ours: Ladder, theirs: list[Ladder], quantities: list[int]
) -> None:
    assert common_quantities(ours, theirs) == quantities


@given(LADDERS, st.lists(LADDERS, max_size=3))
def test_where_ladders_are_compared_both_have_a_price(
    ours: list[Tier], theirs: list[list[Tier]]
) -> None:
    found = common_quantities(ours, theirs)
    assert found == sorted(set(found))
    for quantity in found:
        assert price_at(ours, quantity) is not None
        assert any(price_at(ladder, quantity) is not None for ladder in theirs)
    assert bool(found) == bool(ours and any(theirs))


@given(LADDERS, st.integers(1, 10_000))
def test_the_order_of_tiers_does_not_matter(ladder: list[Tier], quantity: int) -> None:
    assert price_at(ladder, quantity) == price_at(ladder[::-1], quantity)
