"""The dialog that asks why our price stays as it is."""

from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.slack.desk import Desk, handled
from bot.slack.messages import section
from bot.slack.modal import Occasion, View, about, field, filled_in, kept_of, modal, words
from bot.slack.stepping import take_step
from core.ledger.deciding import keep_price
from core.markup import to_slack
from core.texts import render

CALLBACK = "keep_price"
NOTE_LIMIT = 500


def register(app: AsyncApp, desk: Desk) -> None:
    """Listen to the dialog."""

    @app.view(CALLBACK)
    async def submitted(ack: AsyncAck, body: dict[str, Any], view: dict[str, Any]) -> None:
        number, answer_to = about(view, body)
        note = filled_in(view, "note").get("value")
        work = take_step(desk, answer_to, keep_price, number, seen=kept_of(view), note=note)
        await handled(desk, answer_to, ack, work)


def dialog(occasion: Occasion) -> View:
    """Return the dialog: what stays as it is, and a reason for who likes to give one."""
    told = occasion.alert.facts
    locale, zone = occasion.person.locale, occasion.store.zone
    stays = render("alerts/_keep_price", "facts", told, locale=locale, zone=zone)
    note = {"type": "plain_text_input", "multiline": True, "max_length": NOTE_LIMIT}
    label = words(occasion, "_keep_price", "note")
    blocks = [section(to_slack(stays)), field("note", label, note, optional=True)]
    seen = {"ours": told["ours"], "theirs": told["theirs"]}
    return modal(occasion, "_keep_price", CALLBACK, blocks, seen)
