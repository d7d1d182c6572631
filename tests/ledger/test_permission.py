"""Who may act on an alert, and whom it can be handed to."""

from datetime import datetime

import pytest

from core.ledger.life.permission import may_act, successors, who_may_act
from core.ledger.tables import Alert
from core.settings import Person, Settings


@pytest.fixture
def alert(now: datetime) -> Alert:
    """An alert of sales that Emma owns."""
    return Alert(
        store="harborlane", check="bad_reviews", subject="x", severity="warning", role="sales",
        channel="reviews", owner="emma.clarke@harborlane.example", facts={}, since=now,
        opened_at=now, due_at=now,
    )  # fmt: skip


def names(people: list[Person]) -> list[str]:
    return [person.name.split()[0] for person in people]


def test_its_owner_its_role_and_the_store_manager_may_act(settings: Settings, alert: Alert) -> None:
    assert names(who_may_act(settings, alert)) == ["Emma", "Lin", "Wang", "Liu", "Daniel"]


def test_an_owner_of_another_role_may_act(settings: Settings, alert: Alert) -> None:
    alert.owner = "Tom.Becker@harborlane.example"  # as a file may have written it
    assert names(who_may_act(settings, alert))[:2] == ["Tom", "Lin"]


def test_who_serves_other_stores_may_not(settings: Settings, alert: Alert) -> None:
    daniel = settings.person("daniel.novak@harborlane.example")
    assert daniel is not None
    assert not may_act(settings, alert, daniel.model_copy(update={"stores": ["second"]}))
    assert may_act(settings, alert, daniel.model_copy(update={"stores": ["harborlane"]}))


def test_it_can_be_handed_to_all_but_its_owner_people_of_its_role_first(
    settings: Settings, alert: Alert
) -> None:
    able = names(successors(settings, alert))
    assert able[:4] == ["Wang", "Liu", "Daniel", "Lin"]
    assert (len(able), "Emma" in able) == (13, False)
