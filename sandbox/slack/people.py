"""A person writes, or opens the app's Home tab: events for the app."""

from uuid import uuid4

from sandbox.json_object import Json
from sandbox.slack.app_link import AppLink
from sandbox.slack.messages import MENTION, Message
from sandbox.slack.posting import Content
from sandbox.slack.state import SlackState
from sandbox.slack.workspace import BOT_USER_ID, TEAM_ID, Channel, Member


def write(
    slack: SlackState,
    app: AppLink,
    member: Member,
    channel: Channel,
    text: str,
    thread_ts: str | None,
) -> Message:
    """Say something as a person.

    Raises:
        SlackError: the thread is not there.
    """
    message = slack.poster.post(channel, member.id, Content(text), thread_ts=thread_ts)
    if BOT_USER_ID in channel.members:
        for event in _events(channel, message):
            if slack.manifest.wants_event(_subscription(event)):
                app.event(event)
    return message


def open_home(slack: SlackState, app: AppLink, member: Member) -> None:
    """Look at the app's Home tab."""
    if not slack.manifest.wants_event("app_home_opened"):
        return
    event: Json = {
        "type": "app_home_opened",
        "user": member.id,
        "channel": slack.workspace.direct(member.id).id,
        "tab": "home",
        "event_ts": slack.messages.next_ts(),
    }
    home = slack.views.home(member.id)
    app.event(event | ({} if home is None else {"view": home.as_slack()}))


def _events(channel: Channel, message: Message) -> list[Json]:
    common: Json = {
        "user": message.user,
        "text": message.text,
        "ts": message.ts,
        "event_ts": message.ts,
        "team": TEAM_ID,
        "channel": channel.id,
        "client_msg_id": str(uuid4()),
    }
    if message.thread_ts is not None:
        common["thread_ts"] = message.thread_ts
    kind = "im" if channel.is_im else "channel"
    events = [common | {"type": "message", "channel_type": kind}]
    if BOT_USER_ID in MENTION.findall(message.text) and not channel.is_im:
        events.append(common | {"type": "app_mention"})
    return events


def _subscription(event: Json) -> str:
    """The name an app subscribes to the event by."""
    if event["type"] == "app_mention":
        return "app_mention"
    return "message.im" if event["channel_type"] == "im" else "message.channels"
