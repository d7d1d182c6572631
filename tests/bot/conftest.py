"""The sandbox once a worker, a ledger a test, and Watchkeeper's parts between them."""

from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from decimal import Decimal

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.app import slack_client
from core.ledger.database import Database
from core.secrets import Secrets
from core.settings import Settings
from tests.support.installed import sandbox, sandbox_process
from tests.support.post_office import PostOffice, post_office, with_changes
from tests.support.sandbox_process import RunningSandbox

__all__ = ["sandbox", "sandbox_process"]


@pytest.fixture
def settings(settings: Settings, sandbox: RunningSandbox) -> Settings:
    """The shipped config.yaml, in a hurry, around the clock, with the sandbox's mailbox."""
    ready = sandbox.ready
    return with_changes(
        settings,
        mail={"host": ready["smtp_host"], "port": ready["smtp_port"], "security": "none"},
        slack={"seconds_between_messages": Decimal(0)},
        outbox={"send_timeout": timedelta(seconds=5)},
    )


@pytest.fixture
def secrets(sandbox: RunningSandbox) -> Secrets:
    """The sandbox's credentials."""
    ready = sandbox.ready
    return Secrets(slack_bot_token=ready["bot_token"], slack_app_token=ready["app_token"])


@pytest.fixture
async def client(secrets: Secrets, sandbox: RunningSandbox) -> AsyncIterator[AsyncWebClient]:
    """The client that the service uses."""
    async with slack_client(secrets, sandbox.ready["slack_api_url"]) as client:
        yield client


@pytest.fixture
def ledger(sqlite_database: Database) -> Iterator[Database]:
    """A ledger without rows on SQLite."""
    yield sqlite_database
    sqlite_database.close()


@pytest.fixture
def office(
    ledger: Database, settings: Settings, sandbox: RunningSandbox, client: AsyncWebClient
) -> PostOffice:
    """Alerts and an outbox that delivers what they owe."""
    return post_office(ledger, settings, sandbox, client)
