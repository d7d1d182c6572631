"""`/duty`, as people type it: who is on duty, leave, swaps."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, cast

import pytest
from sqlmodel import col, select

from bot.slack.command import Asked, Form, answer, commands
from core.configuration import load
from core.engine import Engine
from core.ledger.database import Database
from core.ledger.tables import Post
from core.markup import to_plain, to_slack
from core.settings import Leave, Settings
from core.texts import render
from core.values import Locale
from jobs.registry import configuration
from tests.conftest import CONFIG

EMMA, LIN, XU = "emma.clarke", "lin.yue", "xu.jing"
MORNING = datetime(2026, 3, 5, 2, 30, tzinfo=UTC)  # a Thursday, 10:30 in Shanghai
EVENING = datetime(2026, 3, 5, 14, 30, tzinfo=UTC)  # 22:30: working hours end at 21:00
HERE = "(stands in: nobody of the role is here)"


@dataclass
class Team:
    """The shipped team, who may type `/duty`."""

    database: Database
    settings: Settings
    now: datetime = MORNING

    def duty(self, text: str = "", who: str = EMMA, *, slack: bool = False) -> str:
        """What a person reads after typing `/duty TEXT`."""
        person = self.settings.person(f"{who}@harborlane.example")
        assert person
        asked = Asked(
            person=person,
            arguments={},
            database=self.database,
            settings=self.settings,
            store=self.settings.stores[0],
            engine=cast(Engine, None),  # nothing is asked of it
            now=self.now,
        )
        said = answer(commands()["/duty"], text, asked)
        words = said if isinstance(said, str) else asyncio.run(_waited(said))
        return to_slack(words) if slack else to_plain(words)

    def lines(self, text: str = "", who: str = EMMA) -> list[str]:
        """The list in the answer."""
        return [line[2:] for line in self.duty(text, who).splitlines() if line.startswith("• ")]


async def _waited(said: Any) -> str:
    return str(await said)


@pytest.fixture(scope="module")
def shipped() -> Settings:
    """The shipped config.yaml, working hours and all."""
    return load(CONFIG, configuration())


@pytest.fixture
def team(sqlite_database: Database, shipped: Settings) -> Iterator[Team]:
    yield Team(sqlite_database, shipped)
    sqlite_database.close()


def test_everybody_on_duty_by_role(team: Team) -> None:
    assert "2026-03-05 10:30" in team.duty()
    assert "Harbor Lane" in team.duty()
    assert team.lines() == [
        "operations: Sofia Reyes",
        "order_follower: Huang Lei 黄磊, until 2026-03-09 09:00",  # every second week
        "sales: Emma Clarke",
        "store_manager: Lin Yue 林悦",
        "supply_chain: Tom Becker",
    ]


def test_outside_working_hours_it_says_when_people_work_again(team: Team) -> None:
    team.now = EVENING
    assert team.lines()[2] == "sales: Emma Clarke, works again at 2026-03-06 09:00"


def test_the_answer_is_in_the_readers_language(team: Team) -> None:
    team.now = EVENING
    assert team.lines(who=LIN)[2] == "sales：Emma Clarke，2026-03-06 09:00 恢复上班"


def test_who_stands_in_is_marked(team: Team) -> None:
    team.duty("leave Tom Becker today tomorrow", LIN)
    team.duty("leave 马超 today tomorrow", LIN)
    expected = f"supply_chain: Lin Yue 林悦 {HERE}, until 2026-03-07 00:00"
    assert team.lines()[4] == expected
    team.duty("leave today", LIN)
    assert "everybody who could stand in" in team.lines()[3]


def test_a_role_and_its_next_seven_days(team: Team) -> None:
    # config.yaml: the rota's ninth week is Huang Lei's; Monday at 09:00 it is Xu Jing's turn
    assert team.lines("order_follower") == [
        "2026-03-05 10:30 – 2026-03-09 09:00: Huang Lei 黄磊",
        "2026-03-09 09:00 – 2026-03-12 10:30: Xu Jing 徐静",
    ]
    assert team.lines("ORDER_FOLLOWER") == team.lines("order_follower")


def test_every_store_is_shown(team: Team) -> None:
    other = team.settings.stores[0].model_copy(update={"name": "two", "title": "Shop *Two*"})
    stores = [*team.settings.stores, other]
    people = [
        p.model_copy(update={"stores": ["two"]}) if p.name == "Emma Clarke" else p
        for p in team.settings.people
    ]
    team.settings = team.settings.model_copy(update={"stores": stores, "people": people})
    sales = [line for line in team.lines() if line.startswith("sales")]
    assert sales == ["sales: Wang Fang 王芳", "sales: Emma Clarke"]
    assert "Shop *Two*" in team.duty()


def test_own_leave_of_some_days(team: Team) -> None:
    said = team.duty("leave 2026-12-24 2026-12-31")
    assert "#1: Emma Clarke is away from 2026-12-24 to 2026-12-31." in said
    assert "/duty back 1" in said
    assert team.lines("changes") == ["#1 2026-12-24 – 2026-12-31: Emma Clarke is away"]


@pytest.mark.parametrize(
    "text", ["leave today", "leave Today TODAY", "leave 今天", "LEAVE 今天 today"]
)
def test_own_leave_today_takes_effect_at_once(team: Team, text: str) -> None:
    team.duty(text)
    assert team.lines()[2] == "sales: Wang Fang 王芳, until 2026-03-06 00:00"


def test_today_is_the_day_where_the_person_is(team: Team) -> None:
    people = [
        p.model_copy(update={"timezone": "America/Los_Angeles"}) if p.name == "Emma Clarke" else p
        for p in team.settings.people
    ]
    team.settings = team.settings.model_copy(update={"people": people})
    assert "from 2026-03-04 to 2026-03-05" in team.duty("leave today tomorrow")  # 18:30 there


def test_a_cover_takes_the_role(team: Team) -> None:
    assert "值 order_follower 班" in team.duty("cover order_follower today tomorrow", XU)
    assert team.lines("order_follower")[0].endswith("2026-03-07 00:00: Xu Jing 徐静")
    assert team.duty("changes").endswith("Xu Jing 徐静 takes order_follower")


@pytest.mark.parametrize(
    "name", ["Daniel", "daniel nov", "@daniel.novak", "Daniel.Novak@harborlane.example"]
)
def test_a_manager_speaks_for_others(team: Team, name: str) -> None:
    team.duty(f"leave {name} 2026-12-24 2026-12-31", LIN)
    team.duty(f"cover sales {name} 2026-12-01 2026-12-02", LIN)
    assert team.lines("changes") == [
        "#2 2026-12-01 – 2026-12-02: Daniel Novak takes sales (says Lin Yue 林悦)",
        "#1 2026-12-24 – 2026-12-31: Daniel Novak is away (says Lin Yue 林悦)",
    ]


def test_who_is_spoken_for_is_told(team: Team) -> None:
    team.duty("cover sales Daniel 2026-12-01 2026-12-02", LIN)
    team.duty("back 1", LIN)
    team.duty("leave today")  # her own
    with team.database.read() as ledger:
        posts = ledger.exec(select(Post).order_by(col(Post.created_at))).all()
    assert {post.recipient for post in posts} == {"@daniel.novak@harborlane.example"}
    locale, zone = Locale.ENGLISH, team.settings.stores[0].zone
    said = [
        to_plain(render(post.template, "slack", post.facts, locale=locale, zone=zone))
        for post in posts
    ]
    told = "you take sales from 2026-12-01 to 2026-12-02."
    assert sorted(said) == [
        f"Lin Yue 林悦 says that {told} If not: /duty back 1",
        f"Lin Yue 林悦 took back that {told}",
    ]


def test_only_a_manager_speaks_for_others(team: Team) -> None:
    assert "only: store_manager" in team.duty("leave Daniel today tomorrow")
    assert "only: store_manager" in team.duty("cover sales Daniel today tomorrow")
    assert "#1: Emma Clarke" in team.duty("leave Emma today tomorrow")  # her own name


def test_one_takes_back_ones_own(team: Team) -> None:
    team.duty("leave today")
    assert "仅限" in team.duty("back 1", XU)
    assert team.duty("back #1") == "#1 is taken back."
    assert team.lines()[2] == "sales: Emma Clarke"
    assert "no 1 to take back" in team.duty("back 1")


def test_a_manager_takes_back_any_and_one_what_others_said_of_one(team: Team) -> None:
    team.duty("leave today")
    assert "#1" in team.duty("back 1", LIN)
    team.duty("leave Emma today tomorrow", LIN)
    assert team.duty("back 2") == "#2 is taken back."


def test_leave_of_config_yaml_is_listed_too(team: Team) -> None:
    leave = [
        Leave(first=date(2026, 3, 1), last=day) for day in (date(2026, 3, 4), date(2026, 4, 1))
    ]
    people = [
        p.model_copy(update={"leave": leave}) if p.name == "Emma Clarke" else p
        for p in team.settings.people
    ]
    team.settings = team.settings.model_copy(update={"people": people})
    expected = "2026-03-01 – 2026-04-01: Emma Clarke is away (says config.yaml)"
    assert team.lines("changes") == [expected]


def test_no_changes_are_said_so(team: Team) -> None:
    assert team.duty("changes") == "Nobody is away, today or later, and nobody stands in."


@pytest.mark.parametrize(
    ("text", "who", "advice"),
    [
        ("leave 24.12. 31.12.", EMMA, "2026-12-24, today or tomorrow"),
        ("leave 2026-02-30", EMMA, "2026-12-24, today or tomorrow"),
        ("leave 2026-12-24 2026-12-23", EMMA, "first day, then the last"),
        ("leave 2025-12-24 2025-12-31", EMMA, "2025-12-31 is past"),
        ("leave 2026-12-24 2062-12-31", EMMA, "more than a year"),
        ("leave <!here> today today", EMMA, "&lt;!here&gt;"),
        ("leave e today today", LIN, "Daniel Novak, Huang Lei"),
        ("cover video today tomorrow", EMMA, "cannot take video: config.yaml gives them only"),
        ("cover lawyer today tomorrow", EMMA, "cannot take lawyer"),
        ("back x", EMMA, "/duty changes"),
        (f"back {9**99}", EMMA, "/duty changes"),
        ("lawyer", EMMA, "designer, operations, order_follower"),
        ("<!channel>", EMMA, "&lt;!channel&gt;"),
    ],
)
def test_wrong_input_gets_one_line_that_says_what_to_write(
    team: Team, text: str, who: str, advice: str
) -> None:
    said = team.duty(text, who, slack=True)
    assert advice in said
    assert "\n" not in said
    assert team.lines("changes") == []


@pytest.mark.parametrize("text", ["leave", "cover", "cover sales", "cover sales today", "back"])
def test_what_misses_a_word_gets_help(team: Team, text: str) -> None:
    assert "/duty cover ROLE FIRST LAST" in team.duty(text)


@pytest.mark.parametrize(
    ("usage", "text", "expected"),
    [
        ("leave NAME… FIRST LAST", "leave A today today", {"NAME": "A", "FIRST": "today"}),
        ("leave NAME… FIRST LAST", "leave A B C d e", {"NAME": "A B C", "LAST": "e"}),
        ("leave NAME… FIRST LAST", "leave a b", None),
        ("leave NAME… FIRST LAST", "live A b c", None),
        ("NAME… off", "a b off", {"NAME": "a b"}),
        ("NAME… off", "a b c", None),
        ("silence A B", "silence 1 2 3", {"A": "1", "B": "2 3"}),
        ("run now", "run now please", None),
    ],
)
def test_one_argument_takes_all_that_is_left(
    usage: str, text: str, expected: dict[str, str] | None
) -> None:
    found = Form(usage, "", lambda _: "").arguments(text.split())
    assert (found is None) == (expected is None)
    assert (expected or {}).items() <= (found or {}).items()
