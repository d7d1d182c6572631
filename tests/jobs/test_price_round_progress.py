"""How far a round is, and one that breaks off: it goes on where it was."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from aiohttp import web
from sqlmodel import func, select

from core.ledger import runs
from core.ledger.database import Database
from core.ledger.records import CompetitorOffer
from core.ledger.tables import Run
from core.settings import Settings, Store
from jobs import running
from jobs.registry import Work, jobs
from jobs.running import Runner
from jobs.syncs.price_round import shelf
from scrapers.api.outside import Outside
from tests.jobs.conftest import NOW
from tests.support.fetching import Time
from tests.support.rounds import Watch, priced, round_at, serving, shop, with_stanza

SLOT = NOW - timedelta(minutes=60)  # 09:30 in Shanghai
LATE = NOW  # when the half hour is over, and nothing is spread


@pytest.fixture
def database(sqlite_database: Database) -> Database:
    """The kind of database cannot matter here; test_price_round_again.py asks both."""
    return sqlite_database


@asynccontextmanager
async def shop_of(pages: int, asked: Counter[str], watch: Watch) -> AsyncIterator[None]:
    def note(request: web.Request) -> None:
        asked[request.path] += 1

    names = [f"/p/{number:02}" for number in range(pages)]
    async with shop({name: priced("99") for name in names}, note) as address:
        watch(*(address + name for name in names))
        yield


class Cut(Exception):
    """The power is gone."""


async def cut_after(pages: int, work: Work) -> None:
    """Run a round that breaks off when so many pages are read."""

    async def report(done: int, total: int) -> None:
        if done == pages:
            raise Cut

    with pytest.raises(Cut):
        await jobs()["price_round"].run(replace(work, report=report))


@pytest.mark.parametrize("began", [SLOT, LATE], ids=["in time", "late"])
async def test_a_round_that_broke_off_goes_on_where_it_was(
    watch: Watch, database: Database, allowing: Settings, store: Store, began: datetime
) -> None:
    asked: Counter[str] = Counter()
    async with shop_of(10, asked, watch):
        await cut_after(6, round_at(began, database, allowing, store, SLOT))
        with database.read() as ledger:
            kept = select(CompetitorOffer.url).where(CompetitorOffer.observed_at == began)
            read = {url.rpartition("/")[2] for url in ledger.exec(kept)}
        assert 6 <= len(read) <= 7  # one may have been under way
        later = began + timedelta(minutes=1)
        await jobs()["price_round"].run(round_at(later, database, allowing, store, SLOT))
    assert all(asked[f"/p/{name}"] == 1 for name in read)
    assert len(asked) == 11  # every page, and robots.txt


@pytest.mark.parametrize(("most", "left"), [(8, 2), (3, 0)])
async def test_what_a_round_read_before_it_broke_off_counts_among_its_pages(
    watch: Watch, database: Database, allowing: Settings, store: Store, most: int, left: int
) -> None:
    asked: Counter[str] = Counter()
    async with shop_of(10, asked, watch):
        await cut_after(6, round_at(LATE, database, allowing, store, SLOT))
        with database.read() as ledger:
            kept = select(func.count()).where(CompetitorOffer.observed_at == LATE)
            read = ledger.exec(kept).one()
        asked.clear()
        again = round_at(LATE + timedelta(minutes=1), database, allowing, store, SLOT)
        await jobs()["price_round"].run(with_stanza(again, most_pages=most + read - 6))
    assert asked.total() - asked["/robots.txt"] == left


async def test_what_was_read_is_stored_while_a_slow_page_is_waited_for(
    watch: Watch,
    database: Database,
    allowing: Settings,
    store: Store,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(shelf, "KEPT_FOR", 0.02)
    stored = asyncio.Event()

    async def serve(request: web.Request) -> web.Response:
        if request.path == "/p/slow":
            await stored.wait()
        return web.Response(text=priced("99")[1], content_type="text/html")

    def kept() -> int:
        with database.read() as ledger:
            counted = select(func.count()).where(CompetitorOffer.observed_at == LATE)
            return ledger.exec(counted).one()

    async with serving(serve) as address:
        watch(f"{address}/p/quick", f"{address}/p/slow")
        work = round_at(LATE, database, allowing, store, SLOT)
        running_round = asyncio.ensure_future(jobs()["price_round"].run(work))
        while not (kept() or running_round.done()):  # noqa: ASYNC110  (the ledger tells nobody)
            await asyncio.sleep(0.01)
        assert (kept(), running_round.done()) == (1, False)
        stored.set()
        await running_round
    assert kept() == 2


async def test_the_next_round_reads_everything_again(
    watch: Watch, database: Database, allowing: Settings, store: Store
) -> None:
    asked: Counter[str] = Counter()
    next_slot = SLOT + timedelta(hours=6)  # 15:30
    async with shop_of(3, asked, watch):
        await jobs()["price_round"].run(round_at(LATE, database, allowing, store, SLOT))
        late = next_slot + timedelta(minutes=40)
        await jobs()["price_round"].run(round_at(late, database, allowing, store, next_slot))
    assert asked["/p/00"] == 2


@pytest.fixture
def told() -> list[tuple[int, int]]:
    return []


@pytest.fixture
def runner(database: Database, allowing: Settings, told: list[tuple[int, int]]) -> Runner:
    """A runner in whose world it is 10:30."""
    time = Time(NOW)
    return Runner(
        database,
        allowing,
        lambda: NOW,
        lambda: None,
        outside=Outside(now=time, sleep=time.sleep),
        shown=lambda done, total: told.append((done, total)),
    )


async def test_a_run_says_how_far_it_is_while_it_runs(
    watch: Watch,
    runner: Runner,
    database: Database,
    store: Store,
    told: list[tuple[int, int]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(running, "NOTED_EVERY", 0.0)
    noted: list[tuple[int, int] | None] = []

    def look(request: web.Request) -> None:
        with database.read() as ledger:
            noted.append(runs.progress(runs.latest(ledger, "price_round", store.name)))

    async with shop({f"/p/{name}": priced("99") for name in "abc"}, look) as address:
        watch(*(f"{address}/p/{name}" for name in "abc"))
        assert await runner.run("price_round", store, NOW)
    assert told == [(0, 3), (1, 3), (2, 3), (3, 3)]
    assert noted[0] == (0, 3)
    assert noted[-1] in {(1, 3), (2, 3)}
    with database.read() as ledger:
        run = ledger.get_one(Run, ("price_round", store.name, NOW))
    assert (run.summary["pages"], "of" in run.summary) == (3, False)
    assert runs.progress(run) is None


async def test_the_ledger_is_not_written_for_every_page(
    watch: Watch, runner: Runner, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[int] = []
    monkeypatch.setattr(runs, "note_progress", lambda *told: written.append(told[-2]))
    async with shop_of(10, Counter(), watch):
        await runner.run("price_round", store, NOW)
    assert written == [0]  # and then every three seconds


async def test_two_processes_at_once_read_the_pages_once(
    watch: Watch, runner: Runner, store: Store
) -> None:
    asked: Counter[str] = Counter()
    async with shop_of(4, asked, watch):
        ran = await asyncio.gather(*(runner.run("price_round", store, SLOT) for _ in range(2)))
    assert sorted(ran) == [False, True]
    assert max(asked.values()) == 1
