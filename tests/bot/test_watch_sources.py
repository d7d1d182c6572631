"""`/watch sources` and the sources in `/watch status`, as people type them."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest

from bot.slack.command import Asked, answer, commands
from core.engine import Engine
from core.ledger import feeds, pushes, runs
from core.ledger.database import Database
from core.ledger.feeds import Strange
from core.ledger.tables import UnmatchedMail
from core.markup import to_plain, to_slack
from core.settings import Settings
from tests.support.intake import NOW
from tests.support.toy import with_toys

EMMA, LIN = "emma.clarke@harborlane.example", "lin.yue@harborlane.example"
MINUTE = timedelta(minutes=1)

Watch = Callable[..., str]


@pytest.fixture
def watch(sqlite_database: Database, settings: Settings) -> Watch:
    """What a person reads after typing `/watch TEXT`."""
    toys = with_toys(settings)

    def watch(text: str, who: str = EMMA, settings: Settings = toys) -> str:
        person = settings.person(who)
        assert person
        engine = SimpleNamespace(names=lambda: dict(settings.switched_on()).keys())
        asked = Asked(
            person=person,
            arguments={},
            database=sqlite_database,
            settings=settings,
            store=settings.stores[0],
            engine=cast(Engine, engine),
            now=NOW,
        )
        said: Any = answer(commands()["/watch"], text, asked)
        return said if isinstance(said, str) else str(asyncio.run(said))

    return watch


def run(
    database: Database, feed: str, ago: timedelta, error: str | None = None, **more: Any
) -> None:
    with database.write() as ledger:
        at = NOW - ago
        runs.claim(ledger, f"toy_{feed}", "harborlane", at, at)
        runs.finish(ledger, f"toy_{feed}", "harborlane", at, at, summary=more, error=error)


def lines(said: str) -> list[str]:
    return [line for line in to_plain(said).splitlines() if line]


def test_sources_show_how_each_feed_stands(sqlite_database: Database, watch: Watch) -> None:
    run(sqlite_database, "orders", 3 * MINUTE, read=12)
    run(sqlite_database, "stock", 60 * MINUTE, read=500)
    run(sqlite_database, "stock", MINUTE, "the shop gave no answer", problem="unreachable")
    # NOW is 10:30; stock is read every 15 minutes and was due at 9:45
    assert lines(watch("sources")) == [
        "toy",
        "• orders: complete 3 minutes ago, 12 rows; next 10:35",
        "• stock: FAILED: the shop gave no answer; complete 1 hour ago, 500 rows, "
        "45 minutes behind; next 10:45",
    ]


def test_an_error_that_all_feeds_of_a_source_share_is_said_once(
    sqlite_database: Database, watch: Watch
) -> None:
    for feed in ("orders", "stock"):
        run(sqlite_database, feed, MINUTE, "the shop gave no answer", problem="unreachable")
    assert lines(watch("sources")) == [
        "toy",
        "FAILED: the shop gave no answer",
        "• orders: never complete yet; next 10:35",
        "• stock: never complete yet; next 10:45",
    ]


def test_a_source_that_was_never_read_says_so(watch: Watch) -> None:
    assert "• orders: never complete yet; next 10:35" in watch("sources")


def test_who_pushes_and_what_nobody_understood_is_listed(
    sqlite_database: Database, watch: Watch
) -> None:
    with sqlite_database.write() as ledger:
        token = pushes.create_token(ledger, "mango_rpa", "harborlane", [], NOW)
        words = [Strange("order", "status", "<!channel>")]
        feeds.keep_unknown(ledger, "toy", "harborlane", words, NOW - MINUTE)
        ledger.add(
            UnmatchedMail(
                source="mailbox", message_id="<1>", store="harborlane", sender="a@b.example",
                subject="<!here> sale", received_at=NOW - MINUTE,
            )
        )  # fmt: skip
    said = to_slack(watch("sources"))
    assert "• mango_rpa: never used" in said
    assert "• toy order.status &lt;!channel&gt;" in said
    assert "• mailbox: &lt;!here&gt; sale" in said
    assert token
    assert token not in said


def test_it_is_said_in_the_readers_language(sqlite_database: Database, watch: Watch) -> None:
    run(sqlite_database, "orders", 3 * MINUTE, read=12)
    assert "• orders：完整读取于 3分钟前，12 行；" in to_plain(watch("sources", who=LIN))


def test_without_sources_it_says_where_they_are_named(watch: Watch, settings: Settings) -> None:
    assert lines(watch("sources", settings=settings)) == [
        "There are no sources; `sources` in config.yaml names them."
    ]


def test_the_status_counts_feeds_and_names_those_that_fail(
    sqlite_database: Database, watch: Watch
) -> None:
    run(sqlite_database, "stock", MINUTE, "down", problem="unreachable")
    said = lines(watch("status"))
    assert "Feeds of sources: 2, FAILING: toy_stock (`/watch sources`)" in said
    run(sqlite_database, "orders", MINUTE, "down", problem="unreachable")
    assert "Feeds of sources: 2, FAILING: toy (`/watch sources`)" in lines(watch("status"))
    assert not any(line.startswith("• toy_") for line in said)


def test_the_status_says_how_far_a_round_of_pages_is(
    sqlite_database: Database, watch: Watch
) -> None:
    with sqlite_database.write() as ledger:
        began = NOW - 60 * MINUTE  # 09:30 in Shanghai
        runs.claim(ledger, "price_round", "harborlane", began, began)
    assert "• price_round: running; next 2026-03-05 15:30" in lines(watch("status"))
    with sqlite_database.write() as ledger:
        runs.note_progress(ledger, "price_round", "harborlane", began, 340, 2_500)
    english, chinese = (to_plain(watch("status", who=who)) for who in (EMMA, LIN))
    assert "• price_round: 340 of 2,500 pages, since 09:30; next 2026-03-05 15:30" in english
    assert "• price_round：已读取 340/2,500 个页面，始于 09:30；" in chinese
