"""How alike an article and a page are: bar codes, words, numbers with units."""

from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.ledger.proposals import weighing
from core.rules.likeness import Item, Likeness, Reason, Weighing, likeness
from core.rules.measures import read
from core.settings import Settings

STATION = Item(("Portable Power Station 1000 W", "便携式储能电源 1000W"))


@pytest.fixture(scope="module")
def rule(settings: Settings) -> Weighing:
    """The numbers of the shipped configuration."""
    return weighing(settings.pairs)


def titled(title: str) -> Item:
    return Item((title,))


@pytest.mark.parametrize(
    ("text", "measured"),
    [
        ("2kWh LiFePO4", {"energy": (2000,)}),
        ("2048 Wh, 230 V", {"energy": (2048,), "voltage": (230,)}),
        ("1,800W (3600W peak)", {"power": (1800,)}),
        ("2000W Peak / 1000W", {"power": (1000,)}),
        ("峰值 2000W 额定 1000瓦", {"power": (1000,)}),
        ("40L 车载冰箱 12V 15公斤", {"volume": (40,), "voltage": (12,), "mass": (15,)}),
        ("5000 BTU camping AC", {"cooling": (5000,)}),
        ("10 Ah / 20000mAh", {"charge": (10000, 20000)}),
        ("1.5 m duct", {"length": (Decimal("1.5"),)}),
        ("1.024 Wh", {}),  # 1024 Wh in German, 1.024 in English
        ("Station W 1000", {}),
    ],
)
def test_numbers_with_units_are_read_in_one_unit(text: str, measured: dict[str, object]) -> None:
    assert read(text).measures == measured


def test_words_are_parted_also_where_no_space_parts_them() -> None:
    assert read("储能电源 1000W EU-Plug").words == {"储", "能", "电", "源", "eu", "plug"}


@given(st.text(max_size=80))
def test_any_text_can_be_read(text: str) -> None:
    assert all(number >= 0 for values in read(text).measures.values() for number in values)


def test_the_same_bar_code_is_the_same_product_whatever_the_titles_say(rule: Weighing) -> None:
    ours, theirs = Item(("A",), gtin="4006381333931"), Item(("B 9 W",), gtin="04006381333931")
    assert likeness(ours, theirs, rule) == Likeness(1, [Reason("gtin")], is_certain=True)


def test_another_bar_code_is_another_product(rule: Weighing) -> None:
    ours, theirs = Item(("A",), gtin="4006381333931"), Item(("A",), gtin="4006381333948")
    assert likeness(ours, theirs, rule).score == 0


@pytest.mark.parametrize("code", ["0", "00000000", "n/a", "12345", "1" * 20])
def test_what_is_no_bar_code_says_nothing(rule: Weighing, code: str) -> None:
    assert likeness(Item(("A b",), gtin=code), Item(("A b",), gtin=code), rule).score == 1
    assert not likeness(Item(("A b",), gtin=code), Item(("A b",), gtin=code), rule).is_certain


def test_title_and_number_are_weighed(rule: Weighing) -> None:
    alike = likeness(STATION, titled("Portable Power Station 1000W"), rule)
    # all three words covered, the same in order: title 1; the number agrees: (0.6 + 0.3) ÷ 0.9 = 1
    assert alike.score == 1
    assert alike.reasons == [Reason("title", "1.00"), Reason("same", "1000", "W")]


@pytest.mark.parametrize(
    "title",
    [
        "Portable Power Station 2000 W",
        "TrailCell 2000 Portable Power Station",
        "便携式储能电源 2000W",
        "Portable Power Station 2 kW",
    ],
)
def test_a_number_that_contradicts_is_another_product(rule: Weighing, title: str) -> None:
    alike = likeness(STATION, titled(title), rule)
    assert alike.score <= 0.3  # pairs.contradicted_score, under pairs.least_score
    assert alike.reasons[-1].what == "other"


@pytest.mark.parametrize(
    "title",
    [
        "TrailCell 1000 Portable Power Station",
        "1000W (2000W peak) portable power station, 2026 model",
        "VOLT 1kW Power Station Portable",
        "户外便携储能电源 1000W 大容量",
    ],
)
def test_the_same_number_in_other_clothes_is_the_same_product(rule: Weighing, title: str) -> None:
    assert likeness(STATION, titled(title), rule).score >= 0.6  # pairs.least_score


@pytest.mark.parametrize(("watts", "same"), [("1000 W", True), ("2000 W", False)])
def test_our_own_number_may_lack_its_unit_too(rule: Weighing, watts: str, *, same: bool) -> None:
    ours = Item(("Power station 1000",))
    assert (likeness(ours, titled(f"Sun power station {watts}"), rule).score > 0.6) is same


def test_a_year_contradicts_nothing(rule: Weighing) -> None:
    ours = Item(("Carry bag for power stations 1000 W",))
    assert likeness(ours, titled("Carry bag for power stations, 2026"), rule).score > 0.6


def test_numbers_within_the_tolerance_are_the_same(rule: Weighing) -> None:
    battery = Item(("Expansion Battery",), specification="2048 Wh, 51.2 V")
    assert likeness(battery, titled("Expansion Battery 2 kWh"), rule).score > 0.9  # 2.3 % off
    assert likeness(battery, titled("Expansion Battery 1900 Wh"), rule).score <= 0.3  # 7.2 %


def test_the_very_number_is_ahead_of_a_near_one(rule: Weighing) -> None:
    exact, near = (Item((f"Cooler {watts} W",)) for watts in (5000, 4900))  # 2 % off
    first, second = (likeness(item, titled("cooler 5000W"), rule) for item in (exact, near))
    assert second.score > 0.9
    assert first.is_ahead_of(second, lead=0.1)


def test_a_price_worlds_apart_counts_a_little(rule: Weighing) -> None:
    ours = Item(("Folding Chair",), price=Decimal(10))
    near, far = (Item(("Folding Chair",), price=Decimal(price)) for price in (29, 31))
    assert likeness(ours, near, rule).score == 1  # not more than 3 times
    assert round(likeness(ours, far, rule).score, 3) == 0.857  # 0.6 ÷ (0.6 + 0.1)


def test_something_else_is_not_alike(rule: Weighing) -> None:
    assert likeness(STATION, titled("Garden hose 20 m"), rule).score < 0.3


def test_a_variant_is_nearer_to_the_page_that_names_it(rule: Weighing) -> None:
    plain, plug = STATION, Item(("Portable Power Station 1000 W, EU plug",))
    for title, nearer, other in (
        ("TrailCell 1000 Portable Power Station EU plug", plug, plain),
        ("TrailCell 1000 Portable Power Station", plain, plug),
    ):
        first, second = (likeness(item, titled(title), rule) for item in (nearer, other))
        assert first.is_ahead_of(second, lead=0.1)
        assert not second.is_ahead_of(first, lead=0.1)


@given(st.text(max_size=40), st.text(max_size=40))
def test_a_score_is_a_share_and_a_text_is_most_like_itself(text: str, other: str) -> None:
    rule = Weighing(0.6, 0.3, 0.1, 0.03, ("power", "energy"), 0.3, 3)
    scores = [likeness(titled(text), titled(page), rule).score for page in (text, other)]
    assert all(0 <= score <= 1 for score in scores)
    if read(text).words:
        assert all(first >= second for first, second in pairwise(scores))
