"""When a round asks for which pages: evenly over the half hour, pairs first, never in a hurry."""

import random
from collections.abc import Mapping
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import select

from core.configuration import ConfigurationError, load
from core.ledger.database import Database
from core.ledger.records import CompetitorOffer
from core.ledger.watched import Watched
from core.settings import Settings, Store
from jobs.registry import Work, configuration, jobs
from jobs.syncs.price_round.pace import choose, plan
from tests.conftest import CONFIG
from tests.jobs.conftest import NOW, Put
from tests.support.rounds import Watch, competing, priced, round_at, shop, with_stanza

MINUTE = timedelta(minutes=1)
SLOT = NOW - 60 * MINUTE  # 09:30 in Shanghai, when the clock begins a round

counts = st.integers(0, 600)
seconds = st.floats(0, 3_600)
paces = st.floats(0, 60)


@given(counts, seconds, paces, st.randoms())
def test_pages_are_spread_over_the_time_there_is_and_never_faster_than_the_pace(
    pages: int, window: float, pace: float, chance: random.Random
) -> None:
    moments = plan(pages, window, pace, chance.random)
    assert len(moments) == pages
    if any(moments):
        assert max(moments) <= window + 1e-6
        assert all(later - before >= pace - 1e-6 for before, later in pairwise(moments))


@given(counts, seconds, paces, st.randoms())
def test_each_page_has_its_own_part_of_the_time(
    pages: int, window: float, pace: float, chance: random.Random
) -> None:
    for number, moment in enumerate(plan(pages, window, pace, chance.random)):
        part = number * window / pages, (number + 1) * window / pages
        assert moment == 0 or part[0] - 1e-6 <= moment <= part[1] + 1e-6


@pytest.fixture
def database(sqlite_database: Database) -> Database:
    """The kind of database cannot matter here; test_price_round_again.py asks both."""
    return sqlite_database


def test_eighteen_shops_of_500_pages_fit_into_the_half_hour() -> None:
    # 28 minutes are 1,680 s: a page of each shop every 3.36 s, over all 18 shops 5.4 a second
    window, shops = 28 * 60, 18
    moments = sorted(moment for _ in range(shops) for moment in plan(500, window, 1.0, lambda: 0.5))
    assert len(moments) == 9_000
    assert moments[-1] < window
    for minute in range(28):
        asked = sum(60 * minute <= moment < 60 * (minute + 1) for moment in moments)
        assert 5.0 <= asked / 60 <= 5.8


def test_where_there_is_no_time_the_fetchers_pace_alone_counts() -> None:
    assert plan(3, 2.9, 1.0) == plan(3, 0, 0) == [0.0, 0.0, 0.0]
    assert plan(0, 60, 1) == []


def watched(number: int, sku: str | None, hours_ago: int | None) -> Watched:
    asked_at = None if hours_ago is None else NOW - timedelta(hours=hours_ago)
    return Watched("VoltTrail", f"https://shop.example/{number}", sku, asked_at)


def test_of_too_many_pages_pairs_are_read_and_then_those_not_read_for_the_longest() -> None:
    pages = [
        watched(1, None, 6),
        watched(2, None, 24),
        watched(3, None, None),
        watched(4, "PS-1000", 6),
        watched(5, None, 12),
    ]
    for most, expected in [(1, {4}), (2, {4, 3}), (3, {4, 3, 2}), (9, {1, 2, 3, 4, 5}), (0, set())]:
        chosen = choose(pages, most, random.Random(7))
        assert {int(page.url[-1]) for page in chosen} == expected


def test_each_round_has_its_own_order() -> None:
    pages = [watched(number, None, 6) for number in range(50)]
    first, again, next_one = (choose(pages, 50, random.Random(seed)) for seed in ("a", "a", "b"))
    assert first == again != next_one


Asked = dict[str, datetime]


async def read(work: Work, watch: Watch, pages: int) -> Asked:
    """Read so many pages of a shop, one connection, and return when each was asked for."""
    asked: Asked = {}

    def note(request: web.Request) -> None:
        asked[request.path] = work.outside.now()

    names = [f"/p/{number:02}" for number in range(pages)]
    async with shop({name: priced("99") for name in names}, note) as address:
        watch(*(address + name for name in names))
        await jobs()["price_round"].run(work)
    asked.pop("/robots.txt")
    return asked


def at(
    moment: datetime, database: Database, settings: Settings, store: Store, slot: datetime
) -> Work:
    fetch = settings.fetch.model_copy(update={"connections_per_host": 1})
    changed = settings.model_copy(update={"fetch": fetch})
    return round_at(moment, database, changed, store, slot)


