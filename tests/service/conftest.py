"""The service as a real process, against a sandbox, or with its own demo."""

from collections.abc import Iterator

import pytest

from tests.support.installed import sandbox, sandbox_process
from tests.support.service import RunningService, running_service, write_config

__all__ = ["sandbox", "sandbox_process"]


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningService]:
    """`watchkeeper run` without credentials."""
    folder = tmp_path_factory.mktemp("demo")
    write_config(folder)
    with running_service(folder, {}, "--sandbox-port", "0", "--sandbox-smtp-port", "0") as service:
        yield service
