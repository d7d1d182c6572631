"""Oversold (plan C3): committed > on hand at a place, or over all channels."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.rules.oversell import Place, Stand, stand

PIECES = st.integers(0, 50)
PLACES = st.lists(
    st.builds(
        Place,
        st.sampled_from(["main", "overseas", "fba", "shopify"]),
        PIECES,
        PIECES,
        st.none() | PIECES,
    ),
    max_size=6,
    unique_by=lambda place: place.location,
)


def goods(on_hand: int, committed: int, location: str = "main") -> Place:
    return Place(location, on_hand, committed)


def listing(listed: int, committed: int = 0, location: str = "shopify") -> Place:
    return Place(location, 0, committed, listed)


def reckoned(*places: Place, separate: Sequence[str] = (), keep_back: int = 0) -> Stand:
    found = stand(places, separate, keep_back)
    assert found is not None
    return found


@pytest.mark.parametrize(("committed", "oversold"), [(14, False), (15, True)])
def test_a_place_is_oversold_when_more_is_promised_than_lies_there(
    committed: int, oversold: bool
) -> None:
    found = reckoned(goods(14, committed), goods(300, 0, "overseas"))
    assert found.is_oversold is oversold
    assert [place.location for place in found.overdrawn] == ["main"] * oversold


def test_the_channels_together_promise_more_than_there_is() -> None:
    found = reckoned(goods(50, 0), listing(40, 30), listing(40, 25, "alibaba"))
    # 50 on hand − (30 + 25) promised
    assert (found.free, found.is_oversold, found.allowed) == (-5, True, 0)
    assert [(p.location, p.listed) for p in found.to_lower] == [("alibaba", 40), ("shopify", 40)]


def test_an_order_known_to_warehouse_and_channel_counts_once() -> None:
    assert reckoned(goods(50, 30), listing(20, 30)).free == 20


def test_no_listing_may_offer_more_than_is_free_less_what_is_kept_back() -> None:
    found = reckoned(goods(50, 10), listing(38), listing(35, 0, "amazon"), keep_back=5)
    assert found.allowed == 35  # 50 − 10 − 5
    assert [place.location for place in found.to_lower] == ["shopify"]


def test_a_marketplaces_own_warehouse_serves_nobody_else() -> None:
    found = reckoned(goods(500, 20, "fba"), goods(3, 8), separate=["fba"])
    assert (found.on_hand, found.free) == (3, -5)
    alone = reckoned(goods(500, 520, "fba"), goods(3, 0), separate=["fba"])
    assert [place.location for place in alone.overdrawn] == ["fba"]


@pytest.mark.parametrize("separate", [[], ["fba"]])
def test_unknown_goods_are_not_none(separate: list[str]) -> None:
    places = [listing(5, 5)] + ([goods(9, 0, "fba")] if separate else [])
    assert stand(places, separate, 0) is None


@given(PLACES, st.integers(0, 20))
def test_lowered_listings_are_enough_and_no_more(places: list[Place], keep_back: int) -> None:
    found = stand(places, ["fba"], keep_back)
    if found is not None:
        lowered = {place.location for place in found.to_lower}
        after = [
            Place(
                p.location,
                p.on_hand,
                p.committed,
                found.allowed if p.location in lowered else p.listed,
            )
            for p in places
        ]
        again = stand(after, ["fba"], keep_back)
        assert again is not None
        assert not again.to_lower
        assert again.allowed == found.allowed <= max(found.free, 0)
