"""Checks what an app wants to say, and says it."""

import copy
import re
import time
from dataclasses import dataclass, field
from typing import Any

from sandbox.changes import Changes
from sandbox.json_object import Json
from sandbox.slack.block_kit import accept_blocks
from sandbox.slack.errors import SlackError
from sandbox.slack.messages import Message, Messages, notified
from sandbox.slack.workspace import Channel

MAX_TEXT = 40_000
MAX_ATTACHMENTS = 100
MAX_METADATA = 16_000
TIMESTAMP = re.compile(r"\d+\.\d{6}")


@dataclass(frozen=True)
class Content:
    """What a message says; blocks and attachments as Slack accepted them."""

    text: str
    blocks: list[Json] = field(default_factory=list)
    attachments: list[Json] = field(default_factory=list)


def accept_content(text: str, blocks: Any, attachments: Any) -> Content:
    """The text, blocks and attachments of a message.

    Raises:
        SlackError: Slack's reason to refuse them.
    """
    if not (text or blocks or attachments):
        raise SlackError("no_text")
    if len(text) > MAX_TEXT:
        raise SlackError("msg_too_long")
    return Content(
        text,
        [] if blocks is None else accept_blocks(blocks),
        [] if attachments is None else _accept_attachments(attachments),
    )


def accept_metadata(metadata: Any) -> Json | None:
    """A message's metadata, or None.

    Raises:
        SlackError: `invalid_metadata_format` or `metadata_too_large`.
    """
    if metadata is None:
        return None
    well_formed = (
        isinstance(metadata, dict)
        and isinstance(metadata.get("event_type"), str)
        and metadata["event_type"]
        and isinstance(metadata.get("event_payload"), dict)
    )
    if not well_formed:
        raise SlackError("invalid_metadata_format")
    if len(str(metadata)) > MAX_METADATA:
        raise SlackError("metadata_too_large")
    return copy.deepcopy({name: metadata[name] for name in ("event_type", "event_payload")})


class Poster:
    """Puts messages into channels and tells of it."""

    def __init__(self, messages: Messages, changes: Changes) -> None:
        self._messages = messages
        self._changes = changes

    def post(self, channel: Channel, user: str, content: Content, **details: Any) -> Message:
        """Say something in a channel; `details` are fields of the message.

        Raises:
            SlackError: the thread that `thread_ts` names is not there.
        """
        message = Message(channel.id, self._messages.next_ts(), user, content.text, **details)
        message.blocks, message.attachments = content.blocks, content.attachments
        if message.thread_ts is not None:
            message.thread_ts = self._thread(channel, message.thread_ts)
        if message.ephemeral_to is None:
            message.notifies = notified(message, channel)
        self._messages.add(message)
        self._changes.tell("message", channel.id)
        return message

    def replace(self, message: Message, content: Content) -> None:
        """Say something else in the same place; nobody is notified of that.

        Slack marks a message as edited only if its new content has no blocks.
        """
        message.text = content.text
        message.blocks, message.attachments = content.blocks, content.attachments
        message.edited = None if content.blocks else f"{time.time():.6f}"
        self._changes.tell("message", message.channel)

    def delete(self, message: Message) -> None:
        """Take a message back."""
        self._messages.delete(message)
        self._changes.tell("message", message.channel)

    def _thread(self, channel: Channel, ts: str) -> str:
        """The time stamp of the thread that the message `ts` begins or stands in."""
        if not TIMESTAMP.fullmatch(ts):
            raise SlackError("invalid_thread_ts", f"[ERROR] {ts} is not a valid thread_ts")
        try:
            parent = self._messages.find(channel.id, ts)
        except SlackError:
            raise SlackError("thread_not_found") from None
        return parent.thread_ts or parent.ts


def _accept_attachments(attachments: Any) -> list[Json]:
    if not isinstance(attachments, list) or not all(isinstance(a, dict) for a in attachments):
        raise SlackError("invalid_attachments")
    if len(attachments) > MAX_ATTACHMENTS:
        raise SlackError("too_many_attachments")
    accepted = copy.deepcopy(attachments)
    for place, attachment in enumerate(accepted):
        if "blocks" in attachment:
            root = f"/attachments/{place}/blocks"
            attachment["blocks"] = accept_blocks(attachment["blocks"], root)
    return accepted
