"""What is said of competitors' shops, and of our own listings."""

from typing import Any

import pytest

from core.values import Locale
from tests.core.examples import (
    BLOCKED_SHOPS,
    COMPETITOR_RANGE,
    COMPETITOR_READERS,
    COMPETITOR_SHORTAGE,
    IN_CANADA,
    LISTED_PRICES,
)
from tests.core.test_texts import said

ZH = Locale.CHINESE


def test_a_slipped_decimal_is_told_with_both_prices() -> None:
    title = said("alerts/listed_prices", "title", LISTED_PRICES)
    assert title.endswith(": USD 59.90 listed, USD 599.00 on the list: 90 % below")
    body = said("alerts/listed_prices", "body", LISTED_PRICES)
    assert body.startswith("(USD 59.90 − USD 599.00) ÷ USD 599.00 = -90.0 % at quantity 1")
    assert "低于 90 %" in said("alerts/listed_prices", "title", LISTED_PRICES, ZH)


def test_a_converted_list_price_is_told_with_its_rate() -> None:
    told = LISTED_PRICES | IN_CANADA  # 599 × 1.4 = 838.60; 1599 ÷ 838.60 = 1.9067
    title = said("alerts/listed_prices", "title", told)
    assert title.endswith(": CAD 1,599.00 listed, CAD 838.60 on the list: 90.7 % above")
    body = said("alerts/listed_prices", "body", told)
    assert "USD 599.00 on the list, at 1.4, the rate of 2026-03-04" in body


def test_a_chance_says_how_much_we_have() -> None:
    told = COMPETITOR_SHORTAGE | {"competitor": "VoltTrail"}
    assert said("alerts/competitor_shortage", "title", told) == (
        "VoltTrail is sold out of what competes with PS-1000 Power station; we have 1,640"
    )


def test_a_broken_reader_says_how_to_look() -> None:
    body = said("alerts/competitor_readers", "body", COMPETITOR_READERS)
    assert "70 give none now and 3 give one that is far from the last" in body
    assert (
        "`watchkeeper offer var/pages/1.gz --url 'https://volttrail.example/&lt;!here&gt;'`" in body
    )


def test_a_blocked_shop_says_how_old_its_prices_are_and_names_other_ways_in() -> None:
    body = said("alerts/blocked_shops", "body", BLOCKED_SHOPS)
    assert "The last prices are from 2026-03-05 10:30." in body
    assert "`watchkeeper import competitor_offer FILE`" in body


@pytest.mark.parametrize(
    ("what", "english", "chinese"),
    [
        ("new", "Volt sells something new: X", "Volt 上新：X"),
        ("sold_out", "Volt is sold out of X", "Volt 的 X 已售罄"),
        ("vanished", "Volt sells X no more", "Volt 已下架 X"),
    ],
)
def test_what_changed_in_a_shop(what: str, english: str, chinese: str) -> None:
    told: dict[str, Any] = COMPETITOR_RANGE | {"what": what, "competitor": "Volt", "title": "X"}
    assert said("alerts/competitor_range", "title", told) == english
    assert said("alerts/competitor_range", "title", told, ZH) == chinese
