"""Puts everything together: the clock, the outbox, Slack, the web pages, one ledger."""

import asyncio
import contextlib
import gc
import logging
import os
import signal
import socket
from collections.abc import AsyncIterator, Callable

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient
from sqlmodel import text

from bot.outbox import Outbox
from bot.senders.mail import MailSender
from bot.senders.slack import SlackSender
from bot.senders.transport import Sender
from bot.slack.desk import Desk
from bot.slack.directory import Directory
from bot.slack.listening import bolt_app
from bot.slack.socket import Socket
from bot.web.site import Probe, WebServer, site
from bot.workplace import utc_now
from core.configuration import ConfigurationError
from core.ledger.database import Database
from core.secrets import Secrets
from core.settings import Medium, Settings, WebSettings
from jobs.clock import Clock
from jobs.running import Runner

log = logging.getLogger(__name__)

END_WITHIN = 7.0
"""Seconds that what is under way has to finish after a signal to end."""


@contextlib.asynccontextmanager
async def slack_client(secrets: Secrets, slack_api_url: str) -> AsyncIterator[AsyncWebClient]:
    """Yield a client with one session for all calls. It does not retry: the outbox does."""
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10)) as session:
        yield AsyncWebClient(
            token=secrets.slack_bot_token,
            base_url=slack_api_url,
            session=session,
            timeout=10,
            retry_handlers=[],
        )


class Service:
    """`watchkeeper run`: one process, one loop."""

    def __init__(
        self,
        database: Database,
        settings: Settings,
        secrets: Secrets,
        slack_api_url: str,
        ready: Callable[[str], None],
    ) -> None:
        self._database, self._settings, self._secrets = database, settings, secrets
        self._slack_api_url, self._ready = slack_api_url, ready
        self._stop = asyncio.Event()

    async def run(self) -> None:
        """Serve until SIGTERM or SIGINT; then end in time with nothing lost."""
        loop = asyncio.get_running_loop()
        for name in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(name, self._stop.set)
        async with slack_client(self._secrets, self._slack_api_url) as client:
            try:
                async with asyncio.timeout(None) as limit:
                    await self._serve(client, limit)
            except TimeoutError:
                log.warning("something was still under way; the next start takes it up")

    async def _serve(self, client: AsyncWebClient, limit: asyncio.Timeout) -> None:
        settings, database = self._settings, self._database
        directory = Directory(client, database, settings, utc_now)
        directory.load()
        outbox = Outbox(database, settings, self._senders(client, directory), utc_now)
        loop = asyncio.get_running_loop()

        def owed() -> None:
            loop.call_soon_threadsafe(outbox.wake)

        runner = Runner(database, settings, utc_now, owed)
        clock = Clock(runner)
        assert client.session is not None  # noqa: S101  (slack_client gives it one)
        desk = Desk(database, settings, runner, directory, client.session, utc_now, owed)
        bolt = bolt_app(client, self._secrets.slack_signing_secret, desk)
        token = self._secrets.slack_app_token
        slack = Socket(bolt, client, token, settings.slack, utc_now) if token else None
        web = WebServer(site(database, self._probes(clock, slack, client), None if slack else bolt))
        door = _open_door(settings.web)
        clock.start()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(outbox.run())
            tasks.create_task(web.serve(sockets=[door]))
            if slack:
                tasks.create_task(slack.run())
            catching_up = tasks.create_task(clock.catch_up())
            self._ready("http://{}:{}".format(*door.getsockname()[:2]))
            gc.collect()
            gc.freeze()  # what is loaded stays: looking through it again would delay answers
            await self._stop.wait()
            limit.reschedule(loop.time() + END_WITHIN)
            clock.stop()
            catching_up.cancel()
            outbox.stop()
            if slack:
                slack.stop()
            web.should_exit = True

    def _senders(self, client: AsyncWebClient, directory: Directory) -> dict[str, Sender]:
        return {
            Medium.SLACK: SlackSender(client, directory, self._settings),
            Medium.MAIL: MailSender(self._settings, self._secrets),
        }

    def _probes(
        self, clock: Clock, slack: Socket | None, client: AsyncWebClient
    ) -> dict[str, Probe]:
        """Return what `/readyz` asks."""

        async def database() -> bool:
            return await asyncio.to_thread(self._database_answers)

        async def clock_goes() -> bool:
            return clock.running

        async def slack_connected() -> bool:
            return await slack.connected() if slack else bool(await client.auth_test())

        return {"database": database, "clock": clock_goes, "slack": slack_connected}

    def _database_answers(self) -> bool:
        with self._database.read() as ledger:
            return bool(ledger.exec(text("SELECT 1")).one())  # type: ignore[call-overload]


def _open_door(settings: WebSettings) -> socket.socket:
    """Return a listening socket; ConfigurationError when the port is taken."""
    try:
        return socket.create_server((settings.host, settings.port))
    except OSError as error:
        place = f"web.host and web.port: {settings.host}:{settings.port}"
        reason = os.strerror(error.errno) if error.errno else error
        raise ConfigurationError([f"{place} cannot be used: {reason}"]) from None
