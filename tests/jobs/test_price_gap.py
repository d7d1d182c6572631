"""Competitor prices (plan B1): gap = (ours − theirs) ÷ theirs, same quantity, both FOB in USD."""

from datetime import timedelta
from typing import Any

import pytest

from core.finding import Blind
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
    assert finding.subject == f"PS-1000 VoltTrail {URL}"
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


def test_prices_are_compared_at_the_quantity_both_sell(put: Put, look: Look) -> None:
    tiers = [("1", "150"), ("50", "104"), ("200", "80")]
    ladder = [{"min_quantity": int(at), "price": price} for at, price in tiers]
    put_in(put, offer("80", price_max="150", tiers=ladder), moq=100)
    assert look("price_gap") == []  # at 100 pieces: 105 against 104
    put_in(put, offer("80", price_max="150", tiers=ladder), moq=200)
    told = only(look("price_gap")).facts
    assert (told["quantity"], told["theirs"]) == (200, "80")


def test_their_minimum_order_is_the_quantity_when_it_is_larger(put: Put, look: Look) -> None:
    put_in(put, offer("90", min_quantity=500), moq=10)
    assert only(look("price_gap")).facts["quantity"] == 500


def test_of_a_bare_range_the_high_end_is_the_price_of_a_small_order(put: Put, look: Look) -> None:
    put_in(put, offer("60", price_max="104"))
    assert look("price_gap") == []


def test_only_the_last_price_of_a_page_counts(put: Put, look: Look) -> None:
    put_in(put, offer("50", observed_at=NOW - 7 * HOUR), offer("105"))
    assert look("price_gap") == []
    assert only(look("price_gap", as_of=NOW - 2 * HOUR)).facts["theirs"] == "50.00"


def euros(rate: str, days_ago: int = 1) -> dict[str, Any]:
    """What one euro cost in dollars."""
    day = NOW.date() - timedelta(days=days_ago)
    return {"day": day, "base": "EUR", "quote": "USD", "rate": rate, "origin": "ecb"}


def test_another_currency_is_compared_at_the_days_rate(put: Put, look: Look) -> None:
    put("rate", euros("1.2"), euros("9", days_ago=2))
    put_in(put, offer("80", currency="EUR"))
    told = only(look("price_gap")).facts
    # 80 EUR × 1.2 = 96 USD; (105 − 96) ÷ 96 = 9.375 %
    assert (told["theirs"], told["currency"], told["gap"]) == ("96.0000", "USD", "0.0938")
    rate = (told["their_currency"], told["rate"], told["rate_day"])
    assert rate == ("EUR", "1.20", "2026-03-04")


def test_a_ladder_in_another_currency_is_converted_too(put: Put, look: Look) -> None:
    put("rate", euros("1.2"))
    ladder = [{"min_quantity": 1, "price": "100"}, {"min_quantity": 10, "price": "80"}]
    put_in(put, offer("80", currency="EUR", tiers=ladder), moq=10)
    assert only(look("price_gap")).facts["theirs"] == "96.0000"


def test_a_rate_that_is_too_old_is_none(put: Put, look: Look) -> None:
    put("rate", euros("1.2", days_ago=6))
    put_in(put, offer("80", currency="EUR"))
    assert spot(look("price_gap")).problem == "no rate"


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"currency": "EUR"}, "no rate"),
        ({"incoterm": "DDP"}, "other incoterm"),
        ({"price": None, "problem": "captcha"}, "captcha"),
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
    assert blind.hides == frozenset({f"PS-1000 VoltTrail {URL}"})


def test_fob_is_read_in_any_case(put: Put, look: Look) -> None:
    put_in(put, offer("50", incoterm="fob"))
    assert only(look("price_gap"))


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
    gone = {"price": None, "problem": "not_found"}
    put_in(put, *pages, offer(None) | gone, offer(None, competitor="Other") | gone)
    told = {(s.what, s.problem): s for s in look("price_gap") if isinstance(s, Blind)}
    assert set(told) == {
        ("prices of VoltTrail", "captcha"),
        ("prices of VoltTrail", "not_found"),
        ("prices of Other", "not_found"),
    }
    captcha = told["prices of VoltTrail", "captcha"]
    assert captcha.facts["count"] == 12
    assert captcha.facts["skus"] == [f"S{n:02}" for n in range(10)]  # ten are named


def test_a_blind_spot_says_when_a_price_was_last_known(put: Put, look: Look) -> None:
    put_in(put, offer("50", observed_at=NOW - 5 * HOUR), offer(None, problem="captcha"))
    assert spot(look("price_gap")).last_known == NOW - 5 * HOUR
