"""A sandbox in whose workspace Watchkeeper is installed: one a worker, empty for each test."""

from collections.abc import Iterator

import pytest

from bot.slack.manifest import manifest
from tests.support.sandbox_process import RunningSandbox, running_sandbox


@pytest.fixture(scope="session")
def sandbox_process() -> Iterator[RunningSandbox]:
    """A sandbox that runs, with the app installed."""
    with running_sandbox(message_rate=0) as running:
        running.post("/sandbox/manifest", manifest(None))
        yield running


@pytest.fixture
def sandbox(sandbox_process: RunningSandbox) -> RunningSandbox:
    """The sandbox with nothing in it."""
    sandbox_process.reset()
    return sandbox_process
