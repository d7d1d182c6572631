"""What people say, and their look at the Home tab, as an app is told of it."""

import asyncio
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from tests.support.slack_desk import LIN, WHERE, Desk

Json = dict[str, Any]


async def test_opening_the_home_tab_lets_the_app_publish_it(desk: Desk) -> None:
    @desk.app.event("app_home_opened")
    async def opened(event: Json, client: AsyncWebClient) -> None:
        home = {"type": "home", "blocks": [{"type": "divider"}]}
        await client.views_publish(user_id=event["user"], view=home)
        desk.note(event)

    await desk.post("/sandbox/home", {"as": LIN})
    await desk.until_seen()

    home = (await desk.window.get("/sandbox/views", params={"as": LIN})).json()["home"]
    assert (home["type"], len(home["blocks"])) == ("home", 1)


async def test_what_people_write_reaches_the_app(desk: Desk) -> None:
    @desk.app.event("message")
    async def said(event: Json) -> None:
        desk.note(event)

    await desk.post("/sandbox/messages", {**WHERE, "text": "any news?"})
    event = await desk.until_seen()

    assert (event["text"], event["user"], event["channel_type"]) == ("any news?", LIN, "channel")


async def test_a_mention_of_the_app_is_an_event_of_its_own(desk: Desk) -> None:
    @desk.app.event("app_mention")
    async def mentioned(event: Json) -> None:
        desk.note(event)

    @desk.app.event("message")
    async def said() -> None:
        await asyncio.sleep(0)

    await desk.post("/sandbox/messages", {**WHERE, "text": "<@U0WATCHBOT> help"})

    assert (await desk.until_seen())["type"] == "app_mention"
