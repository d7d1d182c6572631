"""Who must act: an alert always has somebody, and nobody who is away while others are there."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.configuration import load
from core.duty import Change, Roster
from core.hours import Hours
from core.settings import Leave, Person, Rota, Settings, Store
from jobs.registry import configuration
from tests.conftest import CONFIG

EMMA, WANG = "emma.clarke@harborlane.example", "wang.fang@harborlane.example"
LIU, DANIEL = "liu.yang@harborlane.example", "daniel.novak@harborlane.example"
LIN, TOM, MA = (f"{name}@harborlane.example" for name in ("lin.yue", "tom.becker", "ma.chao"))
HUANG, XU = "huang.lei@harborlane.example", "xu.jing@harborlane.example"
GAO = "gao.jie@harborlane.example"
DAY = date(2026, 3, 5)
EVENING = datetime(2026, 3, 5, 14, 0, tzinfo=UTC)  # 22:00 on a Thursday in Shanghai
OFFICE = Hours.model_validate({"start": "09:00", "end": "18:00"})
NIGHT = datetime(2026, 3, 5, 20, 0, tzinfo=UTC)  # 04:00 on Friday in Shanghai


def people(settings: Settings, *emails: str, **changes: Any) -> Settings:
    """The settings with some people changed."""
    changed = [
        person.model_copy(update=changes) if person.email in emails else person
        for person in settings.people
    ]
    return settings.model_copy(update={"people": changed})


def away(settings: Settings, *emails: str, first: date = DAY, last: date = DAY) -> Settings:
    """The settings with some people on leave."""
    return people(settings, *emails, leave=[Leave(first=first, last=last)])


def with_duty(settings: Settings, **changes: Any) -> Settings:
    return settings.model_copy(update={"duty": settings.duty.model_copy(update=changes)})


def leave(person: str, first: date = DAY, last: date = DAY) -> Change:
    return Change(person, None, first, last)


def cover(person: str, role: str, first: date = DAY, last: date = DAY) -> Change:
    return Change(person, role, first, last)


@pytest.fixture
def who(settings: Settings, store: Store, now: datetime) -> Any:
    def ask(role: str, *gone: str, named: str | None = None) -> tuple[str, bool]:
        duty = Roster(away(settings, *gone)).on_duty(store, role, now, named=named)
        return duty.person.email, duty.fell_back

    return ask


def email(settings: Settings, store: Store, role: str, at: datetime, *said: Change) -> str:
    return Roster(settings, said).on_duty(store, role, at).person.email


def test_the_order_of_duty_comes_first(who: Any) -> None:
    assert who("sales") == (EMMA, False)  # config.yaml: duty.order.sales


def test_without_an_order_the_first_of_the_team_comes_first(who: Any) -> None:
    assert who("supply_chain") == (TOM, False)


def test_somebody_on_leave_is_passed_over(who: Any) -> None:
    assert who("sales", EMMA) == (WANG, False)


def test_a_role_that_is_away_falls_back(who: Any) -> None:
    assert who("supply_chain", TOM, MA) == (LIN, True)


def test_a_role_without_people_falls_back(who: Any) -> None:
    assert who("lawyer") == (LIN, True)


def test_when_everybody_is_away_somebody_answers_all_the_same(who: Any) -> None:
    assert who("designer", LIN, GAO) == (LIN, True)


def test_the_person_a_fact_names_comes_before_the_role(who: Any) -> None:
    assert who("sales", named="WANG.FANG@harborlane.example") == (WANG, False)
    assert who("sales", WANG, named=WANG) == (EMMA, False)
    assert who("sales", named="left.last.year@harborlane.example") == (EMMA, False)


@pytest.mark.parametrize(
    ("moment", "expected"),
    [  # leave on 5 March in Shanghai (+8) is 4 March 16:00 to 5 March 16:00 UTC
        (datetime(2026, 3, 4, 15, 59, tzinfo=UTC), EMMA),
        (datetime(2026, 3, 4, 16, 0, tzinfo=UTC), WANG),
        (datetime(2026, 3, 5, 15, 59, tzinfo=UTC), WANG),
        (datetime(2026, 3, 5, 16, 0, tzinfo=UTC), EMMA),
    ],
)
def test_leave_is_in_days_of_the_store(
    settings: Settings, store: Store, moment: datetime, expected: str
) -> None:
    assert email(away(settings, EMMA), store, "sales", moment) == expected
    assert email(settings, store, "sales", moment, leave(EMMA.upper())) == expected


@pytest.mark.parametrize(
    ("moment", "expected"),
    [  # 5 March in Los Angeles (−8) is 5 March 08:00 to 6 March 08:00 UTC
        (datetime(2026, 3, 5, 7, 59, tzinfo=UTC), EMMA),
        (datetime(2026, 3, 5, 8, 0, tzinfo=UTC), WANG),
        (datetime(2026, 3, 6, 7, 59, tzinfo=UTC), WANG),
        (datetime(2026, 3, 6, 8, 0, tzinfo=UTC), EMMA),
    ],
)
def test_leave_is_in_days_of_the_persons_own_zone(
    settings: Settings, store: Store, moment: datetime, expected: str
) -> None:
    abroad = people(settings, EMMA, timezone="America/Los_Angeles")
    assert email(abroad, store, "sales", moment, leave(EMMA)) == expected


def test_who_covers_comes_before_the_order(settings: Settings, store: Store, now: datetime) -> None:
    assert email(settings, store, "sales", now, cover(LIU, "sales")) == LIU
    assert email(settings, store, "sales", now, cover(LIU, "video")) == EMMA
    tomorrow = DAY + timedelta(days=1)
    assert email(settings, store, "sales", now, cover(LIU, "sales", tomorrow, tomorrow)) == EMMA


def test_of_two_covers_the_latest_counts(settings: Settings, store: Store, now: datetime) -> None:
    said = [cover(WANG, "sales"), cover(LIU, "sales")]  # the latest first
    assert email(settings, store, "sales", now, *said) == WANG
    assert email(settings, store, "sales", now, *said, leave(WANG)) == LIU


def test_a_cover_by_somebody_without_the_role_is_nothing(
    settings: Settings, store: Store, now: datetime
) -> None:
    said = [cover(TOM, "sales"), cover("left@harborlane.example", "sales")]
    assert email(settings, store, "sales", now, *said) == EMMA


@pytest.mark.parametrize(
    ("moment", "expected"),
    [  # config.yaml: Huang Lei's first week began on Monday, 5 January 2026, at 09:00 (+8)
        (datetime(2026, 1, 5, 1, 0, tzinfo=UTC), HUANG),
        (datetime(2026, 1, 12, 0, 59, 59, tzinfo=UTC), HUANG),
        (datetime(2026, 1, 12, 1, 0, tzinfo=UTC), XU),
        (datetime(2026, 1, 19, 0, 59, tzinfo=UTC), XU),
        (datetime(2026, 1, 19, 1, 0, tzinfo=UTC), HUANG),
        (datetime(2026, 1, 5, 0, 59, tzinfo=UTC), XU),  # before the first week: as if it ran then
        (datetime(2026, 3, 5, 2, 30, tzinfo=UTC), HUANG),  # the ninth week
    ],
)
def test_a_rota_hands_over_on_monday(
    settings: Settings, store: Store, moment: datetime, expected: str
) -> None:
    assert email(settings, store, "order_follower", moment) == expected


@pytest.mark.parametrize(
    ("moment", "expected"),
    [  # Berlin's clocks go from +1 to +2 on 29 March and back on 25 October 2026
        (datetime(2026, 3, 23, 8, 0, tzinfo=UTC), MA),
        (datetime(2026, 3, 30, 6, 59, tzinfo=UTC), MA),
        (datetime(2026, 3, 30, 7, 0, tzinfo=UTC), TOM),
        (datetime(2026, 10, 26, 7, 59, tzinfo=UTC), MA),
        (datetime(2026, 10, 26, 8, 0, tzinfo=UTC), TOM),
    ],
)
def test_a_rota_keeps_its_hour_over_both_changes_of_the_clocks(
    settings: Settings, store: Store, moment: datetime, expected: str
) -> None:
    rota = Rota(people=[TOM, MA], first_week=date(2026, 3, 30), hands_over="09:00")
    settings = with_duty(settings, rotas={"supply_chain": rota})
    berlin = store.model_copy(update={"timezone": "Europe/Berlin"})
    assert email(settings, berlin, "supply_chain", moment) == expected


def test_whose_week_it_is_comes_before_the_order(
    settings: Settings, store: Store, now: datetime
) -> None:
    settings = with_duty(settings, order={"order_follower": [XU]})
    assert email(settings, store, "order_follower", now) == HUANG
    assert email(settings, store, "order_follower", now, leave(HUANG)) == XU
    assert email(settings, store, "order_follower", now, cover(XU, "order_follower")) == XU


def test_people_of_another_store_are_not_asked(
    settings: Settings, store: Store, now: datetime
) -> None:
    other = store.model_copy(update={"name": "other"})
    settings = people(settings, TOM, stores=["other"])
    assert email(settings, store, "supply_chain", now) == MA
    assert email(settings, other, "supply_chain", now) == TOM
    settings = people(settings, MA, stores=["other"])
    assert email(settings, store, "supply_chain", now) == LIN


def tom_in_berlin(settings: Settings, **changes: Any) -> Settings:
    """Office hours in Shanghai (01:00 to 10:00 UTC), Tom's in Berlin (08:00 to 17:00 UTC)."""
    settings = with_duty(settings, working_hours=OFFICE)
    return people(settings, TOM, timezone="Europe/Berlin", **changes)


