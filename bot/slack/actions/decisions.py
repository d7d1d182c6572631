"""The buttons of a competitor's price: match, undercut, keep, ignore, wrong product (plan B1)."""

from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.alert_text import DECIDE
from bot.slack.actions.dialogs import opening
from bot.slack.desk import Desk, handled
from bot.slack.modal import Dialog
from bot.slack.stepping import alert_id, take_step
from bot.slack.views import ignore_price, keep_price, reprice
from core.ledger.deciding import wrong_product
from core.ledger.tables import Choice

_DIALOGS: dict[Choice, Dialog] = {
    Choice.MATCH: reprice.match_dialog,
    Choice.UNDERCUT: reprice.undercut_dialog,
    Choice.KEEP: keep_price.dialog,
    Choice.IGNORE: ignore_price.dialog,
}


def register(app: AsyncApp, desk: Desk) -> None:
    """Listen to the buttons. Before `wrong product` Slack itself has asked whether it is meant."""
    for choice, dialog in _DIALOGS.items():
        app.action(f"{DECIDE}{choice}")(opening(desk, dialog))

    @app.action(f"{DECIDE}{Choice.WRONG_PRODUCT}")
    async def pressed(ack: AsyncAck, body: dict[str, Any], action: dict[str, Any]) -> None:
        await handled(desk, body, ack, take_step(desk, body, wrong_product, alert_id(action)))
