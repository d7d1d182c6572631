"""Watchkeeper's side of Slack, connected to the sandbox, and the people who use it."""

import asyncio
import socket
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx
from slack_sdk.web.async_client import AsyncWebClient
from starlette.applications import Starlette

from bot.health.vitals import Problems
from bot.outbox import Outbox
from bot.slack.desk import Desk
from bot.slack.directory import Directory
from bot.slack.listening import bolt_app
from bot.slack.socket import Socket
from bot.web.site import WebServer, site
from jobs.running import Runner
from tests.support.post_office import Json, PostOffice
from tests.support.sandbox_process import PLAIN

LIN, EMMA, SOFIA, SUN = "U0LINYUE", "U0EMMACLARKE", "U0SOFIAREYES", "U0SUNHAO"


@dataclass
class Watch:
    """Watchkeeper in this process: commands, buttons and the outbox."""

    office: PostOffice
    window: httpx.AsyncClient
    outbox: Outbox
    socket: Socket | None = None
    url: str = ""

    async def type(self, line: str, who: str = EMMA) -> Json:
        """Type a slash command in #stock; Slack's answer to it."""
        body = {"as": who, "channel": "C0STOCK", "text": line}
        return dict((await self.window.post("/sandbox/commands", json=body)).json())

    async def answer(self, line: str, who: str = EMMA) -> str:
        """The text that a person reads after typing a command."""
        done = await self.type(line, who)
        assert done["ok"], done
        return str(done["response"]["text"])

    async def messages(self, channel: str = "C0STOCK", who: str = EMMA) -> list[Json]:
        """What a person sees in a channel."""
        query = {"channel": channel, "as": who}
        listed = (await self.window.get("/sandbox/messages", params=query)).json()
        return list(listed["messages"])

    async def press(
        self, action: str, message: Json, who: str = EMMA, channel: str = "C0REVIEWS"
    ) -> Json:
        """Press a button of a message."""
        body = {
            "as": who,
            "channel": channel,
            "message_ts": message["ts"],
            "action": {"action_id": action},
        }
        answer = await self.window.post("/sandbox/actions", json=body)
        return dict(answer.json())

    async def write(self, text: str, thread_ts: str | None, who: str = EMMA) -> str:
        """Write in #reviews, or in a thread there; the message's name."""
        body = {"as": who, "channel": "C0REVIEWS", "text": text, "thread_ts": thread_ts}
        answer = await self.window.post("/sandbox/messages", json=body)
        return str(answer.raise_for_status().json()["ts"])

    async def window_of(self, who: str = EMMA) -> Json:
        """The dialog or window that is open before a person."""
        open_now = await self.window.get("/sandbox/views", params={"as": who})
        (view,) = open_now.json()["modals"]
        return dict(view)

    async def submit(self, who: str = EMMA, **fields: Json) -> Json:
        """Fill in the dialog that is open before a person, and submit it."""
        view = await self.window_of(who)
        values = {name: {name: chosen} for name, chosen in fields.items()}
        body = {"as": who, "values": values}
        answer = await self.window.post(f"/sandbox/views/{view['id']}/submit", json=body)
        return dict(answer.json())

    async def until(self, true: Callable[[], bool]) -> None:
        """Wait until something is true."""
        await self.office.until(true, self.outbox, hurry=0)

    async def until_connected(self) -> None:
        """Wait until Slack's requests can come."""
        assert self.socket is not None
        deadline = time.monotonic() + 5
        while not await self.socket.connected():
            assert time.monotonic() < deadline
            await asyncio.sleep(0.01)

    async def until_said(self, words: str, channel: str = "C0REVIEWS", who: str = EMMA) -> Json:
        """Wait for a message with these words; the message."""
        deadline = time.monotonic() + 5
        while True:
            for message in await self.messages(channel, who):
                if words in message["text"] + str(message["blocks"]):
                    return message
            assert time.monotonic() < deadline, await self.messages(channel, who)
            await asyncio.sleep(0.01)


@asynccontextmanager
async def watch_over_socket(
    office: PostOffice, client: AsyncWebClient, answer_within: float = 2.0
) -> AsyncIterator[Watch]:
    """Connect over Socket Mode."""
    async with _watch(office, client, answer_within) as (watch, desk):
        bolt = bolt_app(client, None, desk)
        token = office.sandbox.ready["app_token"]
        watch.socket = Socket(bolt, client, token, office.settings.slack, office.clock)
        running = asyncio.create_task(watch.socket.run())
        try:
            await watch.until_connected()
            yield watch
        finally:
            watch.socket.stop()
            await running


@asynccontextmanager
async def watch_over_http(office: PostOffice, client: AsyncWebClient) -> AsyncIterator[Watch]:
    """Listen to Slack's signed requests."""
    async with _watch(office, client, 2.0) as (watch, desk):
        bolt = bolt_app(client, office.sandbox.ready["signing_secret"], desk)
        async with served(site(all_well, bytes, bolt)) as address:
            watch.url = f"{address}/slack/events"
            answer = await watch.window.post("/sandbox/events-url", json={"url": watch.url})
            assert answer.json()["verified"] is True
            try:
                yield watch
            finally:
                await watch.window.post("/sandbox/events-url", json={"url": None})


async def all_well() -> Problems:
    return {}


@asynccontextmanager
async def _watch(
    office: PostOffice, client: AsyncWebClient, answer_within: float
) -> AsyncIterator[tuple[Watch, Desk]]:
    async with (
        office.open() as outbox,
        httpx.AsyncClient(base_url=office.sandbox.ready["page"], verify=PLAIN) as window,
    ):
        directory = Directory(client, office.database, office.settings, office.clock)
        runner = Runner(office.database, office.settings, office.clock, outbox.wake)
        assert client.session is not None
        desk = Desk(
            office.database,
            office.settings,
            runner,
            directory,
            client.session,
            office.clock,
            outbox.wake,
            answer_within,
        )
        yield Watch(office, window, outbox), desk


@asynccontextmanager
async def served(app: Starlette) -> AsyncIterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as door:
        server = WebServer(app)
        serving = asyncio.create_task(server.serve(sockets=[door]))
        try:
            yield f"http://127.0.0.1:{door.getsockname()[1]}"
        finally:
            server.should_exit = True
            await serving
