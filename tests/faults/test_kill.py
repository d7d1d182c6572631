"""Killed with -9 at its commits, in the middle of a storm, the service loses and doubles nothing.

A few kills here; every point, one by one, in every_commit.py (`make test-faults`).
"""

import signal
from collections.abc import Callable, Iterator

import pytest

from tests.faults.arena import Arena, open_arena
from tests.faults.outcome import compare

pytestmark = pytest.mark.slow

END_WITHIN = 10.0
"""Seconds that a service told to end may take."""


@pytest.fixture(scope="module")
def arena(
    fresh_sqlite: Callable[[], str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Arena]:
    """A sandbox, a victim, ledgers on SQLite."""
    with open_arena(fresh_sqlite, tmp_path_factory.mktemp("victim") / "log") as arena:
        yield arena


def test_killed_again_and_again_it_delivers_every_alert_once(arena: Arena) -> None:
    arena.begin()
    for number in range(3, 21, 3):  # each life comes a little further
        moment = "before" if number % 2 else "after"
        assert arena.live((number, moment), signal.SIGKILL).killed
    assert arena.live().ended == 0
    compare(arena)


def test_told_to_end_in_a_storm_it_ends_in_time_and_the_next_start_delivers_the_rest(
    arena: Arena,
) -> None:
    arena.begin()
    life = arena.live((30, "before"), signal.SIGTERM)
    assert (life.ended, life.seconds < END_WITHIN) == (0, True)
    assert arena.live().ended == 0
    compare(arena)
