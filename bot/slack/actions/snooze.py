"""The Snooze button: asks until when."""

from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.desk import Desk, alert_id, handled
from bot.slack.messages import SNOOZE
from bot.slack.views.snooze import dialog


def register(app: AsyncApp, desk: Desk) -> None:
    """Listen to the button."""

    async def ask(body: dict[str, Any], client: AsyncWebClient, number: int) -> str | None:
        person = await desk.person(body)
        if person is None:
            return desk.say("stranger", desk.locale(body))
        view = dialog(desk, person, number, body.get("response_url"))
        await client.views_open(trigger_id=body["trigger_id"], view=view)
        return None

    @app.action(SNOOZE)
    async def pressed(
        ack: AsyncAck, body: dict[str, Any], action: dict[str, Any], client: AsyncWebClient
    ) -> None:
        await handled(desk, body, ack, ask(body, client, alert_id(action)))
