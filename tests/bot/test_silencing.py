"""`/watch silence`, `/watch silences`, `/watch lift`, as people type them."""

import asyncio
from collections.abc import Awaitable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import cast

import pytest

from bot.alert_text import alert_text
from bot.slack.command import Asked, answer, commands
from core.engine import Engine
from core.finding import facts
from core.ledger.database import Database
from core.ledger.life.history import steps_of
from core.ledger.life.silences import hush, silenced_count
from core.ledger.life.watch import watch
from core.ledger.tables import Alert
from core.markup import to_plain, to_slack
from core.matching import Matcher
from core.sections import Inhibition, MaintenanceWindow
from core.settings import Settings
from core.values import Locale
from tests.core.examples import SAFETY_STOCK
from tests.ledger.life import Life, finding

NOW = datetime(2026, 3, 5, 2, 30, tzinfo=UTC)  # 10:30 in Shanghai
TOM, EMMA = "tom.becker", "emma.clarke"  # supply_chain, sales: both read English
STOCK = facts(SAFETY_STOCK)


@dataclass
class Team:
    """The shipped team, and the alerts of its ledger."""

    life: Life

    def watch(self, text: str, who: str = TOM, *, slack: bool = False) -> str:
        """What a person reads after typing `/watch TEXT`."""
        settings = self.life.settings
        person = settings.person(f"{who}@harborlane.example")
        assert person
        asked = Asked(
            person=person,
            arguments={},
            database=self.life.database,
            settings=settings,
            store=settings.stores[0],
            engine=cast(Engine, None),  # nothing is asked of it
            now=self.life.at,
        )
        said = answer(commands()["/watch"], text, asked)
        words = said if isinstance(said, str) else asyncio.run(_waited(said))
        return to_slack(words) if slack else to_plain(words)

    def silenced(self) -> list[str | None]:
        return [alert.silenced_by for alert in self.life.alerts()]


async def _waited(said: Awaitable[str]) -> str:
    return await said


@pytest.fixture
def team(sqlite_database: Database, settings: Settings) -> Iterator[Team]:
    life = Life(sqlite_database, settings, at=NOW)
    life.absorb(
        finding("PS-1", **STOCK, channel="amazon"), finding("PS-2", **STOCK, channel="shopify")
    )
    yield Team(life)
    sqlite_database.close()


@pytest.mark.parametrize(
    ("what", "silenced"),
    [
        ("safety_stock", ["silence 1", "silence 1"]),
        ("check=safety_stock", ["silence 1", "silence 1"]),
        ("safety_stock,channel=amazon", ["silence 1", None]),
        ("subject=*-2", [None, "silence 1"]),
        ("severity=critical", [None, None]),
        ("blind=true", [None, None]),
        ("blind=false,store=harborlane", ["silence 1", "silence 1"]),
    ],
)
def test_what_is_named_is_silent_at_once(team: Team, what: str, silenced: list[str | None]) -> None:
    said = team.watch(f"silence {what} 2h being repriced")
    assert team.silenced() == silenced
    assert "Silence #1, until 2026-03-05 12:30" in said
    assert f"Alerts held back now: {len(list(filter(None, silenced)))}" in said
    assert "/watch lift 1" in said


@pytest.mark.parametrize(
    ("length", "until"),
    [
        ("90m", "2026-03-05 12:00"),
        ("3d", "2026-03-08 10:30"),
        ("2026-12-24T09:00", "2026-12-24 09:00"),  # the store's clock
        ("2026-12-24", "2026-12-24 00:00"),
        ("2026-12-24T09:00Z", "2026-12-24 17:00"),
    ],
)
def test_it_lasts_a_length_or_until_a_moment(team: Team, length: str, until: str) -> None:
    assert f"until {until}" in team.watch(f"silence safety_stock {length} because")


@pytest.mark.parametrize(
    "length",
    ["2", "soon", "0h", "-2h", "2026-03-05T10:30", "2020-01-01", "9999999999d", "9999-12-31",
     "0001-01-01T00:00+14:00", "400d", "２ｈ"],
)  # fmt: skip
def test_what_is_no_length_is_told_in_a_line_with_examples(team: Team, length: str) -> None:
    said = team.watch(f"silence safety_stock {length} because")
    assert (
        said == f"{length} is no length of time: write 2h, 3d or 2026-12-24T09:00, within a year."
    )
    assert team.silenced() == [None, None]


