"""How quickly people answered (plan A5), summed up by hand beside each case."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from core.finding import Finding
from core.ledger.database import Database
from core.ledger.life.figures import Figures, figures
from core.ledger.life.steps import acknowledge, hand_over, reopen, resolve
from core.ledger.tables import Alert
from core.rules.spread import Spread
from core.settings import Settings
from tests.ledger.life import HOUR, NOON, TOM, Life, finding

MA = "ma.chao@harborlane.example"
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


@pytest.fixture
def life(database: Database, settings: Settings) -> Life:
    return Life(database, settings)


def by_owner(alert: Alert) -> str:
    return alert.owner


def asked(life: Life, until: datetime | None = None, **values: Any) -> dict[str, Figures]:
    window: Any = {"first": NOON - DAY, "group": by_owner} | values
    with life.database.read() as ledger:
        store = life.settings.stores[0].name
        return figures(ledger, store, until=until or NOON + DAY, **window)


def only(life: Life, **values: Any) -> Figures:
    [known] = asked(life, **values).values()
    return known


def minutes(middle: float, p90: float, count: int = 1) -> Spread:
    return Spread(count, middle * MINUTE, p90 * MINUTE)


def test_without_alerts_there_are_no_figures(life: Life) -> None:
    assert asked(life) == {}


def test_an_alert_that_somebody_took_and_resolved(life: Life) -> None:
    life.absorb(finding("PS-1"))  # since an hour before NOON
    life.at = NOON + 12 * MINUTE
    life.step(acknowledge)
    life.at = NOON + 50 * MINUTE
    life.step(resolve)
    assert only(life) == Figures(
        alerts=1,
        noticed=minutes(60, 60),
        acknowledged=minutes(12, 12),
        resolved=minutes(50, 50),
        owed_an_answer=1,
        in_time=1,  # answer_within 30m
    )


def take(life: Life, number: int, after: int) -> None:
    life.at = NOON + after * MINUTE
    life.step(acknowledge, number)


def test_the_middle_of_many_and_how_many_were_in_time(life: Life) -> None:
    life.absorb(*(finding(f"PS-{number}") for number in range(4)))
    for number, after in ((1, 10), (2, 20), (3, 30), (4, 31)):
        take(life, number, after)
    known = only(life)
    assert known.acknowledged == minutes(25, 31, count=4)  # (20 + 30) ÷ 2; ceil(0.9 × 4) = 4th
    assert (known.owed_an_answer, known.in_time) == (4, 3)  # 30 is in time, 31 is not


def test_what_nobody_has_answered_in_time_counts_against_it(life: Life) -> None:
    life.absorb(finding("PS-1"))
    early, late = (only(life, until=NOON + n * MINUTE) for n in (29, 30))
    assert (early.owed_an_answer, early.acknowledged) == (0, None)  # it is not due yet
    assert (late.owed_an_answer, late.in_time) == (1, 0)


@pytest.mark.parametrize(("after", "owed"), [(29, 0), (30, 1)])
def test_what_went_away_before_it_was_due_asked_nobody(life: Life, after: int, owed: int) -> None:
    life.absorb(finding("PS-1"))
    life.at = NOON + after * MINUTE
    life.absorb()
    known = only(life)
    assert (known.owed_an_answer, known.in_time, known.acknowledged) == (owed, 0, None)
    assert known.resolved == minutes(after, after)


def test_calling_it_done_at_once_is_an_answer(life: Life) -> None:
    life.absorb(finding("PS-1"))
    life.at = NOON + 5 * MINUTE
    life.step(resolve)
    known = only(life)
    assert (known.acknowledged, known.in_time) == (minutes(5, 5), 1)


def test_the_first_answer_counts_also_when_it_was_opened_again(life: Life) -> None:
    life.absorb(finding("PS-1"))
    take(life, 1, 40)  # ten minutes late
    life.step(resolve)
    life.later()
    life.step(reopen)
    assert life.alert().acknowledged_at is None
    known = only(life)
    assert (known.acknowledged, known.resolved) == (minutes(40, 40), None)
    assert (known.owed_an_answer, known.in_time) == (1, 0)  # although it is due later now


def test_who_was_handed_an_alert_has_the_whole_time_to_answer(life: Life) -> None:
    life.absorb(finding("PS-1"))
    life.at = NOON + 20 * MINUTE
    life.step(hand_over, to=MA)
    take(life, 1, 45)
    [(owner, known)] = asked(life).items()
    assert (owner, known.in_time) == (MA, 1)


def test_what_was_never_told_asks_nobody(life: Life) -> None:
    life.absorb(finding("PS-1"))
    with life.database.write() as ledger:
        ledger.get_one(Alert, 1).told_at = None
    assert only(life).owed_an_answer == 0


def test_what_began_only_when_it_was_noticed(life: Life) -> None:
    life.absorb(Finding("PS-1", {}, since=NOON + HOUR))  # a clock elsewhere is ahead
    assert only(life).noticed == minutes(0, 0)


def test_groups_are_apart_and_so_is_what_lies_outside_the_window(life: Life) -> None:
    life.absorb(finding("PS-1"), Finding("PS-2", {}, since=NOON, owner=MA))
    assert {owner: known.alerts for owner, known in asked(life).items()} == {TOM: 1, MA: 1}
    assert asked(life, group=lambda alert: alert.check)["safety_stock"].alerts == 2
    assert asked(life, first=NOON + MINUTE) == {}
    assert asked(life, until=NOON) == {}
