"""Leave and swaps as people say them, and the alerts of whoever goes away."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from core.duty import Change
from core.hours import Hours
from core.ledger.database import Database
from core.ledger.life.duty_changes import (
    ChangeRefused,
    add,
    current,
    hand_on,
    standing,
    withdraw,
)
from core.ledger.life.steps import acknowledge, resolve, snooze
from core.ledger.life.watch import watch
from core.ledger.tables import DutyChange
from core.settings import Settings
from tests.ledger.life import HOUR, LIN, NOON, TOM, Life, finding

MA, SUN = "ma.chao@harborlane.example", "sun.hao@harborlane.example"
TODAY = date(2026, 3, 5)
DAY = timedelta(days=1)


@pytest.fixture
def life(sqlite_database: Database, settings: Settings) -> Iterator[Life]:
    """The safety stock's alerts, Tom Becker's; Ma Chao comes next."""
    yield Life(sqlite_database, settings)
    sqlite_database.close()


def say(
    life: Life, person: str, *, role: str | None = None, first: date = TODAY, last: date = TODAY
) -> int:
    """Lin Yue says that somebody is away, or covers a role; the change's number."""
    change = Change(person, role, first, last)
    with life.database.write() as ledger:
        return add(ledger, life.settings, change, said_by=LIN, at=life.at, today=TODAY)


def take_back(life: Life, number: int) -> bool:
    with life.database.write() as ledger:
        change = standing(ledger, number)
        if change:
            withdraw(change, life.at)
        return change is not None


def handed_on(life: Life) -> int:
    with life.database.write() as ledger:
        return hand_on(ledger, watch(ledger, life.settings, life.at))


def on_duty(life: Life, role: str = "supply_chain") -> str:
    with life.database.read() as ledger:
        roster = watch(ledger, life.settings, life.at).roster
    return roster.on_duty(life.settings.stores[0], role, life.at).person.email


def test_a_change_keeps_who_said_it_and_when(database: Database, settings: Settings) -> None:
    life = Life(database, settings)
    number = say(life, TOM, role="supply_chain", last=TODAY + 3 * DAY)
    with database.read() as ledger:
        kept = ledger.get_one(DutyChange, number).model_dump()
    assert kept == {
        "id": number,
        "person": TOM,
        "role": "supply_chain",
        "first": TODAY,
        "last": TODAY + 3 * DAY,
        "said_by": LIN,
        "said_at": NOON,
        "withdrawn_at": None,
    }


def test_leave_and_covers_decide_who_is_on_duty(life: Life) -> None:
    assert on_duty(life) == TOM
    leave = say(life, TOM)
    assert on_duty(life) == MA
    assert take_back(life, leave)
    assert on_duty(life) == TOM
    say(life, MA, role="supply_chain")
    assert on_duty(life) == MA
    life.later(24 * HOUR)
    assert on_duty(life) == TOM


def test_of_two_covers_the_one_said_last_counts(life: Life) -> None:
    say(life, MA, role="supply_chain")
    say(life, TOM, role="supply_chain")
    assert on_duty(life) == TOM


def test_a_change_can_be_taken_back_once(life: Life) -> None:
    number = say(life, TOM)
    assert take_back(life, number)
    assert not take_back(life, number)
    assert not take_back(life, number + 1)
    with life.database.read() as ledger:
        assert ledger.get_one(DutyChange, number).withdrawn_at == NOON  # the row itself stays


@pytest.mark.parametrize(
    ("change", "mistake"),
    [
        ({"person": "nobody@harborlane.example"}, "unknown_person"),
        ({"person": SUN, "role": "supply_chain"}, "lacks_role"),
        ({"person": SUN, "role": "lawyer"}, "lacks_role"),
        ({"first": TODAY + DAY}, "backwards"),
        ({"first": TODAY - DAY, "last": TODAY - DAY}, "past"),
        ({"last": TODAY + 366 * DAY}, "too_long"),
    ],
    ids=str,
)
def test_what_cannot_be_is_refused(life: Life, change: dict[str, Any], mistake: str) -> None:
    with pytest.raises(ChangeRefused) as refused:
        say(life, **{"person": TOM, **change})
    assert refused.value.mistake == mistake
    with life.database.read() as ledger:
        assert current(ledger, date.min) == []


@pytest.mark.parametrize(
    "days",
    [
        {"first": TODAY - 9 * DAY},  # began before it was said
        {"last": TODAY + 365 * DAY},  # a year, its first and last day included
    ],
    ids=str,
)
def test_what_can_be_is_kept(life: Life, days: dict[str, Any]) -> None:
    assert say(life, TOM, **days)


