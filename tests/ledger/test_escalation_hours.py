"""Escalation and working hours: config.yaml's, in Shanghai; 2026-03-07 is a Saturday."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from core.hours import Hours
from core.ledger.life.steps import acknowledge
from core.schedule import Weekday
from tests.ledger.chains import (
    MA,
    MA_,
    MINUTE,
    TOM_,
    by_the_minute,
    changed,
    critical,
    escalated,
    sweep,
)
from tests.ledger.life import NOON, TOM, Life, finding

TEAM = Hours(start="09:00", end="21:00", days=[d for d in Weekday if d != Weekday.SUNDAY])
SHANGHAI = timedelta(hours=8)


def shanghai(day: int, clock: str) -> datetime:
    """A moment of March 2026, as clocks in Shanghai show it."""
    hour, minute = clock.split(":")
    return datetime(2026, 3, day, int(hour), int(minute), tzinfo=UTC) - SHANGHAI


def clocks(life: Life) -> list[tuple[int, str]]:
    """Day and time at which each step was taken."""
    taken = [step.at + SHANGHAI for step in escalated(life)]
    return [(at.day, at.strftime("%H:%M")) for at in taken]


def asleep(life: Life) -> Life:
    return life.with_settings(changed(life.settings, "duty", working_hours=TEAM))


def whenever_due(life: Life, until: datetime) -> None:
    """The job runs whenever a step may be due, and what it owes is sent."""
    life.deliver()
    while (at := life.alert().next_step_at) and at <= until:
        sweep(life, at)
        life.deliver()


@pytest.mark.parametrize(
    ("opened", "due", "steps"),
    [
        # Saturday night: the time to answer begins on Monday at 9
        ((7, "23:00"), (9, "09:30"), [(9, "09:20"), (9, "09:30"), (9, "09:45"), (9, "10:00")]),
        # ten minutes of Thursday count; the other twenty run on Friday
        ((5, "20:50"), (6, "09:20"), [(6, "09:10"), (6, "09:20"), (6, "09:35"), (6, "09:50")]),
        # due at 20:55; `everyone`, at 21:10, waits until 9; the store manager 15 minutes more
        ((5, "20:25"), (5, "20:55"), [(5, "20:45"), (5, "20:55"), (6, "09:00"), (6, "09:15")]),
    ],
)
def test_outside_their_hours_nobody_is_asked(
    quick: Life, opened: Any, due: Any, steps: list[tuple[int, str]]
) -> None:
    night = asleep(quick)
    night.at = shanghai(*opened)
    night.absorb(finding("PS-1"))
    assert night.alert().due_at == shanghai(*due)
    whenever_due(night, shanghai(steps[-1][0], "10:30"))
    assert clocks(night) == steps
    assert {step.detail["late_by"] for step in escalated(night)} == {0}


def test_what_may_wake_asks_at_night(quick: Life) -> None:
    night = asleep(quick)
    night.at = shanghai(7, "23:00")
    night.absorb(critical())
    whenever_due(night, shanghai(7, "23:50"))
    assert clocks(night) == [(7, c) for c in ("23:10", "23:20", "23:30", "23:45")]


def test_who_took_it_is_not_followed_up_on_a_sunday(quick: Life) -> None:
    night = asleep(quick)
    night.at = shanghai(7, "12:00")
    night.absorb(finding("PS-1"))
    night.step(acknowledge, who=TOM)
    assert sweep(night, shanghai(8, "12:00")) == 0
    assert night.alert().next_step_at == shanghai(9, "09:00")
    assert sweep(night, shanghai(9, "09:00")) == 1


@pytest.mark.parametrize(("opened", "called"), [(0, (TOM_, MA_)), (20, (TOM_,))])
def test_of_several_only_those_who_are_awake_are_called(
    quick: Life, opened: int, called: tuple[str, ...]
) -> None:
    los_angeles = {"timezone": "America/Los_Angeles"}  # at NOON it is 20:00 there
    people = [
        p.model_copy(update=los_angeles) if p.email == MA else p for p in quick.settings.people
    ]
    night = asleep(quick)
    night.settings = night.settings.model_copy(update={"people": people})
    night.at = NOON + opened * MINUTE
    night.absorb(finding("PS-1"))  # everyone is asked 45 minutes later: at 20:45, or 21:05
    assert [t[4] for t in by_the_minute(night, [opened + 30, opened + 45])][-1] == called
