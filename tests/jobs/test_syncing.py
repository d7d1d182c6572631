"""Reading a feed: pages stored, then how far it was read; cut off, it goes on there."""

import asyncio
import contextlib
from collections.abc import Callable, Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlmodel import select

from core.engine import JobFailed
from core.finding import Facts
from core.ledger import feeds
from core.ledger.database import Database
from core.ledger.records import Order, Stock
from core.ledger.records.base import Row
from core.ledger.tables import Alert, Run, UnknownValue
from core.settings import Settings, Store
from core.sources import ProblemKind
from jobs.running import Runner
from scrapers.api.outside import Outside, services
from scrapers.api.problems import SourceProblem
from scrapers.api.service import Page
from tests.jobs.conftest import NOW
from tests.support.intake import stored
from tests.support.toy import CREDENTIALS, Toy, with_toys

MINUTE = timedelta(minutes=1)
DOWN = SourceProblem(ProblemKind.UNREACHABLE, "the shop gave no answer")


def order(number: str, **other: object) -> Row:
    return {"order_no": number, "channel": "shopify", "placed_at": NOW.isoformat()} | other


def level(sku: str, on_hand: object, minutes: int = 0, **other: object) -> Row:
    at = (NOW + minutes * MINUTE).isoformat()
    return {"sku": sku, "location": "LA", "on_hand": on_hand, "observed_at": at} | other


class Bench:
    """Runs the feeds of one toy as the clock does, a minute later each time."""

    def __init__(self, database: Database, settings: Settings, store: Store, toy: Toy) -> None:
        self.database, self.store, self.toy, self.at = database, store, toy, NOW
        outside = Outside(CREDENTIALS, now=lambda: self.at)
        self.runner = Runner(database, settings, lambda: self.at, lambda: None, outside=outside)

    async def run(self, feed: str) -> Facts:
        """The summary that the run row keeps, however the run ended."""
        self.at += MINUTE
        with contextlib.suppress(JobFailed):
            await self.runner.run(f"toy_{feed}", self.store, self.at)
        return self.last(f"toy_{feed}").summary

    def last(self, job: str) -> Run:
        with self.database.read() as ledger:
            rows = ledger.exec(select(Run).where(Run.job == job))
            return max(rows, key=lambda run: run.slot)

    def orders(self) -> list[str]:
        return [order.order_no for order in stored(self.database, Order)]


Benches = Callable[[Toy], Bench]


@pytest.fixture
def bench(
    sqlite_database: Database,
    settings: Settings,
    store: Store,
    monkeypatch: pytest.MonkeyPatch,
) -> Benches:
    """Let a toy be a source of the configuration; only it and what a test adds is switched on."""

    def bench(toy: Toy, **on: Any) -> Bench:
        monkeypatch.setitem(services(), "toy", toy.service())
        alone = {name: None for name, _ in settings.checks} | on
        asked = settings.checks.model_copy(update=alone)
        toys = with_toys(settings).model_copy(update={"checks": asked})
        return Bench(sqlite_database, toys, store, toy)

    return bench


# pages and how far it was read


async def test_pages_are_stored_and_counted(bench: Benches) -> None:
    toy = Toy(orders=[{"order": [order("1")]}, {"order": [order("2"), order("1")]}])
    read = bench(toy)
    assert await read.run("orders") == {"read": 3, "order": 2}  # the second "1" says nothing new
    assert read.orders() == ["1", "2"]


async def test_a_run_that_is_cut_off_goes_on_at_the_page_it_had_reached(bench: Benches) -> None:
    toy = Toy(orders=[{"order": [order("1")]}, DOWN])
    read = bench(toy)
    assert await read.run("orders") == {"read": 1, "order": 1, "problem": "unreachable"}
    assert read.last("toy_orders").error == "the shop gave no answer"
    assert read.orders() == ["1"]  # what came is kept
    toy.orders = [{"order": [order("1")]}, {"order": [order("2")]}, {"order": [order("3")]}]
    await read.run("orders")
    assert read.orders() == ["1", "2", "3"]
    assert toy.asked == [("orders", page) for page in (0, 1, 1, 2)]  # the first page only once


