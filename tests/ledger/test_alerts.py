"""The alert's life: found, known, gone; taken, put aside, called done (laws 2 and 3)."""

from datetime import timedelta
from typing import Any

import pytest

from core.finding import Finding
from core.ledger.database import Database
from core.ledger.life.alerts import Difference
from core.ledger.life.steps import acknowledge, resolve, snooze, wake_snoozed
from core.settings import Leave, Settings
from core.values import Severity
from tests.ledger.life import DAY, HOUR, LIN, MA, NOON, TOM, Life, finding


@pytest.fixture
def life(database: Database, settings: Settings) -> Life:
    return Life(database, settings)


def test_what_is_found_first_opens_an_alert_for_somebody(life: Life) -> None:
    assert life.absorb(finding("PS-1", available=3)) == Difference(opened=1)
    alert = life.alert()
    assert (alert.state, alert.subject, alert.facts) == ("open", "PS-1", {"available": 3})
    assert (alert.owner, alert.role, alert.severity) == (TOM, "supply_chain", "warning")
    assert (alert.opened_at, alert.since) == (NOON, NOON - HOUR)
    assert alert.due_at == NOON + timedelta(minutes=30)  # plan A1: answer_within 30m
    assert life.steps() == ["opened"]


def test_an_alert_comes_with_the_posts_it_owes(database: Database, settings: Settings) -> None:
    Life(database, settings, check="price_gap").absorb(finding("PS-1"))
    owed = {(p.medium, p.recipient, p.state, p.revision) for p in Life(database, settings).posts()}
    assert owed == {  # config.yaml: notify [slack, mail], channel prices; operations' first
        ("slack", "prices", "owed", 1),
        ("mail", "sofia.reyes@harborlane.example", "owed", 1),
    }


def test_absorbing_the_same_again_changes_nothing(life: Life) -> None:
    outcomes = [finding("PS-1", n=1), finding("PS-2", n=[1, {"a": None}])]
    life.absorb(*outcomes)
    before = life.everything()
    life.later()
    assert life.absorb(*outcomes) == Difference(unchanged=2)
    assert life.everything() == before


def test_changed_facts_are_shown_in_the_same_alert(life: Life) -> None:
    life.absorb(finding("PS-1", available=3))
    life.deliver()
    assert life.absorb(finding("PS-1", available=2)) == Difference(changed=1)
    assert life.alert().facts == {"available": 2}
    [post] = life.posts()
    assert (post.state, post.revision, post.sent_revision) == ("owed", 2, 1)


def test_a_worse_finding_makes_the_alert_worse(life: Life) -> None:
    life.absorb(finding("PS-1"))
    worse = Finding("PS-1", {}, since=NOON, severity=Severity.CRITICAL)
    assert life.absorb(worse) == Difference(changed=1)
    assert life.alert().severity == "critical"


def test_what_is_gone_is_resolved(life: Life) -> None:
    life.absorb(finding("PS-1"), finding("PS-2"))
    life.later()
    assert life.absorb(finding("PS-2")) == Difference(unchanged=1, resolved=1)
    gone, there = life.alerts()
    assert (gone.state, gone.resolved_by, gone.gone_at) == ("resolved", None, NOON + HOUR)
    assert (there.state, there.gone_at) == ("open", None)


def test_what_comes_back_is_a_new_alert(life: Life) -> None:
    for outcomes in ([finding("PS-1")], [], [finding("PS-1")]):
        life.absorb(*outcomes)
        life.later()
    assert [alert.state for alert in life.alerts()] == ["resolved", "open"]


def test_another_checks_alerts_are_left_alone(life: Life) -> None:
    life.absorb(finding("PS-1"))
    Life(life.database, life.settings, check="price_gap").absorb()
    assert life.alert().state == "open"


def test_the_person_the_facts_name_owns_the_alert(life: Life) -> None:
    life.absorb(Finding("PS-1", {}, since=NOON, owner=MA))
    assert life.alert().owner == MA


def test_acknowledging_says_who_and_when(life: Life) -> None:
    life.absorb(finding("PS-1"))
    life.deliver()
    life.later()
    assert life.step(acknowledge)
    alert = life.alert()
    assert (alert.state, alert.acknowledged_by) == ("acknowledged", LIN)
    assert alert.acknowledged_at == NOON + HOUR
    assert life.posts()[0].state == "owed"


UNTIL = NOON + 9 * HOUR
STEPS: list[tuple[Any, dict[str, Any]]] = [
    (acknowledge, {}),
    (resolve, {}),
    (snooze, {"until": UNTIL}),
]


