"""The service as a real process, against a sandbox, or with its own demo."""

from collections.abc import Iterator

import pytest

from bot.slack.manifest import manifest
from tests.support.sandbox_process import RunningSandbox, running_sandbox
from tests.support.service import RunningService, running_service, write_config


@pytest.fixture(scope="module")
def sandbox_process() -> Iterator[RunningSandbox]:
    """A sandbox that stands for the real workspace."""
    with running_sandbox(message_rate=0) as running:
        running.post("/sandbox/manifest", manifest(None))
        yield running


@pytest.fixture
def sandbox(sandbox_process: RunningSandbox) -> RunningSandbox:
    """The sandbox with nothing in it."""
    sandbox_process.reset()
    return sandbox_process


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningService]:
    """`watchkeeper run` without credentials."""
    folder = tmp_path_factory.mktemp("demo")
    write_config(folder)
    with running_service(folder, {}, "--sandbox-port", "0", "--sandbox-smtp-port", "0") as service:
        yield service