async def test_a_round_of_the_clocks_takes_until_the_answer_is_due(
    watch: Watch, database: Database, allowing: Settings, store: Store
) -> None:
    asked = await read(at(SLOT, database, allowing, store, SLOT), watch, 14)
    # 09:30 to 09:58 for 14 pages: one in each 2 minutes
    minutes = [(moment - SLOT) / MINUTE for moment in sorted(asked.values())]
    assert [int(each // 2) for each in minutes] == list(range(14))
    assert list(asked) != sorted(asked)


async def test_what_begins_late_is_read_in_the_time_that_is_left(
    watch: Watch, database: Database, allowing: Settings, store: Store
) -> None:
    begun = SLOT + 21 * MINUTE
    asked = await read(at(begun, database, allowing, store, SLOT), watch, 14)
    # 09:51 to 09:58 for 14 pages: two a minute
    seconds = [(moment - begun).total_seconds() for moment in sorted(asked.values())]
    assert [int(each // 30) for each in seconds] == list(range(14))


@pytest.mark.parametrize("late", [28 * MINUTE, 300 * MINUTE])
async def test_what_is_slept_through_is_read_at_once(
    watch: Watch, database: Database, allowing: Settings, store: Store, late: timedelta
) -> None:
    begun = SLOT + late
    asked = await read(at(begun, database, allowing, store, SLOT), watch, 5)
    assert set(asked.values()) == {begun}


async def test_a_round_asked_for_by_hand_is_read_at_once(
    watch: Watch, database: Database, allowing: Settings, store: Store
) -> None:
    by_hand = SLOT + MINUTE
    asked = await read(at(by_hand, database, allowing, store, by_hand), watch, 5)
    assert set(asked.values()) == {by_hand}


async def test_a_host_that_wants_more_time_gets_it(
    watch: Watch, database: Database, allowing: Settings, store: Store
) -> None:
    # 10 pages in 28 minutes would be one in 2.8; the host wants 5 between two
    work = at(SLOT, database, allowing, store, SLOT)
    fetch = work.settings.fetch.model_copy(update={"seconds_between_requests": 300})
    slow = work.settings.model_copy(update={"fetch": fetch})
    asked = await read(at(SLOT, database, slow, store, SLOT), watch, 10)
    moments = sorted(asked.values())
    assert all(later - before >= 5 * MINUTE for before, later in pairwise(moments))


async def test_a_host_that_is_too_slow_for_the_round_keeps_nobody_waiting(
    watch: Watch, database: Database, allowing: Settings, store: Store
) -> None:
    # a page in 5 minutes, up to 30 % more: of 10 pages 5, 6 or 7 begin within the half hour
    fetch = allowing.fetch.model_copy(update={"seconds_between_requests": 300})
    slow = allowing.model_copy(update={"fetch": fetch})
    work = at(SLOT, database, slow, store, SLOT)
    asked = await read(work, watch, 10)
    assert 5 <= len(asked) <= 7
    assert max(asked.values()) <= SLOT + 37 * MINUTE
    assert len(urls_read(database, SLOT)) == len(asked)


async def test_pairs_are_read_first() -> None:
    pages = [watched(1, None, 6), watched(2, None, 24), watched(3, "PS-1000", 6)]
    order = [page.url[-1] for page in choose(pages, 9, random.Random(7))]
    assert order == ["3", "2", "1"]


def urls_read(database: Database, since: datetime) -> set[str]:
    with database.read() as ledger:
        urls = select(CompetitorOffer.url).where(CompetitorOffer.observed_at >= since)
        return {url.rpartition("/")[2] for url in ledger.exec(urls)}


@pytest.mark.parametrize(
    ("stanza", "pages"),
    [({}, {"pair", "new", "old"}), ({"most_pages": 1}, {"pair"}), ({"most_pages": 9}, None)],
)
async def test_no_more_pages_are_read_than_the_competitors_own_number_or_the_rounds(
    put: Put,
    work: Work,
    allowing: Settings,
    stanza: Mapping[str, Any],
    pages: set[str] | None,
) -> None:
    everything = {"pair", "new", "old", "recent"}
    async with shop({f"/p/{name}": priced("99") for name in everything}) as address:
        put("competitor_page", *(page(f"{address}/p/{name}") for name in ("new", "old", "recent")))
        put("competitor_page", page(f"{address}/p/pair") | {"sku": "PS-1000"})
        put("competitor_offer", page(f"{address}/p/old"), at=NOW - 2 * 1_440 * MINUTE)
        put("competitor_offer", page(f"{address}/p/recent"), page(f"{address}/p/pair"))
        settings = competing(allowing, **stanza)
        this = with_stanza(round_at(NOW, work.database, settings, work.store), most_pages=3)
        await jobs()["price_round"].run(this)
    assert urls_read(work.database, NOW) == (pages or everything)


def page(url: str) -> dict[str, str]:
    return {"competitor": "VoltTrail", "url": url}


def wrong(**changes: Any) -> str:
    """Why a configuration with these changes is refused."""
    with pytest.raises(ConfigurationError) as refused:
        load(CONFIG, configuration(), changes)
    return str(refused.value)


def test_a_stanza_that_leaves_no_time_to_read_is_refused() -> None:
    told = wrong(**{"jobs.price_round.ready_before": "30m"})
    assert "jobs.price_round.ready_before" in told
    assert "leaves no time: it is not shorter than spread_over" in told


def test_a_shop_whose_products_are_to_be_found_has_a_site() -> None:
    told = wrong(competitors={"VoltTrail": {"discover": ["sitemap"]}})
    assert "competitors.VoltTrail.discover" in told
    assert "needs the shop's `site`" in told
