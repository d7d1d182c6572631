"""The Snooze, Hand over and Resolve buttons: each opens its dialog."""

from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.desk import Desk, handled
from bot.slack.messages import HAND_OVER, RESOLVE, SNOOZE
from bot.slack.modal import Dialog
from bot.slack.stepping import alert_id, open_dialog
from bot.slack.views import hand_over, resolve, snooze


def register(app: AsyncApp, desk: Desk) -> None:
    """Listen to the buttons."""
    for name, module in ((SNOOZE, snooze), (HAND_OVER, hand_over), (RESOLVE, resolve)):
        app.action(name)(opening(desk, module.dialog))


def opening(desk: Desk, dialog: Dialog) -> Any:
    """Return the listener of a button about an alert that opens a dialog."""

    async def pressed(
        ack: AsyncAck, body: dict[str, Any], action: dict[str, Any], client: AsyncWebClient
    ) -> None:
        work = open_dialog(desk, body, client, alert_id(action), dialog)
        await handled(desk, body, ack, work)

    return pressed