async def test_killed_between_the_rows_and_the_cursor_a_page_is_read_again(
    bench: Benches, monkeypatch: pytest.MonkeyPatch
) -> None:
    toy = Toy(orders=[{"order": [order("1")]}, {"order": [order("2")]}])
    read = bench(toy)
    with monkeypatch.context() as killed:
        killed.setattr(feeds, "keep_cursor", lambda *_: 1 / 0)
        await read.run("orders")
    assert read.orders() == ["1"]
    assert await read.run("orders") == {"read": 2, "order": 1}  # the same rows: no copy
    assert read.orders() == ["1", "2"]


async def test_two_sources_of_a_service_have_cursors_of_their_own(
    bench: Benches, settings: Settings
) -> None:
    read = bench(Toy(orders=[{"order": [order("1")]}, DOWN]))
    await read.run("orders")
    with read.database.read() as ledger:
        assert feeds.cursor_of(ledger, "toy", "orders") == {"page": 1}
        assert feeds.cursor_of(ledger, "other", "orders") == {}
        assert feeds.cursor_of(ledger, "toy", "stock") == {}


async def test_without_credentials_nothing_is_asked_and_the_variables_are_named(
    bench: Benches,
) -> None:
    read = bench(Toy(orders=[{"order": [order("1")]}]))
    read.runner.outside.environment = {"TOY_TOKEN": "", "TOY_USER": "u"}
    assert await read.run("orders") == {"problem": "no_credentials"}
    error = read.last("toy_orders").error
    assert error
    assert error.startswith("toy needs TOY_TOKEN, or TOY_USER and TOY_PASSWORD")
    assert read.toy.asked == []


async def test_when_to_come_again_stands_in_the_run_row(bench: Benches) -> None:
    later = SourceProblem(ProblemKind.THROTTLED, "slow down", retry_at=NOW + 9 * MINUTE)
    summary = await bench(Toy(orders=[later])).run("orders")
    told = (NOW + 9 * MINUTE).isoformat()
    assert summary == {"read": 0, "problem": "throttled", "retry_at": told}


async def test_no_error_of_a_connector_repeats_a_secret(
    bench: Benches, caplog: pytest.LogCaptureFixture
) -> None:
    leak = SourceProblem(ProblemKind.BROKEN, f"unexpected: {CREDENTIALS['TOY_TOKEN']} is odd")
    read = bench(Toy(orders=[leak]))
    caplog.set_level("DEBUG")
    await read.run("orders")
    assert read.last("toy_orders").error == "unexpected: … is odd"
    assert CREDENTIALS["TOY_TOKEN"] not in caplog.text


# what the rows say


async def test_rows_that_are_no_records_are_counted_and_the_first_named(bench: Benches) -> None:
    bad = [order(str(number), placed_at="soon") for number in range(5)]
    summary = await bench(Toy(orders=[{"order": [order("1"), *bad]}])).run("orders")
    assert (summary["read"], summary["order"], summary["rejected"]) == (6, 1, 5)
    assert len(summary["refused"]) == 3
    assert summary["refused"][0].startswith("order placed_at: ")


async def test_what_the_service_leaves_out_is_noted_once(bench: Benches) -> None:
    pages = [Page({"order": [order(n)]}, {"page": int(n)}, ["a is hidden"]) for n in ("1", "2")]
    summary = await bench(Toy(orders=pages)).run("orders")
    assert summary == {"read": 2, "order": 2, "noted": 1, "notes": ["a is hidden"]}


async def test_a_column_that_we_do_not_have_fails_the_run(bench: Benches) -> None:
    read = bench(Toy(orders=[{"order": [order("1", colour="red")]}]))
    await read.run("orders")
    assert read.last("toy_orders").error == "ValueError: order has no column colour"


