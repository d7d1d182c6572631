"""Sources that fail, thin out or fall silent, and what came that nobody understands (law 5)."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

import pytest

from core.finding import Blind, Finding
from core.ledger import feeds, runs, vitals
from core.ledger.database import Database
from core.ledger.feeds import Strange
from core.ledger.intake import store_records
from core.ledger.tables import UnmatchedMail, Watcher
from core.settings import Settings, Store
from core.sources import Expected
from jobs.asking import ask
from jobs.registry import checks
from tests.jobs.conftest import NOW
from tests.support.toy import ORDERS, STOCK, ToySettings, with_toys

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
EVERY = {"orders": 5 * MINUTE, "stock": 15 * MINUTE}
ALONE = {"orders": {"orders": ORDERS}, "stock": {"stock": STOCK}}

Asked = Callable[..., list[Finding]]


@pytest.fixture
def database(sqlite_database: Database) -> Database:
    """One database is enough: the queries' own tests are on both."""
    return sqlite_database


@pytest.fixture
def asked(database: Database, settings: Settings, store: Store) -> Asked:
    """Ask the check, of a source with one feed."""

    def asked(feed: str = "stock", as_of: datetime = NOW) -> list[Finding]:
        toys = with_toys(settings, feeds=ALONE[feed])
        with database.read() as ledger:
            found = ask(ledger, checks()["stale_sources"], toys, store, as_of)
        return findings(found)

    return asked


def findings(outcomes: Iterable[Finding | Blind]) -> list[Finding]:
    return [outcome for outcome in outcomes if isinstance(outcome, Finding)]


def only(found: list[Finding]) -> Finding:
    """The one thing that is wrong."""
    assert len(found) == 1, found
    return found[0]


def run(
    database: Database,
    at: datetime,
    feed: str = "stock",
    error: str | None = None,
    ends: bool = True,
    **summary: Any,
) -> None:
    """A run that ended at a moment."""
    with database.write() as ledger:
        job = f"toy_{feed}"
        runs.claim(ledger, job, "harborlane", at, at)
        if ends:
            runs.finish(ledger, job, "harborlane", at, at, summary=summary, error=error)


def watching(database: Database, since: datetime, until: datetime = NOW) -> None:
    """A service has run the clock all the time."""
    with database.write() as ledger:
        vitals.note(ledger, "ship:8020", {}, since)
        ledger.get_one(Watcher, "ship:8020").looked_at = until


def fail(database: Database, kind: str, times: int = 1, **more: Any) -> None:
    """A source that worked, and then failed so many times up to NOW."""
    run(database, NOW - times * 15 * MINUTE, read=500)
    for back in reversed(range(times)):
        run(database, NOW - back * 15 * MINUTE, error=f"it is {kind}", problem=kind, **more)


# what fails


@pytest.mark.parametrize("kind", ["refused", "no_credentials", "misconfigured"])
def test_a_refusal_is_told_at_once(database: Database, asked: Asked, kind: str) -> None:
    fail(database, kind)
    found = only(asked())
    assert (found.subject, found.since, found.severity) == ("toy access", NOW, None)
    assert found.facts == {
        "problem": "failing",
        "job": "toy_stock",
        "source": "toy",
        "feed": "stock",
        "kinds": ["stock"],
        "last_done": (NOW - 15 * MINUTE).isoformat(),
        "kind": kind,
        "error": f"it is {kind}",
        "in_a_row": 1,
        "failed_since": NOW.isoformat(),
        "retry_at": None,
        "feeds": ["stock"],
        "whole": True,
    }


@pytest.mark.parametrize("kind", ["unreachable", "broken"])
def test_what_may_pass_pings_nobody_until_it_stays(
    database: Database, asked: Asked, kind: str
) -> None:
    fail(database, kind, times=2)
    assert asked() == []
    run(database, NOW + MINUTE, error="again", problem=kind)
    found = only(asked(as_of=NOW + MINUTE))  # failures_in_a_row: 3
    assert (found.facts["in_a_row"], found.since) == (3, NOW - 15 * MINUTE)


def both(database: Database, settings: Settings, store: Store) -> list[Finding]:
    """Ask the check, of a source with two feeds."""
    with database.read() as ledger:
        found = ask(ledger, checks()["stale_sources"], with_toys(settings), store, NOW)
    return findings(found)


