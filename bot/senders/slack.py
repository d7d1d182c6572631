"""Carries posts to Slack: posts, rewrites in place, replies; asks before it posts twice."""

from collections.abc import Awaitable
from datetime import timedelta
from typing import Any, TypeVar

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot.alert_text import alert_text, reader
from bot.senders.transport import Errand, TransportError
from bot.slack.directory import Directory
from bot.slack.messages import Message, alert_message, text_message
from core.ledger.posts import ALERT
from core.ledger.tables import Alert, Post, PostState
from core.settings import Settings
from core.texts import render

EVENT_TYPE = "watchkeeper_post"
"""The metadata that marks our messages; its payload holds the post's id."""

_MAY_HAVE_ARRIVED = {"fatal_error", "internal_error", "request_timeout", "service_unavailable"}
_TRY_AGAIN = _MAY_HAVE_ARRIVED | {"rate_limited", "ratelimited", "team_added_to_org"}
"""Slack's words for trouble that passes; all its others mean that somebody must mend something."""
_CLOCKS_DIFFER = timedelta(minutes=5)
_TOO_MANY_REQUESTS = 429
_SERVER_ERRORS = 500

Place = dict[str, Any]
Answer = TypeVar("Answer")


class SlackSender:
    """Sends over the Web API. Its client must not retry: a lost answer is ours to settle."""

    def __init__(self, client: AsyncWebClient, directory: Directory, settings: Settings) -> None:
        self._client, self._directory, self._settings = client, directory, settings

    async def send(self, errand: Errand) -> Place:
        """Post, rewrite or reply; return {"channel", "ts"}. Raises TransportError."""
        message = await self._message(errand)
        place = errand.post.place or await self._earlier(errand)
        if place:
            # an earlier attempt may have said less than the alert says now
            await self._asked(self._client.chat_update(**place, **message))
            return place
        answer = await self._asked(
            self._client.chat_postMessage(
                channel=await self._channel(errand.post),
                thread_ts=_thread(errand),
                unfurl_links=False,
                unfurl_media=False,
                **message,
            )
        )
        return {"channel": answer["channel"], "ts": answer["ts"]}

    async def _message(self, errand: Errand) -> dict[str, Any]:
        """Return the arguments that say what a post says."""
        post = errand.post
        text, blocks = await (
            self._about(errand.alert, post.template) if errand.alert else self._plain(post)
        )
        metadata = {"event_type": EVENT_TYPE, "event_payload": {"post_id": post.id}}
        return {"text": text, "blocks": blocks, "metadata": metadata}

    async def _about(self, alert: Alert, template: str) -> Message:
        person = reader(self._settings, alert.owner)
        mention = await self._asked(self._directory.mention(person))
        if template == ALERT:
            return alert_message(alert, alert_text(alert, self._settings, person.locale), mention)
        zone = self._settings.store_of(alert.store).zone
        values = {"mention": mention}
        return text_message(
            render(f"alerts/_{template}", "slack", values, locale=person.locale, zone=zone)
        )

    async def _plain(self, post: Post) -> Message:
        """Return a message about no alert; a `person` among its facts is mentioned first."""
        named = post.facts.get("person")
        person = reader(self._settings, named or "")
        zone = self._settings.store_of(post.store).zone
        text = render(post.template, "slack", post.facts, locale=person.locale, zone=zone)
        mention = f"{await self._asked(self._directory.mention(person))} " if named else ""
        return text_message(mention + text)

    async def _channel(self, post: Post) -> str:
        channel = await self._asked(self._directory.channel_id(post.recipient))
        if channel is None:
            raise TransportError(
                f"Slack has no open channel #{post.recipient} that Watchkeeper can see",
                permanent=True,
            )
        return channel

    async def _earlier(self, errand: Errand) -> Place | None:
        """Return where an attempt whose answer was lost has put the post; None: nowhere."""
        if not errand.may_have_arrived:
            return None
        channel, thread = await self._channel(errand.post), _thread(errand)
        oldest = str((errand.post.created_at - _CLOCKS_DIFFER).timestamp())
        cursor = None
        while True:
            answer = await self._asked(
                self._client.conversations_replies(
                    channel=channel, ts=thread, include_all_metadata=True, cursor=cursor
                )
                if thread
                else self._client.conversations_history(
                    channel=channel, oldest=oldest, include_all_metadata=True, cursor=cursor
                )
            )
            for message in answer["messages"]:
                if _post_id(message) == errand.post.id:
                    return {"channel": channel, "ts": message["ts"]}
            cursor = (answer.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                return None

    async def _asked(self, call: Awaitable[Answer]) -> Answer:
        """Return Slack's answer. Raises TransportError, also for HTTP 200 with `ok: false`."""
        try:
            return await call
        except SlackApiError as error:
            refused = _refused(error)
            if refused.permanent:
                self._directory.forget_channels()  # one may have been renamed, archived or made
            raise refused from error
        # AttributeError: what slack_sdk makes of an answer that is plain text
        except (aiohttp.ClientError, TimeoutError, SlackClientError, AttributeError) as error:
            raise TransportError(
                f"Slack gave no answer ({type(error).__name__})", uncertain=True
            ) from error


def _thread(errand: Errand) -> str | None:
    """Return the message to reply to; None for a post of its own. Raises TransportError."""
    parent = errand.parent
    if parent is None:
        return None
    if parent.place:
        ts: str = parent.place["ts"]
        return ts
    if parent.state == PostState.FAILED:
        raise TransportError("the message that it replies to failed", permanent=True)
    raise TransportError("the message that it replies to is not there yet")


def _post_id(message: dict[str, Any]) -> str | None:
    payload = (message.get("metadata") or {}).get("event_payload") or {}
    post_id: str | None = payload.get("post_id")
    return post_id


def _refused(error: SlackApiError) -> TransportError:
    response: Any = error.response
    status = getattr(response, "status_code", None) or response.status
    answer = getattr(response, "data", None)
    reason = answer.get("error") if isinstance(answer, dict) else None
    if status == _TOO_MANY_REQUESTS:
        wait = str(response.headers.get("Retry-After"))
        seconds = float(wait) if wait.isdigit() else None
        return TransportError("Slack asks us to slow down", retry_after=seconds)
    return TransportError(
        f"Slack said {reason or f'HTTP {status} and nothing we understand'}",
        permanent=reason is not None and reason not in _TRY_AGAIN,
        uncertain=reason is None or reason in _MAY_HAVE_ARRIVED or status >= _SERVER_ERRORS,
    )
