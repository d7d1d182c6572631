"""People write: what they say in an alert's thread is kept with the alert (plan A5).

Also what strangers say, who are not in config.yaml: they may take no step, but are heard.
"""

import asyncio
import logging
import re
from typing import Any

from slack_bolt.async_app import AsyncApp
from sqlmodel import col, select

from bot.slack.desk import Desk
from core.ledger.life.steps import By, comment
from core.ledger.life.watch import watch
from core.ledger.posts import ALERT
from core.ledger.tables import Post
from core.values import Medium

log = logging.getLogger(__name__)

_OF_PEOPLE = {None, "file_share", "thread_broadcast"}
"""The subtypes of what people write; the others tell of edits, of joining, of bots."""
_ESCAPED = {"&lt;": "<", "&gt;": ">", "&amp;": "&"}

Event = dict[str, Any]


def register(app: AsyncApp, desk: Desk) -> None:
    """Listen to messages."""

    @app.event("message")
    async def written(event: Event) -> None:
        if not _is_reply_of_a_person(event):
            return
        try:
            await _keep(desk, event)
        except Exception:
            log.exception("what somebody wrote in a thread could not be kept")


def _is_reply_of_a_person(event: Event) -> bool:
    reply = event.get("thread_ts") not in (None, event.get("ts"))
    return reply and event.get("subtype") in _OF_PEOPLE and not event.get("bot_id")


async def _keep(desk: Desk, event: Event) -> None:
    number = await asyncio.to_thread(_alert_of, desk, event)
    if number is None:
        return
    who = await desk.directory.address(event["user"])
    await asyncio.to_thread(_comment, desk, who, number, event)


def _alert_of(desk: Desk, event: Event) -> int | None:
    """Return the number of the alert that a thread is about; None for a thread of others."""
    query = select(Post.alert_id).where(
        Post.medium == Medium.SLACK,
        Post.template == ALERT,
        col(Post.place)["ts"].as_string() == event["thread_ts"],
        col(Post.place)["channel"].as_string() == event["channel"],
    )
    with desk.database.read() as ledger:
        return ledger.exec(query).first()


def _comment(desk: Desk, who: str, number: int, event: Event) -> None:
    """Keep it once: Slack sends an event again whose acknowledgement it missed."""
    by, text = By(who, "slack"), _as_written(event.get("text") or "")
    with desk.database.write() as ledger:
        now = watch(ledger, desk.settings, desk.clock())
        comment(ledger, now, number, by, text=text, ts=event["ts"])


def _as_written(text: str) -> str:
    """Return a text as it was typed: Slack escapes three characters."""
    return re.sub("|".join(_ESCAPED), lambda found: _ESCAPED[found[0]], text)
