"""The dialog that asks why an alert is resolved."""

from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.slack.desk import Desk, handled
from bot.slack.modal import Occasion, View, about, field, filled_in, modal, words
from bot.slack.stepping import take_step
from core.ledger.life.steps import Reason, resolve

CALLBACK = "resolve"
NOTE_LIMIT = 500


def register(app: AsyncApp, desk: Desk) -> None:
    """Listen to the dialog."""

    @app.view(CALLBACK)
    async def submitted(ack: AsyncAck, body: dict[str, Any], view: dict[str, Any]) -> None:
        number, answer_to = about(view, body)
        reason = Reason(filled_in(view, "reason")["selected_option"]["value"])
        note = (filled_in(view, "note").get("value") or "").strip() or None
        work = take_step(desk, answer_to, resolve, number, reason=reason, note=note)
        await handled(desk, answer_to, ack, work)


def dialog(occasion: Occasion) -> View:
    """Return the dialog: a reason, and a note for who likes to write one."""

    def say(block: str, **values: Any) -> View:
        return words(occasion, "_resolve", block, **values)

    options = [{"text": say(reason), "value": str(reason)} for reason in Reason]
    reasons = {"type": "radio_buttons", "options": options, "initial_option": options[0]}
    note = {"type": "plain_text_input", "multiline": True, "max_length": NOTE_LIMIT}
    blocks = [
        field("reason", say("reason", number=occasion.alert.id), reasons),
        field("note", say("note"), note, optional=True),
    ]
    return modal(occasion, "_resolve", CALLBACK, blocks)