@pytest.mark.parametrize(
    ("hour", "expected"),
    [
        (2, MA),  # 10:00 in Shanghai, 03:00 in Berlin
        (9, TOM),  # both work: the first
        (14, TOM),  # 22:00 in Shanghai, 15:00 in Berlin
        (20, MA),  # nobody works: Shanghai begins at 01:00 UTC, Berlin at 08:00
    ],
)
def test_whoever_works_now_comes_first_else_whoever_begins_first(
    settings: Settings, store: Store, hour: int, expected: str
) -> None:
    at = datetime(2026, 3, 5, hour, 0, tzinfo=UTC)
    assert email(tom_in_berlin(settings), store, "supply_chain", at) == expected


def test_what_wakes_wakes_the_first_when_nobody_works(settings: Settings, store: Store) -> None:
    roster = Roster(tom_in_berlin(settings))
    assert roster.on_duty(store, "supply_chain", NIGHT, wakes=True).person.email == TOM
    morning = datetime(2026, 3, 5, 2, 0, tzinfo=UTC)
    assert roster.on_duty(store, "supply_chain", morning, wakes=True).person.email == MA


def test_whoever_is_away_tomorrow_does_not_begin_first(settings: Settings, store: Store) -> None:
    settings = with_duty(settings, working_hours=OFFICE)
    friday = DAY + timedelta(days=1)
    assert email(settings, store, "sales", EVENING) == EMMA
    assert email(settings, store, "sales", EVENING, leave(EMMA, friday, friday)) == WANG


