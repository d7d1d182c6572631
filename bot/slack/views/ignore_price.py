"""The dialog that asks how long a competitor's price is not told."""

from datetime import timedelta
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.slack.desk import Desk, handled
from bot.slack.modal import Occasion, View, about, field, filled_in, kept_of, modal, words
from bot.slack.stepping import take_step
from core.ledger.deciding import ignore_price

CALLBACK = "ignore_price"
LABEL_LIMIT = 300


def register(app: AsyncApp, desk: Desk) -> None:
    """Listen to the dialog."""

    @app.view(CALLBACK)
    async def submitted(ack: AsyncAck, body: dict[str, Any], view: dict[str, Any]) -> None:
        number, answer_to = about(view, body)
        seconds = int(filled_in(view, "length")["selected_option"]["value"])
        until = desk.clock() + timedelta(seconds=seconds)
        work = take_step(desk, answer_to, ignore_price, number, seen=kept_of(view), until=until)
        await handled(desk, answer_to, ack, work)


def dialog(occasion: Occasion) -> View:
    """Return the dialog: the configured lengths."""
    told = occasion.alert.facts
    options = [
        {
            "text": words(occasion, "_ignore_price", "length", length=length),
            "value": str(int(length.total_seconds())),
        }
        for length in occasion.desk.settings.prices.ignore_for
    ]
    lengths = {"type": "radio_buttons", "options": options, "initial_option": options[0]}
    which = {"competitor": told["competitor"], "sku": told["sku"]}
    label = words(occasion, "_ignore_price", "label", limit=LABEL_LIMIT, **which)
    seen = {"ours": told["ours"], "theirs": told["theirs"]}
    return modal(occasion, "_ignore_price", CALLBACK, [field("length", label, lengths)], seen)
