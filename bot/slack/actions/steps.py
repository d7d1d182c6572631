"""The Acknowledge and Reopen buttons: somebody takes an alert, or takes back that it is done."""

from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.slack.desk import Desk, handled
from bot.slack.messages import ACKNOWLEDGE, REOPEN
from bot.slack.stepping import Step, alert_id, take_step
from core.ledger.life.steps import acknowledge, reopen


def register(app: AsyncApp, desk: Desk) -> None:
    """Listen to the buttons."""
    for name, step in ((ACKNOWLEDGE, acknowledge), (REOPEN, reopen)):
        app.action(name)(_listener(desk, step))


def _listener(desk: Desk, step: Step) -> Any:
    async def pressed(ack: AsyncAck, body: dict[str, Any], action: dict[str, Any]) -> None:
        await handled(desk, body, ack, take_step(desk, body, step, alert_id(action)))

    return pressed
