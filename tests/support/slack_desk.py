"""An app that is connected to the sandbox, and the window of a person who uses it."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

import httpx
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

Json = dict[str, Any]

LIN = "U0LINYUE"
WHERE = {"as": LIN, "channel": "C0STOCK"}
PLAIN = {"type": "plain_text", "text": "Go"}


def button(**properties: Any) -> list[Json]:
    """A row with one button."""
    element = {"type": "button", "action_id": "done", "text": PLAIN, "value": "7", **properties}
    return [{"type": "actions", "block_id": "row", "elements": [element]}]


def modal(**properties: Any) -> Json:
    """A modal with one field."""
    quantity = {
        "type": "input",
        "block_id": "quantity",
        "label": PLAIN,
        "element": {"type": "plain_text_input", "action_id": "number"},
    }
    return {
        "type": "modal",
        "callback_id": "order",
        "title": PLAIN,
        "submit": PLAIN,
        "blocks": [quantity],
        **properties,
    }


@dataclass
class Desk:
    """The app, what it was sent, and the person's window."""

    app: AsyncApp
    window: httpx.AsyncClient
    seen: list[Json] = field(default_factory=list)
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    def note(self, what: Json) -> None:
        """Keep what the app was sent."""
        self.seen.append(what)
        self._news.set()

    async def until_seen(self, count: int = 1) -> Json:
        """The latest of at least `count` things the app was sent."""
        async with asyncio.timeout(5):
            while len(self.seen) < count:
                self._news.clear()
                await self._news.wait()
        return self.seen[-1]

    async def post(self, path: str, body: Json) -> Json:
        """The answer of the control API."""
        answer = await self.window.post(path, json=body)
        return dict(answer.raise_for_status().json())

    async def command(self, text: str) -> Json:
        """Type a slash command."""
        return await self.post("/sandbox/commands", {**WHERE, "text": text})

    async def messages(self) -> list[Json]:
        """The messages that the person sees in #stock."""
        answer = await self.window.get("/sandbox/messages", params=WHERE)
        return list(answer.json()["messages"])

    async def modals(self) -> list[Json]:
        """The modals that are open before the person."""
        answer = await self.window.get("/sandbox/views", params={"as": LIN})
        return list(answer.json()["modals"])

    async def open_modal(self, view: Json) -> None:
        """Let the app open a modal."""

        async def order(ack: AsyncAck, body: Json, client: AsyncWebClient) -> None:
            await ack()
            await client.views_open(trigger_id=body["trigger_id"], view=view)
            self.note(body)

        self.app.command("/order")(order)
        await self.command("/order")
        await self.until_seen()
        self.seen.clear()

    async def submit(self, number: str | None) -> Json:
        """Submit the modal on top with `number` filled in, or nothing."""
        view_id = (await self.modals())[-1]["id"]
        values = {"quantity": {"number": {"value": number}}}
        body = {"as": LIN, "values": {} if number is None else values}
        return await self.post(f"/sandbox/views/{view_id}/submit", body)
