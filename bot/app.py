"""Puts everything together: the clock, the outbox, Slack, the web pages, one ledger."""

import asyncio
import contextlib
import gc
import logging
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from datetime import timedelta
from functools import partial

import aiohttp
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient
from starlette.routing import BaseRoute

from bot.attachments import Attachments
from bot.health.heartbeat import Heartbeat
from bot.health.lifeline import Lifeline
from bot.health.probes import Probe, probes
from bot.health.vitals import Vitals, process_name
from bot.outbox import Outbox
from bot.senders.mail import MailSender
from bot.senders.slack import SlackSender
from bot.senders.transport import Sender
from bot.senders.whatsapp import WhatsAppSender, whatsapp_client
from bot.slack.desk import Desk
from bot.slack.directory import Directory
from bot.slack.listening import bolt_app
from bot.slack.socket import Socket
from bot.web.incoming import Hands, incoming
from bot.web.metrics import Metrics
from bot.web.site import WebServer, site
from bot.workplace import utc_now
from core.configuration import ConfigurationError
from core.ledger.database import Database
from core.secrets import Secrets
from core.sections import WebSettings
from core.settings import Settings
from core.values import Medium
from jobs.checks import own_health
from jobs.clock import Clock
from jobs.following import Follower
from jobs.running import Runner
from scrapers.api.outside import Outside
from scrapers.pushing import take_push
from scrapers.webhooks import Webhooks

log = logging.getLogger(__name__)

