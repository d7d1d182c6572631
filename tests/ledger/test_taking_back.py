"""What waits for the morning and becomes silent meanwhile: taken back, and told when it ends."""

from datetime import time

import pytest

from core.hours import Hours
from core.ledger.database import Database
from core.ledger.life.silences import add, hush, lift
from core.ledger.life.steps import snooze, wake_snoozed
from core.ledger.tables import Post
from core.matching import Matcher
from core.settings import Settings
from tests.ledger.life import DAY, HOUR, LIN, MINUTE, NOON, Life, finding
from tests.support.post_office import with_changes

NIGHT = NOON + 11 * HOUR
"""23:00 in Shanghai; the morning is ten hours later."""
MORNING = NIGHT + 10 * HOUR


@pytest.fixture
def night(database: Database, settings: Settings) -> Life:
    hours = Hours(start=time(9), end=time(21))
    duty = settings.duty.model_copy(update={"working_hours": hours})
    few = with_changes(settings.model_copy(update={"duty": duty}), alerts={"group_over": 2})
    return Life(database, few, at=NIGHT)


def silence(life: Life, subject: str = "*") -> None:
    match = Matcher(check="safety_stock", subject=subject)
    life.later(MINUTE)
    life.sweep(lambda ledger, now: add(ledger, now, match, life.at + DAY, "moving house", LIN))


def owed(life: Life) -> list[str]:
    return sorted(post.template for post in life.posts(state="owed"))


def test_a_waiting_message_is_taken_back_and_owed_anew(night: Life) -> None:
    night.absorb(finding("PS-1"))
    silence(night)
    assert (owed(night), night.alert().told_at) == ([], None)
    night.at = MORNING + HOUR
    night.sweep(lambda ledger, now: lift(ledger, now, 1))
    assert "alert" in owed(night)
    assert night.alert().told_at == night.at
    assert night.alert().due_at == night.at + 30 * MINUTE


def test_what_ends_while_silent_is_never_told(night: Life) -> None:
    night.absorb(finding("PS-1"))
    silence(night)
    night.absorb()
    night.later(2 * DAY)
    night.sweep(hush)
    assert night.posts() == []


def test_a_message_that_may_have_left_stays(night: Life) -> None:
    night.absorb(finding("PS-1"))
    [post] = night.posts()
    night.sweep(lambda ledger, _: setattr(ledger.get(Post, post.id), "uncertain", True))
    silence(night)
    assert "alert" in owed(night)
    assert night.alert().told_at == NIGHT


def test_a_shared_message_is_taken_back_when_all_of_it_is_silent(night: Life) -> None:
    night.absorb(*(finding(f"PS-{n}") for n in range(3)))
    silence(night, "PS-0")
    assert owed(night) == ["group", "group_csv"]  # two of three still speak
    silence(night)
    assert owed(night) == []
    assert {(alert.told_at, alert.group_id) for alert in night.alerts()} == {(None, None)}
    night.later(2 * DAY)
    night.sweep(hush)
    assert owed(night) == ["group", "group_csv"]


def test_a_snooze_that_ends_under_a_silence_calls_nobody(night: Life) -> None:
    night.at = NOON
    night.absorb(finding("PS-1"))
    night.deliver()
    night.step(snooze, until=NOON + HOUR)
    silence(night)
    night.deliver()
    night.later(2 * HOUR)
    night.sweep(wake_snoozed)
    assert night.posts(template="snooze_over") == []


def test_a_snooze_that_ends_at_night_is_told_in_the_morning(night: Life) -> None:
    night.at = NOON
    night.absorb(finding("PS-1"))
    night.step(snooze, until=NIGHT)
    night.at = NIGHT
    night.sweep(wake_snoozed)
    assert [post.next_attempt_at for post in night.posts(template="snooze_over")] == [MORNING]
