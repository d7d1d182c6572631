"""Bad reviews (plan A1): three stars or fewer, and the buyer not contacted yet."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlmodel import select

from core.finding import Blind, Finding
from core.ledger.database import Database
from core.ledger.tables import Alert
from core.settings import Settings, Store
from jobs.asking import ask_and_absorb
from jobs.registry import checks
from tests.jobs.conftest import NOW, Look, Put, only

HOUR = timedelta(hours=1)


def review(**changes: Any) -> dict[str, Any]:
    plain = {"channel": "amazon", "review_id": "R1", "stars": 2, "posted_at": NOW - 3 * HOUR}
    return plain | changes


@pytest.mark.parametrize(("stars", "wrong"), [(1, 1), (3, 1), (4, 0), (5, 0)])
def test_three_stars_or_fewer_are_bad(put: Put, look: Look, stars: int, wrong: int) -> None:
    put("review", review(stars=stars))
    assert len(look("bad_reviews")) == wrong


@pytest.mark.parametrize(("stars", "severity"), [(1, "critical"), (2, None), (3, None)])
def test_one_star_is_critical(put: Put, look: Look, stars: int, severity: str | None) -> None:
    put("review", review(stars=stars))
    assert only(look("bad_reviews")).severity == severity


def test_the_buyer_is_to_be_contacted_within_48_hours(put: Put, look: Look) -> None:
    put("product", {"sku": "AC-9", "name": "Camping AC", "name_zh": "露营空调"})
    put("review", review(sku="AC-9", text="Zu laut", language="de", buyer_name="Jan"))
    finding = only(look("bad_reviews"))
    assert (finding.subject, finding.since) == ("amazon R1", NOW - 3 * HOUR)
    assert finding.facts["contact_by"] == (NOW + 45 * HOUR).isoformat()
    assert (finding.facts["name"], finding.facts["text"]) == ("Camping AC", "Zu laut")


@pytest.mark.parametrize(
    "answer",
    [{"contacted_at": NOW - HOUR}, {"outcome": "removed"}, {"outcome": "unchanged"}],
    ids=str,
)
def test_what_was_answered_is_no_longer_wrong(put: Put, look: Look, answer: dict[str, Any]) -> None:
    put("review", review())
    assert only(look("bad_reviews"))
    put("review", review(**answer))
    assert look("bad_reviews") == []


@pytest.mark.parametrize("outcome", [None, "changed"])
def test_before_the_contact_it_was_wrong(put: Put, look: Look, outcome: str | None) -> None:
    put("review", review(contacted_at=NOW - HOUR, outcome=outcome))
    assert only(look("bad_reviews", as_of=NOW - HOUR - timedelta(seconds=1)))
    assert look("bad_reviews", as_of=NOW - HOUR) == []


def test_a_review_is_unknown_before_it_was_written(put: Put, look: Look) -> None:
    put("review", review(review_id="R0", stars=5, posted_at=NOW - 9 * HOUR), review())
    assert look("bad_reviews", as_of=NOW - 4 * HOUR) == []
    assert only(look("bad_reviews", as_of=NOW - 3 * HOUR))


def test_old_reviews_are_history(put: Put, look: Look) -> None:
    put("review", review(posted_at=NOW - timedelta(days=60)), review(review_id="R2", stars=5))
    assert look("bad_reviews") == []
    assert only(look("bad_reviews", as_of=NOW - timedelta(seconds=1)))


def test_the_oldest_stands_first(put: Put, look: Look) -> None:
    put("review", review(), review(review_id="R2", posted_at=NOW - 5 * HOUR))
    told = look("bad_reviews")
    assert [finding.subject for finding in told if isinstance(finding, Finding)] == [
        "amazon R2",
        "amazon R1",
    ]


def test_the_orders_owner_answers(
    put: Put, look: Look, database: Database, settings: Settings, store: Store
) -> None:
    mine = {"order_no": "7", "placed_at": NOW - 99 * HOUR}
    put("order", mine | {"channel": "amazon", "owner": "daniel.novak@harborlane.example"})
    put("order", mine | {"channel": "shopify", "owner": "liu.yang@harborlane.example"})
    put("review", review(order_no="7"))
    ask_and_absorb(database, checks()["bad_reviews"], settings, store, NOW)
    assert owners(database) == ["daniel.novak@harborlane.example"]


def test_its_order_and_product_decide_where_it_goes(put: Put, look: Look) -> None:
    order = {"order_no": "7", "placed_at": NOW - 99 * HOUR, "buyer_country": "United States"}
    put("order", order | {"channel": "amazon", "amount": "6200.00", "currency": "USD"})
    put("product", {"sku": "AC-9", "category": "camping_ac"})
    put("review", review(order_no="7", sku="AC-9"))
    facts = only(look("bad_reviews")).facts
    known = {"market": "US", "amount": "6200.00", "currency": "USD", "category": "camping_ac"}
    assert facts.items() >= known.items()


def test_without_an_order_nothing_is_guessed(put: Put, look: Look) -> None:
    put("review", review(order_no="unknown", sku="unknown"))
    facts = only(look("bad_reviews")).facts
    unknown = dict.fromkeys(("market", "amount", "currency", "category", "name"))
    assert facts.items() >= unknown.items()


def test_without_an_owner_who_is_on_duty_answers(
    put: Put, database: Database, settings: Settings, store: Store
) -> None:
    put("review", review(order_no="unknown"))
    ask_and_absorb(database, checks()["bad_reviews"], settings, store, NOW)
    assert owners(database) == ["emma.clarke@harborlane.example"]  # first in duty.order


def owners(database: Database) -> list[str]:
    with database.read() as ledger:
        return [alert.owner for alert in ledger.exec(select(Alert))]


def test_a_week_without_reviews_coming_in_is_told(put: Put, look: Look) -> None:
    week_ago = NOW - timedelta(days=7, seconds=1)
    put("review", review(posted_at=week_ago), at=week_ago - HOUR)
    assert look("bad_reviews") == [Blind(what="review", problem="stale", last_known=week_ago)]


def test_no_review_ever_is_told(look: Look) -> None:
    assert look("bad_reviews") == [Blind(what="review", problem="missing")]


def test_a_hostile_text_is_kept_as_it_was_written(put: Put, look: Look) -> None:
    hostile = "<!channel> *broken* & <@U0LINYUE> {{ 7*7 }}"
    put("review", review(text=hostile))
    assert only(look("bad_reviews")).facts["text"] == hostile


def test_moments_are_told_with_their_offset(put: Put, look: Look) -> None:
    put("review", review())
    facts = only(look("bad_reviews")).facts
    assert datetime.fromisoformat(facts["posted_at"]).utcoffset() is not None
