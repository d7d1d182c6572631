"""What has been said: messages, threads, reactions, and whom each message notified."""

import re
import time
from collections.abc import Iterable
from dataclasses import dataclass, field

from sandbox.json_object import Json
from sandbox.slack.errors import SlackError
from sandbox.slack.workspace import APP_ID, BOT_ID, BOT_USER_ID, TEAM_ID, Channel

MENTION = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^>]*)?>")
BROADCAST = re.compile(r"<!(?:channel|here|everyone)(?:\|[^>]*)?>")


@dataclass
class Message:
    """One message; `ephemeral_to` is the only person who sees it, if it is ephemeral."""

    channel: str
    ts: str
    user: str
    text: str = ""
    blocks: list[Json] = field(default_factory=list)
    attachments: list[Json] = field(default_factory=list)
    files: list[Json] = field(default_factory=list)
    metadata: Json | None = None
    thread_ts: str | None = None
    is_broadcast: bool = False
    ephemeral_to: str | None = None
    notifies: list[str] = field(default_factory=list)
    edited: str | None = None
    reactions: dict[str, list[str]] = field(default_factory=dict)

    @property
    def by_bot(self) -> bool:
        """Whether the app wrote it."""
        return self.user == BOT_USER_ID

    @property
    def is_reply(self) -> bool:
        """Whether it stands in another message's thread."""
        return self.thread_ts not in (None, self.ts)

    def shown_reactions(self) -> list[Json]:
        """The reactions with the people who gave them."""
        return [
            {"name": name, "users": users, "count": len(users)}
            for name, users in self.reactions.items()
        ]

    def as_slack(self, *, with_metadata: bool = False) -> Json:
        """The message as Slack's message object."""
        message: Json = {"type": "message", "user": self.user, "text": self.text, "ts": self.ts}
        message["team"] = TEAM_ID
        if self.by_bot:
            message |= {"bot_id": BOT_ID, "app_id": APP_ID}
        optional: Json = {
            "blocks": self.blocks,
            "attachments": self.attachments,
            "files": self.files,
            "reactions": self.shown_reactions(),
            "thread_ts": self.thread_ts,
            "metadata": self.metadata if with_metadata else None,
        }
        message |= {name: value for name, value in optional.items() if value}
        if self.edited is not None:
            message["edited"] = {"user": self.user, "ts": self.edited}
        if self.is_broadcast:
            message["subtype"] = "thread_broadcast"
        return message

    def shown(self, reply_count: int) -> Json:
        """The message for the page."""
        names = ("ts", "thread_ts", "user", "text", "blocks", "attachments", "files", "metadata")
        return {name: getattr(self, name) for name in names} | {
            "bot": self.by_bot,
            "reactions": self.shown_reactions(),
            "edited": self.edited is not None,
            "ephemeral": self.ephemeral_to is not None,
            "notifies": self.notifies,
            "reply_count": reply_count,
        }


class Messages:
    """All messages of the workspace, in the order of their time stamps."""

    def __init__(self) -> None:
        self._messages: list[Message] = []
        self._last_microsecond = 0

    def next_ts(self) -> str:
        """A time stamp later than all before: Unix seconds with six decimals."""
        self._last_microsecond = max(time.time_ns() // 1000, self._last_microsecond + 1)
        seconds, micro = divmod(self._last_microsecond, 10**6)
        return f"{seconds}.{micro:06d}"

    def add(self, message: Message) -> None:
        """Keep a new message."""
        self._messages.append(message)

    def find(self, channel: str, ts: str) -> Message:
        """The message, which may be ephemeral.

        Raises:
            SlackError: `message_not_found`.
        """
        for message in reversed(self._messages):
            if message.channel == channel and message.ts == ts:
                return message
        raise SlackError("message_not_found")

    def delete(self, message: Message) -> None:
        """Forget a message."""
        self._messages.remove(message)

    def visible(self, channel: str, user: str | None = None) -> list[Message]:
        """A channel's messages, and the ephemeral ones for `user`, oldest first."""
        return [
            message
            for message in self._messages
            if message.channel == channel and message.ephemeral_to in (None, user)
        ]

    def replies(self, parent: Message) -> list[Message]:
        """The answers in a message's thread, oldest first."""
        return [
            message
            for message in self.visible(parent.channel)
            if message.thread_ts == parent.ts and message.is_reply
        ]

    def clear(self) -> None:
        """Forget everything."""
        self._messages.clear()


def notified(message: Message, channel: Channel) -> list[str]:
    """The people whom a new message notifies.

    Slack notifies for mentions in the top-level text and in section blocks, never for those in
    attachments; a direct message notifies its reader; nobody is notified of their own words.
    """
    people = channel.members - {BOT_USER_ID, message.user}
    texts = [message.text, *_section_texts(message.blocks)]
    if channel.is_im or any(BROADCAST.search(text) for text in texts):
        return sorted(people)
    mentioned = {user for text in texts for user in MENTION.findall(text)}
    return sorted(mentioned & people)


def _section_texts(blocks: Iterable[Json]) -> list[str]:
    sections = [block for block in blocks if block["type"] == "section"]
    texts = [
        text for block in sections for text in (block.get("text"), *(block.get("fields") or []))
    ]
    return [text["text"] for text in texts if text and text["type"] == "mrkdwn"]