def test_the_named_person_is_the_owner_outside_their_hours_too(
    settings: Settings, store: Store
) -> None:
    roster = Roster(tom_in_berlin(settings))
    assert roster.on_duty(store, "supply_chain", NIGHT, named=TOM).person.email == TOM


def the(settings: Settings, wanted: str) -> Person:
    person = settings.person(wanted)
    assert person
    return person


def test_what_wakes_reaches_people_at_once(settings: Settings, store: Store) -> None:
    settings = with_duty(settings, working_hours=OFFICE)
    roster, emma = Roster(settings), the(settings, EMMA)
    assert roster.reached_at(emma, store, EVENING, wakes=True) == EVENING
    friday = datetime(2026, 3, 6, 1, 0, tzinfo=UTC)
    assert roster.reached_at(emma, store, EVENING, wakes=False) == friday


def test_days_away_are_passed_over(settings: Settings, store: Store) -> None:
    settings = with_duty(settings, working_hours=OFFICE)
    friday = DAY + timedelta(days=1)
    roster = Roster(settings, [leave(EMMA, friday, friday)])
    monday = datetime(2026, 3, 9, 1, 0, tzinfo=UTC)
    assert roster.reached_at(the(settings, EMMA), store, EVENING, wakes=False) == monday


def test_whoever_is_asked_though_away_is_reached_in_their_hours(
    settings: Settings, store: Store
) -> None:
    settings = away(with_duty(settings, working_hours=OFFICE), LIN, last=date(2026, 3, 20))
    friday = datetime(2026, 3, 6, 1, 0, tzinfo=UTC)
    assert Roster(settings).reached_at(the(settings, LIN), store, EVENING, wakes=False) == friday


