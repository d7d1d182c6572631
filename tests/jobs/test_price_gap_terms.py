"""Whose price, at which quantities, and what makes it comparable with ours (plan B1)."""

from datetime import timedelta
from typing import Any

import pytest

from core.finding import Blind, Finding
from core.ledger.database import Database
from tests.jobs.conftest import NOW, Look, LookWith, Put, only, spot
from tests.jobs.test_price_gap import URL, offer, put_in


@pytest.fixture
def database(sqlite_database: Database) -> Database:
    """The kind of database cannot matter here; test_price_gap.py asks both."""
    return sqlite_database


def theirs(outcomes: list[Finding | Blind]) -> str:
    return str(only(outcomes).facts["theirs"])


def test_the_pair_that_a_person_confirmed_is_compared(put: Put, look: Look) -> None:
    put_in(put, offer("90", sku="OTHER"))
    assert look("price_gap") == []
    put("competitor_page", {"competitor": "VoltTrail", "url": URL, "sku": "PS-1000"})
    assert theirs(look("price_gap")) == "90.00"


@pytest.mark.parametrize("status", ["proposed", "rejected"])
def test_a_pair_that_is_not_confirmed_is_not_compared(put: Put, look: Look, status: str) -> None:
    page = {"competitor": "VoltTrail", "url": URL, "sku": "PS-1000", "status": status}
    put("competitor_page", page)
    put_in(put, offer("50"))
    assert look("price_gap") == []


def test_the_configuration_names_pairs_too(put: Put, look_with: LookWith) -> None:
    put_in(put, offer("90", sku=None))
    assert theirs(look_with({"products": {"PS-1000": URL}})) == "90.00"
    page = {"competitor": "VoltTrail", "url": URL, "sku": "PS-1000", "status": "rejected"}
    put("competitor_page", page)  # a person's later word
    assert look_with({"products": {"PS-1000": URL}}) == []


LADDER = [{"min_quantity": at, "price": price} for at, price in ((1, "150"), (50, "104"))]


def listed(put: Put, *tiers: tuple[int, str | None], **changes: Any) -> None:
    rows = [{"sku": "PS-1000", "min_quantity": at, "price": price} for at, price in tiers]
    plain = {"currency": "USD", "valid_from": NOW - timedelta(days=9)}
    put("price_list", *(plain | row | changes for row in rows))


def test_every_tier_of_ours_is_an_alert_of_its_own(put: Put, look: Look) -> None:
    listed(put, (10, "155"), (50, "104"), (200, "110"))
    put_in(put, offer("80", price_max="150", tiers=LADDER))
    found = {said.subject: said.facts for said in look("price_gap") if isinstance(said, Finding)}
    # 155 : 150 = +3.3 %; 104 : 104; 110 : 104 = +5.8 %
    assert set(found) == {"PS-1000 VoltTrail 10", "PS-1000 VoltTrail 200"}
    assert found["PS-1000 VoltTrail 200"]["ladder"] == [
        {"quantity": 10, "ours": "155.00", "theirs": "150.00", "gap": "0.0333"},
        {"quantity": 50, "ours": "104.00", "theirs": "104.00", "gap": "0.0000"},
        {"quantity": 200, "ours": "110.00", "theirs": "104.00", "gap": "0.0577"},
    ]


def test_quantities_below_their_smallest_are_not_compared(put: Put, look: Look) -> None:
    listed(put, (10, "200"), (100, "105"))
    put_in(put, offer("100", min_quantity=50))
    assert only(look("price_gap")).subject == "PS-1000 VoltTrail 100"


def test_a_blind_spot_hides_the_alerts_of_all_our_tiers(put: Put, look: Look) -> None:
    listed(put, (10, "105"), (100, "100"))
    put_in(put, offer(None, problem="captcha"))
    hides = spot(look("price_gap")).hides
    assert hides == frozenset({"PS-1000 VoltTrail 10", "PS-1000 VoltTrail 100"})


def test_a_blind_spot_hides_an_alert_at_their_own_smallest_quantity(put: Put, look: Look) -> None:
    old = NOW - timedelta(days=3)
    put_in(put, offer("90", min_quantity=500, observed_at=old), offer(None, problem="captcha"))
    hides = spot(look("price_gap")).hides
    assert hides == frozenset({"PS-1000 VoltTrail 1", "PS-1000 VoltTrail 500"})


def test_the_price_list_is_that_of_the_moment(put: Put, look: Look) -> None:
    listed(put, (10, "105"))
    listed(put, (10, "100"), valid_from=NOW - timedelta(minutes=1))
    put_in(put, offer("100", observed_at=NOW - timedelta(hours=2)))
    assert look("price_gap") == []
    assert only(look("price_gap", as_of=NOW - timedelta(hours=1))).facts["ours"] == "105.00"


def euros(rate: str, days_ago: int = 1) -> dict[str, Any]:
    """What one euro cost in dollars."""
    day = NOW.date() - timedelta(days=days_ago)
    return {"day": day, "base": "EUR", "quote": "USD", "rate": rate, "origin": "ecb"}