def test_what_stops_several_feeds_of_a_source_is_told_once(
    database: Database, settings: Settings, store: Store
) -> None:
    run(database, NOW, "stock", error="expired", problem="refused")
    run(database, NOW - MINUTE, "orders", error="expired", problem="refused")
    found = only(both(database, settings, store))
    assert (found.subject, found.since) == ("toy access", NOW - MINUTE)
    assert (found.facts["feeds"], found.facts["whole"]) == (["orders", "stock"], True)
    assert found.facts["kinds"] == sorted({*found.facts["kinds"], "stock"})


def test_a_source_that_fails_and_lacks_a_permission_is_two_things(
    database: Database, settings: Settings, store: Store
) -> None:
    run(database, NOW, "stock", error="no scope", problem="refused")
    for back in range(3):
        run(database, NOW - back * MINUTE, "orders", error="down", problem="unreachable")
    told = {
        f.subject: (f.facts["feeds"], f.facts["whole"]) for f in both(database, settings, store)
    }
    assert told == {"toy access": (["stock"], False), "toy": (["orders"], False)}


def test_an_error_of_our_own_counts_as_a_broken_answer(database: Database, asked: Asked) -> None:
    for minute in range(3):
        run(database, NOW - minute * MINUTE, error="KeyError: 'id'")
    assert only(asked()).facts["kind"] == "broken"


def test_throttling_is_told_only_when_nothing_came_for_too_long(
    database: Database, asked: Asked
) -> None:
    fail(database, "throttled", times=8, retry_at=(NOW + HOUR).isoformat())
    assert asked() == []  # last complete two hours ago: stale_after is 2h
    found = only(asked(as_of=NOW + MINUTE))
    assert (found.facts["problem"], found.facts["kind"]) == ("failing", "throttled")
    assert found.facts["retry_at"] == (NOW + HOUR).isoformat()


def test_one_failure_after_which_nothing_runs_is_told_when_it_is_stale(
    database: Database, asked: Asked
) -> None:
    fail(database, "unreachable")
    assert asked(as_of=NOW + 2 * HOUR - 15 * MINUTE) == []
    assert only(asked(as_of=NOW + 2 * HOUR)).facts["problem"] == "failing"


def test_many_failures_are_counted_up_to_ten(database: Database, asked: Asked) -> None:
    fail(database, "refused", times=12)
    assert only(asked()).facts["in_a_row"] == 10


def test_a_source_that_works_again_is_well(database: Database, asked: Asked) -> None:
    fail(database, "refused", times=3)
    run(database, NOW + MINUTE, read=500)
    assert asked(as_of=NOW + MINUTE) == []


def test_of_a_past_moment_what_had_failed_by_then_is_told(database: Database, asked: Asked) -> None:
    fail(database, "refused")
    assert asked(as_of=NOW - MINUTE) == []


# what is silent


def test_a_feed_without_a_complete_run_for_too_long_is_stale(
    database: Database, asked: Asked
) -> None:
    run(database, NOW - 2 * HOUR, read=500)
    assert asked() == []
    found = only(asked(as_of=NOW + MINUTE))
    assert (found.facts["problem"], found.since) == ("stale", NOW - 2 * HOUR)
    assert found.facts["under_way_since"] is None


def test_a_run_that_does_not_come_to_its_end_is_no_sign_of_life(
    database: Database, asked: Asked
) -> None:
    run(database, NOW - 3 * HOUR, read=500)
    run(database, NOW - MINUTE, ends=False)
    assert only(asked()).facts["under_way_since"] == (NOW - MINUTE).isoformat()


def test_a_feed_that_never_ran_is_told_once_it_could_have(database: Database, asked: Asked) -> None:
    assert asked() == []  # nobody watches yet
    watching(database, NOW - 2 * HOUR)
    assert asked() == []
    watching(database, NOW - 2 * HOUR - MINUTE)
    with database.write() as ledger:
        ledger.get_one(Watcher, "ship:8020").watched_since = NOW - 2 * HOUR - MINUTE
    found = only(asked())
    assert (found.facts["problem"], found.facts["last_done"]) == ("stale", None)
    assert found.since == NOW - 2 * HOUR - MINUTE


def test_a_feed_that_never_ended_well_counts_from_its_first_run(
    database: Database, asked: Asked
) -> None:
    run(database, NOW - 3 * HOUR, error="down", problem="unreachable")
    assert only(asked()).facts["last_done"] is None


def test_after_a_start_what_was_slept_through_is_read_first(
    database: Database, asked: Asked
) -> None:
    run(database, NOW - 3 * DAY, read=500)
    watching(database, NOW, NOW + 14 * MINUTE)
    assert asked(as_of=NOW + 14 * MINUTE) == []  # settle_for: 15m
    watching(database, NOW, NOW + 15 * MINUTE)
    assert only(asked(as_of=NOW + 15 * MINUTE)).facts["problem"] == "stale"


