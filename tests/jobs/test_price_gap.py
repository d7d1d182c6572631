"""Competitor prices (plan B1): gap = (ours − theirs) ÷ theirs, same quantity, both FOB in USD.

What makes prices comparable: test_price_gap_terms.py; what people decided: …_decided.py.
"""

from datetime import timedelta
from typing import Any

import pytest

from core.finding import Blind, Finding
from tests.jobs.conftest import NOW, Look, Put, only, spot

URL = "https://volttrail.example/products/trailcell-1000"
HOUR = timedelta(hours=1)


def offer(price: str | None, **changes: Any) -> dict[str, Any]:
    plain = {"competitor": "VoltTrail", "url": URL, "sku": "PS-1000", "observed_at": NOW - HOUR}
    return plain | {"price": price, "currency": "USD"} | changes


def put_in(put: Put, *offers: dict[str, Any], **product: Any) -> None:
    put("product", {"sku": "PS-1000", "fob_usd": "105.00"} | product)
    put("competitor_offer", *offers)


def test_they_are_cheaper(put: Put, look: Look) -> None:
    put_in(put, offer("100"))
    finding = only(look("price_gap"))
    assert finding.subject == "PS-1000 VoltTrail 1"
    told = finding.facts
    # (105 − 100) ÷ 100 = 5 %
    assert (told["ours"], told["theirs"], told["currency"], told["incoterm"]) == (
        "105.00",
        "100.00",
        "USD",
        "FOB",
    )
    assert (told["gap"], told["they_are"], told["limit"]) == ("0.0500", "cheaper", "0.03")
    assert finding.severity is None  # the stanza's: warning


def test_they_are_dearer(put: Put, look: Look) -> None:
    put_in(put, offer("120"))
    finding = only(look("price_gap"))
    # (105 − 120) ÷ 120 = −12.5 %
    assert (finding.facts["gap"], finding.facts["they_are"]) == ("-0.1250", "dearer")
    assert finding.severity == "notice"


# 105 ÷ 1.03 = 101.9417…, 105 ÷ 0.97 = 108.2474…: the gap is 3 % there
@pytest.mark.parametrize(
    ("theirs", "wrong"), [("101.95", 0), ("101.94", 1), ("108.24", 0), ("108.25", 1)]
)
def test_the_limit_in_both_directions(put: Put, look: Look, theirs: str, wrong: int) -> None:
    put_in(put, offer(theirs))
    assert len(look("price_gap")) == wrong


def test_a_gap_of_exactly_the_limit_is_not_over_it(put: Put, look: Look) -> None:
    put_in(put, offer("100"), fob_usd="103")
    assert look("price_gap") == []


# 105 ÷ 1.10 = 95.4545…
@pytest.mark.parametrize(("theirs", "severity"), [("95.46", None), ("95.45", "critical")])
def test_more_than_a_tenth_cheaper_is_critical(
    put: Put, look: Look, theirs: str, severity: str | None
) -> None:
    put_in(put, offer(theirs))
    assert only(look("price_gap")).severity == severity


def test_their_minimum_order_is_the_quantity_when_it_is_larger(put: Put, look: Look) -> None:
    put_in(put, offer("90", min_quantity=500), moq=10)
    finding = only(look("price_gap"))
    assert (finding.subject, finding.facts["quantity"]) == ("PS-1000 VoltTrail 500", 500)


def test_of_a_bare_range_the_high_end_is_the_price_of_a_small_order(put: Put, look: Look) -> None:
    put_in(put, offer("60", price_max="104"))
    assert look("price_gap") == []


def test_only_the_last_price_of_a_page_counts(put: Put, look: Look) -> None:
    put_in(put, offer("50", observed_at=NOW - 7 * HOUR), offer("105"))
    assert look("price_gap") == []
    assert only(look("price_gap", as_of=NOW - 2 * HOUR)).facts["theirs"] == "50.00"


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"currency": "EUR"}, "no rate"),
        ({"incoterm": "DDP"}, "other incoterm"),
        ({"price": None, "problem": "captcha"}, "captcha"),
        ({"price": None, "problem": "jumps"}, "jumps"),
        ({"price": None}, "no price"),
        ({"price": "0"}, "no price"),
    ],
)
def test_what_cannot_be_compared_is_told(
    put: Put, look: Look, changes: dict[str, Any], problem: str
) -> None:
    put_in(put, offer("50") | changes)
    blind = spot(look("price_gap"))
    assert (blind.what, blind.problem) == ("prices of VoltTrail", problem)
    assert blind.hides == frozenset({"PS-1000 VoltTrail 1"})


def test_a_price_is_valid_for_36_hours(put: Put, look: Look) -> None:
    old = NOW - timedelta(hours=36)
    put_in(put, offer("50", observed_at=old), offer("50", url=URL + "-b", sku=None))
    assert only(look("price_gap"))
    blind = spot(look("price_gap", as_of=NOW + timedelta(seconds=1)))
    assert (blind.problem, blind.last_known) == ("stale", old)


def test_a_competitor_of_whom_nothing_came_in_is_told(put: Put, look: Look) -> None:
    put("product", {"sku": "PS-1000", "fob_usd": "105.00"})
    assert look("price_gap") == [Blind(what="competitor_offer", problem="missing")]


def test_a_product_without_our_own_price_is_told(put: Put, look: Look) -> None:
    put_in(put, offer("50"), fob_usd=None)
    assert spot(look("price_gap")).problem == "no price of ours"


@pytest.mark.parametrize("sku", [None, "UNKNOWN", "ENDED"])
def test_pages_that_compete_with_nothing_we_sell_are_left_out(
    put: Put, look: Look, sku: str | None
) -> None:
    put("product", {"sku": "ENDED", "fob_usd": "105.00", "status": "ended"})
    put_in(put, offer("50", sku=sku))
    assert look("price_gap") == []


