"""Killed with -9 at any commit of what comes in: no row is lost, no file, and no answer changes.

A feed of many pages, a file in the watched folder, a push with an idempotency key and a webhook;
every commit, one by one, in every_commit.py (`make test-faults`).
"""

import pytest

from tests.faults.gate import Gate

pytestmark = pytest.mark.slow


async def test_killed_again_and_again_everything_comes_in_once(gate: Gate) -> None:
    gate.begin()
    for number in range(2, 30, 3):  # each life comes a little further
        if not gate.live((number, "before" if number % 2 else "after")).killed:
            break
        gate.compare_meanwhile()
    gate.live()
    await gate.compare()
    assert gate.kills >= 5
