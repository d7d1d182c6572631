"""Carries a group's list to Slack: a CSV file in the thread of its message."""

import asyncio
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.group_text import group_list, group_reader
from core.ledger.life.groups import GroupView
from core.ledger.tables import Post
from core.settings import Settings


async def upload_list(
    client: AsyncWebClient,
    settings: Settings,
    post: Post,
    view: GroupView,
    place: dict[str, Any],
) -> dict[str, Any]:
    """Upload the list into the thread that `place` names; return the channel and the file's name.

    The name holds the post's id: after a lost answer the file is looked for by it. Only the last
    of the three calls shows the file, so whatever goes wrong, it was shown once or not at all.
    Raises what the client raises.
    """
    name = f"alerts-{post.id}.csv"
    locale = group_reader(view, settings).locale
    title, content = await asyncio.to_thread(group_list, view, settings, locale)
    await client.files_upload_v2(
        filename=name,
        title=title,
        content=content,
        channel=place["channel"],
        thread_ts=place["ts"],
    )
    return {"channel": place["channel"], "file": name}
