"""What people decided about a gap, and when it is told again (plan B1)."""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from core.ledger.database import Database
from core.ledger.tables import Choice, PriceDecision
from core.settings import Store
from tests.jobs.conftest import NOW, Look, Put, only
from tests.jobs.test_price_gap import URL, offer, put_in

Decide = Callable[..., None]
DAY = timedelta(days=1)


@pytest.fixture
def decide(database: Database, store: Store) -> Decide:
    """Record a decision on a gap of 105 against 100, an hour ago unless told otherwise."""

    def decide(choice: str, at: datetime = NOW - timedelta(hours=1), **changes: Any) -> None:
        plain: dict[str, Any] = {
            "store": store.name,
            "sku": "PS-1000",
            "competitor": "VoltTrail",
            "url": URL,
            "quantity": 1,
            "ours": Decimal(105),
            "theirs": Decimal(100),
            "currency": "USD",
            "who": "sofia.reyes@harborlane.example",
        }
        with database.write() as ledger:
            ledger.add(PriceDecision(choice=choice, at=at, **plain | changes))

    return decide


def test_an_ignored_gap_is_told_again_when_its_time_is_over(
    put: Put, look: Look, decide: Decide
) -> None:
    put_in(put, offer("100", observed_at=NOW))
    decide(Choice.IGNORE, until=NOW + timedelta(hours=7))
    assert look("price_gap") == []
    assert look("price_gap", as_of=NOW + timedelta(hours=7, seconds=-1)) == []
    assert only(look("price_gap", as_of=NOW + timedelta(hours=7)))


# 5 % was kept, and told again when it is more than two points further: 105 ÷ 1.07 = 98.1308…
@pytest.mark.parametrize(
    ("price", "told"),
    [("100", 0), ("98.14", 0), ("98.13", 1), ("101", 0), ("109", 1)],  # the last: turned round
)
def test_a_kept_gap_is_told_again_when_it_grows_further_or_turns_round(
    put: Put, look: Look, decide: Decide, price: str, told: int
) -> None:
    decide(Choice.KEEP)
    put_in(put, offer(price))
    assert len(look("price_gap")) == told


def test_a_kept_gap_in_which_they_are_dearer(put: Put, look: Look, decide: Decide) -> None:
    decide(Choice.KEEP, theirs=Decimal(120))  # −12.5 %
    put_in(put, offer("122"))  # −13.9 %
    assert look("price_gap") == []
    put_in(put, offer("124"))  # −15.3 %
    assert only(look("price_gap"))


@pytest.mark.parametrize(
    "changes", [{"sku": "OTHER"}, {"competitor": "Other"}, {"quantity": 10}, {"store": "other"}]
)
def test_a_decision_is_about_one_article_competitor_and_tier(
    put: Put, look: Look, decide: Decide, changes: dict[str, Any]
) -> None:
    decide(Choice.KEEP, **changes)
    put_in(put, offer("100"))
    assert only(look("price_gap"))


@pytest.mark.parametrize("choice", [Choice.MATCH, Choice.UNDERCUT, Choice.WRONG_PRODUCT])
def test_other_choices_do_not_hide_a_gap(
    put: Put, look: Look, decide: Decide, choice: Choice
) -> None:
    decide(choice)
    put_in(put, offer("100"))
    assert only(look("price_gap"))


def test_the_last_decision_counts(put: Put, look: Look, decide: Decide) -> None:
    put_in(put, offer("100"))
    decide(Choice.KEEP, at=NOW - 2 * DAY)
    decide(Choice.IGNORE, at=NOW - DAY, until=NOW - timedelta(hours=1))
    assert only(look("price_gap"))


def test_an_earlier_moment_knows_no_later_decision(put: Put, look: Look, decide: Decide) -> None:
    put_in(put, offer("100", observed_at=NOW - timedelta(hours=3)))
    decide(Choice.KEEP)
    assert look("price_gap") == []
    found = only(look("price_gap", as_of=NOW - timedelta(hours=2)))
    assert found.facts["decision"] is None


def test_an_alert_says_what_was_last_decided_on_the_pair(
    put: Put, look: Look, decide: Decide
) -> None:
    decide(Choice.KEEP, at=NOW - 2 * DAY, note="they dump", quantity=500)
    decide(Choice.MATCH, at=NOW - 3 * DAY)
    put_in(put, offer("90"))
    assert only(look("price_gap")).facts["decision"] == {
        "choice": "keep",
        "who": "sofia.reyes@harborlane.example",
        "at": (NOW - 2 * DAY).isoformat(),
        "note": "they dump",
    }


def test_a_decision_without_a_price_of_theirs_hides_nothing(
    put: Put, look: Look, decide: Decide
) -> None:
    decide(Choice.KEEP, theirs=Decimal(0))
    put_in(put, offer("100"))
    assert only(look("price_gap"))
