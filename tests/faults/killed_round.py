"""Killed with -9 in the middle of a price round, the next start reads what is left of it."""

import asyncio
import os
import signal
import sys
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import web
from sqlmodel import func, select

from core.ledger.database import Database
from core.ledger.intake import store_records
from core.ledger.records import CompetitorOffer
from core.ledger.tables import Run
from core.settings import Settings
from tests.support.rounds import priced, shop

pytestmark = pytest.mark.slow

SLOT = datetime(2026, 3, 5, 1, 30, tzinfo=UTC)  # 09:30 in Shanghai
PAGES, KILLED_AT = 260, 240
"""Of each 200 pages the round stores what it has."""


async def live(url: str, folder: Path) -> asyncio.subprocess.Process:
    command = [
        sys.executable,
        "-m",
        "tests.faults.round_victim",
        url,
        SLOT.isoformat(),
        str(folder),
    ]
    return await asyncio.create_subprocess_exec(*command, cwd=Path(__file__).parents[2])


async def test_killed_in_the_middle_it_reads_only_what_is_left(
    fresh_sqlite: Callable[[], str], settings: Settings, tmp_path: Path
) -> None:
    url = fresh_sqlite()
    asked: Counter[str] = Counter()
    victims: list[asyncio.subprocess.Process] = []

    def note(request: web.Request) -> None:
        asked[request.path] += 1
        if asked.total() == KILLED_AT:
            os.kill(victims[0].pid, signal.SIGKILL)

    names = [f"/p/{number}" for number in range(PAGES)]
    async with shop({name: priced("99") for name in names}, note) as address:
        watched(Database(url), settings, [address + name for name in names])
        victims.append(await live(url, tmp_path))
        assert await victims[0].wait() == -signal.SIGKILL
        assert await (await live(url, tmp_path)).wait() == 0
    pages = Counter({name: asked[name] for name in names})
    assert (min(pages.values()), max(pages.values())) == (1, 2)
    assert PAGES + KILLED_AT - 200 - 5 < sum(pages.values()) < PAGES + KILLED_AT - 200 + 5
    with Database(url).read() as ledger:
        stored = select(func.count()).where(CompetitorOffer.observed_at > SLOT)
        assert ledger.exec(stored).one() == PAGES
        run = ledger.get_one(Run, ("price_round", settings.stores[0].name, SLOT))
    assert (run.state, run.summary["pages"]) == ("done", PAGES - 200)


def watched(database: Database, settings: Settings, urls: list[str]) -> None:
    store_records(
        database,
        store=settings.stores[0],
        kind="competitor_page",
        source="test",
        now=SLOT - timedelta(hours=6),
        rows=[{"competitor": "VoltTrail", "url": url} for url in urls],
    )
