"""The list of Web API calls, for tests and for people who look for what went wrong."""

import json
from collections import deque
from datetime import UTC, datetime

from aiohttp import web

from sandbox.json_object import Json

MAX_CALLS = 10_000


class Calls:
    """The latest calls, oldest first."""

    def __init__(self) -> None:
        self._calls: deque[Json] = deque(maxlen=MAX_CALLS)

    def begin(self, method: str, arguments: Json) -> Json:
        """Note a call; its answer is None until `end`."""
        call: Json = {
            "method": method,
            "at": datetime.now(UTC).isoformat(),
            "status": None,
            "ok": None,
            "error": None,
            "args": arguments,
        }
        self._calls.append(call)
        return call

    def end(self, call: Json, answer: web.StreamResponse) -> None:
        """Note how a call was answered."""
        call["status"] = answer.status
        if isinstance(answer, web.Response) and answer.text:
            body = json.loads(answer.text)
            call["ok"], call["error"] = body["ok"], body.get("error")

    def clear(self) -> None:
        """Forget all calls."""
        self._calls.clear()

    def routes(self) -> list[web.RouteDef]:
        """`GET /sandbox/calls`, of one method with `?method=`."""
        return [web.get("/sandbox/calls", self._list)]

    async def _list(self, request: web.Request) -> web.Response:
        method = request.query.get("method")
        calls = [call for call in self._calls if method in (None, call["method"])]
        return web.json_response({"calls": calls})
