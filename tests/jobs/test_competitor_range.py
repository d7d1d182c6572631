"""New, vanished and sold-out pages of competitors (plan B1): told for 3 days."""

from datetime import timedelta
from typing import Any

import pytest

from core.finding import Finding
from tests.jobs.conftest import NOW, Look, Put, only, spot

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
HOME = "https://volttrail.example/products/"


def page(name: str, first: float, last: float = 0.1, **changes: Any) -> dict[str, Any]:
    """A page that its shop named first and last so many days ago."""
    plain = {"competitor": "VoltTrail", "url": HOME + name, "found_by": "sitemap", "title": name}
    return plain | {"first_seen_at": NOW - first * DAY, "last_seen_at": NOW - last * DAY} | changes


def read(name: str, days: float, price: str | None = "419", **changes: Any) -> dict[str, Any]:
    """What was read on a page so many days ago."""
    plain = {"competitor": "VoltTrail", "url": HOME + name, "observed_at": NOW - days * DAY}
    return plain | {"price": price, "currency": "USD", "availability": "in_stock"} | changes


def gone(name: str, days: float, problem: str = "not_found") -> dict[str, Any]:
    return read(name, days, None, availability=None, problem=problem)


def sold_out(name: str, days: float, price: str | None = "419") -> dict[str, Any]:
    return read(name, days, price, availability="out_of_stock")


def told(look: Look, days_ago: float = 0) -> list[str]:
    found = look("competitor_range", as_of=NOW - days_ago * DAY, stale_after={})
    assert all(isinstance(each, Finding) for each in found), found
    return [each.subject.replace(HOME, "") for each in found if isinstance(each, Finding)]


def known_shop(put: Put, *more: dict[str, Any]) -> None:
    """A shop that has been known for 30 days by a page that is read as it was."""
    put("competitor_page", page("old", 30), *more)
    put("competitor_offer", read("old", 29), read("old", 0.1))


# New


def test_a_product_that_a_known_shop_added_is_new(put: Put, look: Look) -> None:
    known_shop(put, page("trailcell-3000", 1))
    put("competitor_offer", read("trailcell-3000", 0.9, "1299"))
    found = only(look("competitor_range"))
    assert found.subject == f"new {HOME}trailcell-3000"
    assert (found.facts["title"], found.facts["price"]) == ("trailcell-3000", "1299.00")
    assert (found.since, found.severity) == (NOW - DAY, None)  # the stanza's: notice
    assert [origin["kind"] for origin in found.provenance] == [
        "competitor_offer",
        "competitor_page",
    ]


def test_the_first_discovery_of_a_shop_is_no_news(put: Put, look: Look) -> None:
    """Its first page was found 2.9 days ago, the others hours later: none of them is new."""
    put("competitor_page", page("a", 2.9), page("b", 2.8), page("c", 0.5))
    put("competitor_offer", *(read(name, 0.1) for name in "abc"))
    assert told(look) == []
    assert told(look, -0.15) == []  # the first page is older than 3 days by then


@pytest.mark.parametrize(("began", "new"), [(5, ["new x"]), (4.99, [])])
def test_a_shop_is_known_after_three_days(
    put: Put, look: Look, began: float, new: list[str]
) -> None:
    put("competitor_page", page("a", began), page("x", 2))
    put("competitor_offer", read("a", 0.1), read("x", 0.1))
    assert told(look) == new


@pytest.mark.parametrize(("days", "new"), [(2.99, ["new x"]), (3, [])])
def test_it_is_told_for_three_days(put: Put, look: Look, days: float, new: list[str]) -> None:
    known_shop(put, page("x", days))
    put("competitor_offer", read("x", 0.1))
    assert told(look) == new


def test_an_earlier_moment_does_not_know_it_yet(put: Put, look: Look) -> None:
    known_shop(put, page("x", 1))
    put("competitor_offer", read("x", 0.9))
    assert told(look, 1.1) == []


@pytest.mark.parametrize(
    "offer",
    [
        gone("x", 0.1),
        gone("x", 0.1, "captcha"),
        gone("x", 0.1, "no price"),
        read("x", 0.1, "9", problem="uncertain"),
    ],
)
def test_what_was_not_seen_to_be_a_product_is_not_new(
    put: Put, look: Look, offer: dict[str, Any]
) -> None:
    known_shop(put, page("x", 1))
    put("competitor_offer", offer)
    assert told(look) == []


def test_a_product_whose_price_is_not_shown_is_new_too(put: Put, look: Look) -> None:
    known_shop(put, page("x", 1))
    put("competitor_offer", read("x", 0.1, None, problem="no price"))
    found = only(look("competitor_range"))
    assert (found.facts["what"], found.facts["price"]) == ("new", None)


def test_a_page_that_a_person_named_is_no_news(put: Put, look: Look) -> None:
    known_shop(put, page("x", 1, found_by=None))
    put("competitor_offer", read("x", 0.1))
    assert told(look) == []


def test_another_way_into_a_shop_begins_anew(put: Put, look: Look) -> None:
    """Its sitemap is read since a month, its list since yesterday: what that names is known."""
    known_shop(put, page("x", 1, found_by="listing"))
    put("competitor_offer", read("x", 0.1))
    assert told(look) == []


# Vanished


