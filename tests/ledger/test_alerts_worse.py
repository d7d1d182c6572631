"""An alert that gets worse asks anew; config.yaml: a critical's chain is the urgent one."""

from datetime import time, timedelta

import pytest

from core.hours import Hours
from core.ledger.database import Database
from core.ledger.life.alerts import Difference
from core.ledger.life.steps import acknowledge, resolve, snooze
from core.ledger.tables import Alert
from core.settings import Settings
from core.values import Severity
from tests.ledger.life import DAY, HOUR, MINUTE, NOON, Life, asking, finding
from tests.support.post_office import with_changes

MILD, USUAL, WORSE = (finding("PS-1", severity) for severity in Severity)
CHANGED = Difference(changed=1)


@pytest.fixture
def life(sqlite_database: Database, settings: Settings) -> Life:
    return Life(sqlite_database, settings)


def worsen(life: Life, after: timedelta = 10 * MINUTE) -> None:
    life.deliver()
    life.later(after)
    assert life.absorb(WORSE) == CHANGED


def test_it_says_what_it_was_and_what_it_is(database: Database, settings: Settings) -> None:
    life = Life(database, settings)
    life.absorb(USUAL)
    worsen(life)
    step = life.audit()[-1]
    assert (step.what, step.who, step.origin) == ("worsened", None, "check")
    assert step.detail == {"from": "warning", "to": "critical"}
    assert life.alert().severity == "critical"
    assert {post.template for post in life.posts(state="owed")} >= {"alert", "worse"}


def test_the_answer_is_due_no_later_than_before(life: Life) -> None:
    life.absorb(USUAL)
    worsen(life)
    alert = life.alert()
    assert alert.due_at == NOON + 30 * MINUTE  # not 10 + 30
    # urgent: 20m before, which is now; then 10m before
    assert (alert.next_step, alert.next_step_at) == (1, NOON + 20 * MINUTE)


def test_the_answer_is_due_sooner_where_the_severity_says_so(
    sqlite_database: Database, settings: Settings
) -> None:
    soon = {
        Severity.NOTICE: DAY,
        Severity.WARNING: 30 * MINUTE,
        Severity.CRITICAL: 5 * MINUTE,
    }
    life = Life(sqlite_database, asking(settings, answer_within=soon))
    life.absorb(USUAL)
    worsen(life)
    assert life.alert().due_at == NOON + 15 * MINUTE


def test_what_somebody_has_taken_stays_theirs_and_they_are_told(life: Life) -> None:
    life.absorb(USUAL)
    life.step(acknowledge)
    worsen(life)
    alert = life.alert()
    assert alert.state == "acknowledged"
    assert alert.next_step_at == life.at + DAY  # follow_up_every: 24h
    assert [post.recipient for post in life.posts(template="worse")] == ["stock"]


@pytest.mark.parametrize("taken", [False, True])
def test_a_snooze_ends(life: Life, *, taken: bool) -> None:
    life.absorb(USUAL)
    if taken:
        life.step(acknowledge)
    life.step(snooze, until=NOON + 9 * HOUR)
    worsen(life, after=HOUR)
    alert = life.alert()
    assert (alert.state, alert.snoozed_until) == ("acknowledged" if taken else "open", None)
    assert alert.next_step_at is not None
    if not taken:
        assert alert.due_at == life.at + 30 * MINUTE  # what was due before it was put aside is over


def test_what_waited_for_the_digest_is_told_now(life: Life) -> None:
    life.absorb(MILD)
    assert (life.alert().told_at, life.posts()) == (None, [])
    life.later()
    assert life.absorb(USUAL) == CHANGED
    assert life.alert().told_at == life.at
    assert [post.template for post in life.posts(medium="slack")] == ["alert"]
    assert life.alert().due_at == life.at + 30 * MINUTE  # nobody was asked before


def test_what_waits_for_the_digest_still_waits_when_its_facts_change(life: Life) -> None:
    life.absorb(MILD)
    assert life.absorb(finding("PS-1", Severity.NOTICE, available=2)) == CHANGED
    assert (life.alert().told_at, life.posts()) == (None, [])


def test_what_is_silent_stays_silent(life: Life) -> None:
    life.absorb(USUAL)
    life.sweep(lambda ledger, _: setattr(ledger.get(Alert, 1), "silenced_by", "silence 1"))
    worsen(life)
    assert life.steps()[-1] == "worsened"
    assert life.posts(template="worse") == []


def test_what_waits_for_the_morning_goes_out_when_it_may_wake(
    sqlite_database: Database, settings: Settings
) -> None:
    hours = Hours(start=time(9), end=time(21))
    duty = settings.duty.model_copy(update={"working_hours": hours})
    life = Life(sqlite_database, settings.model_copy(update={"duty": duty}))
    life.at = night = NOON + 11 * HOUR  # 23:00 in Shanghai; 09:00 is ten hours later
    life.absorb(USUAL)
    assert [post.next_attempt_at for post in life.posts(template="alert")] == [night + 10 * HOUR]
    life.later(MINUTE)
    life.absorb(WORSE)
    assert [post.next_attempt_at for post in life.posts(template="alert")] == [life.at]
    assert life.alert().due_at == life.at + 30 * MINUTE


@pytest.fixture
def shared(sqlite_database: Database, settings: Settings) -> Life:
    """Three alerts that share a message, sent."""
    life = Life(sqlite_database, with_changes(settings, alerts={"group_over": 2}))
    life.absorb(*(finding(f"PS-{n}") for n in range(3)))
    life.deliver()
    return life


def test_one_that_shares_a_message_is_told_by_its_own(shared: Life) -> None:
    shared.step(acknowledge)
    shared.later()
    shared.absorb(finding("PS-0", Severity.CRITICAL), finding("PS-1"), finding("PS-2"))
    [message] = shared.posts(template="alert")
    assert (message.alert_id, message.next_attempt_at) == (1, shared.at)
    assert [post.state for post in shared.posts(template="group")] == ["owed"]  # it counts anew
    assert [alert.group_id for alert in shared.alerts()] == [None, 1, 1]
    assert shared.alert(1).state == "acknowledged"


def test_many_that_share_a_message_share_the_next_one(shared: Life) -> None:
    shared.later()
    shared.absorb(*(finding(f"PS-{n}", Severity.CRITICAL) for n in range(3)))
    assert shared.posts(template="alert") == []
    assert {alert.group_id for alert in shared.alerts()} == {2}


def test_what_gets_better_is_only_shown(life: Life) -> None:
    life.absorb(WORSE)
    due_at, steps = life.alert().due_at, life.steps()
    life.deliver()
    life.later(10 * MINUTE)
    assert life.absorb(USUAL) == CHANGED
    assert (life.alert().severity, life.alert().due_at, life.steps()) == ("warning", due_at, steps)
    assert {post.template for post in life.posts(state="owed")} == {"alert"}


def test_what_was_called_done_stays_so(life: Life) -> None:
    life.absorb(USUAL)
    life.step(resolve)
    worsen(life)
    assert (life.alert().state, life.alert().severity) == ("resolved", "critical")
    assert life.steps() == ["opened", "resolved"]
