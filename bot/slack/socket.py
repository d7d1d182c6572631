"""Socket Mode, watched: a socket that looks alive and is deaf is opened anew."""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime

import aiohttp
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from core.sections import SlackSettings

log = logging.getLogger(__name__)

LOOKS = 60
"""Looks at the socket in the time after which a silent one counts as deaf."""
OPEN_WITHIN = 20.0
PING_EVERY = 10.0


class Socket:
    """Keeps one Socket Mode connection open until `stop`."""

    def __init__(
        self,
        app: AsyncApp,
        client: AsyncWebClient,
        app_token: str,
        settings: SlackSettings,
        clock: Callable[[], datetime],
    ) -> None:
        self._app, self._client, self._app_token = app, client, app_token
        self._deaf_after, self._clock = settings.deaf_after, clock
        self._look_every = settings.deaf_after / LOOKS
        self._handler: AsyncSocketModeHandler | None = None
        self._heard_at = clock()
        self._refusal: str | None = None
        self._stopping = asyncio.Event()

    async def connected(self) -> bool:
        """Tell whether Slack's requests can reach us now.

        A socket that has just become silent for too long is about to be opened anew; one that
        stays so cannot be.
        """
        silent_for = self._clock() - self._heard_at
        if self._handler is None or silent_for > self._deaf_after + 3 * self._look_every:
            return False
        return await self._handler.client.is_connected()

    async def run(self) -> None:
        """Connect, and connect anew whenever the connection is deaf."""
        watching = asyncio.create_task(self._watch())
        try:
            await self._stopping.wait()
        finally:
            watching.cancel()
            await asyncio.wait({watching})
            if self._handler is not None:
                await _close(self._handler)

    def stop(self) -> None:
        """Close the connection and end."""
        self._stopping.set()

    async def _watch(self) -> None:
        while True:
            try:
                if self._handler is None or await self._deaf():
                    await self._open()
                    self._refusal = None
            except SlackApiError as error:
                self._refused(str(error.response.get("error")))
            except (aiohttp.ClientError, TimeoutError, OSError) as error:
                log.warning("Slack's socket cannot be opened, trying again: %r", error)
            await asyncio.sleep(self._look_every.total_seconds())

    def _refused(self, reason: str) -> None:
        """Tell the log why Slack does not want us, once a reason: the looks go on."""
        if reason != self._refusal:
            log.error("Slack refuses the socket: %s; watchkeeper doctor says more", reason)
        self._refusal = reason

    async def _deaf(self) -> bool:
        """Tell whether the socket has said nothing for too long although Slack answers.

        A connection that closed is none of this: the client opens it again by itself.
        """
        if self._clock() - self._heard_at < self._deaf_after:
            return False
        await self._client.auth_test()
        return True

    async def _open(self) -> None:
        """Open a connection, then close the one before: no request falls between them."""
        # asked for here: the client itself would ask again and again, whatever Slack refuses
        answer = await self._client.apps_connections_open(app_token=self._app_token)
        handler = AsyncSocketModeHandler(
            self._app, self._app_token, web_client=self._client, ping_interval=PING_EVERY
        )
        handler.client.wss_uri = answer["url"]
        handler.client.message_listeners.append(self._heard)
        try:
            async with asyncio.timeout(OPEN_WITHIN):
                await handler.connect_async()  # type: ignore[no-untyped-call]
        except BaseException:
            await _close(handler)
            raise
        before, self._handler, self._heard_at = self._handler, handler, self._clock()
        if before is not None:
            await _close(before)

    async def _heard(self, *_: object) -> None:
        self._heard_at = self._clock()


async def _close(handler: AsyncSocketModeHandler) -> None:
    await handler.close_async()  # type: ignore[no-untyped-call]
