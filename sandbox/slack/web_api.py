"""The Web API's front door: token, pace, faults, the method, and Slack's form of an answer."""

from aiohttp import web

from sandbox.failing import fail
from sandbox.faults import HTTP_MODES, Faults
from sandbox.slack.arguments import Arguments, read_arguments
from sandbox.slack.calls import Calls
from sandbox.slack.errors import SlackError
from sandbox.slack.methods import METHODS
from sandbox.slack.state import SlackState

BOT_TOKEN = "xoxb-sandbox"  # noqa: S105 - the sandbox keeps no secret
APP_TOKEN = "xapp-sandbox"  # noqa: S105
CALLERS = {BOT_TOKEN: "bot", APP_TOKEN: "app"}

RATE_LIMITED = {"ok": False, "error": "ratelimited"}
INTERNAL_ERROR = {"ok": False, "error": "internal_error"}


class WebApi:
    """Answers `/api/METHOD` and what apps send to a `response_url`."""

    def __init__(self, slack: SlackState, faults: Faults, calls: Calls) -> None:
        self._slack = slack
        self._faults = faults
        self._calls = calls

    def routes(self) -> list[web.RouteDef]:
        """`/api/METHOD`, by GET and POST."""
        return [web.get("/api/{method}", self._call), web.post("/api/{method}", self._call)]

    async def _call(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["method"]
        try:
            arguments = await read_arguments(request)
        except SlackError as refused:
            return web.json_response(refused.answer())
        call = self._calls.begin(name, arguments.shown())
        answer = await self._answer(request, name, arguments)
        self._calls.end(call, answer)
        return answer

    async def _answer(
        self, request: web.Request, name: str, arguments: Arguments
    ) -> web.StreamResponse:
        async def work() -> web.StreamResponse:
            return self._work(name, _token(request, arguments), arguments)

        fault = self._faults.take("slack", name, *HTTP_MODES, "ok_false")
        if fault is None:
            return await work()
        if fault.order.mode == "ok_false":
            return web.json_response(SlackError(fault.order.error or "fatal_error").answer())
        return await fail(request, fault, work, RATE_LIMITED, INTERNAL_ERROR)

    def _work(self, name: str, token: str, arguments: Arguments) -> web.Response:
        try:
            self._admit(name, token)
            if name == "chat.postMessage":
                rate = self._slack.rate
                wait = rate.wait(arguments.text("channel"), rate.now())
                if wait:
                    headers = {"Retry-After": str(wait)}
                    return web.json_response(RATE_LIMITED, status=429, headers=headers)
            answer = METHODS[name].run(self._slack, arguments)
        except SlackError as refused:
            return web.json_response(refused.answer())
        return web.json_response({"ok": True, **answer}, headers=self._scopes())

    def _admit(self, name: str, token: str) -> None:
        """Refuse unknown methods and tokens that may not call this one."""
        method = METHODS.get(name)
        if method is None:
            raise SlackError("unknown_method", req_method=name)
        if not token:
            raise SlackError("not_authed")
        if token not in CALLERS:
            raise SlackError("invalid_auth")
        if CALLERS[token] != method.caller:
            raise SlackError("not_allowed_token_type")
        self._slack.manifest.check_scope(method.scopes)

    def _scopes(self) -> dict[str, str]:
        scopes = self._slack.manifest.scopes
        if scopes is None:
            scopes = sorted({scope for method in METHODS.values() for scope in method.scopes})
        return {"X-OAuth-Scopes": ",".join(scopes)}


def _token(request: web.Request, arguments: Arguments) -> str:
    header = request.headers.get("Authorization", "")
    return header.removeprefix("Bearer ").strip() if header else arguments.text("token")
