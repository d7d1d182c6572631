"""Carries files to Slack, into the thread of a message."""

import asyncio
from pathlib import PurePosixPath
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.files import File
from bot.group_text import group_list, group_reader
from core.ledger.life.groups import GroupView
from core.ledger.tables import Post
from core.settings import Settings


async def group_file(view: GroupView, settings: Settings) -> File:
    """Return the list of the alerts that share a message."""
    locale = group_reader(view, settings).locale
    title, content = await asyncio.to_thread(group_list, view, settings, locale)
    return File("alerts.csv", title, content, "text/csv")


async def upload(
    client: AsyncWebClient, file: File, post: Post, channel: str, thread: str | None
) -> dict[str, Any]:
    """Upload a file into a thread; return the channel and the file's name.

    The name holds the post's id: after a lost answer the file is looked for by it. Only the last
    of the three calls shows the file, so whatever goes wrong, it was shown once or not at all.
    Raises what the client raises.
    """
    known = PurePosixPath(file.name)
    name = f"{known.stem}-{post.id}{known.suffix}"
    await client.files_upload_v2(
        filename=name, title=file.title, content=file.content, channel=channel, thread_ts=thread
    )
    return {"channel": channel, "file": name}