def test_our_own_list_in_another_currency_is_converted_or_told(put: Put, look: Look) -> None:
    listed(put, (10, "100"), currency="EUR")
    put_in(put, offer("100"))
    assert spot(look("price_gap")).problem == "no rate"
    put("rate", euros("1.2"))
    assert only(look("price_gap")).facts["ours"] == "120.00"  # 100 EUR × 1.2


def test_another_currency_is_compared_at_the_days_rate(put: Put, look: Look) -> None:
    put("rate", euros("1.2"), euros("9", days_ago=2))
    put_in(put, offer("80", currency="EUR"))
    told = only(look("price_gap")).facts
    # 80 EUR × 1.2 = 96 USD; (105 − 96) ÷ 96 = 9.375 %
    assert (told["theirs"], told["currency"], told["gap"]) == ("96.00", "USD", "0.0938")
    printed = (told["their_price"], told["their_currency"], told["rate"], told["rate_day"])
    assert printed == ("80.00", "EUR", "1.20", "2026-03-04")


def test_a_ladder_in_another_currency_is_converted_too(put: Put, look: Look) -> None:
    put("rate", euros("1.2"))
    ladder = [{"min_quantity": 1, "price": "100"}, {"min_quantity": 10, "price": "80"}]
    put_in(put, offer("80", currency="EUR", tiers=ladder), moq=10)
    assert theirs(look("price_gap")) == "96.00"


def test_a_rate_that_is_too_old_is_none(put: Put, look: Look) -> None:
    put("rate", euros("1.2", days_ago=6))
    put_in(put, offer("80", currency="EUR"))
    assert spot(look("price_gap")).problem == "no rate"


def test_a_gap_of_one_whole_yen_is_rounding(put: Put, look: Look) -> None:
    """8 JPY at 0.0070 is 0.0560 USD; ours is 0.0580: 3.6 %, but less than a yen (0.0070)."""
    day = NOW.date() - timedelta(days=1)
    put("rate", {"day": day, "base": "JPY", "quote": "USD", "rate": "0.0070", "origin": "ecb"})
    put_in(put, offer("8", currency="JPY"), fob_usd="0.0580")
    assert look("price_gap") == []
    put_in(put, offer("7", currency="JPY"), fob_usd="0.0580")  # 0.0490: 0.0090 is more
    assert only(look("price_gap")).facts["gap"] == "0.1837"  # 90 / 490


def test_a_price_for_a_pack_is_one_for_each_piece(put: Put, look: Look) -> None:
    """A box of 12 for 1,200, from 5 boxes on: 100 a piece from 60 pieces on."""
    put_in(put, offer("1200", pack_size=12, min_quantity=5))
    told = only(look("price_gap")).facts
    assert (told["theirs"], told["quantity"], told["corrected"]) == ("100.00", 60, ["pack"])
    assert told["their_price"] == "1200.00"


def test_tax_in_their_prices_comes_off(put: Put, look_with: LookWith) -> None:
    put_in(put, offer("119"))
    told = only(look_with({"tax_included": "0.19"})).facts
    assert (told["theirs"], told["corrected"]) == ("100.00", ["tax"])  # 119 / 1.19


COSTS = {"EXW": {"share": "0.02", "per_piece": "0.50"}, "CIF": {"share": "-0.08"}}


@pytest.mark.parametrize(
    ("named", "usual", "price"),
    [
        ("EXW", "FOB", "92.30"),  # 90 × 1.02 + 0.50
        ("cif Hamburg", "FOB", "82.80"),  # 90 × 0.92
        (None, "EXW", "92.30"),
        ("FOB", "EXW", "90.00"),  # the page's own word comes first
        ("fob", "DDP", "90.00"),
    ],
)
def test_other_incoterms_are_made_fob_by_configured_costs(
    put: Put, look_with: LookWith, named: str | None, usual: str, price: str
) -> None:
    put_in(put, offer("90", incoterm=named))
    told = only(look_with({"incoterm": usual}, to_fob=COSTS)).facts
    assert (told["theirs"], "incoterm" in told["corrected"]) == (price, price != "90.00")


@pytest.mark.parametrize(
    ("named", "usual"), [("DDP", "FOB"), (None, "DDP"), ("delivered", "FOB"), ("EXW", "FOB")]
)
def test_incoterms_without_costs_are_not_compared(
    put: Put, look_with: LookWith, named: str | None, usual: str
) -> None:
    put_in(put, offer("90", incoterm=named))
    costs = {"CIF": COSTS["CIF"]}
    assert spot(look_with({"incoterm": usual}, to_fob=costs)).problem == "other incoterm"


def test_costs_that_leave_nothing_of_a_price_make_it_incomparable(
    put: Put, look_with: LookWith
) -> None:
    put_in(put, offer("5", incoterm="CIF"))
    costs = {"CIF": {"per_piece": "-5"}}
    assert spot(look_with({}, to_fob=costs)).problem == "other incoterm"