def test_blind_spots_are_grouped_by_competitor_and_problem(put: Put, look: Look) -> None:
    walled = {"price": None, "problem": "captcha"}
    pages = [offer(None, url=f"{URL}-{n}", sku=f"S{n:02}") | walled for n in range(12)]
    put("product", *({"sku": f"S{n:02}", "fob_usd": "9"} for n in range(12)))
    busy = {"price": None, "problem": "it answered 429 (too busy)"}
    put_in(put, *pages, offer(None) | busy, offer(None, competitor="Other") | busy)
    told = {(s.what, s.problem): s for s in look("price_gap") if isinstance(s, Blind)}
    assert set(told) == {
        ("prices of VoltTrail", "captcha"),
        ("prices of VoltTrail", "it answered 429 (too busy)"),
        ("prices of Other", "it answered 429 (too busy)"),
    }
    captcha = told["prices of VoltTrail", "captcha"]
    assert captcha.facts["count"] == 12
    assert captcha.facts["skus"] == [f"S{n:02}" for n in range(10)]  # ten are named


def failed(problem: str | None, **changes: Any) -> dict[str, Any]:
    """A price that was seen five hours ago, and a last try that gave none."""
    return offer(None, problem=problem) | changes


@pytest.mark.parametrize("problem", ["captcha", "uncertain", "jumps", "the server answered 500"])
def test_a_page_that_cannot_be_read_keeps_its_last_price_with_its_age(
    put: Put, look: Look, problem: str
) -> None:
    seen = NOW - 5 * HOUR
    put_in(put, offer("100", observed_at=seen), failed(problem))
    finding = only(look("price_gap"))
    told = (finding.facts["theirs"], finding.facts["observed_at"], finding.facts["last_problem"])
    assert told == ("100.00", seen.isoformat(), problem)


def test_the_last_price_of_a_page_is_not_kept_for_ever(put: Put, look: Look) -> None:
    seen = NOW - timedelta(hours=37)
    put_in(put, offer("100", observed_at=seen), failed("captcha"))
    blind = spot(look("price_gap"))
    assert (blind.problem, blind.last_known) == ("captcha", seen)


def test_a_page_that_was_read_and_shows_no_price_does_not_keep_the_last(
    put: Put, look: Look
) -> None:
    put_in(put, offer("100", observed_at=NOW - 5 * HOUR), failed("no price"))
    assert spot(look("price_gap")).problem == "no price"


@pytest.mark.parametrize("problem", ["not_found", "no_product"])
def test_a_product_that_is_gone_is_no_gap_and_no_blind_spot(
    put: Put, look: Look, problem: str
) -> None:
    put_in(put, offer("50", observed_at=NOW - 5 * HOUR), failed(problem))
    assert look("price_gap") == []


def test_what_is_sold_out_is_no_gap(put: Put, look: Look) -> None:
    put_in(put, offer("50", availability="out_of_stock"))
    assert look("price_gap") == []
    put_in(put, failed("captcha", observed_at=NOW))  # it was sold out when it was last seen
    assert look("price_gap") == []


def test_what_is_sold_out_and_shows_no_price_is_no_blind_spot(put: Put, look: Look) -> None:
    put_in(put, offer("50", observed_at=NOW - 5 * HOUR))
    put_in(put, failed("no price", availability="out_of_stock"))
    assert look("price_gap") == []
    put_in(put, failed("no price", availability="out_of_stock", observed_at=NOW), offer("50"))
    assert look("price_gap") == []


def test_what_was_sold_out_long_ago_is_not_known(put: Put, look: Look) -> None:
    put_in(put, offer("50", availability="out_of_stock", observed_at=NOW - timedelta(hours=37)))
    put_in(put, offer("105", url=URL + "-b", sku=None))  # other prices came in
    assert spot(look("price_gap")).problem == "stale"


def test_the_lowest_of_several_pages_counts(put: Put, look: Look) -> None:
    put_in(put, offer("100", url=URL + "-a"), offer("90", url=URL + "-b"), offer("95"))
    told = only(look("price_gap")).facts
    assert (told["theirs"], told["url"]) == ("90.00", URL + "-b")


def test_dearer_is_not_told_while_another_page_of_theirs_is_unknown(put: Put, look: Look) -> None:
    put_in(put, offer("120"), offer(None, url=URL + "-b", problem="captcha"))
    blind = spot(look("price_gap"))  # that page may be cheaper
    assert blind.hides == frozenset({"PS-1000 VoltTrail 1"})
    put_in(put, offer("100"))
    assert [type(said) for said in look("price_gap")] == [Finding, Blind]


def test_a_creep_is_told_once_it_is_over_the_limit_and_stays_the_same_alert(
    put: Put, look: Look
) -> None:
    """2 % a day, each day less than the limit from the day before."""
    subjects = []
    for day, price in enumerate(["105", "102.90", "100.84", "98.82"]):
        put_in(put, offer(price, observed_at=NOW + timedelta(days=day)))
        found = look("price_gap", as_of=NOW + timedelta(days=day))
        subjects.append([said.subject for said in found if isinstance(said, Finding)])
    # gaps of 0, 2.04, 4.13 and 6.25 %
    assert subjects == [[], [], ["PS-1000 VoltTrail 1"], ["PS-1000 VoltTrail 1"]]


def test_a_blind_spot_says_when_a_price_was_last_known(put: Put, look: Look) -> None:
    seen = NOW - timedelta(days=3)
    put_in(put, offer("50", observed_at=seen), offer(None, problem="captcha"))
    assert spot(look("price_gap")).last_known == seen
