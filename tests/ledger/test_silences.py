"""Silences, maintenance windows, inhibition: what is not told, and that nothing is lost by it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as with_settings
from hypothesis import strategies as st
from sqlmodel import Session, SQLModel, select

from core.finding import Finding
from core.ledger.database import Database
from core.ledger.life.quiet import quiet_now
from core.ledger.life.silences import add, held_back, hush, lift, silenced_count, standing
from core.ledger.life.steps import acknowledge, resolve, snooze
from core.ledger.life.telling import tell_digest
from core.ledger.life.watch import Watch, watch
from core.ledger.tables import Alert, AlertStep, Silence
from core.matching import Matcher
from core.sections import Inhibition, MaintenanceWindow
from core.settings import Settings
from core.values import Severity
from tests.ledger.life import HOUR, LIN, NOON, Life, blind, finding

MINUTE = timedelta(minutes=1)
SHORT = Matcher(check="safety_stock")


@pytest.fixture
def life(database: Database, settings: Settings) -> Life:
    return Life(database, settings)


def within(life: Life, work: Callable[[Session, Watch], Any]) -> Any:
    with life.database.write() as ledger:
        return work(ledger, watch(ledger, life.settings, life.at))


def silence(life: Life, match: Matcher = SHORT, length: timedelta = HOUR) -> int:
    until = life.at + length
    made: Silence = within(life, lambda s, now: add(s, now, match, until, "repriced", LIN))
    assert made.id is not None
    return made.id


def sweep(life: Life) -> dict[str, int]:
    swept: dict[str, int] = within(life, hush)
    return swept


def lifted(life: Life, number: int) -> bool:
    return within(life, lambda s, now: lift(s, now, number)) is not None


def silenced(life: Life) -> list[str | None]:
    return [alert.silenced_by for alert in life.alerts()]


def with_inhibitions(life: Life, *rules: dict[str, Any]) -> Life:
    inhibitions = [Inhibition.model_validate(rule) for rule in rules]
    return life.with_settings(life.settings.model_copy(update={"inhibitions": inhibitions}))


def with_window(life: Life, **values: Any) -> Life:
    window = MaintenanceWindow.model_validate({"name": "stocktaking", **values})
    return life.with_settings(life.settings.model_copy(update={"maintenance": [window]}))


# Silences


def test_what_opens_while_silent_is_not_told_and_not_asked_for(life: Life) -> None:
    silence(life)
    life.absorb(finding("PS-1"))
    alert = life.alert()
    assert (alert.silenced_by, alert.told_at, alert.next_step_at) == ("silence 1", None, None)
    assert life.posts() == []
    assert life.steps() == ["opened", "silenced"]


def test_the_step_says_until_when_and_why(life: Life) -> None:
    silence(life)
    life.absorb(finding("PS-1"))
    with life.database.read() as ledger:
        step = ledger.exec(select(AlertStep).where(AlertStep.what == "silenced")).one()
    until = (NOON + HOUR).isoformat()
    assert step.detail == {"why": "silence 1", "until": until, "reason": "repriced"}


def test_other_alerts_are_told(life: Life) -> None:
    silence(life, Matcher(check="safety_stock", subject="PS-1*"))
    life.absorb(finding("PS-10"), finding("PS-2"))
    assert silenced(life) == ["silence 1", None]
    assert len(life.posts()) == 1


def test_when_it_ends_what_is_still_wrong_is_told_and_asked_for(life: Life) -> None:
    silence(life)
    life.absorb(finding("PS-1"), finding("PS-2"))
    life.absorb(finding("PS-1"))  # PS-2 is over before
    life.at = NOON + HOUR - MINUTE
    assert sweep(life) == {"silenced": 0, "heard": 0, "told": 0}
    life.at = NOON + HOUR
    assert sweep(life) == {"silenced": 0, "heard": 1, "told": 1}
    alert, _ = life.alerts()
    assert (alert.silenced_by, alert.told_at) == (None, NOON + HOUR)
    assert alert.due_at == NOON + HOUR + timedelta(minutes=30)  # answer_within, from being told
    assert alert.next_step_at is not None
    assert len(life.posts()) == 1
    assert sweep(life) == {"silenced": 0, "heard": 0, "told": 0}


def test_many_that_were_held_back_are_told_in_one_message(life: Life) -> None:
    silence(life)
    life.absorb(*(finding(f"PS-{n}") for n in range(11)))  # config.yaml: group_over 10
    assert lifted(life, 1)
    assert [post.template for post in life.posts()] == ["group", "group_csv"]


def test_what_was_told_shows_that_it_is_silent_and_that_it_speaks_again(life: Life) -> None:
    life.absorb(finding("PS-1"))
    life.deliver()
    number = silence(life)
    [post] = life.posts(template="alert")
    assert (post.state, post.revision) == ("owed", 2)
    assert (life.alert().silenced_by, life.alert().next_step_at) == ("silence 1", None)
    life.deliver()
    assert lifted(life, number)
    [post] = life.posts(template="alert")
    assert (post.state, post.revision) == ("owed", 3)
    assert life.alert().next_step_at is not None
    assert life.steps() == ["opened", "silenced", "unsilenced"]


def test_the_clock_of_a_taken_alert_goes_on_with_its_follow_up(life: Life) -> None:
    life.absorb(finding("PS-1"))
    life.step(acknowledge)
    number = silence(life)
    life.later(MINUTE)
    assert lifted(life, number)
    alert = life.alert()
    assert alert.state == "acknowledged"
    assert alert.next_step_at is not None


def test_a_snooze_goes_on_under_a_silence(life: Life) -> None:
    life.absorb(finding("PS-1"))
    life.step(snooze, until=NOON + 4 * HOUR)
    lifted(life, silence(life))
    assert life.alert().snoozed_until == NOON + 4 * HOUR
    assert life.alert().next_step_at is None


def test_a_silence_that_ends_early_under_another_changes_its_reason(life: Life) -> None:
    silence(life)
    silence(life)
    life.absorb(finding("PS-1"))
    assert lifted(life, 1)
    assert silenced(life) == ["silence 2"]
    assert life.posts() == []


def test_only_what_holds_can_be_lifted(life: Life) -> None:
    number = silence(life)
    assert not lifted(life, 99)
    assert lifted(life, number)
    assert not lifted(life, number)


def test_standing_silences_say_how_many_they_hold_back(life: Life) -> None:
    silence(life, Matcher(subject="PS-1"), 2 * HOUR)
    silence(life, Matcher(subject="PS-2"), HOUR)
    life.absorb(finding("PS-1"), finding("PS-2"), finding("PS-3"))
    life.step(resolve, 2)
    with life.database.read() as ledger:
        assert [row.id for row in standing(ledger, NOON)] == [2, 1]
        assert held_back(ledger) == {"silence 1": 1}
        assert [row.id for row in standing(ledger, NOON + HOUR)] == [1]


def test_an_untold_alert_is_told_by_the_sweep_whatever_made_it_so(life: Life) -> None:
    life.absorb(finding("PS-1"))
    with life.database.write() as ledger:
        ledger.get_one(Alert, 1).told_at = None  # as a part that forgot it would leave it
    assert sweep(life)["told"] == 1
    assert len(life.posts()) == 2


def test_what_a_person_resolved_is_left_alone(life: Life) -> None:
    life.absorb(finding("PS-1"))
    life.step(resolve)
    silence(life)
    assert silenced(life) == [None]


# Maintenance


def test_a_window_is_silent_from_its_beginning_to_its_end(life: Life) -> None:
    life = with_window(
        life, schedule={"at": "22:00", "days": ["thu"]}, length="4h", match={"check": life.check}
    )

    def why(moment: str) -> str | None:
        life.at = datetime.fromisoformat(f"{moment}+08:00")  # the store's zone
        sweep(life)
        return life.alert().silenced_by

    life.absorb(finding("PS-1"))  # Thursday, noon
    assert why("2026-03-05T21:59") is None
    assert why("2026-03-05T22:00") == "maintenance stocktaking"
    assert why("2026-03-06T01:59") == "maintenance stocktaking"
    assert why("2026-03-06T02:00") is None
    assert why("2026-03-06T22:30") is None  # a Friday


@pytest.mark.parametrize(
    ("moment", "silent"),
    [
        ("2026-03-08T06:59Z", False),  # 01:59 EST; the clocks jump from 2:00 to 3:00
        ("2026-03-08T07:30Z", True),  # 2:30 does not exist: an hour later by the old clock
        ("2026-03-08T08:29Z", True),
        ("2026-03-08T08:30Z", False),
        ("2026-11-01T06:30Z", False),  # 01:30 EST, the second time
        ("2026-11-01T07:30Z", True),  # 02:30 EST
    ],
)
def test_a_window_survives_both_changes_of_the_clock(
    sqlite_database: Database, settings: Settings, moment: str, silent: bool
) -> None:
    store = settings.stores[0].model_copy(update={"timezone": "America/New_York"})
    life = Life(sqlite_database, settings.model_copy(update={"stores": [store]}))
    life = with_window(life, schedule={"at": "02:30"}, length="1h", match={})
    with sqlite_database.read() as ledger:
        now = watch(ledger, life.settings, datetime.fromisoformat(moment))
        alert = Alert.model_validate(
            {"store": store.name, "check": "x", "subject": "y", "severity": "warning"}
            | {"role": "sales", "channel": "watch", "owner": LIN, "facts": {}}
            | dict.fromkeys(("since", "opened_at", "due_at"), NOON)
        )
        assert (quiet_now(ledger, now).why(alert) is not None) is silent


# Inhibition

FOLLOWS = {
    "while": {"check": "failed_jobs", "subject": "price_round"},
    "silence": {"check": "safety_stock"},
}


def other(life: Life, check: str = "failed_jobs") -> Life:
    return Life(life.database, life.settings, check=check, at=life.at)


def test_what_follows_from_a_live_alert_is_not_told_until_that_is_over(life: Life) -> None:
    life = with_inhibitions(life, FOLLOWS)
    other(life).absorb(finding("price_round"))
    life.absorb(finding("PS-1"))
    assert silenced(life) == [None, "alert 1"]
    with life.database.read() as ledger:
        counts = [silenced_count(ledger, life.settings, alert) for alert in life.alerts()]
    assert counts == [1, 0]
    other(life).absorb()
    assert sweep(life) == {"silenced": 0, "heard": 1, "told": 1}
    assert silenced(life) == [None, None]


def test_what_explains_others_shows_that_there_are_more_or_fewer(life: Life) -> None:
    life = with_inhibitions(life, FOLLOWS)
    other(life).absorb(finding("price_round"))
    life.deliver()
    life.absorb(finding("PS-1"))
    assert {post.state for post in life.posts(alert_id=1, medium="slack")} == {"owed"}


@pytest.mark.parametrize("by_hand", [False, True])
def test_what_explains_others_shows_that_one_of_them_ended(life: Life, *, by_hand: bool) -> None:
    life = with_inhibitions(life, FOLLOWS)
    other(life).absorb(finding("price_round"))
    life.absorb(finding("PS-1"))
    life.deliver()
    if by_hand:
        life.step(resolve, 2)
    else:
        life.absorb()
    assert {post.state for post in life.posts(template="alert", alert_id=1, medium="slack")} == {
        "owed"
    }


def test_what_is_told_already_becomes_silent_when_its_cause_is_known(life: Life) -> None:
    life = with_inhibitions(life, FOLLOWS)
    life.absorb(finding("PS-1"))
    other(life).absorb(finding("price_round"))
    sweep(life)
    assert silenced(life) == ["alert 2", None]


def test_a_resolved_alert_explains_nothing(life: Life) -> None:
    life = with_inhibitions(life, FOLLOWS)
    other(life).absorb(finding("price_round"))
    life.step(resolve)
    life.absorb(finding("PS-1"))
    assert silenced(life) == [None, None]


def test_another_job_that_failed_explains_nothing(life: Life) -> None:
    life = with_inhibitions(life, FOLLOWS)
    other(life).absorb(finding("digest"))
    life.absorb(finding("PS-1"))
    assert silenced(life) == [None, None]


@pytest.mark.parametrize(
    ("facts", "silent"),
    [({"sku": "A"}, True), ({"sku": "B"}, False), ({"sku": None}, False), ({}, False)],
)
def test_facts_named_in_same_must_be_known_and_agree(
    sqlite_database: Database, settings: Settings, facts: dict[str, Any], silent: bool
) -> None:
    life = with_inhibitions(Life(sqlite_database, settings), FOLLOWS | {"same": ["sku"]})
    other(life).absorb(finding("price_round", sku="A"))
    life.absorb(finding("PS-1", **facts))
    assert silenced(life) == [None, "alert 1" if silent else None]


def test_an_alert_does_not_silence_itself(life: Life) -> None:
    everything = {"while": {"check": "safety_stock"}, "silence": {"check": "safety_stock"}}
    life = with_inhibitions(life, everything)
    life.absorb(finding("PS-1"))
    assert silenced(life) == [None]


def test_in_a_circle_the_oldest_is_told(life: Life) -> None:
    """Each explains all others of its check: without an end nobody would hear of any."""
    everything = {"while": {"check": "safety_stock"}, "silence": {"check": "safety_stock"}}
    life = with_inhibitions(life, everything)
    life.absorb(*(finding(f"PS-{n}") for n in range(3)))
    assert silenced(life) == [None, "alert 1", "alert 1"]
    life.step(resolve, 1)
    sweep(life)
    assert silenced(life) == [None, None, "alert 2"]


def test_what_hangs_on_a_circle_stays_silent(life: Life) -> None:
    """1 follows from 2, and 2 and 3 follow from each other: 2 is told, the others are not."""
    subjects = {
        "PS-1": ["PS-2"],
        "PS-2": ["PS-3"],
        "PS-3": ["PS-2"],
    }
    rules = [
        {"while": {"subject": cause}, "silence": {"subject": subject}}
        for subject, causes in subjects.items()
        for cause in causes
    ]
    chain = {"while": {"subject": "PS-1"}, "silence": {"subject": "PS-4"}}
    life = with_inhibitions(life, *rules, chain)
    life.absorb(*(finding(f"PS-{n}") for n in range(1, 5)))
    assert silenced(life) == ["alert 2", None, "alert 2", "alert 1"]


def test_a_chain_is_silent_down_to_its_end(life: Life) -> None:
    rules = [
        {"while": {"subject": "PS-1"}, "silence": {"subject": "PS-2"}},
        {"while": {"subject": "PS-2"}, "silence": {"subject": "PS-3"}},
    ]
    life = with_inhibitions(life, *rules)
    life.absorb(*(finding(f"PS-{n}") for n in (1, 2, 3)))
    assert silenced(life) == [None, "alert 1", "alert 2"]


def test_the_shipped_inhibition_holds_back_blind_prices_while_the_round_fails(life: Life) -> None:
    """config.yaml: price_gap cannot tell because price_round fails: one message, not many."""
    other(life).absorb(finding("price_round"))
    prices = other(life, "price_gap")
    prices.absorb(blind("prices of VoltTrail", "PS-1"), finding("PS-2"))
    assert {alert.subject: alert.silenced_by for alert in life.alerts()} == {
        "price_round": None,
        "prices of VoltTrail: stale": "alert 1",
        "PS-2": None,
    }


# Nothing is lost

SUBJECTS = [f"PS-{n}" for n in range(5)]
MATCHERS = [
    Matcher(check="safety_stock"),
    Matcher(subject="PS-1"),
    Matcher(severity=Severity.NOTICE),
    Matcher(),
]
ACTS = st.one_of(
    st.tuples(st.just("find"), st.sets(st.sampled_from(SUBJECTS)), st.sampled_from(list(Severity))),
    st.tuples(st.just("silence"), st.sampled_from(MATCHERS), st.sampled_from([5, 60])),
    st.tuples(st.just("lift"), st.integers(1, 4)),
    st.tuples(st.just("later"), st.integers(1, 90)),
    st.tuples(st.just("fail"), st.booleans()),
    st.tuples(st.just("resolve"), st.integers(1, 5)),
    st.tuples(st.just("acknowledge"), st.integers(1, 5)),
)


@given(acts=st.lists(ACTS, max_size=12))
@with_settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_silenced_in_whatever_order_all_that_is_wrong_is_told_in_the_end(
    settings: Settings, acts: list[tuple[Any, ...]]
) -> None:
    fresh = Database("sqlite:///:memory:")
    SQLModel.metadata.create_all(fresh.engine)
    life = with_inhibitions(
        Life(fresh, settings),
        FOLLOWS,
        {"while": {"subject": "PS-1"}, "silence": {"subject": "PS-2"}},
        {"while": {"subject": "PS-2"}, "silence": {"subject": "PS-1"}},
    )
    for act in acts:
        perform(life, *act)
        assert_the_reason_holds(life)
    life.later(2 * HOUR)  # every silence is over
    other(life).absorb()
    life.step(resolve, next((a.id or 0 for a in life.alerts(live=True) if a.subject == "PS-1"), 0))
    sweep(life)
    within(life, lambda s, now: tell_digest(s, now, life.settings.stores[0]))
    waiting = [alert for alert in life.alerts(live=True) if alert.state != "resolved"]
    told = {post.alert_id for post in life.posts()}
    assert all(alert.told_at and alert.silenced_by is None for alert in waiting)
    assert all(alert.id in told or alert.group_id for alert in waiting)
    fresh.close()


def perform(life: Life, act: str, *values: Any) -> None:
    match act, *values:
        case "find", subjects, severity:
            found = [Finding(subject, {}, NOON, severity) for subject in sorted(subjects)]
            life.absorb(*found)
        case "silence", matcher, minutes:
            silence(life, matcher, minutes * MINUTE)
        case "lift", number:
            lifted(life, number)
        case "later", minutes:
            life.later(minutes * MINUTE)
            sweep(life)
        case "fail", failing:
            other(life).absorb(*([finding("price_round")] if failing else []))
            sweep(life)
        case "resolve", number:
            life.step(resolve, number)
        case "acknowledge", number:
            life.step(acknowledge, number)


def assert_the_reason_holds(life: Life) -> None:
    """A second sweep changes nothing (law 2); what is silent follows from something that is not."""
    sweep(life)
    assert sweep(life) == {"silenced": 0, "heard": 0, "told": 0}
    reasons = {f"alert {alert.id}": alert.silenced_by for alert in life.alerts()}
    for alert in life.alerts(live=True):
        seen, why = [f"alert {alert.id}"], alert.silenced_by
        while why in reasons and alert.state != "resolved":
            assert why not in seen
            seen.append(why)
            why = reasons[why]
