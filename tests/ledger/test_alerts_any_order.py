"""Whatever happens in whatever order, each trouble has one live alert with somebody to act."""

import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

import hypothesis
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from core.ledger.alerts import acknowledge, resolve, snooze, wake_snoozed
from core.ledger.database import Database
from core.settings import Settings
from tests.ledger.life import LIN, TOM, Life, blind, finding

SUBJECTS = st.sets(st.sampled_from(["PS-1", "PS-2", "PS-3"]))
NUMBERS = st.integers(1, 4)
HOURS = st.sampled_from([1, 12, 24, 30])
REOPEN_AFTER = timedelta(hours=24)


class AnyOrder(RuleBasedStateMachine):
    """Checks, clicks and jumps of the clock; `wrong` is what the last look could see was wrong."""

    def __init__(self, database: Database, settings: Settings) -> None:
        super().__init__()
        self.life = Life(database, settings)
        self.wrong: set[str] = set()
        self.steps: list[str] = []

    def teardown(self) -> None:
        self.life.database.close()

    def live(self) -> dict[str, Any]:
        alerts = [alert for alert in self.life.alerts(live=True) if not alert.blind]
        assert len({alert.subject for alert in alerts}) == len(alerts)
        return {alert.subject: alert for alert in alerts}

    @initialize()
    def everything_is_wrong(self) -> None:
        self.the_check_looks({"PS-1", "PS-2", "PS-3"}, set(), 1)

    @rule(wrong=SUBJECTS, hidden=SUBJECTS, version=st.integers(1, 2))
    def the_check_looks(self, wrong: set[str], hidden: set[str], version: int) -> None:
        before = self.live()
        spots = [blind("prices", *hidden)] if hidden else []
        seen = wrong - hidden
        self.life.absorb(*(finding(subject, version=version) for subject in seen), *spots)
        after = self.live()
        assert after.keys() == seen | (before.keys() & hidden)
        for subject in seen:
            alert = after[subject]
            by_hand = alert.state == "resolved"
            assert not by_hand or alert.resolved_by
            assert not by_hand or self.life.at - alert.resolved_at < REOPEN_AFTER
        self.wrong = seen

    @rule()
    def the_check_is_blind(self) -> None:
        before = {subject: alert.state for subject, alert in self.live().items()}
        self.life.absorb(blind("sales", whole=True))
        assert {subject: alert.state for subject, alert in self.live().items()} == before

    @rule(step=st.sampled_from([acknowledge, resolve]), number=NUMBERS)
    def somebody_clicks(self, step: Any, number: int) -> None:
        self.life.step(step, number, who=LIN)

    @rule(number=NUMBERS, hours=HOURS)
    def somebody_snoozes(self, number: int, hours: int) -> None:
        until = self.life.at + timedelta(hours=hours)
        self.life.step(snooze, number, who=TOM, until=until)

    @rule(hours=HOURS)
    def time_passes(self, hours: int) -> None:
        self.life.later(timedelta(hours=hours))
        with self.life.database.write() as ledger:
            wake_snoozed(ledger, self.life.settings, self.life.at)

    @rule()
    def everything_owed_is_sent(self) -> None:
        self.life.deliver()

    @invariant()
    def whatever_is_wrong_has_a_live_alert_that_only_people_close(self) -> None:
        live = self.live()
        assert self.wrong <= live.keys()
        assert all(alert.state != "resolved" or alert.resolved_by for alert in live.values())

    @invariant()
    def every_alert_has_somebody(self) -> None:
        for alert in self.life.alerts():
            person = self.life.settings.person(alert.owner)
            assert person
            assert alert.role in person.roles

    @invariant()
    def steps_are_only_added(self) -> None:
        steps = self.life.steps()
        assert steps[: len(self.steps)] == self.steps
        self.steps = steps

    @invariant()
    def every_message_says_what_its_alert_says_or_is_owed(self) -> None:
        alerts = {alert.id: alert for alert in self.life.alerts()}
        told = set()
        for post in self.life.posts(medium="slack", template="alert"):
            assert post.revision == alerts[post.alert_id].revision
            assert post.state == "owed" or post.sent_revision == post.revision
            told.add(post.alert_id)
        assert told == alerts.keys()

    @invariant()
    def nothing_sleeps_past_its_time(self) -> None:
        for alert in self.life.alerts():
            assert alert.snoozed_until is None or alert.state != "resolved"


def test_any_order_of_events_keeps_the_laws(
    sqlite_template: Path, tmp_path: Path, settings: Settings
) -> None:
    numbers = iter(range(10**6))

    def machine() -> Any:
        path = tmp_path / f"{next(numbers)}.db"
        shutil.copyfile(sqlite_template, path)
        return AnyOrder(Database(f"sqlite:///{path}"), settings)

    limits = hypothesis.settings(max_examples=40, stateful_step_count=20)
    run_state_machine_as_test(machine, settings=limits)  # type: ignore[arg-type]
