"""Ledgers for those who are killed; an outbox at the shipped pace, with a clock to get ahead of."""

import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from bot.app import slack_client
from core.ledger.database import Database
from core.secrets import Secrets
from core.settings import Settings
from tests.faults.configuration import fault_settings
from tests.faults.gate import Gate, open_gate
from tests.support.installed import sandbox, sandbox_process
from tests.support.post_office import PostOffice, post_office
from tests.support.sandbox_process import RunningSandbox

__all__ = ["sandbox", "sandbox_process"]


@pytest.fixture(scope="session")
def fresh_sqlite(
    sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[], str]:
    """What makes a ledger without rows on SQLite and returns its address."""
    folder = tmp_path_factory.mktemp("ledgers")

    def fresh() -> str:
        path = folder / f"{uuid4().hex}.db"
        shutil.copyfile(sqlite_template, path)
        return f"sqlite:///{path}"

    return fresh


@pytest.fixture
def gate(fresh_sqlite: Callable[[], str], tmp_path: Path, settings: Settings) -> Iterator[Gate]:
    """Where facts come in, on SQLite."""
    with open_gate(fresh_sqlite, tmp_path, settings) as gate:
        yield gate


@pytest.fixture
async def office(sqlite_database: Database, sandbox: RunningSandbox) -> AsyncIterator[PostOffice]:
    """Alerts and an outbox that delivers what they owe, as config.yaml says."""
    ready = sandbox.ready
    secrets = Secrets(slack_bot_token=ready["bot_token"], slack_app_token=ready["app_token"])
    async with slack_client(secrets, ready["slack_api_url"]) as client:
        yield post_office(sqlite_database, fault_settings(ready), sandbox, client)
    sqlite_database.close()