def shifts(settings: Settings, role: str, at: datetime, *said: Change) -> list[tuple[Any, Any]]:
    found = Roster(settings, said).shifts(settings.stores[0], role, at, at + timedelta(days=7))
    return [(shift.begins, shift.duty.person.email) for shift in found]


def test_a_week_of_a_rota_with_leave(settings: Settings, now: datetime) -> None:
    friday = DAY + timedelta(days=1)
    assert shifts(settings, "order_follower", now, leave(HUANG, friday, friday)) == [
        (now, HUANG),
        (datetime(2026, 3, 5, 16, 0, tzinfo=UTC), XU),  # Friday 00:00 in Shanghai
        (datetime(2026, 3, 6, 16, 0, tzinfo=UTC), HUANG),
        (datetime(2026, 3, 9, 1, 0, tzinfo=UTC), XU),  # Monday 09:00: his week
    ]


def test_a_week_that_follows_the_sun(settings: Settings) -> None:
    at = datetime(2026, 3, 5, 2, 0, tzinfo=UTC)
    found = shifts(tom_in_berlin(settings), "supply_chain", at)
    assert found[:4] == [
        (at, MA),
        (datetime(2026, 3, 5, 8, 0, tzinfo=UTC), TOM),  # 09:00 in Berlin
        (datetime(2026, 3, 5, 17, 0, tzinfo=UTC), MA),  # 18:00 in Berlin; Ma begins first
        (datetime(2026, 3, 6, 8, 0, tzinfo=UTC), TOM),
    ]


TEAM = load(CONFIG, configuration())  # with the working hours it comes with
MOMENTS = st.integers(0, 400 * 24 * 60).map(
    lambda n: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=n)
)
DAYS = st.integers(0, 400).map(lambda n: date(2026, 1, 1) + timedelta(days=n))
CHANGES = st.lists(
    st.builds(
        lambda person, covers, days: Change(
            person.email, person.roles[0] if covers else None, min(days), max(days)
        ),
        st.sampled_from(TEAM.people),
        st.booleans(),
        st.tuples(DAYS, DAYS),
    ),
    max_size=30,
)
ROLES = st.sampled_from(sorted(TEAM.roles))


@given(ROLES, MOMENTS, CHANGES, st.booleans())
def test_nobody_away_is_asked_while_somebody_is_here(
    role: str, at: datetime, said: list[Change], wakes: bool
) -> None:
    roster, store = Roster(TEAM, said), TEAM.stores[0]
    duty = roster.on_duty(store, role, at, wakes=wakes)
    able = [p for p in TEAM.people if {role, TEAM.duty.fallback} & set(p.roles)]
    anybody_here = any(roster.is_here(person, store, at) for person in able)
    assert duty.person in able
    assert roster.is_here(duty.person, store, at) == anybody_here
    assert duty.fell_back == (
        not any(roster.is_here(p, store, at) for p in able if role in p.roles)
    )


@given(ROLES, MOMENTS, CHANGES, st.floats(0, 1))
def test_shifts_say_who_is_on_duty_at_every_moment(
    role: str, at: datetime, said: list[Change], part: float
) -> None:
    roster, store, until = Roster(TEAM, said), TEAM.stores[0], at + timedelta(days=3)
    found = list(roster.shifts(store, role, at, until))
    assert (found[0].begins, found[-1].ends) == (at, until)
    assert all(a.ends == b.begins and a.duty != b.duty for a, b in pairwise(found))
    between = at + part * (until - at) * 0.999
    [shift] = [shift for shift in found if shift.begins <= between < shift.ends]
    assert shift.duty == roster.on_duty(store, role, between)
