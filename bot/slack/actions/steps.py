"""The Acknowledge and Resolve buttons: somebody takes an alert, or calls the matter done."""

from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.slack.desk import Desk, Step, alert_id, handled, take_step
from bot.slack.messages import ACKNOWLEDGE, RESOLVE
from core.ledger.alerts import acknowledge, resolve


def register(app: AsyncApp, desk: Desk) -> None:
    """Listen to the buttons."""
    for name, step in ((ACKNOWLEDGE, acknowledge), (RESOLVE, resolve)):
        app.action(name)(_listener(desk, step))


def _listener(desk: Desk, step: Step) -> Any:
    async def pressed(ack: AsyncAck, body: dict[str, Any], action: dict[str, Any]) -> None:
        await handled(desk, body, ack, take_step(desk, body, step, alert_id(action)))

    return pressed