@pytest.mark.parametrize(("step", "values"), STEPS)
def test_a_second_click_changes_nothing(life: Life, step: Any, values: dict[str, Any]) -> None:
    life.absorb(finding("PS-1"))
    assert life.step(step, **values)
    before = life.everything()
    life.later()
    assert not life.step(step, who=TOM, **values)
    assert life.everything() == before


@pytest.mark.parametrize(("step", "values"), STEPS)
def test_a_click_on_a_resolved_or_unknown_alert_changes_nothing(
    life: Life, step: Any, values: dict[str, Any]
) -> None:
    life.absorb(finding("PS-1"))
    life.absorb()
    before = life.everything()
    assert not life.step(step, **values)
    assert not life.step(step, number=999, **values)
    assert life.everything() == before


def test_what_is_resolved_by_hand_stays_so_while_it_is_still_found(life: Life) -> None:
    life.absorb(finding("PS-1"))
    life.step(resolve)
    life.later(DAY - timedelta(seconds=1))  # config.yaml: reopen_after 24h
    assert life.absorb(finding("PS-1")) == Difference(unchanged=1)
    assert (life.alert().state, life.alert().resolved_by) == ("resolved", LIN)


def test_what_is_resolved_by_hand_and_still_there_a_day_later_opens_again(life: Life) -> None:
    life.absorb(finding("PS-1"))
    life.deliver()
    life.step(resolve)
    life.later(DAY)
    assert life.absorb(finding("PS-1")) == Difference(changed=1)
    alert = life.alert()
    assert (alert.state, alert.resolved_by, alert.resolved_at) == ("open", None, None)
    assert alert.due_at == NOON + DAY + timedelta(minutes=30)
    assert life.steps() == ["opened", "resolved", "reopened"]
    owed = life.posts(state="owed", template="alert")
    assert sorted(p.sent_revision for p in owed) == [0, 1]  # rewritten, and a new one


def test_what_opens_again_goes_to_who_is_there_now(life: Life) -> None:
    life.absorb(finding("PS-1"))
    life.step(resolve)
    life.later(DAY)
    away = Leave(first=life.at.date(), last=life.at.date())
    people = [
        p.model_copy(update={"leave": [away]}) if p.email == TOM else p
        for p in life.settings.people
    ]
    later = life.with_settings(life.settings.model_copy(update={"people": people}))
    later.absorb(finding("PS-1"))
    assert later.alert().owner == MA


def test_what_was_resolved_by_hand_and_then_went_away_says_nothing_more(life: Life) -> None:
    life.absorb(finding("PS-1"))
    life.step(resolve)
    life.deliver()
    life.later()
    assert life.absorb() == Difference(resolved=1)
    assert (life.alert().resolved_by, life.alert().gone_at) == (LIN, NOON + HOUR)
    assert life.steps() == ["opened", "resolved"]
    assert life.posts(state="owed") == []


def test_a_snoozed_alert_comes_back_and_says_so(life: Life) -> None:
    life.absorb(finding("PS-1"))
    life.step(acknowledge)
    life.step(snooze, until=NOON + HOUR)
    life.deliver()
    assert life.sweep(wake_snoozed) == 0
    life.later()
    assert life.sweep(wake_snoozed) == 1
    assert life.sweep(wake_snoozed) == 0
    alert = life.alert()
    assert (alert.state, alert.snoozed_until, alert.acknowledged_by) == ("open", None, None)
    assert alert.due_at == NOON + HOUR + timedelta(minutes=30)
    assert life.steps() == ["opened", "acknowledged", "snoozed", "woke"]
    assert {p.template for p in life.posts(state="owed")} >= {"alert", "snooze_over"}


def test_a_snoozed_alert_is_still_the_same_alert(life: Life) -> None:
    life.absorb(finding("PS-1"))
    life.step(snooze, until=UNTIL)
    assert life.absorb(finding("PS-1")) == Difference(unchanged=1)
    assert life.alert().snoozed_until == UNTIL


@pytest.mark.parametrize("end", ["acknowledged", "resolved", "gone"])
def test_a_snooze_ends_with_the_next_step(life: Life, end: str) -> None:
    life.absorb(finding("PS-1"))
    life.step(snooze, until=UNTIL)
    if end == "gone":
        life.absorb()
    else:
        life.step(acknowledge if end == "acknowledged" else resolve)
    assert life.alert().snoozed_until is None
    life.at = UNTIL
    assert life.sweep(wake_snoozed) == 0


def test_a_failed_transaction_leaves_neither_alert_nor_post(life: Life) -> None:
    unwritable = Finding("PS-2", {"n": object()}, since=NOON)
    with pytest.raises(Exception, match="not JSON serializable"):
        life.absorb(finding("PS-1"), unwritable)
    assert life.everything() == []
