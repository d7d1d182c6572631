"""Socket Mode: the app connects to Slack by WebSocket and is sent envelopes, which it acks."""

import asyncio
import json
import secrets
import time
from contextlib import suppress
from typing import Any
from uuid import uuid4

from aiohttp import WSMsgType, web

from sandbox.faults import Fault, Faults
from sandbox.json_object import Json
from sandbox.slack.workspace import APP_ID

TICKET_SECONDS = 30.0
MAX_CONNECTIONS = 10
PING_SECONDS = 10.0
CLOSE_SECONDS = 1.0


class Sockets:
    """The app's open connections; envelopes go to them in turn."""

    def __init__(self, faults: Faults) -> None:
        self.base_url = ""
        self._faults = faults
        self._tickets: dict[str, float] = {}
        self._connections: list[web.WebSocketResponse] = []
        self._waiting: dict[str, asyncio.Future[Json | None]] = {}
        faults.on_new = self._drop_if_asked

    @property
    def connected(self) -> int:
        """How many connections are open."""
        return len(self._connections)

    def new_address(self) -> str:
        """A WebSocket address that can be used once, within 30 s."""
        ticket = secrets.token_hex(16)
        self._tickets[ticket] = time.monotonic() + TICKET_SECONDS
        base = self.base_url.replace("http", "ws", 1)
        return f"{base}/link/?ticket={ticket}&app_id={APP_ID}"

    async def send(self, kind: str, payload: Json, **details: Any) -> Json | None:
        """Send an envelope and wait for its ack, whose payload is returned.

        Raises:
            ConnectionError: no connection is open.
        """
        if not self._connections:
            raise ConnectionError("the app is not connected")
        connection = self._connections.pop(0)
        self._connections.append(connection)
        envelope_id = str(uuid4())
        envelope = {"envelope_id": envelope_id, "type": kind, "payload": payload, **details}
        answer: asyncio.Future[Json | None] = asyncio.get_running_loop().create_future()
        self._waiting[envelope_id] = answer
        try:
            await connection.send_json(envelope)
            return await answer
        finally:
            del self._waiting[envelope_id]

    async def close(self) -> None:
        """Ask the app to go, and close all connections."""
        await self._close_all("link_disabled")

    def routes(self) -> list[web.RouteDef]:
        """`GET /link/` (WebSocket) and `GET /sandbox/sockets`."""
        return [web.get("/link/", self._link), web.get("/sandbox/sockets", self._count)]

    async def _count(self, _request: web.Request) -> web.Response:
        return web.json_response({"connected": self.connected})

    async def _link(self, request: web.Request) -> web.StreamResponse:
        if self._faults.take("slack", None, "drop_sockets") is not None:
            return web.Response(status=503, text="no connections at the moment")
        if self._tickets.pop(request.query.get("ticket", ""), 0.0) < time.monotonic():
            return web.Response(status=401, text="this address was used, or is too old")
        connection = web.WebSocketResponse(heartbeat=PING_SECONDS, timeout=CLOSE_SECONDS)
        await connection.prepare(request)
        if self.connected >= MAX_CONNECTIONS:
            await _close(connection, "too_many_websockets")
            return connection
        self._connections.append(connection)
        try:
            await self._listen(connection)
        finally:
            if connection in self._connections:
                self._connections.remove(connection)
        return connection

    async def _listen(self, connection: web.WebSocketResponse) -> None:
        await connection.send_json(
            {
                "type": "hello",
                "num_connections": self.connected,
                "connection_info": {"app_id": APP_ID},
                "debug_info": {"host": "sandbox", "approximate_connection_time": 3600},
            }
        )
        async for message in connection:
            if message.type is WSMsgType.TEXT:
                self._take_ack(message.data)

    def _take_ack(self, text: str) -> None:
        with suppress(ValueError, AttributeError):
            ack = json.loads(text)
            waiting = self._waiting.get(ack.get("envelope_id"))
            if waiting is not None and not waiting.done():
                payload = ack.get("payload")
                waiting.set_result(payload if isinstance(payload, dict) and payload else None)

    async def _drop_if_asked(self, fault: Fault) -> None:
        order = fault.order
        if order.mode != "drop_sockets":
            return
        if order.times is None and order.seconds is None:
            fault.clear()
        await self._close_all("refresh_requested")

    async def _close_all(self, reason: str) -> None:
        dropped, self._connections = self._connections, []
        await asyncio.gather(*(_close(connection, reason) for connection in dropped))


async def _close(connection: web.WebSocketResponse, reason: str) -> None:
    with suppress(ConnectionError):
        await connection.send_json(
            {"type": "disconnect", "reason": reason, "debug_info": {"host": "sandbox"}}
        )
        await connection.close()