@pytest.mark.parametrize("problem", ["not_found", "no_product"])
def test_a_page_that_says_it_is_gone_has_vanished(put: Put, look: Look, problem: str) -> None:
    known_shop(put)
    put("competitor_offer", read("x", 9, "55"), gone("x", 2, problem), gone("x", 1, problem))
    found = only(look("competitor_range"))
    assert found.subject == f"vanished {HOME}x"
    assert found.since == NOW - 2 * DAY  # the first of these readings
    assert (found.facts["price"], found.facts["currency"]) == ("55.00", "USD")
    assert told(look, -1) == []  # three days after it


def test_a_page_that_never_was_a_product_has_not_vanished(put: Put, look: Look) -> None:
    known_shop(put)
    put("competitor_offer", gone("x", 2))
    assert told(look) == []


@pytest.mark.parametrize("problem", ["captcha", "login", "it answered 503", "uncertain"])
def test_a_page_that_could_not_be_read_has_not_changed(put: Put, look: Look, problem: str) -> None:
    known_shop(put)
    put("competitor_offer", read("x", 2), gone("x", 1, problem))
    assert told(look) == []


def test_a_trouble_after_it_vanished_does_not_bring_it_back(put: Put, look: Look) -> None:
    known_shop(put)
    put("competitor_offer", read("x", 3), gone("x", 1), gone("x", 0.1, "captcha"))
    assert told(look) == ["vanished x"]


def test_what_came_back_has_not_vanished(put: Put, look: Look) -> None:
    known_shop(put)
    put("competitor_offer", read("x", 3), gone("x", 1), read("x", 0.1))
    assert told(look) == []


# named last 2.2 days ago, the others 0.1 days ago: 2 days and more between; it counts from 0.2 on
@pytest.mark.parametrize(
    ("last", "found"),
    [(2.2, ["vanished x"]), (2.1, ["vanished x"]), (2.0, []), (5.2, []), (0.1, [])],
)
def test_a_shop_that_names_a_page_no_more_has_dropped_it(
    put: Put, look: Look, last: float, found: list[str]
) -> None:
    known_shop(put, page("x", 20, last))
    put("competitor_offer", read("x", 7), gone("x", 0.1, "captcha"))
    assert told(look) == found


def test_a_shop_that_names_nothing_has_dropped_nothing(put: Put, look: Look) -> None:
    put("competitor_page", page("old", 30, 4), page("x", 20, 4))
    put("competitor_offer", read("x", 7), read("old", 7), gone("other", 0.1, "captcha"))
    assert told(look) == []


def test_a_page_that_still_sells_is_not_dropped(put: Put, look: Look) -> None:
    known_shop(put, page("x", 20, 2.2))
    put("competitor_offer", read("x", 7), read("x", 0.1))
    assert told(look) == []


# Sold out


def test_what_could_be_had_is_sold_out(put: Put, look: Look) -> None:
    known_shop(put)
    put("competitor_offer", read("x", 9), sold_out("x", 2), sold_out("x", 1))
    found = only(look("competitor_range"))
    assert (found.subject, found.since) == (f"sold_out {HOME}x", NOW - 2 * DAY)
    assert told(look, 1.5) == ["sold_out x"]
    assert told(look, 2.5) == []
    assert told(look, -1) == []


def test_what_was_sold_out_before_it_was_dropped_was_sold_out_then(put: Put, look: Look) -> None:
    """Named last 4 days ago and read last 3.5 days ago: dropped 1.5 days ago, for 2 are over."""
    known_shop(put, page("x", 20, 4))
    put("competitor_offer", read("x", 9), sold_out("x", 3.5))
    assert told(look) == ["vanished x"]
    assert told(look, 3) == ["sold_out x"]


def test_what_can_be_had_again_was_sold_out_then(put: Put, look: Look) -> None:
    known_shop(put)
    put("competitor_offer", read("x", 9), sold_out("x", 2), read("x", 0.1))
    assert told(look) == []
    assert told(look, 1) == ["sold_out x"]


def test_a_sold_out_page_without_a_price_counts_too(put: Put, look: Look) -> None:
    known_shop(put)
    put("competitor_offer", read("x", 9), sold_out("x", 2, None) | {"problem": "no price"})
    assert told(look) == ["sold_out x"]


@pytest.mark.parametrize("before", ["out_of_stock", "preorder", "unknown", None])
def test_what_was_never_in_stock_is_not_told(put: Put, look: Look, before: str | None) -> None:
    known_shop(put)
    put("competitor_offer", read("x", 9, availability=before), sold_out("x", 2))
    assert told(look) == []


@pytest.mark.parametrize("problem", ["captcha", "uncertain"])
def test_a_reading_that_is_not_believed_sells_nothing_out(
    put: Put, look: Look, problem: str
) -> None:
    known_shop(put)
    put("competitor_offer", read("x", 9), sold_out("x", 1) | {"problem": problem})
    assert told(look) == []


def test_the_pair_that_people_confirmed_is_told(put: Put, look: Look) -> None:
    known_shop(put, page("x", 20, sku="PS-1000", status="confirmed"))
    put("competitor_offer", read("x", 9, sku="OTHER"), sold_out("x", 2))
    assert only(look("competitor_range")).facts["sku"] == "PS-1000"


def test_old_readings_say_nothing(put: Put, look: Look) -> None:
    put("competitor_offer", read("x", 2, observed_at=NOW - 37 * HOUR))
    assert spot(look("competitor_range")).problem == "stale"
