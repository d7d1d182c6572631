"""Which gaps are told, how they are judged, and the margin beside them (plan B1, E3)."""

from typing import Any

import pytest

from core.configuration import load
from core.errors import UserError
from core.finding import Finding
from jobs.registry import configuration
from tests.conftest import CONFIG
from tests.jobs.conftest import Look, LookWith, Put, only
from tests.jobs.test_price_gap import URL, offer, put_in
from tests.jobs.test_price_gap_terms import listed

LIMITS = [
    {"match": {"sku": "PS-1000", "direction": "dearer"}, "limit": "0.20"},
    {"match": {"competitor": "Other"}, "limit": "0.01"},
    {"match": {"category": "power_station"}, "limit": "0.06", "critical_limit": "0.08"},
    {"match": {}, "limit": "0.50"},  # never reached by what is above
]


@pytest.mark.parametrize(
    ("offered", "severities"),
    [
        (offer("130"), []),  # −19.2 % is within 20
        (offer("140"), ["notice"]),  # −25 %
        (offer("100"), []),  # +5 % is within the category's 6
        (offer("98"), [None]),  # +7.1 %
        (offer("97"), ["critical"]),  # +8.2 %
        (offer("103", competitor="Other"), [None]),  # +1.9 %
    ],
)
def test_the_first_limit_that_matches_counts(
    put: Put, look_with: LookWith, offered: dict[str, Any], severities: list[str | None]
) -> None:
    put_in(put, offered, category="power_station")
    found = look_with({}, limits=LIMITS)
    assert [said.severity for said in found if isinstance(said, Finding)] == severities
    assert len(found) == len(severities)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"critical_limit": 0.02}, "is below limit, which is 0.03"),
        ({"limits": [{"match": {}, "limit": 0.2, "critical_limit": 0.1}]}, "is below limit"),
        ({"limits": [{"match": {"direction": "up"}, "limit": 0.2}]}, "cheaper"),
        ({"to_fob": {"FOB": {}}}, "EXW"),
        ({"to_fob": {"EXW": {"share": -1}}}, "share"),
    ],
)
def test_a_stanza_that_means_nothing_is_refused(change: dict[str, Any], problem: str) -> None:
    changes = {f"checks.price_gap.{name}": value for name, value in change.items()}
    with pytest.raises(UserError, match=problem):
        load(CONFIG, configuration(), changes)


def test_the_margin_before_and_after_matching(put: Put, look: Look) -> None:
    put_in(put, offer("100"), unit_cost_usd="84")
    told = only(look("price_gap")).facts
    margins = (told["margin_now"], told["margin_after"], told["under_margin"])
    assert margins == ("0.2000", "0.1600", True)  # 21 / 105, 16 / 100; the floor is 18 %
    put_in(put, offer("100"), unit_cost_usd="82")
    assert only(look("price_gap")).facts["under_margin"] is False  # 18 / 100


def test_without_a_unit_cost_the_margin_is_unknown(put: Put, look: Look) -> None:
    put_in(put, offer("100"))
    told = only(look("price_gap")).facts
    assert {told[name] for name in ("unit_cost", "margin_now", "margin_after")} == {None}
    assert told["under_margin"] is None


def test_the_sources_of_both_prices_are_kept(put: Put, look: Look) -> None:
    listed(put, (1, "110"), (10, "105"))
    put_in(put, offer("100", min_quantity=10))
    [product, entry, page] = only(look("price_gap")).provenance
    assert [product["kind"], entry["kind"], page["url"]] == ["product", "price_list", URL]
    assert entry["key"] == "PS-1000 10"