@pytest.mark.parametrize(
    ("what", "part"),
    [
        ("safety_stok", "safety_stok"),
        ("colour=red", "colour=red"),
        ("severity=bad", "severity=bad"),
        ("store=elsewhere", "store=elsewhere"),
        ("amount_over=much", "amount_over=much"),
        ("amount_over=-1", "amount_over=-1"),
        (",", ""),
        ("=", "="),
    ],
)
def test_what_means_nothing_is_told_in_a_line_with_an_example(
    team: Team, what: str, part: str
) -> None:
    said = team.watch(f"silence {what} 2h because")
    assert said.startswith(f"Which alerts does {part} mean? Write a check, or conditions such as")
    assert "\n" not in said
    assert team.silenced() == [None, None]


def test_a_misspelt_check_is_guessed(team: Team) -> None:
    assert team.watch("silence safety_stok 2h because").endswith("Did you mean safety_stock?")


@pytest.mark.parametrize("text", ["silence safety_stock", "silence safety_stock 2h"])
def test_without_a_reason_it_says_how_to_write_one(team: Team, text: str) -> None:
    said = team.watch(text)
    assert said.startswith("Write what, for how long and why: /watch silence price_gap")
    assert team.silenced() == [None, None]


@pytest.mark.parametrize("text", ["silence safety_stock 2h because", "lift 1"])
def test_it_is_for_those_who_run_checks(team: Team, text: str) -> None:
    assert "for these roles only" in team.watch(text, who=EMMA)
    assert team.silenced() == [None, None]


def test_the_list_says_what_until_when_who_why_and_how_many(team: Team) -> None:
    team.watch("silence safety_stock,channel=amazon 2h being repriced")
    assert team.watch("silences", who=EMMA) == (
        "• #1 check=safety_stock,channel=amazon · until 2026-03-05 12:30 · "
        "Tom Becker: being repriced · alerts held back: 1"
    )


def test_the_list_has_the_maintenance_of_the_configuration(team: Team) -> None:
    window = {"name": "stocktaking", "schedule": {"at": "10:00"}, "length": "1h"}
    match = Matcher(check="safety_stock", blind=False)
    maintenance = [MaintenanceWindow.model_validate(window | {"match": match})]
    team.life.settings = team.life.settings.model_copy(update={"maintenance": maintenance})
    row = "• stocktaking · check=safety_stock,blind=false · maintenance"
    assert f"{row} until 2026-03-05 11:00" in team.watch("silences")
    team.life.later(timedelta(hours=2))
    assert f"{row}, next 2026-03-06 10:00" in team.watch("silences")


def test_lifting_ends_it_now(team: Team) -> None:
    team.watch("silence safety_stock 2h because")
    assert team.watch("lift 1") == "Silence #1 is over; what it held back is told."
    assert team.silenced() == [None, None]
    assert team.watch("silences") == "Nobody has silenced anything."


@pytest.mark.parametrize("number", ["1", "0", "99999999999999999999", "x", "²", "-1"])
def test_what_is_no_silence_cannot_be_lifted(team: Team, number: str) -> None:
    assert team.watch(f"lift {number}").startswith(f"There is no silence {number} to end")


def test_the_number_may_have_its_sign(team: Team) -> None:
    team.watch("silence safety_stock 2h because")
    assert "is over" in team.watch("lift #1")


def test_a_reason_is_no_markup(team: Team) -> None:
    team.watch("silence safety_stock 2h <!channel> *now* <https://evil.example|x>")
    said = team.watch("silences", slack=True)
    assert "&lt;!channel&gt;" in said
    assert "<https" not in said


def status(team: Team, number: int = 1) -> str:
    """The small print of an alert's message."""
    with team.life.database.read() as ledger:
        alert = ledger.get_one(Alert, number)
        silences = silenced_count(ledger, team.life.settings, alert)
        steps = steps_of(ledger, alert)
    english = Locale.ENGLISH
    return alert_text(alert, team.life.settings, english, steps, silences=silences).status


def test_the_message_says_until_when_it_is_silent_and_why(team: Team) -> None:
    team.watch("silence safety_stock 2h being repriced")
    assert "not told until 2026-03-05 12:30: being repriced (silence 1)" in status(team)
    team.watch("lift 1")
    assert "not told" not in status(team)


def test_the_message_of_a_cause_says_how_many_follow_from_it(team: Team) -> None:
    rule = {"while": {"subject": "PS-1"}, "silence": {"subject": "PS-2"}}
    inhibitions = [Inhibition.model_validate(rule)]
    team.life.settings = team.life.settings.model_copy(update={"inhibitions": inhibitions})
    with team.life.database.write() as ledger:
        hush(ledger, watch(ledger, team.life.settings, NOW))
    assert "silent because of it: 1" in status(team, 1)
    assert "not told: it follows from alert #1" in status(team, 2)
