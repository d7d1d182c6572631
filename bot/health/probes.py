"""How each part of the service is looked at, for `/readyz` and for the watch over ourselves."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.outbox import Outbox
from bot.slack.socket import Socket
from core.ledger.database import Database
from core.ledger.vitals import Part, watchers

Probe = Callable[[], Awaitable[str | None]]
"""Looks at one part: what is wrong with it, in one line; None: it is well. May raise anything."""

OUTBOX_STANDS_AFTER = timedelta(minutes=1)
"""An outbox looks for due messages every second; one that has not for so long stands still."""


def probes(
    database: Database,
    clock_problem: Callable[[], str | None],
    outbox: Outbox,
    slack: Socket | AsyncWebClient,
    now: Callable[[], datetime],
) -> Mapping[str, Probe]:
    """Return how to look at each part. `slack` is the socket; in HTTP mode, Slack's API."""
    started_at = now()

    async def ledger_answers() -> str | None:
        return await asyncio.to_thread(_read, database)

    async def clock_fires() -> str | None:
        return clock_problem()

    async def outbox_turns() -> str | None:
        turned_at = outbox.turned_at or started_at
        if now() - turned_at < OUTBOX_STANDS_AFTER:
            return None
        return f"it has not looked for due messages since {turned_at.isoformat(timespec='seconds')}"

    async def slack_is_there() -> str | None:
        return await (_connected(slack) if isinstance(slack, Socket) else _answers(slack))

    return {
        Part.DATABASE: ledger_answers,
        Part.CLOCK: clock_fires,
        Part.OUTBOX: outbox_turns,
        Part.SLACK: slack_is_there,
    }


def _read(database: Database) -> None:
    with database.read() as ledger:
        watchers(ledger)


async def _connected(socket: Socket) -> str | None:
    return None if await socket.connected() else "Socket Mode is not connected"


async def _answers(client: AsyncWebClient) -> str | None:
    try:
        await client.auth_test()
    except SlackApiError as error:
        return f"Slack said {error.response.get('error')}"
    return None
