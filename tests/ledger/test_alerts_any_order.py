"""Whatever happens in whatever order, each trouble has one live alert with somebody to act."""

from contextlib import suppress
from datetime import datetime, timedelta
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

from core.finding import Blind, Finding
from core.ledger.database import Database
from core.ledger.life import silences
from core.ledger.life.alerts import absorb
from core.ledger.life.duty_changes import hand_on
from core.ledger.life.escalation import escalate
from core.ledger.life.steps import acknowledge, hand_over, reopen, resolve, snooze, wake_snoozed
from core.ledger.life.watch import watch
from core.ledger.tables import Alert, Post
from core.matching import Matcher
from core.settings import Settings
from core.values import Severity
from tests.ledger.life import LIN, MA, NOON, TOM, Life, asking, blind, finding
from tests.support.databases import renew

SUBJECTS = st.sets(st.sampled_from(["PS-1", "PS-2", "PS-3"]))
NUMBERS = st.integers(1, 4)
HOURS = st.sampled_from([0.1, 1, 12, 24, 30])
REOPEN_AFTER = timedelta(hours=24)
CALM = timedelta(hours=2)
"""config.yaml: alerts.reopen_after, alerts.flapping.within."""


LONG_AGO = NOON - timedelta(days=1000)


class Crash(Exception):
    """The process dies in the middle of a transaction."""


class AnyOrder(RuleBasedStateMachine):
    """Checks, clicks, crashes and jumps of the clock; `wrong` is what is known to be wrong."""

    def __init__(self, database: Database, settings: Settings) -> None:
        super().__init__()
        self.life = Life(database, settings)
        self.settings = settings
        self.needed = 1
        self.suspects: dict[str, tuple[int, datetime]] = {}
        self.wrong: set[str] = set()
        self.steps: list[str] = []

    def teardown(self) -> None:
        self.life.database.close()

    def live(self) -> dict[str, Any]:
        alerts = [alert for alert in self.life.alerts(live=True) if not alert.blind]
        assert len({alert.subject for alert in alerts}) == len(alerts)
        return {alert.subject: alert for alert in alerts}

    @initialize(needed=st.sampled_from([1, 1, 2]))
    def everything_is_wrong(self, needed: int) -> None:
        self.needed = needed
        self.life.settings = asking(self.settings, runs_in_a_row=needed)
        self.the_check_looks({"PS-1", "PS-2", "PS-3"}, set(), 1, Severity.WARNING)

    @rule(
        wrong=SUBJECTS,
        hidden=SUBJECTS,
        version=st.integers(1, 2),
        severity=st.sampled_from(Severity),
    )
    def the_check_looks(
        self, wrong: set[str], hidden: set[str], version: int, severity: Severity
    ) -> None:
        before = self.live()
        seen = wrong - hidden
        self.believe(seen, hidden, before)
        self.life.absorb(*outcomes(seen, hidden, version, severity))
        after = self.live()
        comes_and_goes = {subject for subject, alert in before.items() if self.lingers(alert)}
        hidden_before = before.keys() & hidden
        assert after.keys() == (seen & self.wrong) | hidden_before | (comes_and_goes - seen)
        for alert in (after[subject] for subject in seen & self.wrong):
            assert alert.absent_since is None
            assert alert.state != "resolved" or self.life.at - alert.resolved_at < REOPEN_AFTER

    def believe(self, seen: set[str], hidden: set[str], live: dict[str, Any]) -> None:
        """Know as wrong what enough runs in a row have found."""
        for subject in {"PS-1", "PS-2", "PS-3"} - hidden - live.keys():
            runs, last = self.suspects.pop(subject, (0, LONG_AGO))
            if subject in seen:
                later = self.life.at > last
                self.suspects[subject] = (runs + 1, self.life.at) if later else (runs, last)
        ripe = {subject for subject, (runs, _) in self.suspects.items() if runs >= self.needed}
        self.suspects = {s: count for s, count in self.suspects.items() if s not in ripe}
        self.wrong = seen & (live.keys() | ripe)

    def lingers(self, alert: Any) -> bool:
        since = alert.absent_since or self.life.at
        return bool(alert.flapping) and self.life.at - since < CALM

    @rule()
    def the_check_is_blind(self) -> None:
        before = {subject: alert.state for subject, alert in self.live().items()}
        self.life.absorb(blind("sales", whole=True))
        assert {subject: alert.state for subject, alert in self.live().items()} == before

    @rule(wrong=SUBJECTS, severity=st.sampled_from(Severity))
    def the_process_dies_while_the_check_is_absorbed(
        self, wrong: set[str], severity: Severity
    ) -> None:
        before = self.life.everything()
        with suppress(Crash), self.life.database.write() as ledger:
            now = watch(ledger, self.life.settings, self.life.at)
            found = outcomes(wrong, set(), 3, severity)
            absorb(ledger, now, self.settings.stores[0], "safety_stock", found)
            ledger.flush()
            raise Crash
        assert self.life.everything() == before

    @rule(wrong=SUBJECTS, hours=HOURS)
    def a_run_comes_with_a_clock_that_is_behind(self, wrong: set[str], hours: float) -> None:
        now, behind = self.life.at, self.life.at - timedelta(hours=hours)
        self.life.at = behind
        self.the_check_looks(wrong, set(), 1, Severity.WARNING)
        self.life.at = now

    @rule(step=st.sampled_from([acknowledge, resolve, reopen]), number=NUMBERS)
    def somebody_clicks(self, step: Any, number: int) -> None:
        self.life.step(step, number, who=LIN)

    @rule(number=NUMBERS, to=st.sampled_from([MA, TOM, LIN, "nobody@harborlane.example"]))
    def somebody_hands_over(self, number: int, to: str) -> None:
        self.life.step(hand_over, number, who=TOM, to=to)

    @rule(number=NUMBERS, hours=HOURS)
    def somebody_snoozes(self, number: int, hours: float) -> None:
        until = self.life.at + timedelta(hours=hours)
        self.life.step(snooze, number, who=TOM, until=until)

    @rule(subject=st.sampled_from(["PS-1", "PS-*"]), hours=HOURS)
    def somebody_asks_for_silence(self, subject: str, hours: float) -> None:
        match, until = Matcher(subject=subject), self.life.at + timedelta(hours=hours)
        self.life.sweep(lambda ledger, now: silences.add(ledger, now, match, until, "busy", LIN))

    @rule(number=NUMBERS)
    def somebody_lifts_a_silence(self, number: int) -> None:
        self.life.sweep(lambda ledger, now: silences.lift(ledger, now, number))

    @rule(hours=HOURS)
    def time_passes(self, hours: float) -> None:
        self.life.later(timedelta(hours=hours))
        for sweep in (silences.hush, wake_snoozed, hand_on, escalate):
            self.life.sweep(sweep)

    @rule()
    def everything_owed_is_sent(self) -> None:
        self.life.deliver()

    @invariant()
    def the_laws_hold(self) -> None:
        alerts = self.life.alerts()
        live = [alert for alert in alerts if alert.gone_at is None and not alert.blind]
        whatever_is_wrong_has_a_live_alert(live, self.wrong)
        somebody_of_the_team_has_each(alerts, self.settings)
        people_hear_of_it(live)
        messages_say_what_is_so(alerts, self.life.posts(medium="slack", template="alert"))
        steps = self.life.steps()
        assert steps[: len(self.steps)] == self.steps  # steps are only added
        self.steps = steps


