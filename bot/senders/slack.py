"""Carries posts to Slack: posts, rewrites in place, replies; asks before it posts twice."""

from collections.abc import Awaitable, Iterable, Sequence
from datetime import timedelta
from typing import Any, TypeVar

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot.alert_text import alert_text, name_of, reader
from bot.attachments import Attachments
from bot.group_text import group_reader, group_text
from bot.senders.slack_files import group_file, upload
from bot.senders.transport import Errand, TransportError
from bot.slack.directory import Directory
from bot.slack.group_message import group_message
from bot.slack.messages import Message, alert_message, text_message
from bot.step_text import history_values
from core.ledger.life.groups import GroupView
from core.ledger.life.history import HISTORY
from core.ledger.posts import ALERT, FILE, GROUP_LIST
from core.ledger.tables import Alert, AlertStep, Post, PostState
from core.markup import Trusted, guard
from core.settings import Settings
from core.texts import render
from core.values import Locale

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

    def __init__(
        self,
        client: AsyncWebClient,
        directory: Directory,
        settings: Settings,
        attachments: Attachments,
    ) -> None:
        self._client, self._directory, self._settings = client, directory, settings
        self._attachments = attachments

    async def send(self, errand: Errand) -> Place | None:
        """Post, rewrite or reply; return {"channel", "ts"}, of a file {"channel", "file"}.

        None: the file has nothing to show. Raises TransportError.
        """
        if errand.post.template in (GROUP_LIST, FILE):
            return await self._file(errand)
        message = await self._message(errand)
        place = errand.post.place or await self._earlier(errand)
        if place:
            # an earlier attempt may have said less than the alert says now
            await self._asked(self._client.chat_update(**place, **message))
            return place
        thread = _thread(errand)
        answer = await self._asked(
            self._client.chat_postMessage(
                channel=await self._channel(errand.post),
                thread_ts=thread,
                reply_broadcast=bool(thread and errand.post.facts.get("broadcast")),
                unfurl_links=False,
                unfurl_media=False,
                **message,
            )
        )
        return {"channel": answer["channel"], "ts": answer["ts"]}

    async def _message(self, errand: Errand) -> dict[str, Any]:
        """Return the arguments that say what a post says."""
        post = errand.post
        if errand.alert:
            message = self._about(errand, errand.alert)
        else:
            message = self._many(errand.group) if errand.group else self._plain(post)
        text, blocks = await message
        metadata = {"event_type": EVENT_TYPE, "event_payload": {"post_id": post.id}}
        return {"text": text, "blocks": blocks, "metadata": metadata}

    async def _about(self, errand: Errand, alert: Alert) -> Message:
        post, settings, steps = errand.post, self._settings, errand.steps
        people = post.facts.get("people") or [alert.owner]
        locale = reader(settings, _person(post) or people[0]).locale
        if post.template == ALERT:
            mention = await self._mentions(people)
            text = alert_text(alert, settings, locale, steps, silences=errand.silences)
            return alert_message(alert, text, mention)
        if post.template == HISTORY:
            values = history_values(alert, steps, settings, locale)
        else:
            by = _by(settings, steps, post.template)
            values = post.facts | {"mention": await self._mentions(people), "by": by}
        zone = settings.store_of(alert.store).zone
        template = f"alerts/_{post.template}"
        return text_message(render(template, "slack", values, locale=locale, zone=zone))

    async def _many(self, view: GroupView) -> Message:
        locale = group_reader(view, self._settings).locale
        text = group_text(view, self._settings, locale, personal=False)
        owners = [(await self._mentions([email]), count) for email, count in view.owners.items()]
        return group_message(view, text, owners)

    async def _file(self, errand: Errand) -> Place | None:
        """Put a file into its message's thread, where an earlier attempt has not."""
        post = errand.post
        place = post.place or await self._earlier(errand)
        if place:
            return place
        channel, thread = await self._channel(post), _thread(errand)
        if errand.group:
            file = await group_file(errand.group, self._settings)
        else:
            made = await self._attachments.of_post(post, errand.alert, self._locale(errand))
            if made is None:
                return None
            file = made
        return await self._asked(upload(self._client, file, post, channel, thread))

    def _locale(self, errand: Errand) -> Locale:
        """Return the language of whom a file is for."""
        people = errand.post.facts.get("people") or [errand.alert.owner if errand.alert else ""]
        return reader(self._settings, _person(errand.post) or people[0]).locale

    async def _mentions(self, emails: Iterable[str]) -> str:
        """Return what notifies people; the first of the team for somebody who left it."""
        people = [reader(self._settings, email) for email in emails]
        mentions = [await self._asked(self._directory.mention(person)) for person in people]
        return Trusted(" ".join(map(guard, mentions)))

    async def _plain(self, post: Post) -> Message:
        """Return a message about no alert; `people` among its facts, or a `person`, come first."""
        named = post.facts.get("people") or [e for e in [post.facts.get("person")] if e]
        person = reader(self._settings, named[0] if named else "")
        zone = self._settings.store_of(post.store).zone
        text = render(post.template, "slack", post.facts, locale=person.locale, zone=zone)
        mention = f"{await self._mentions(named)} " if named else ""
        return text_message(mention + text)

    async def _channel(self, post: Post) -> str:
        """Return where a post goes. Raises TransportError when Slack has no such place."""
        email = _person(post)
        if email:
            person = self._settings.person(email)
            channel = await self._asked(self._directory.direct_id(person)) if person else None
            missing = f"Slack knows nobody of the team with the address {email}"
        else:
            channel = await self._asked(self._directory.channel_id(post.recipient))
            missing = f"Slack has no open channel #{post.recipient} that Watchkeeper can see"
        if channel is None:
            raise TransportError(missing, permanent=True)
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
                if _is_about(message, errand.post):
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


def _person(post: Post) -> str | None:
    """Return whose direct message a post is; None for one in a channel."""
    return post.recipient[1:] if post.recipient.startswith("@") else None


def _by(settings: Settings, steps: Sequence[AlertStep], what: str) -> str | None:
    """Return who took the latest step of a kind."""
    who = next((step.who for step in reversed(steps) if step.what == what), None)
    return name_of(settings, who)


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


def _is_about(message: dict[str, Any], post: Post) -> bool:
    """Tell whether a message is a post's: by our metadata, or by the name of a file."""
    payload = (message.get("metadata") or {}).get("event_payload") or {}
    names = [file.get("name") or "" for file in message.get("files") or []]
    return payload.get("post_id") == post.id or any(post.id in name for name in names)


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
