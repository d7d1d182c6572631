"""`watchkeeper sources`: how each source stands; `watchkeeper doctor` tries its credentials."""

import json
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.diagnosis import examine_sources
from core.ledger import feeds, pushes, runs
from core.ledger.database import Database
from core.ledger.feeds import Strange
from core.settings import Settings
from core.sources import ProblemKind
from scrapers.api.outside import Outside, services
from scrapers.api.problems import SourceProblem
from tests.support.toy import CREDENTIALS, Toy, with_toys, without_sources
from tests.terminal.conftest import NOW, Typed

FAR = (NOW + timedelta(hours=12)).astimezone(ZoneInfo("Asia/Shanghai"))
RATES = f"""
sources:
  ecb:
    service: rates
    feeds: {{daily: {{schedule: {{at: "{FAR:%H:%M}"}}, stale_after: 4d}}}}
"""
"""Once a day, half a day from now."""


@pytest.fixture
def rates(place: Path) -> Path:
    """A configuration with one source, which needs no credentials."""
    config = place / "config.yaml"
    text = without_sources(config.read_text(encoding="utf-8"))
    config.write_text(text + RATES, encoding="utf-8")
    return config


def run(ledger: Path, ago: timedelta, error: str | None = None, **summary: object) -> None:
    with closing(Database(f"sqlite:///{ledger}")) as database, database.write() as session:
        at = NOW - ago
        runs.claim(session, "ecb_daily", "harborlane", at, at)
        runs.finish(session, "ecb_daily", "harborlane", at, at, summary=summary, error=error)


def cells(said: str) -> list[str]:
    """The first source's line of the table."""
    return said.splitlines()[1].split()


def test_without_sources_that_is_said(ledger: Path, typed: Typed) -> None:
    said = typed("sources")
    assert (said.code, said.out) == (0, "no sources: `sources` in config.yaml names them\n")


@pytest.mark.usefixtures("rates")
def test_a_source_shows_its_last_complete_run(ledger: Path, typed: Typed) -> None:
    assert cells(typed("sources").out)[:5] == ["ecb", "daily", "never", "-", "-"]
    run(ledger, timedelta(hours=3), read=31)
    said = typed("sources")
    assert said.code == 0
    assert cells(said.out)[:7] == ["ecb", "daily", "3h", "ago", "31", "-", "in"]


@pytest.mark.usefixtures("rates")
def test_a_source_that_fails_says_why_and_is_exit_code_1(ledger: Path, typed: Typed) -> None:
    run(ledger, timedelta(days=3), read=31)
    run(ledger, timedelta(minutes=5), "the bank gave no answer", problem="unreachable")
    said = typed("sources")
    assert said.code == 1
    row = said.out.splitlines()[1]
    assert row.startswith("ecb     daily  3d ago    31    2d")  # 3 days less 12 hours
    assert row.endswith("the bank gave no answer")


@pytest.mark.usefixtures("rates")
def test_scripts_read_the_same_as_json(ledger: Path, typed: Typed) -> None:
    run(ledger, timedelta(minutes=5), read=31)
    told = json.loads(typed("sources", "--json").out)
    [feed] = told["feeds"]
    assert feed == feed | {
        "store": "harborlane",
        "source": "ecb",
        "service": "rates",
        "feed": "daily",
        "job": "ecb_daily",
        "last_complete": (NOW - timedelta(minutes=5)).isoformat(),
        "behind_seconds": 0,
        "rows": 31,
        "failures": 0,
        "problem": None,
    }
    assert (told["pushes"], told["unknown_words"], told["unmatched_mails"]) == ([], [], [])


def test_who_pushes_and_what_nobody_understood_stand_below(ledger: Path, typed: Typed) -> None:
    with closing(Database(f"sqlite:///{ledger}")) as database, database.write() as session:
        token = pushes.create_token(session, "mango_rpa", "harborlane", [], NOW)
        words = [Strange("order", "status", "ON_HOLD")]
        feeds.keep_unknown(session, "shop", "harborlane", words, NOW)
    with closing(sqlite3.connect(ledger)) as connection, connection:
        connection.execute(
            "INSERT INTO unmatched_mail (source, message_id, store, sender, subject, received_at)"
            " VALUES ('mailbox', '<1>', 'harborlane', 'a@b.example', 'Sale', datetime('now'))"
        )
    lines = typed("sources").out.splitlines()[1:]
    assert lines == [
        "pushes: mango_rpa never used",
        "unknown word: shop order.status ON_HOLD",
        "mails that gave no record: 1",
        "  mailbox: 'Sale' from a@b.example: no rule is about it",
    ]
    told = json.loads(typed("sources", "--json").out)
    assert [push["name"] for push in told["pushes"]] == ["mango_rpa"]
    assert told["unmatched_mails"][0]["count"] == 1
    newest = told["unmatched_mails"][0]["newest"][0]
    assert (newest["subject"], newest["sender"], newest["problem"]) == ("Sale", "a@b.example", None)
    said = typed("doctor").out
    assert "ok    pushes: 1 tokens: mango_rpa" in said
    assert token
    assert token not in said


@pytest.fixture
def toy(monkeypatch: pytest.MonkeyPatch) -> Toy:
    toy = Toy()
    monkeypatch.setitem(services(), "toy", toy.service())
    return toy


async def told(settings: Settings, outside: Outside, patience: float = 5.0) -> list[str]:
    """What the doctor says of the sources."""
    found = await examine_sources(settings, outside, patience)
    return [f"{each.thing}: {each.well} {each.found}; {each.cure}" for each in found]


async def test_a_source_that_answers_is_well(settings: Settings, toy: Toy) -> None:
    ways = Outside(CREDENTIALS | {"TOY_WEBHOOK_SECRET": "x"})
    assert await told(with_toys(settings), ways) == ["source toy: True all well; "]


async def test_missing_credentials_are_named(settings: Settings, toy: Toy) -> None:
    [source, hooks] = await told(with_toys(settings), Outside())
    assert source.startswith("source toy: False toy needs TOY_TOKEN, or TOY_USER and TOY_PASSWORD")
    assert source.endswith("; put them into .env or the environment")
    assert hooks == "webhooks of toy: True not taken: set TOY_WEBHOOK_SECRET; "


@pytest.mark.parametrize("kind", ProblemKind)
async def test_every_problem_has_its_cure_and_shows_no_secret(
    settings: Settings, toy: Toy, kind: ProblemKind
) -> None:
    toy.says = SourceProblem(kind, f"the token {CREDENTIALS['TOY_TOKEN']} is no good")
    source, _ = await told(with_toys(settings), Outside(CREDENTIALS))
    assert source.startswith("source toy: False the token … is no good; ")
    assert not source.endswith("; ")


async def test_one_source_that_hangs_or_breaks_hides_no_other(
    settings: Settings, toy: Toy, monkeypatch: pytest.MonkeyPatch
) -> None:
    toy.says = KeyError("scopes")
    source, *_ = await told(with_toys(settings), Outside(CREDENTIALS))
    assert source.startswith("source toy: False KeyError: 'scopes'; ")
    both = with_toys(settings, "toy", "other")
    environment = CREDENTIALS | {"OTHER_TOKEN": "x"}
    toy.hangs = True
    first, second, *_ = await told(both, Outside(environment), patience=0.01)
    assert first.startswith("source toy: False no answer within 0.01 seconds; ")
    assert second.startswith("source other: False no answer within 0.01 seconds; ")
