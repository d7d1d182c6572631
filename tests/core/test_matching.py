"""Which alerts a matcher means."""

from typing import Any

import pytest
from pydantic import ValidationError

from core.matching import Matcher

REVIEW: dict[str, Any] = {
    "check": "bad_reviews",
    "store": "harborlane",
    "severity": "critical",
    "subject": "amazon R-1",
    "blind": False,
    "channel": "amazon",
    "category": "power_station",
    "market": "US",
    "amount": "5000.01",
    "stars": 1,
}


def matches(match: dict[str, Any], **changes: Any) -> bool:
    return Matcher.model_validate(match).matches(REVIEW | changes)


def test_a_matcher_of_nothing_means_everything() -> None:
    assert matches({})


@pytest.mark.parametrize(
    ("match", "other"),
    [
        ({"check": "bad_reviews"}, "price_gap"),
        ({"store": "harborlane"}, "other"),
        ({"severity": "critical"}, "warning"),
        ({"subject": "amazon *"}, "shopify R-1"),
        ({"subject": "amazon R-1"}, "amazon R-11"),
        ({"blind": False}, True),
        ({"channel": "amazon"}, "shopify"),
        ({"category": "power_station"}, "camping_ac"),
        ({"market": "US"}, "DE"),
    ],
)
def test_what_is_given_must_be_so(match: dict[str, Any], other: object) -> None:
    [name] = match
    assert matches(match)
    assert not matches(match, **{name: other})
    assert not matches(match, **{name: None})


def test_all_that_is_given_must_be_so() -> None:
    assert matches({"channel": "amazon", "market": "US"})
    assert not matches({"channel": "amazon", "market": "DE"})


@pytest.mark.parametrize(
    ("amount", "expected"), [("5000.00", False), ("5000.01", True), (6000, True), (None, False)]
)
def test_an_amount_must_be_over_the_limit(amount: object, expected: bool) -> None:
    assert matches({"amount_over": 5000}, amount=amount) is expected


def test_a_fact_that_an_alert_does_not_have_matches_nothing() -> None:
    known = {"check": "own_health", "subject": "clock"}
    for match in ({"market": "US"}, {"amount_over": 0}, {"blind": True}, {"severity": "notice"}):
        assert not Matcher.model_validate(match).matches(known)


@pytest.mark.parametrize("subject", ["A[1]", "https://a.example/p?b=1", "a.c", "a\nb", "(+^$|\\)"])
def test_only_the_star_is_special(subject: str) -> None:
    assert matches({"subject": subject}, subject=subject)
    assert matches({"subject": f"*{subject[1:]}"}, subject=f"x{subject}")
    assert not matches({"subject": subject}, subject=subject.replace(subject[1], "~"))


@pytest.mark.parametrize(
    "match",
    [{"market": "USA"}, {"market": "us"}, {"amount_over": -1}, {"severity": "bad"}, {"sku": "A"}],
    ids=str,
)
def test_a_matcher_that_could_never_match_is_refused(match: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Matcher.model_validate(match)