# what thins out


def history(database: Database, feed: str, *rows: int) -> None:
    """Complete runs, the last one at NOW."""
    for back, count in enumerate(reversed(rows)):
        run(database, NOW - back * EVERY[feed], feed, read=count)


def test_a_snapshot_far_below_the_usual_one_is_thin(database: Database, asked: Asked) -> None:
    history(database, "stock", 500, 510, 490, 500, 505, 249)
    found = only(asked())  # 249 < 0.5 × 500
    told = {name: found.facts[name] for name in ("problem", "rows", "usual", "by_day")}
    assert told == {"problem": "thin", "rows": 249, "usual": 500, "by_day": False}


@pytest.mark.parametrize("rows", [(500, 510, 490, 500, 505, 260), (500, 500, 500, 500, 0)])
def test_a_little_less_or_a_short_history_is_not_thin(
    database: Database, asked: Asked, rows: tuple[int, ...]
) -> None:
    history(database, "stock", *rows)
    assert asked() == []


def test_an_empty_snapshot_of_a_full_shop_is_thin(database: Database, asked: Asked) -> None:
    history(database, "stock", 500, 500, 500, 500, 500, 0)
    assert only(asked()).facts["rows"] == 0


def test_a_feed_of_changes_is_judged_by_the_day(database: Database, asked: Asked) -> None:
    for back, rows in [(0, 10), (1, 100), (2, 90), (3, 110), (4, 100), (5, 100)]:
        run(database, NOW - back * DAY - HOUR, "orders", read=rows)
    run(database, NOW, "orders", read=9)
    found = only(asked("orders"))  # 10 + 9 = 19 < 0.2 × 100
    told = {name: found.facts[name] for name in ("problem", "rows", "usual", "by_day")}
    assert told == {"problem": "thin", "rows": 19, "usual": 100, "by_day": True}


def test_a_quiet_run_of_a_feed_of_changes_is_usual(database: Database, asked: Asked) -> None:
    history(database, "orders", 30, 30, 30, 30, 30, 30, 0)
    assert asked("orders") == []


# files that people bring


@pytest.fixture
def folder(database: Database, settings: Settings, store: Store) -> Asked:
    """Ask the check of a folder whose stock file comes every day."""

    class Folder(ToySettings):
        def expected(self) -> Iterable[Expected]:
            yield Expected("stock*.csv", "stock", 26 * HOUR)

    feeds = {"stock": STOCK}
    sources = {"toy": Folder.model_validate({"service": "toy", "feeds": feeds})}
    watched = settings.model_copy(update={"sources": sources})

    def asked(as_of: datetime = NOW) -> list[Finding]:
        run(database, as_of, read=0)  # the folder is looked into
        with database.read() as ledger:
            found = ask(ledger, checks()["stale_sources"], watched, store, as_of)
        return findings(found)

    return asked


def bring(database: Database, store: Store, name: str, at: datetime) -> None:
    rows = [{"sku": "A", "on_hand": 1}]
    source = f"file:{name}"
    store_records(database, store=store, kind="stock", source=source, now=at, rows=rows)


def test_a_file_that_does_not_come_is_missed(
    database: Database, store: Store, folder: Asked
) -> None:
    bring(database, store, "Stock 0304.csv", NOW - 26 * HOUR)
    assert folder() == []
    bring(database, store, "orders.csv", NOW)  # another one
    found = only(folder(NOW + MINUTE))
    assert (found.subject, found.facts["problem"]) == ("toy stock stock*.csv", "file")
    bring(database, store, "stock 0305.csv", NOW + MINUTE)
    assert folder(NOW + 2 * MINUTE) == []


def test_a_file_that_never_came_counts_from_the_first_look(
    database: Database, folder: Asked
) -> None:
    assert folder() == []
    assert only(folder(NOW + 26 * HOUR + MINUTE)).facts["last_came"] is None


# what is strange


def test_rows_that_are_no_records_are_told_with_the_first_of_them(
    database: Database, asked: Asked
) -> None:
    run(database, NOW, read=500, rejected=12, refused=["stock on_hand: 'many' is no number"])
    found = only(asked())
    assert found.subject == "toy_stock rejected"
    assert found.facts["count"] == 12
    assert found.facts["samples"] == ["stock on_hand: 'many' is no number"]
    run(database, NOW + MINUTE, read=500)  # all there is, and all of it good
    assert asked(as_of=NOW + MINUTE) == []


