"""The auditor: no step more than `late_after` late (config.yaml: 1m) stays untold."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from core.finding import Finding
from core.ledger.database import Database
from core.ledger.life.escalation import escalate
from core.ledger.life.steps import acknowledge, resolve, snooze
from core.ledger.life.watch import watch
from core.ledger.tables import Alert
from core.settings import Settings, Store
from jobs.checks.late_steps import find
from tests.jobs.conftest import Look, only
from tests.ledger.life import NOON, TOM, Life, finding

MINUTE = timedelta(minutes=1)
FIRST = NOON + 20 * MINUTE  # the usual chain: 10 minutes before the answer is due, at 30


@pytest.fixture
def life(database: Database, settings: Settings) -> Life:
    life = Life(database, settings)
    life.absorb(finding("PS-1"))
    return life


def late(look: Look, at: datetime) -> list[Any]:
    return [
        outcome.facts["alert"] for outcome in look("late_steps", at) if isinstance(outcome, Finding)
    ]


def test_a_step_is_late_after_a_minute(life: Life, look: Look) -> None:
    assert late(look, FIRST + MINUTE - timedelta(seconds=1)) == []
    found = only(look("late_steps", FIRST + MINUTE))
    assert (found.subject, found.since) == ("#1", FIRST)
    assert found.facts == {
        "alert": 1,
        "of_check": "safety_stock",
        "of_subject": "PS-1",
        "owner": TOM,
        "due_at": (NOON + 30 * MINUTE).isoformat(),
        "step_at": FIRST.isoformat(),
    }


def test_the_same_step_is_the_same_finding_however_late(life: Life, look: Look) -> None:
    first, later = (only(look("late_steps", FIRST + n * MINUTE)) for n in (1, 99))
    assert first == later  # law 2: the alert's message is not rewritten every minute


def test_a_step_that_was_taken_is_not_late(life: Life, look: Look) -> None:
    with life.database.write() as ledger:
        escalate(ledger, watch(ledger, life.settings, FIRST + 5 * MINUTE))
    assert late(look, FIRST + 5 * MINUTE) == []


@pytest.mark.parametrize(
    ("step", "values"), [(resolve, {}), (snooze, {"until": NOON + timedelta(days=9)})]
)
def test_what_asks_nobody_is_never_late(
    life: Life, look: Look, step: Any, values: dict[str, Any]
) -> None:
    life.step(step, **values)
    assert late(look, NOON + timedelta(days=2)) == []


def test_what_is_silent_is_never_late(life: Life, look: Look) -> None:
    with life.database.write() as ledger:
        ledger.get_one(Alert, 1).silenced_by = "maintenance stocktaking"
    assert late(look, NOON + timedelta(days=2)) == []


def test_a_follow_up_can_be_late_too(life: Life, look: Look) -> None:
    life.step(acknowledge)
    assert late(look, NOON + timedelta(hours=24)) == []  # follow_up_every 24h
    assert late(look, NOON + timedelta(hours=24, minutes=1)) == [1]


def test_another_stores_alerts_are_not_this_ones(life: Life, settings: Settings) -> None:
    stanza: Any = settings.check("late_steps")
    other = settings.stores[0].model_copy(update={"name": "other"})
    with life.database.read() as ledger:
        assert list(find(ledger, FIRST + 9 * MINUTE, other, stanza)) == []


def test_the_auditor_does_not_audit_itself(life: Life, look: Look, store: Store) -> None:
    auditor = Life(life.database, life.settings, check="late_steps", at=FIRST + MINUTE)
    auditor.absorb(*look("late_steps", auditor.at))
    assert [alert.check for alert in auditor.alerts()] == ["safety_stock", "late_steps"]
    auditor.at = NOON + timedelta(days=1)
    assert late(look, auditor.at) == [1]
