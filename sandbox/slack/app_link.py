"""The way to the app: over HTTP if it has a URL, else over Socket Mode; 3 s for its answer."""

import asyncio
import time
from typing import Literal
from uuid import uuid4

import aiohttp

from sandbox.json_object import Json
from sandbox.slack.http_mode import AppAnswerError, HttpApp
from sandbox.slack.socket_mode import Sockets
from sandbox.slack.workspace import APP_ID, BOT_USER_ID, TEAM_ID

ACK_SECONDS = 3.0
RETRY_AFTER_SECONDS = (0.0, 1.0, 5.0)
"""Slack waits nothing, a minute, five minutes; here the minutes are seconds."""


class NoAckError(Exception):
    """The app did not take it; the text is the error people are shown."""


class AppLink:
    """Hands commands, interactions and events to the app."""

    def __init__(self, sockets: Sockets, signing_secret: str) -> None:
        self._sockets = sockets
        self._signing_secret = signing_secret
        self._http: HttpApp | None = None
        self._events: set[asyncio.Task[None]] = set()

    async def use_url(self, url: str | None) -> None:
        """Send to this URL from now on; None goes back to Socket Mode.

        Raises:
            ValueError: the URL is not on this machine.
        """
        former, self._http = self._http, HttpApp(url, self._signing_secret) if url else None
        if former is not None:
            await former.close()

    async def verifies(self) -> bool:
        """Whether the app behind the URL answers Slack's challenge."""
        return self._http is not None and await self._http.verifies()

    async def command(self, payload: Json) -> Json | None:
        """The app's answer to a slash command.

        Raises:
            NoAckError: `not_connected`, `operation_timeout` or `dispatch_failed`.
        """
        return await self._ask("slash_commands", payload)

    async def interaction(self, payload: Json) -> Json | None:
        """The app's answer to an action or a view's submission; raises as `command` does."""
        return await self._ask("interactive", payload)

    def event(self, event: Json) -> None:
        """Send an event in the background, three times more if the app does not take it."""
        task = asyncio.ensure_future(self._send_event(_event_callback(event)))
        self._events.add(task)
        task.add_done_callback(self._events.discard)

    def forget_events(self) -> None:
        """Give up the events that the app has not taken yet."""
        for task in self._events:
            task.cancel()

    async def close(self) -> None:
        """Give up what is under way and close the connection."""
        self.forget_events()
        await asyncio.gather(*self._events, return_exceptions=True)
        await self.use_url(None)

    async def _ask(
        self, kind: Literal["slash_commands", "interactive"], payload: Json
    ) -> Json | None:
        try:
            async with asyncio.timeout(ACK_SECONDS):
                if self._http is None:
                    return await self._sockets.send(kind, payload, accepts_response_payload=True)
                if kind == "slash_commands":
                    return await self._http.send_command(payload)
                return await self._http.send_interaction(payload)
        except TimeoutError:
            raise NoAckError("operation_timeout") from None
        except (ConnectionError, aiohttp.ClientConnectionError):
            raise NoAckError("not_connected") from None
        except (AppAnswerError, aiohttp.ClientError):
            raise NoAckError("dispatch_failed") from None

    async def _send_event(self, payload: Json) -> None:
        reason = await self._try_event(payload, 0, None)
        for number, seconds in enumerate(RETRY_AFTER_SECONDS, start=1):
            if reason is None:
                return
            await asyncio.sleep(seconds)
            reason = await self._try_event(payload, number, reason)

    async def _try_event(self, payload: Json, number: int, reason: str | None) -> str | None:
        """Send an event once; the reason to send it again, or None."""
        try:
            async with asyncio.timeout(ACK_SECONDS):
                if self._http is not None:
                    await self._http.send_event(payload, _retry_headers(number, reason))
                else:
                    retry = {"retry_attempt": number, "retry_reason": reason or ""}
                    await self._sockets.send(
                        "events_api", payload, accepts_response_payload=False, **retry
                    )
        except TimeoutError:
            return "http_timeout"
        except AppAnswerError as refused:
            return refused.reason if refused.retry else None
        except (ConnectionError, aiohttp.ClientError):
            return "connection_failed"
        return None


def _retry_headers(number: int, reason: str | None) -> dict[str, str]:
    if reason is None:
        return {}
    return {"X-Slack-Retry-Num": str(number), "X-Slack-Retry-Reason": reason}


def _event_callback(event: Json) -> Json:
    authorization = {
        "enterprise_id": None,
        "team_id": TEAM_ID,
        "user_id": BOT_USER_ID,
        "is_bot": True,
        "is_enterprise_install": False,
    }
    return {
        "token": "sandbox-verification-token",
        "team_id": TEAM_ID,
        "api_app_id": APP_ID,
        "event": event,
        "type": "event_callback",
        "event_id": "Ev0" + uuid4().hex[:9].upper(),
        "event_time": int(time.time()),
        "authorizations": [authorization],
        "is_ext_shared_channel": False,
    }