def whatever_is_wrong_has_a_live_alert(live: list[Alert], wrong: set[str]) -> None:
    """And only people close it."""
    assert wrong <= {alert.subject for alert in live}
    assert all(alert.state != "resolved" or alert.resolved_by for alert in live)


def somebody_of_the_team_has_each(alerts: list[Alert], settings: Settings) -> None:
    assert all(settings.person(alert.owner) for alert in alerts)


def people_hear_of_it(live: list[Alert]) -> None:
    """It is told, and asked about until somebody resolves it, but for the digest and silence."""
    for alert in live:
        resolved, notice = alert.state == "resolved", alert.severity == "notice"
        assert alert.told_at or alert.silenced_by or notice or resolved
        quiet = alert.silenced_by or alert.snoozed_until
        assert alert.next_step_at or quiet or notice or resolved
        assert not (alert.snoozed_until and resolved)


def messages_say_what_is_so(alerts: list[Alert], messages: list[Post]) -> None:
    """Or are owed."""
    known = {alert.id: alert for alert in alerts}
    for post in messages:
        assert post.revision == known[post.alert_id].revision
        assert post.state == "owed" or post.sent_revision == post.revision
    assert {alert.id for alert in alerts if alert.told_at} <= {post.alert_id for post in messages}


def outcomes(
    seen: set[str], hidden: set[str], version: int, severity: Severity
) -> list[Finding | Blind]:
    spots: list[Finding | Blind] = [blind("prices", *hidden)] if hidden else []
    return [*(finding(subject, severity, version=version) for subject in sorted(seen)), *spots]


def test_any_order_of_events_keeps_the_laws(
    sqlite_template: Path, sqlite_ledger: Database, settings: Settings
) -> None:
    def machine() -> Any:
        renew(sqlite_ledger, sqlite_template)
        return AnyOrder(sqlite_ledger, settings)

    limits = hypothesis.settings(max_examples=20, stateful_step_count=20)
    run_state_machine_as_test(machine, settings=limits)  # type: ignore[arg-type]