def test_the_list_shows_what_holds_today_and_later_by_its_first_day(life: Life) -> None:
    later = say(life, TOM, first=TODAY + 9 * DAY, last=TODAY + 9 * DAY)
    now = say(life, MA, first=TODAY - 9 * DAY)
    take_back(life, say(life, TOM))
    with life.database.read() as ledger:
        assert [change.id for change in current(ledger, TODAY)] == [now, later]
        assert [change.id for change in current(ledger, TODAY + DAY)] == [later]


def test_an_open_alert_of_somebody_who_goes_away_finds_who_is_on_duty(
    database: Database, settings: Settings
) -> None:
    life = Life(database, settings)
    life.absorb(finding("A"), finding("B"))
    say(life, TOM)
    life.later(timedelta(minutes=5))
    assert handed_on(life) == 2
    for alert in life.alerts():
        assert alert.owner == MA
        assert alert.due_at == life.at + timedelta(minutes=30)  # answer_within begins anew
    assert life.steps() == ["opened"] * 2 + ["handed_over"] * 2
    assert handed_on(life) == 0


def test_it_says_when_nobody_of_the_role_is_here(life: Life) -> None:
    life.absorb(finding("A"))
    for person in (TOM, MA):
        say(life, person)
    handed_on(life)
    assert life.alert().owner == LIN
    assert life.audit()[-1].detail["fell_back"] is True


def test_who_stays_keeps_their_alerts(life: Life) -> None:
    life.absorb(finding("A"))
    say(life, MA)
    say(life, MA, role="supply_chain")  # a swap: Tom is still here
    assert handed_on(life) == 0
    assert life.alert().owner == TOM


@pytest.mark.parametrize(
    ("step", "values"),
    [(acknowledge, {}), (resolve, {}), (snooze, {"until": NOON + 9 * HOUR})],
    ids=["acknowledged", "resolved", "put aside"],
)
def test_only_what_waits_for_an_answer_is_handed_on(
    life: Life, step: Any, values: dict[str, Any]
) -> None:
    life.absorb(finding("A"))
    assert life.step(step, **values)
    say(life, TOM)
    assert handed_on(life) == 0
    assert life.alert().owner == TOM


def test_what_is_gone_is_not_handed_on(life: Life) -> None:
    life.absorb(finding("A"))
    life.absorb()
    say(life, TOM)
    assert handed_on(life) == 0


def test_when_all_of_a_role_are_away_the_fallback_gets_it(life: Life) -> None:
    life.absorb(finding("A"))
    say(life, TOM)
    say(life, MA)
    assert handed_on(life) == 1
    assert life.alert().owner == LIN


def test_nobody_is_handed_what_is_theirs_because_everybody_is_away(life: Life) -> None:
    life.absorb(finding("A"))
    for person in (TOM, MA, LIN):
        say(life, person)
    assert handed_on(life) == 1  # to Lin Yue, the fallback's first
    assert handed_on(life) == 0


def test_the_alerts_of_somebody_who_left_the_team_find_their_person(life: Life) -> None:
    life.absorb(finding("A"))
    people = [person for person in life.settings.people if person.email != TOM]
    life.settings = life.settings.model_copy(update={"people": people})
    assert handed_on(life) == 1
    assert life.alert().owner == MA


def test_what_waited_for_somebodys_morning_waits_for_the_next_ones(life: Life) -> None:
    early = {"start": "07:00", "end": "16:00"}
    people = [
        p.model_copy(update={"working_hours": Hours.model_validate(early)}) if p.email == MA else p
        for p in life.settings.people
    ]
    late = Hours.model_validate({"start": "09:00", "end": "18:00"})
    duty = life.settings.duty.model_copy(update={"working_hours": late})
    evening = datetime(2026, 3, 5, 14, 0, tzinfo=UTC)  # 22:00 in Shanghai
    settings = life.settings.model_copy(update={"people": people, "duty": duty})
    life = Life(life.database, settings, at=evening)
    say(life, MA)  # so it is Tom's
    life.absorb(finding("A"))
    assert life.posts(template="alert")[0].next_attempt_at == evening + 11 * HOUR  # 09:00
    life.later(2 * HOUR)  # Friday, 00:00: Ma Chao is back, Tom away
    say(life, TOM, last=TODAY + 9 * DAY)
    assert handed_on(life) == 1
    seven = evening + 9 * HOUR
    for template in ("alert", "handed_over"):
        assert [post.next_attempt_at for post in life.posts(template=template)] == [seven]
