"""Who must act: an alert always has somebody, and nobody on leave while others are there."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from core.duty import on_duty
from core.settings import Leave, Settings, Store

EMMA, WANG = "emma.clarke@harborlane.example", "wang.fang@harborlane.example"
LIN, TOM = "lin.yue@harborlane.example", "tom.becker@harborlane.example"
DAY = date(2026, 3, 5)


def away(settings: Settings, *emails: str, first: date = DAY, last: date = DAY) -> Settings:
    """The settings with some people on leave."""
    leave = [Leave(first=first, last=last)]
    people = [
        person.model_copy(update={"leave": leave}) if person.email in emails else person
        for person in settings.people
    ]
    return settings.model_copy(update={"people": people})


@pytest.fixture
def who(settings: Settings, store: Store, now: datetime) -> Any:
    def ask(role: str, *gone: str, named: str | None = None) -> tuple[str, bool]:
        duty = on_duty(away(settings, *gone), store, role, now, named)
        return duty.person.email, duty.fell_back

    return ask


def test_the_order_of_duty_comes_first(who: Any) -> None:
    assert who("sales") == (EMMA, False)  # config.yaml: duty.order.sales


def test_without_an_order_the_first_of_the_team_comes_first(who: Any) -> None:
    assert who("supply_chain") == (TOM, False)


def test_somebody_on_leave_is_passed_over(who: Any) -> None:
    assert who("sales", EMMA) == (WANG, False)


def test_a_role_that_is_away_falls_back(who: Any) -> None:
    assert who("supply_chain", TOM, "ma.chao@harborlane.example") == (LIN, True)


def test_a_role_without_people_falls_back(who: Any) -> None:
    assert who("lawyer") == (LIN, True)


def test_when_everybody_is_away_somebody_answers_all_the_same(who: Any) -> None:
    assert who("designer", LIN, "gao.jie@harborlane.example") == (LIN, True)


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
    assert on_duty(away(settings, EMMA), store, "sales", moment).person.email == expected
