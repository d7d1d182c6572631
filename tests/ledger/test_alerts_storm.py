"""Ten thousand findings at once: stored together, asked about by kind, never one by one."""

import pytest

from core.finding import Finding
from core.ledger.database import Database
from core.ledger.life.alerts import Difference
from core.ledger.life.steps import resolve
from core.matching import Matcher
from core.settings import Leave, RoutingRule, Settings
from tests.ledger.life import DAY, LIN, MA, MINUTE, NOON, TOM, Life, asking, finding
from tests.support.databases import statements

FEW, MANY = 20, 200


@pytest.fixture
def life(sqlite_database: Database, settings: Settings) -> Life:
    return Life(sqlite_database, settings)


def storm(number: int, version: int = 1) -> list[Finding]:
    return [finding(f"PS-{index}", version=version) for index in range(number)]


def asked_of(life: Life, *outcomes: Finding) -> int:
    with statements(life.database) as asked:
        life.absorb(*outcomes)
    return len(asked)


def asked_in_its_life(life: Life, number: int) -> list[int]:
    """How often, while a storm opens, stays, changes, ends, comes back, and ends for good."""
    asked = []
    for found in (number, number, -number, 0, number, 0):
        asked.append(asked_of(life, *storm(abs(found), version=1 if found > 0 else 2)))
        life.deliver()
        life.later(MINUTE)
    life.later(DAY)
    return asked


@pytest.mark.parametrize("each", [False, True])
def test_a_storm_asks_the_database_as_often_as_a_few_findings_do(
    database: Database, settings: Settings, *, each: bool
) -> None:
    alerts = settings.alerts.model_copy(update={"group_over": 1000 if each else 10})
    life = Life(database, settings.model_copy(update={"alerts": alerts}))
    few, many = (asked_in_its_life(life, size) for size in (FEW, MANY))
    assert many == few


def test_one_run_in_a_row_costs_no_question(life: Life) -> None:
    with statements(life.database) as asked:
        life.absorb(*storm(FEW))
    assert asked
    assert not [statement for statement in asked if "suspect" in statement]


def test_returning_subjects_cost_one_question(life: Life) -> None:
    life.absorb(*storm(FEW))
    with statements(life.database) as asked:
        life.absorb(*storm(FEW))
    assert not [statement for statement in asked if "gone_at >" in statement]
    life.absorb()
    with statements(life.database) as asked:
        life.absorb(*storm(FEW))
    assert len([statement for statement in asked if "gone_at >" in statement]) == 1


def test_each_alert_of_a_storm_is_its_own(database: Database, settings: Settings) -> None:
    life = Life(database, settings)
    assert life.absorb(*storm(MANY)) == Difference(opened=MANY)
    alerts = life.alerts()
    assert [alert.subject for alert in alerts] == [f"PS-{index}" for index in range(MANY)]
    assert [step.alert_id for step in life.audit()] == [alert.id for alert in alerts]
    assert {alert.state for alert in alerts} == {"open"}
    assert life.absorb(*storm(MANY - 1)) == Difference(unchanged=MANY - 1, resolved=1)


def test_what_rules_look_at_parts_the_kinds(sqlite_database: Database, settings: Settings) -> None:
    rules = [
        RoutingRule(match=Matcher(amount_over=100), role="store_manager"),
        RoutingRule(match=Matcher(subject="PS-2*"), channel="general"),
    ]
    life = Life(sqlite_database, settings.model_copy(update={"routing": rules}))
    dear = [finding("PS-1", amount="100.01"), finding("PS-2", amount="100")]
    cheap = [finding("PS-20"), Finding("PS-3", {}, NOON, owner=MA), finding("PS-4")]
    life.absorb(*dear, *cheap)
    goes = {alert.subject: (alert.owner, alert.channel) for alert in life.alerts()}
    assert goes == {
        "PS-1": (LIN, "stock"),
        "PS-2": (TOM, "general"),
        "PS-20": (TOM, "general"),
        "PS-3": (MA, "stock"),
        "PS-4": (TOM, "stock"),
    }


def test_the_first_step_says_that_nobody_of_the_role_was_there(
    sqlite_database: Database, settings: Settings
) -> None:
    away = Leave(first=NOON.date(), last=NOON.date())
    people = [
        p.model_copy(update={"leave": [away]}) if "supply_chain" in p.roles else p
        for p in settings.people
    ]
    life = Life(sqlite_database, settings.model_copy(update={"people": people}))
    life.absorb(*storm(3))
    assert [step.detail for step in life.audit()] == [{"fell_back": True}] * 3
    assert {alert.owner for alert in life.alerts()} == {LIN}


def test_suspects_of_a_storm_are_asked_for_once(
    sqlite_database: Database, settings: Settings
) -> None:
    life = Life(sqlite_database, asking(settings, runs_in_a_row=2))
    first = asked_of(life, *storm(FEW))
    life.later(MINUTE)
    second = asked_of(life, *storm(MANY))
    assert second < first + 15
    life.step(resolve)
