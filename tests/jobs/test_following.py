"""News of records: asked about at once, and together when there is much of it."""

import asyncio
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager

from sqlmodel import select

from core.ledger.database import Database
from core.ledger.tables import Run
from core.settings import Settings, Store
from jobs.following import Follower
from jobs.running import Runner
from tests.support.intake import NOW, take
from tests.support.post_office import check_with

REST = 0.01


@asynccontextmanager
async def following(follower: Follower) -> AsyncIterator[None]:
    running = asyncio.create_task(follower.run())
    try:
        yield
    finally:
        running.cancel()


async def test_a_hundred_pushes_are_two_rounds(store: Store) -> None:
    rounds: list[set[str]] = []
    second = asyncio.Event()

    async def follow(kinds: Collection[str], store: Store) -> None:
        rounds.append(set(kinds))
        if len(rounds) > 1:
            second.set()
            return
        for _ in range(99):
            follower.tell(["stock"], store)

    follower = Follower(follow, REST)
    follower.tell(["review"], store)
    async with following(follower):
        await asyncio.wait_for(second.wait(), 5)
        await asyncio.sleep(3 * REST)
    assert rounds == [{"review"}, {"stock"}]


async def test_what_comes_between_two_rounds_waits_for_the_rest(store: Store) -> None:
    rounds: list[set[str]] = []

    async def follow(kinds: Collection[str], _: Store) -> None:
        rounds.append(set(kinds))

    follower = Follower(follow, rest=60)
    async with following(follower):
        for kind in ("review", "stock", "sales"):
            follower.tell([kind], store)
            await asyncio.sleep(REST)
    assert rounds == [{"review"}]


async def test_each_store_is_asked_about_its_own(store: Store) -> None:
    other = store.model_copy(update={"name": "other"})
    asked: list[tuple[str, set[str]]] = []
    both = asyncio.Event()

    async def follow(kinds: Collection[str], store: Store) -> None:
        asked.append((store.name, set(kinds)))
        if len(asked) > 1:
            both.set()

    follower = Follower(follow, REST)
    follower.tell(["review"], store)
    follower.tell(["stock"], other)
    follower.tell(["sales"], store)
    async with following(follower):
        await asyncio.wait_for(both.wait(), 5)
    assert asked == [(store.name, {"review", "sales"}), ("other", {"stock"})]


async def test_one_that_fails_does_not_end_it(store: Store) -> None:
    went_on = asyncio.Event()
    failed = False

    async def follow(_: Collection[str], store: Store) -> None:
        nonlocal failed
        if failed:
            went_on.set()
            return
        failed = True
        follower.tell(["stock"], store)
        raise OSError("the disk is full")

    follower = Follower(follow, REST)
    follower.tell(["stock"], store)
    async with following(follower):
        await asyncio.wait_for(went_on.wait(), 5)


async def test_a_pushed_review_runs_the_check_that_asks_about_it(
    sqlite_database: Database, settings: Settings, store: Store
) -> None:
    stanza = settings.check("bad_reviews")
    assert stanza is not None
    schedule = stanza.schedule.model_copy(update={"on_new": ["review"]})
    settings = check_with(settings, "bad_reviews", schedule=schedule)
    take(sqlite_database, "review", REVIEW, store=store)
    ended = asyncio.Event()
    runner = Runner(sqlite_database, settings, lambda: NOW, ended.set)
    follower = Follower(runner.follow, REST)
    for _ in range(9):
        follower.tell(["review"], store)
    async with following(follower):
        await asyncio.wait_for(ended.wait(), 5)
    with sqlite_database.read() as ledger:
        runs = ledger.exec(select(Run)).all()
    assert [(run.job, run.state) for run in runs] == [("bad_reviews", "done")]


REVIEW = {"channel": "amazon", "review_id": "R1", "stars": 1, "posted_at": NOW}
