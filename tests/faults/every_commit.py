"""Every commit of a storm, one by one: the service is killed right before it and right after it.

Minutes, not seconds: `make test-faults` runs it, `make test` does not.
"""

import itertools
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from queue import SimpleQueue

import pytest
from tqdm import tqdm

from core.ledger.database import Database
from core.settings import Settings
from tests.faults.arena import Arena, Point, open_arena
from tests.faults.gate import Gate, open_gate
from tests.faults.outcome import compare
from tests.support.databases import empty

SIDE_BY_SIDE = 3
"""Storms at a time: a service and its sandbox take turns on two processors."""
KILLS = 100
"""At the least; there are two points a commit."""
TOLD, ELSEWHERE = 10, 20
"""One in so many of the points is tried with SIGTERM, or on PostgreSQL, too."""

ENDS = {signal.SIGKILL: {-signal.SIGKILL}, signal.SIGTERM: {0, -signal.SIGTERM}}
"""How a life ends by a signal; SIGTERM kills what does not serve yet."""


def points(arena: Arena) -> list[Point]:
    """Let the storm go by once; the points before and after each of its commits."""
    arena.begin()
    life = arena.live()
    assert life.ended == 0, life
    compare(arena)
    return list(itertools.product(range(1, len(life.commits) + 1), ("before", "after")))


def end_at(arena: Arena, point: Point, end: signal.Signals) -> bool:
    """End a storm at a point and start again; False when it was over before it came there."""
    arena.begin()
    first = arena.live(point, end)
    if len(first.commits) < point[0]:
        return False
    assert first.ended in ENDS[end], (point, first)
    again = arena.live()
    assert again.ended == 0, (point, first, again)
    compare(arena)
    return True


def end_at_each(
    where: Sequence[Point], end: signal.Signals, arenas: Sequence[Arena], label: str
) -> int:
    """End a storm at each point, as many at a time as there are arenas; how often it was ended."""
    free: SimpleQueue[Arena] = SimpleQueue()
    for arena in arenas:
        free.put(arena)

    def one(point: Point) -> bool:
        arena = free.get()
        try:
            return end_at(arena, point, end)
        finally:
            free.put(arena)

    with ThreadPoolExecutor(len(arenas)) as pool:
        return sum(tqdm(pool.map(one, where), label, len(where)))


@pytest.fixture(scope="module")
def arenas(
    fresh_sqlite: Callable[[], str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[list[Arena]]:
    """Where storms can be played side by side, on SQLite."""
    with ExitStack() as stack:
        logs = [tmp_path_factory.mktemp("victim") / "log" for _ in range(SIDE_BY_SIDE)]
        yield [stack.enter_context(open_arena(fresh_sqlite, log)) for log in logs]


def test_killed_at_any_commit_it_delivers_every_alert_once(arenas: list[Arena]) -> None:
    assert end_at_each(points(arenas[0]), signal.SIGKILL, arenas, "kill -9") >= KILLS


def test_killed_at_any_commit_a_shared_message_and_its_list_come_once(arenas: list[Arena]) -> None:
    together = [replace(arena, together=True) for arena in arenas]
    assert end_at_each(points(together[0]), signal.SIGKILL, together, "kill -9, one message")


def test_told_to_end_at_any_commit_it_delivers_every_alert_once(arenas: list[Arena]) -> None:
    assert end_at_each(points(arenas[0])[::TOLD], signal.SIGTERM, arenas, "SIGTERM")


def test_killed_on_postgresql_it_delivers_every_alert_once(
    postgresql_ledger: Database, postgresql_url: str, tmp_path: Path
) -> None:
    def fresh() -> str:
        empty(postgresql_ledger)
        return postgresql_url

    with open_arena(fresh, tmp_path / "log") as arena:
        where = points(arena)[::ELSEWHERE]
        assert end_at_each(where, signal.SIGKILL, [arena], "kill -9, PostgreSQL")


async def come_in_killed_at_each(gate: Gate, every: int, label: str) -> None:
    """Let everything come in, killed at each point, one by one."""
    gate.begin()
    commits = range(1, len(gate.live().commits) + 1)
    await gate.compare()
    where = list(itertools.product(commits, ("before", "after")))[::every]
    for point in tqdm(where, label):
        gate.begin()
        assert gate.live(point).killed, point
        gate.compare_meanwhile()
        gate.live()
        await gate.compare()


async def test_killed_at_any_commit_everything_comes_in_once(gate: Gate) -> None:
    await come_in_killed_at_each(gate, 1, "kill -9, what comes in")


async def test_killed_on_postgresql_everything_comes_in_once(
    postgresql_ledger: Database, postgresql_url: str, tmp_path: Path, settings: Settings
) -> None:
    def fresh() -> str:
        empty(postgresql_ledger)
        return postgresql_url

    with open_gate(fresh, tmp_path, settings) as gate:
        await come_in_killed_at_each(gate, TOLD, "kill -9, what comes in, PostgreSQL")