SWITCH_EVERY = 0.0005
"""Seconds that a thread which reads a page may keep the loop waiting: a tenth of the usual."""

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
        whatsapp_api_url: str,
        outside: Outside,
        ready: Callable[[str], None],
    ) -> None:
        self._outside = outside
        self._database, self._settings, self._secrets = database, settings, secrets
        self._slack_api_url, self._whatsapp_api_url = slack_api_url, whatsapp_api_url
        self._ready = ready
        self._stop = asyncio.Event()

    async def run(self) -> None:
        """Serve until SIGTERM or SIGINT; then end in time with nothing lost."""
        loop = asyncio.get_running_loop()
        for name in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(name, self._stop.set)
        slack = slack_client(self._secrets, self._slack_api_url)
        async with slack as client, self._whatsapp() as whatsapp:
            try:
                async with asyncio.timeout(None) as limit:
                    await self._serve(client, whatsapp, limit)
            except TimeoutError:
                log.warning("something was still under way; the next start takes it up")

    @contextlib.asynccontextmanager
    async def _whatsapp(self) -> AsyncIterator[dict[str, Sender]]:
        """Yield WhatsApp's sender where it is set up."""
        own, token = self._settings.whatsapp, self._secrets.whatsapp_token
        if own is None or token is None:
            yield {}
            return
        send_timeout = self._settings.outbox.send_timeout
        async with whatsapp_client(token, self._whatsapp_api_url, send_timeout) as client:
            yield {Medium.WHATSAPP: WhatsAppSender(client, self._settings, own)}

    async def _serve(
        self, client: AsyncWebClient, whatsapp: dict[str, Sender], limit: asyncio.Timeout
    ) -> None:
        settings, database = self._settings, self._database
        directory = Directory(client, database, settings, utc_now)
        directory.load()
        senders = self._senders(client, directory) | whatsapp
        outbox = Outbox(database, settings, senders, utc_now)
        loop = asyncio.get_running_loop()

        def owed() -> None:
            loop.call_soon_threadsafe(outbox.wake)

        process = process_name(settings.web)
        runner = Runner(database, settings, utc_now, owed, process, self._outside)
        clock = Clock(runner)
        bolt, slack = self._slack(client, directory, runner)
        looks = probes(database, clock.problem, outbox, slack or client, utc_now)
        missed = asyncio.Event()
        vitals = self._vitals(process, looks, senders, missed.set)
        metrics = Metrics(database, settings, vitals, utc_now)
        follower = Follower(runner.follow)
        doors = self._doors(follower, owed, metrics)
        web = WebServer(site(vitals.problems, metrics.page, None if slack else bolt, doors))
        door = _open_door(settings.web)
        clock.start()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(outbox.run())
            tasks.create_task(web.serve(sockets=[door]))
            if slack:
                tasks.create_task(slack.run())
            unending = {
                tasks.create_task(vitals.run()),
                tasks.create_task(_catch_up(clock, missed)),
                tasks.create_task(follower.run()),
            }
            self._ready("http://{}:{}".format(*door.getsockname()[:2]))
            sys.setswitchinterval(SWITCH_EVERY)
            gc.collect()
            gc.freeze()  # what is loaded stays: looking through it again would delay answers
            await self._stop.wait()
            limit.reschedule(loop.time() + END_WITHIN)
            clock.stop()
            for task in unending:
                task.cancel()
            outbox.stop()
            if slack:
                slack.stop()
            web.should_exit = True
        await vitals.end()

    def _slack(
        self, client: AsyncWebClient, directory: Directory, runner: Runner
    ) -> tuple[AsyncApp, Socket | None]:
        """Return what listens to Slack, and in Socket Mode its connection."""
        settings = self._settings
        assert client.session is not None  # noqa: S101  (slack_client gives it one)
        desk = Desk(
            self._database, settings, runner, directory, client.session, utc_now, runner.owed
        )
        bolt = bolt_app(client, self._secrets.slack_signing_secret, desk)
        token = self._secrets.slack_app_token
        return bolt, Socket(bolt, client, token, settings.slack, utc_now) if token else None

    def _doors(
        self, follower: Follower, owed: Callable[[], None], metrics: Metrics
    ) -> Sequence[BaseRoute]:
        """Return where others push records and services send their webhooks."""
        database, settings = self._database, self._settings
        hands = Hands(
            take_push=partial(take_push, database),
            take_webhook=Webhooks(database, settings, self._outside).take,
            tell=follower.tell,
            owed=owed,
        )
        return incoming(database, settings, self._secrets, hands, utc_now, metrics.pushes)

    def _vitals(
        self,
        process: str,
        looks: Mapping[str, Probe],
        senders: Mapping[str, Sender],
        recovered: Callable[[], object],
    ) -> Vitals:
        settings = self._settings
        heartbeat = Heartbeat(self._secrets.heartbeat_url, settings.heartbeat, utc_now)
        lifeline = Lifeline(settings, senders, _ill_after(settings), utc_now)
        return Vitals(self._database, process, looks, heartbeat, lifeline, utc_now, recovered)

    def _senders(self, client: AsyncWebClient, directory: Directory) -> dict[str, Sender]:
        attachments = Attachments(self._database, self._settings)
        return {
            Medium.SLACK: SlackSender(client, directory, self._settings, attachments),
            Medium.MAIL: MailSender(self._settings, self._secrets, attachments),
        }


async def _catch_up(clock: Clock, missed: asyncio.Event) -> None:
    """Run what was slept through, at the start and whenever something was missed since."""
    while True:
        await clock.catch_up()
        await missed.wait()
        missed.clear()


def _ill_after(settings: Settings) -> timedelta | None:
    """Return how long a part may be ill; None when `own_health` is switched off."""
    stanza = settings.check("own_health")
    return stanza.ill_after if isinstance(stanza, own_health.Settings) else None


def _open_door(settings: WebSettings) -> socket.socket:
    """Return a listening socket; ConfigurationError when the port is taken."""
    try:
        return socket.create_server((settings.host, settings.port))
    except OSError as error:
        place = f"web.host and web.port: {settings.host}:{settings.port}"
        reason = os.strerror(error.errno) if error.errno else error
        raise ConfigurationError([f"{place} cannot be used: {reason}"]) from None
