"""`/watch figures`, as people type it (plan A5)."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any, cast

import pytest

from bot.slack.command import Asked, answer, commands
from core.engine import Engine
from core.ledger.database import Database
from core.ledger.life.steps import acknowledge
from core.markup import to_plain
from core.settings import Settings
from tests.ledger.life import LIN, NOON, Life, finding

EMMA = "emma.clarke@harborlane.example"
MINUTE, WEEK = timedelta(minutes=1), timedelta(days=7)

Watch = Callable[..., list[str]]


@pytest.fixture
def life(sqlite_database: Database, settings: Settings) -> Life:
    """Two alerts of a Thursday: one taken after 12 minutes, one never."""
    life = Life(sqlite_database, settings)
    life.absorb(finding("PS-1"), finding("PS-2"))
    life.at = NOON + 12 * MINUTE
    life.step(acknowledge)
    life.at = NOON + 60 * MINUTE
    return life


@pytest.fixture
def watch(life: Life) -> Watch:
    """What a person reads after typing `/watch TEXT`, line by line."""

    def watch(text: str, who: str = EMMA) -> list[str]:
        person = life.settings.person(who)
        assert person
        asked = Asked(
            person=person,
            arguments={},
            database=life.database,
            settings=life.settings,
            store=life.settings.stores_of(person)[0],
            engine=cast(Engine, None),  # nothing is asked of it
            now=life.at,
        )
        said: Any = answer(commands()["/watch"], text, asked)
        text = said if isinstance(said, str) else asyncio.run(said)
        return [line for line in to_plain(text).splitlines() if line]

    return watch


MEASURED = (
    "alerts 2; noticed after 60 minutes (nine in ten: 60 minutes); "
    "answered after 12 minutes (nine in ten: 12 minutes); resolved after —; in time 1 of 2"
)


def test_the_last_seven_days_by_person_and_by_check(watch: Watch) -> None:
    assert watch("figures")[:4] == [
        "The last 7 days, by person",
        f"• Tom Becker: {MEASURED}",
        "The last 7 days, by check",
        f"• safety_stock: {MEASURED}",
    ]


def test_so_many_weeks_the_latest_first(life: Life, watch: Watch) -> None:
    life.at += WEEK
    assert watch("figures 3")[:4] == [
        "By week, from its Monday on",
        "• 2026-03-09: no alerts",
        f"• 2026-03-02: {MEASURED}",
        "• 2026-02-23: no alerts",
    ]


def test_a_week_begins_on_monday_where_the_store_is(life: Life, watch: Watch) -> None:
    life.at = NOON + timedelta(days=3, hours=12, minutes=1)  # Monday, 00:01 in Shanghai
    life.absorb(finding("PS-1"), finding("PS-2"), finding("PS-3"))
    life.at += MINUTE
    told = watch("figures 2")
    assert told[1].startswith("• 2026-03-09: alerts 1;")
    assert "no answer was due yet" in told[1]  # it is not due yet
    assert told[2].startswith("• 2026-03-02: alerts 2;")


def test_without_alerts_it_says_so(life: Life, watch: Watch) -> None:
    life.at += 2 * WEEK
    assert watch("figures")[1] == "No alerts."


def test_in_chinese(watch: Watch) -> None:
    assert watch("figures", who=LIN)[1].startswith("• Tom Becker：提醒 2 条；发现用时 60分钟")


@pytest.mark.parametrize("weeks", ["0", "54", "-1", "two", "1.5", "<!here>"])
def test_what_is_no_number_of_weeks_is_told_what_to_write(watch: Watch, weeks: str) -> None:
    [line] = watch(f"figures {weeks}")
    assert line == f"{weeks} is no number of weeks between 1 and 53: write /watch figures 4"


def test_of_two_stores_it_is_about_ones_own(life: Life, watch: Watch) -> None:
    seaside = life.settings.stores[0].model_copy(update={"name": "seaside"})
    people = [
        each.model_copy(update={"stores": ["seaside"] if each.email == EMMA else []})
        for each in life.settings.people
    ]
    stores = [*life.settings.stores, seaside]
    life.settings = life.settings.model_copy(update={"stores": stores, "people": people})
    assert watch("figures")[1] == "No alerts."
    assert watch("figures in harborlane")[0].startswith("in harborlane is no number")  # not hers
    assert watch("figures", who=LIN)[1].startswith("• Tom Becker")
    assert not watch("figures in seaside", who=LIN)[1].startswith("• Tom Becker")
    assert "seaside" in watch("nonsense", who=LIN)[-1]
    assert "seaside" not in watch("nonsense")[-1]
