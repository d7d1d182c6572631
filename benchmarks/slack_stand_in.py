"""A Slack that takes everything at once and remembers when: what delivery costs without its pace.

    python -m benchmarks.slack_stand_in CHANNEL…

Prints its Web API's address; ends when its input is closed. `GET /posted?after=N` waits for the
message that is number N, counted from 0 and without replies, and lists it and all later ones with
the moment each came in, on the machine's monotonic clock, which is the same in every process.
"""

import asyncio
import itertools
import sys
import time
from typing import Any

from aiohttp import web

Json = dict[str, Any]


class StandIn:
    """Answers the Web API's methods that delivery uses."""

    def __init__(self, channels: list[str]) -> None:
        self.channels = [{"id": f"C{name.upper()}", "name": name} for name in channels]
        self._posted: list[Json] = []
        self._news = asyncio.Condition()
        self._numbers = itertools.count(1)

    async def call(self, request: web.Request) -> web.Response:
        """Answer a method."""
        came_at, method = time.monotonic(), request.match_info["method"]
        asked = dict(request.query) | dict(await request.post())
        if request.content_type == "application/json":
            asked |= await request.json()
        if method == "chat.postMessage" and not asked.get("thread_ts"):
            async with self._news:
                self._posted.append({"channel": asked["channel"], "at": came_at})
                self._news.notify_all()
        return web.json_response({"ok": True} | self._answer(method, asked, request))

    def _answer(self, method: str, asked: Json, request: web.Request) -> Json:
        number = next(self._numbers)
        match method:
            case "users.lookupByEmail":
                return {"user": {"id": "U" + str(asked["email"]).partition("@")[0].upper()}}
            case "conversations.list":
                return {"channels": self.channels}
            case "chat.postMessage" | "chat.update":
                return {"channel": asked["channel"], "ts": asked.get("ts") or f"{number}.000000"}
            case "files.getUploadURLExternal":
                return {
                    "upload_url": str(request.url.with_path("/upload")),
                    "file_id": f"F{number}",
                }
        return {"messages": [], "files": []}

    async def upload(self, request: web.Request) -> web.Response:
        """Take a file."""
        await request.read()
        return web.Response(text="OK")

    async def posted(self, request: web.Request) -> web.Response:
        """List the messages from a number on, when there is one."""
        after = int(request.query["after"])
        async with self._news:
            await self._news.wait_for(lambda: len(self._posted) > after)
        return web.json_response(self._posted[after:])


async def serve(channels: list[str]) -> None:
    """Serve until the input is closed."""
    stand_in = StandIn(channels)
    app = web.Application(client_max_size=2**26)
    app.add_routes(
        [
            web.route("*", "/api/{method}", stand_in.call),
            web.post("/upload", stand_in.upload),
            web.get("/posted", stand_in.posted),
        ]
    )
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    print(f"http://127.0.0.1:{runner.addresses[0][1]}", flush=True)
    await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1:]))