def test_refused_rows_that_a_files_message_tells_are_not_told_again(
    database: Database, asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ToySettings, "tells_of_rows", True)
    run(database, NOW, read=5, rejected=1, refused=["bad"], noted=1, notes=["a link was left"])
    assert only(asked()).facts["problem"] == "noted"


def test_of_a_feed_of_changes_refused_rows_do_not_come_again_and_are_told_for_a_while(
    database: Database, asked: Asked
) -> None:
    with database.write() as ledger:
        feeds.keep_cursor(ledger, "toy", "orders", {"until": "…"}, NOW)
    run(database, NOW - 3 * DAY + MINUTE, "orders", read=5, rejected=1, refused=["order: bad"])
    run(database, NOW, "orders", read=5)
    assert only(asked("orders")).subject == "toy_orders rejected"
    run(database, NOW + MINUTE, "orders", read=5)
    assert asked("orders", NOW + MINUTE) == []  # tell_strange_for: 3d


def test_what_the_service_leaves_out_is_told(database: Database, asked: Asked) -> None:
    run(database, NOW, read=5, noted=1, notes=["12 parcels are not tracked: no quota"])
    assert only(asked()).facts["samples"] == ["12 parcels are not tracked: no quota"]


def test_words_that_came_together_are_one_notice_told_once(
    database: Database, asked: Asked
) -> None:
    run(database, NOW, read=5)
    words = [Strange("order", "status", "ON_HOLD"), Strange("order", "kind", "<!here>")]
    with database.write() as ledger:
        feeds.keep_unknown(ledger, "toy", "harborlane", words, NOW - HOUR)
    with database.write() as ledger:  # seen again, and one more
        more = [*words, Strange("stock", "location", "?")]
        feeds.keep_unknown(ledger, "toy", "harborlane", more, NOW - MINUTE)
    first, second = asked()
    assert (first.severity, first.since) == ("notice", NOW - HOUR)
    assert first.facts["words"] == ["order.kind <!here>", "order.status ON_HOLD"]
    assert second.facts["words"] == ["stock.location ?"]
    assert first.subject != second.subject
    run(database, NOW + 3 * DAY, read=5)
    assert asked(as_of=NOW + 3 * DAY) == []  # forgotten


def test_mails_that_fit_no_rule_are_one_notice_a_day_of_the_store(
    database: Database, asked: Asked
) -> None:
    run(database, NOW, read=5)
    midnight = datetime.fromisoformat("2026-03-05T00:00:00+08:00")
    with database.write() as ledger:
        for number, at in enumerate([midnight - MINUTE, midnight, midnight + MINUTE]):
            ledger.add(
                UnmatchedMail(
                    source="mailbox", message_id=f"<{number}>", store="harborlane",
                    sender="no-reply@alibaba.example", subject=f"mail {number}", received_at=at,
                    problem="dispute: amount 'USD' isn't an amount" if number == 1 else None,
                )
            )  # fmt: skip
    yesterday, today = asked()
    assert (yesterday.facts["day"], yesterday.facts["count"]) == ("2026-03-04", 1)
    assert (today.facts["day"], today.facts["count"]) == ("2026-03-05", 2)
    why = "mail 1 (dispute: amount 'USD' isn't an amount)"
    assert today.facts["subjects"] == ["mail 2", why]  # the newest first
    assert {yesterday.severity, today.severity} == {"notice"}


def test_another_stores_sources_are_not_told(
    database: Database, settings: Settings, store: Store
) -> None:
    fail(database, "refused")
    second = store.model_copy(update={"name": "second"})
    with database.read() as ledger:
        toys = with_toys(settings)
        assert ask(ledger, checks()["stale_sources"], toys, second, NOW) == []


def test_a_feed_that_fails_is_left_to_this_check_by_the_one_of_failed_jobs(
    database: Database, settings: Settings, store: Store
) -> None:
    fail(database, "refused")
    toys = with_toys(settings, feeds=ALONE["stock"])
    off = toys.checks.model_copy(update={"stale_sources": None})
    with database.read() as ledger:
        assert ask(ledger, checks()["failed_jobs"], toys, store, NOW) == []
        alone = toys.model_copy(update={"checks": off})
        found = only(findings(ask(ledger, checks()["failed_jobs"], alone, store, NOW)))
    assert (found.subject, found.facts["error"]) == ("toy_stock", "it is refused")