async def test_an_unknown_word_is_kept_and_remembered_from_its_first_time(bench: Benches) -> None:
    held = order("1", status="unknown:ON_HOLD")
    read = bench(Toy(orders=[{"order": [held, held]}]))
    await read.run("orders")
    first = read.at
    await read.run("orders")
    with read.database.read() as ledger:
        [word] = ledger.exec(select(UnknownValue)).all()
    assert (word.source, word.kind, word.column, word.value) == (
        "toy",
        "order",
        "status",
        "ON_HOLD",
    )
    assert word.first_seen_at == first
    [kept] = stored(read.database, Order)
    assert kept.status == "unknown:ON_HOLD"


async def test_an_amount_is_exact(bench: Benches) -> None:
    read = bench(Toy(orders=[{"order": [order("1", amount="0.1", currency="USD")]}]))
    await read.run("orders")
    assert [kept.amount for kept in stored(read.database, Order)] == [Decimal("0.1")]


async def test_only_levels_that_changed_are_stored(bench: Benches) -> None:
    toy = Toy(stock=[{"stock": [level("A", 5), level("B", 7)]}])
    read = bench(toy)
    assert await read.run("stock") == {"read": 2, "stock": 2}
    toy.stock = [{"stock": [level("A", 5, 15), level("B", 6, 15)]}]
    assert await read.run("stock") == {"read": 2, "stock": 1}
    kept = [(row.sku, row.on_hand) for row in stored(read.database, Stock)]
    assert kept == [("A", 5), ("B", 7), ("B", 6)]
    toy.stock = [{"stock": [level("A", 5, 30, committed=1), level("B", 6, 30)]}]
    assert await read.run("stock") == {"read": 2, "stock": 1}  # more is promised of A


async def test_a_level_without_an_article_is_refused_and_stops_nothing(bench: Benches) -> None:
    rows: list[Mapping[str, object]] = [{"location": "LA", "on_hand": 1}, level("A", 5)]
    summary = await bench(Toy(stock=[{"stock": rows}])).run("stock")
    assert (summary["stock"], summary["rejected"]) == (1, 1)


# what follows


async def test_what_asks_about_new_records_is_run_within_the_same_run(
    bench: Any, settings: Settings
) -> None:
    read = bench(Toy(stock=[{"stock": [level("A", 5)]}]), oversell=settings.check("oversell"))
    await read.run("stock")
    assert read.last("oversell").started_at == read.at
    before = read.at
    await read.run("stock")
    assert read.last("oversell").started_at == before  # nothing was news


async def test_what_came_before_a_run_broke_is_asked_about_too(
    bench: Any, settings: Settings
) -> None:
    """The next run finds these levels known, and would not ask."""
    read = bench(Toy(stock=[{"stock": [level("A", 5)]}, DOWN]), oversell=settings.check("oversell"))
    await read.run("stock")
    assert read.last("toy_stock").state == "failed"
    assert read.last("oversell").state == "done"


async def test_an_oversold_article_alerts_within_the_run_of_the_sync(
    bench: Any, settings: Settings
) -> None:
    oversold = level("A", 2, committed=5)
    read = bench(Toy(stock=[{"stock": [oversold]}]), oversell=settings.check("oversell"))
    await read.run("stock")
    with read.database.read() as ledger:
        alerts = [alert for alert in ledger.exec(select(Alert)) if not alert.blind]
    assert [(alert.check, alert.opened_at) for alert in alerts] == [("oversell", read.at)]


async def test_two_runs_of_one_check_never_overlap(
    bench: Any, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever starts them: an answer must not be overtaken by a later one."""
    under_way: list[int] = []
    most = 0

    async def counted(*_: object) -> Facts:
        nonlocal most
        under_way.append(1)
        most = max(most, len(under_way))
        await asyncio.sleep(0)
        under_way.pop()
        return {}

    read = bench(Toy(), oversell=settings.check("oversell"))
    monkeypatch.setattr(read.runner, "_execute", counted)
    slots = [NOW + minute * MINUTE for minute in range(4)]
    ran = await asyncio.gather(*(read.runner.run("oversell", read.store, slot) for slot in slots))
    assert (ran, most) == ([True] * 4, 1)
