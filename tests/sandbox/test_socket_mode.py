"""Socket Mode as it goes over the wire: hello, envelopes, acks, several connections."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import aiohttp
import httpx
import pytest

from tests.support.sandbox_process import PLAIN, RunningSandbox

Json = dict[str, Any]

COMMAND = {"as": "U0LINYUE", "channel": "C0STOCK", "text": "/stock low"}
APP = {"Authorization": "Bearer xapp-sandbox"}


def new_address(sandbox: RunningSandbox) -> str:
    return str(sandbox.http.post("/api/apps.connections.open", headers=APP).json()["url"])


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
async def window(sandbox: RunningSandbox) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=sandbox.ready["page"], verify=PLAIN) as window:
        yield window


@asynccontextmanager
async def connected(
    sandbox: RunningSandbox, session: aiohttp.ClientSession
) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
    """A connection that was greeted."""
    async with session.ws_connect(new_address(sandbox)) as connection:
        assert (await connection.receive_json())["type"] == "hello"
        yield connection


async def ack(connection: aiohttp.ClientWebSocketResponse, payload: Json | None = None) -> Json:
    """Take the next envelope and answer it."""
    envelope: Json = await connection.receive_json(timeout=3)
    await connection.send_json({"envelope_id": envelope["envelope_id"], "payload": payload or {}})
    return envelope


async def test_an_address_can_be_used_once(
    sandbox: RunningSandbox, session: aiohttp.ClientSession
) -> None:
    address = new_address(sandbox)

    async with session.ws_connect(address) as connection:
        hello = await connection.receive_json()
        assert (hello["type"], hello["num_connections"]) == ("hello", 1)
        with pytest.raises(aiohttp.WSServerHandshakeError, match="401"):
            await session.ws_connect(address)


async def test_an_address_that_was_not_given_out_is_refused(
    sandbox: RunningSandbox, session: aiohttp.ClientSession
) -> None:
    with pytest.raises(aiohttp.WSServerHandshakeError, match="401"):
        await session.ws_connect(new_address(sandbox).replace("ticket=", "ticket=0"))


async def test_an_envelope_is_acked_with_an_answer(
    sandbox: RunningSandbox, session: aiohttp.ClientSession, window: httpx.AsyncClient
) -> None:
    async with connected(sandbox, session) as connection:
        envelope, answer = await asyncio.gather(
            ack(connection, {"text": "3 are low"}), window.post("/sandbox/commands", json=COMMAND)
        )

    assert (envelope["type"], envelope["accepts_response_payload"]) == ("slash_commands", True)
    assert answer.json() == {"ok": True, "response": {"text": "3 are low"}}


async def test_envelopes_go_to_the_connections_in_turn(
    sandbox: RunningSandbox, session: aiohttp.ClientSession, window: httpx.AsyncClient
) -> None:
    async with AsyncExitStack() as stack:
        connections = [
            await stack.enter_async_context(connected(sandbox, session)) for _ in range(2)
        ]
        for connection in connections:
            await asyncio.gather(ack(connection), window.post("/sandbox/commands", json=COMMAND))
        assert sandbox.get("/sandbox/sockets") == {"connected": 2}


async def test_an_eleventh_connection_is_sent_away(
    sandbox: RunningSandbox, session: aiohttp.ClientSession
) -> None:
    async with AsyncExitStack() as stack:
        for _ in range(10):
            await stack.enter_async_context(connected(sandbox, session))
        async with session.ws_connect(new_address(sandbox)) as eleventh:
            goodbye = await eleventh.receive_json()

    assert (goodbye["type"], goodbye["reason"]) == ("disconnect", "too_many_websockets")


def test_without_a_connection_a_command_fails_at_once(sandbox: RunningSandbox) -> None:
    answer = sandbox.post("/sandbox/commands", COMMAND)
    (message,) = sandbox.get("/sandbox/messages", channel="C0STOCK", **{"as": "U0LINYUE"})[
        "messages"
    ]

    assert answer == {"ok": False, "error": "not_connected"}
    assert (message["user"], message["ephemeral"]) == ("USLACKBOT", True)
    assert "/stock failed" in message["text"]


@pytest.mark.slow
async def test_a_command_that_is_not_acked_times_out_after_three_seconds(
    sandbox: RunningSandbox, session: aiohttp.ClientSession, window: httpx.AsyncClient
) -> None:
    async with connected(sandbox, session):
        began = asyncio.get_running_loop().time()
        answer = await window.post("/sandbox/commands", json=COMMAND)

    assert answer.json() == {"ok": False, "error": "operation_timeout"}
    assert asyncio.get_running_loop().time() - began == pytest.approx(3, abs=0.5)


def test_a_command_that_the_manifest_does_not_have_is_unknown(sandbox: RunningSandbox) -> None:
    commands = [{"command": "/gmv", "description": "Sales so far", "usage_hint": "[month]"}]
    sandbox.post("/sandbox/manifest", {"features": {"slash_commands": commands}})
    try:
        answer = sandbox.post("/sandbox/commands", COMMAND)
        known = sandbox.get("/sandbox/workspace")["commands"]
    finally:
        sandbox.post("/sandbox/manifest", {})

    assert answer == {"ok": False, "error": "unknown_command"}
    assert known == commands


async def test_only_events_that_the_manifest_asks_for_are_sent(
    sandbox: RunningSandbox, session: aiohttp.ClientSession
) -> None:
    events = {"event_subscriptions": {"bot_events": ["app_mention"]}}
    sandbox.post("/sandbox/manifest", {"settings": events})
    try:
        async with connected(sandbox, session) as connection:
            words = {**COMMAND, "text": "<@U0WATCHBOT> hello"}
            sandbox.post("/sandbox/messages", words)
            envelope = await ack(connection)
    finally:
        sandbox.post("/sandbox/manifest", {})

    assert envelope["type"] == "events_api"
    assert envelope["payload"]["event"]["type"] == "app_mention"


@pytest.mark.slow
async def test_an_event_that_found_no_connection_is_sent_again(
    sandbox: RunningSandbox, session: aiohttp.ClientSession
) -> None:
    sandbox.post("/sandbox/messages", {**COMMAND, "text": "anybody?"})

    async with connected(sandbox, session) as connection:
        envelope = await ack(connection)

    assert envelope["payload"]["event"]["text"] == "anybody?"
    assert envelope["retry_attempt"] >= 1
    assert envelope["retry_reason"] == "connection_failed"


async def test_dropped_connections_are_told_to_come_back(
    sandbox: RunningSandbox, session: aiohttp.ClientSession
) -> None:
    async with connected(sandbox, session) as connection:
        drop = asyncio.to_thread(sandbox.fault, "slack", "drop_sockets")
        goodbye, _ = await asyncio.gather(connection.receive_json(), drop)
        closed = await connection.receive()

    assert (goodbye["type"], goodbye["reason"]) == ("disconnect", "refresh_requested")
    assert closed.type in (aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSED)
    assert sandbox.get("/sandbox/sockets") == {"connected": 0}


async def test_new_connections_can_be_refused_for_a_while(
    sandbox: RunningSandbox, session: aiohttp.ClientSession
) -> None:
    sandbox.fault("slack", "drop_sockets", times=2)
    address = new_address(sandbox)

    for _ in range(2):
        with pytest.raises(aiohttp.WSServerHandshakeError, match="503"):
            await session.ws_connect(address)
    async with session.ws_connect(address) as connection:
        assert (await connection.receive_json())["type"] == "hello"
