"""Slack's side of Socket Mode, as little as a bot needs to be asked a command and to answer it.

It is leaner than the sandbox on purpose: what stands between the stopwatch and the bot is the same
for every bot, so the more it takes, the more alike all bots look.
"""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

from aiohttp import WSMsgType, web

USER, EMAIL = "U0BENCH", "tom.becker@harborlane.example"
BOT_TOKEN, APP_TOKEN = "xoxb-{}", "xapp-{}"
"""Tokens of a bot by its name; the name is how the stand-in tells bots apart."""

Json = dict[str, Any]


class SlackStandIn:
    """Bots connect by name; `ask` sends one a command."""

    def __init__(self) -> None:
        self.base_url = ""
        self._bots: dict[str, web.WebSocketResponse] = {}
        self._connected = asyncio.Condition()
        self._asked: dict[str, asyncio.Future[Json]] = {}

    def routes(self) -> list[web.RouteDef]:
        """Return the Web API and the sockets."""
        return [web.route("*", "/api/{method}", self._call), web.get("/link/{bot}", self._link)]

    async def connected(self, bot: str) -> None:
        """Wait until a bot has connected."""
        async with self._connected:
            await self._connected.wait_for(lambda: bot in self._bots)

    async def ask(self, bot: str, command: str, text: str) -> tuple[float, Json]:
        """Return the seconds from the envelope to its ack, and the answer in the ack."""
        envelope_id = str(uuid4())
        answer = asyncio.get_running_loop().create_future()
        self._asked[envelope_id] = answer
        envelope = {
            "envelope_id": envelope_id,
            "type": "slash_commands",
            "accepts_response_payload": True,
            "payload": self._payload(command, text),
        }
        began = time.perf_counter()
        await self._bots[bot].send_str(json.dumps(envelope))
        async with asyncio.timeout(10):
            payload: Json = await answer
        return time.perf_counter() - began, payload

    def _payload(self, command: str, text: str) -> Json:
        return {
            "token": "verification",
            "team_id": "T0BENCH",
            "team_domain": "bench",
            "channel_id": "C0BENCH",
            "channel_name": "stock",
            "user_id": USER,
            "user_name": "tom",
            "command": command,
            "text": text,
            "api_app_id": "A0BENCH",
            "is_enterprise_install": "false",
            "response_url": f"{self.base_url}/api/response",
            "trigger_id": "1.2.3",
        }

    async def _call(self, request: web.Request) -> web.Response:
        bot = request.headers.get("Authorization", "").rpartition("-")[2]
        answers: dict[str, Json] = {
            "apps.connections.open": {"url": f"ws{self.base_url[4:]}/link/{bot}"},
            "auth.test": {"team_id": "T0BENCH", "user_id": "U0BOT", "bot_id": "B0BOT"},
            "users.info": {"user": {"id": USER, "profile": {"email": EMAIL}}},
        }
        return web.json_response({"ok": True} | answers.get(request.match_info["method"], {}))

    async def _link(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_json({"type": "hello", "num_connections": 1})
        async with self._connected:
            self._bots[request.match_info["bot"]] = socket
            self._connected.notify_all()
        async for message in socket:
            if message.type is WSMsgType.TEXT:
                ack = json.loads(message.data)
                self._asked.pop(ack["envelope_id"]).set_result(ack.get("payload") or {})
        return socket


@asynccontextmanager
async def slack_stand_in() -> AsyncIterator[SlackStandIn]:
    """Serve a stand-in on a free port of this machine."""
    slack = SlackStandIn()
    application = web.Application()
    application.add_routes(slack.routes())
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.5)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        slack.base_url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        yield slack
    finally:
        await runner.cleanup()
