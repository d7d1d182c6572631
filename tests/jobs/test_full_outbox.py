"""Messages that are owed for long, or that failed, by medium (law 5)."""

from datetime import timedelta

import pytest

from core.finding import Finding
from core.ledger.database import Database
from core.ledger.tables import Post
from core.values import Medium
from tests.jobs.conftest import NOW, Look, only

MINUTE = timedelta(minutes=1)
OWED_FOR = 15 * MINUTE  # as config.yaml has it
DAY = timedelta(days=1)


def post(
    database: Database,
    due: timedelta,
    state: str = "owed",
    medium: Medium = Medium.SLACK,
    **values: object,
) -> None:
    """A message that became due so long ago."""
    due_at = NOW - due
    row = {
        "store": "harborlane",
        "medium": medium,
        "recipient": "watch",
        "template": "alert",
        "state": state,
        "created_at": due_at,
        "owed_since": due_at,
        "next_attempt_at": due_at,
    }
    with database.write() as ledger:
        ledger.add(Post.model_validate(row | values))


def test_a_message_owed_for_long_is_told(database: Database, look: Look) -> None:
    post(database, OWED_FOR, attempts=9, error="Slack said fatal_error")
    found = only(look("full_outbox"))
    assert (found.subject, found.since) == ("slack", NOW - OWED_FOR)
    assert found.facts == {
        "medium": "slack",
        "owed": 1,
        "failed": 0,
        "oldest": (NOW - OWED_FOR).isoformat(),
        "error": "Slack said fatal_error",
    }
    assert look("full_outbox", NOW - timedelta(seconds=1)) == []


def test_what_is_sent_or_not_due_for_long_is_quiet(database: Database, look: Look) -> None:
    post(database, DAY, "sent")
    post(database, OWED_FOR - MINUTE)
    assert look("full_outbox") == []


def test_a_message_that_waits_for_somebodys_morning_is_not_late(
    database: Database, look: Look
) -> None:
    post(database, timedelta(hours=-5), created_at=NOW - timedelta(hours=8))
    assert look("full_outbox") == []


@pytest.mark.parametrize(
    ("tried", "told"), [(timedelta(days=3) - MINUTE, True), (timedelta(days=3), False)]
)
def test_a_failed_message_is_told_for_three_days(
    database: Database, look: Look, tried: timedelta, told: bool
) -> None:
    post(database, tried, "failed", error="Slack said is_archived")
    found = look("full_outbox")
    assert bool(found) is told
    if told:
        assert (only(found).facts["owed"], only(found).facts["failed"]) == (0, 1)


def test_each_medium_is_told_by_itself_with_its_latest_reason(
    database: Database, look: Look
) -> None:
    post(database, 30 * MINUTE, error="old")
    post(database, 20 * MINUTE, "sending", error="new")
    post(database, 40 * MINUTE)
    post(database, 25 * MINUTE, "failed", Medium.MAIL, error="550 no such user")
    found = {f.subject: f for f in look("full_outbox") if isinstance(f, Finding)}
    assert {medium: (f.facts["owed"], f.facts["failed"]) for medium, f in found.items()} == {
        "slack": (3, 0),
        "mail": (0, 1),
    }
    assert found["slack"].facts["error"] == "new"
    assert found["slack"].since == NOW - 40 * MINUTE


def test_another_stores_messages_are_its_own(database: Database, look: Look) -> None:
    post(database, DAY, store="second")
    assert look("full_outbox") == []
