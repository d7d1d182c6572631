"""Puts the sandbox together, starts it, says where it is, and ends it."""

import errno
from collections.abc import Awaitable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from aiohttp import web
from aiohttp.typedefs import Handler

from sandbox import whatsapp
from sandbox.changes import Changes
from sandbox.control import refuse_bad_input
from sandbox.failing import fail
from sandbox.faults import Faults
from sandbox.mailbox import Mailbox
from sandbox.shop import routes as shop_routes
from sandbox.slack.answers import ResponseEndpoint
from sandbox.slack.app_link import AppLink
from sandbox.slack.calls import Calls
from sandbox.slack.control import SlackControl
from sandbox.slack.rate import MessageRate
from sandbox.slack.socket_mode import Sockets
from sandbox.slack.state import SlackState
from sandbox.slack.web_api import APP_TOKEN, BOT_TOKEN, WebApi
from sandbox.whatsapp import WhatsApp

HOST = "127.0.0.1"
SIGNING_SECRET = "sandbox-signing-secret"  # noqa: S105 - the sandbox keeps no secret
PAGE = Path(__file__).parent / "page"
MAX_BYTES = 33 * 1024 * 1024
SHUTDOWN_SECONDS = 0.5

Bound = TypeVar("Bound")


@dataclass(frozen=True)
class Options:
    """How the sandbox is started; port 0 is any free port, rate 0 no limit."""

    port: int = 8030
    smtp_port: int = 8025
    events_url: str | None = None
    message_rate: float = 1.0


class PortTakenError(Exception):
    """Somebody else listens on a port that was asked for."""


class Sandbox:
    """All stand-ins behind one HTTP port and one SMTP port."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._changes = Changes()
        self._faults = Faults()
        self._calls = Calls()
        self._mailbox = Mailbox(self._faults, self._changes)
        self._whatsapp = WhatsApp(self._faults, self._changes)
        sockets = Sockets(self._faults)
        self._slack = SlackState(self._changes, sockets, MessageRate(options.message_rate))
        self._app = AppLink(sockets, SIGNING_SECRET)
        self._runner = web.AppRunner(
            self._application(), access_log=None, shutdown_timeout=SHUTDOWN_SECONDS
        )

    async def start(self) -> dict[str, str | int]:
        """Start everything; what a client has to know.

        Raises:
            PortTakenError: a port is in use.
            ValueError: the events URL is not on this machine.
        """
        await self._app.use_url(self._options.events_url)
        await self._runner.setup()
        site = web.TCPSite(self._runner, HOST, self._options.port)
        await _listen(site.start(), self._options.port, "--port")
        smtp = self._mailbox.start(self._options.smtp_port)
        smtp_port = await _listen(smtp, self._options.smtp_port, "--smtp-port")
        base_url = f"http://{HOST}:{self._runner.addresses[0][1]}"
        self._slack.stands_at(base_url)
        return {
            "page": f"{base_url}/",
            "slack_api_url": f"{base_url}/api/",
            "bot_token": BOT_TOKEN,
            "app_token": APP_TOKEN,
            "signing_secret": SIGNING_SECRET,
            "smtp_host": HOST,
            "smtp_port": smtp_port,
            "whatsapp_api_url": f"{base_url}/graph/",
            "whatsapp_phone_number_id": whatsapp.PHONE_NUMBER_ID,
            "whatsapp_token": whatsapp.TOKEN,
            "shop_url": f"{base_url}/shop/",
        }

    async def stop(self) -> None:
        """End everything, also what hangs on a fault."""
        self._faults.clear()
        self._changes.close()
        await self._app.close()
        await self._slack.sockets.close()
        await self._mailbox.stop()
        await self._runner.cleanup()

    def _application(self) -> web.Application:
        application = web.Application(
            middlewares=[refuse_bad_input, self._fail_shop], client_max_size=MAX_BYTES
        )
        parts = (
            WebApi(self._slack, self._faults, self._calls),
            ResponseEndpoint(self._slack),
            SlackControl(self._slack, self._app),
            self._slack.sockets,
            self._slack.files,
            self._calls,
            self._changes,
            self._faults,
            self._mailbox,
            self._whatsapp,
        )
        for part in parts:
            application.add_routes(part.routes())
        application.on_response_prepare.append(_never_stale)
        application.add_routes(shop_routes(lambda: self._changes.tell("shop")))
        application.add_routes(
            [
                web.post("/sandbox/reset", self._reset),
                web.get("/", _front_page),
                web.static("/page", PAGE),
            ]
        )
        return application

    async def _reset(self, _request: web.Request) -> web.Response:
        for part in (self._slack, self._mailbox, self._whatsapp, self._faults, self._calls):
            part.clear()
        self._app.forget_events()
        self._changes.tell("reset")
        return web.json_response({"ok": True})

    @web.middleware
    async def _fail_shop(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Let the shop fail as a fault says; its pages know nothing of faults."""
        fault = self._faults.take("shop") if request.path.startswith("/shop/") else None
        if fault is None:
            return await handler(request)

        async def work() -> web.StreamResponse:
            return await handler(request)

        too_many, broken = {"error": "Too Many Requests"}, {"error": "Internal Server Error"}
        return await fail(request, fault, work, too_many, broken)


async def _never_stale(request: web.Request, response: web.StreamResponse) -> None:
    """Let a browser ask anew for the page's parts: old and new ones must not mix."""
    if request.path == "/" or request.path.startswith("/page/"):
        response.headers["Cache-Control"] = "no-cache"


async def _front_page(_request: web.Request) -> web.FileResponse:
    return web.FileResponse(PAGE / "index.html")


async def _listen(start: Awaitable[Bound], port: int, option: str) -> Bound:
    try:
        return await start
    except OSError as problem:
        if problem.errno != errno.EADDRINUSE:
            raise
        raise PortTakenError(
            f"port {port} is in use: stop what listens there, or give another with {option}"
        ) from None
