"""The dialog that asks who an alert goes to."""

from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.slack.desk import Desk, handled
from bot.slack.modal import Occasion, View, about, field, filled_in, modal, plain, words
from bot.slack.stepping import take_step
from core.ledger.life.permission import successors
from core.ledger.life.steps import hand_over

CALLBACK = "hand_over"
OPTIONS_LIMIT = 100
"""Choices that Slack shows in one menu."""


def register(app: AsyncApp, desk: Desk) -> None:
    """Listen to the dialog."""

    @app.view(CALLBACK)
    async def submitted(ack: AsyncAck, body: dict[str, Any], view: dict[str, Any]) -> None:
        number, answer_to = about(view, body)
        to = filled_in(view, "to")["selected_option"]["value"]
        await handled(desk, answer_to, ack, take_step(desk, answer_to, hand_over, number, to=to))


def dialog(occasion: Occasion) -> View:
    """Return the dialog: people of the alert's role come first; who is away is not offered."""
    people, now = successors(occasion.desk.settings, occasion.alert), occasion.desk.clock()
    here = [p for p in people if occasion.roster.is_here(p, occasion.store, now)] or people
    options = [
        {"text": plain(person.name), "value": person.email} for person in here[:OPTIONS_LIMIT]
    ]
    label = words(occasion, "_hand_over", "to", number=occasion.alert.id)
    menu = {"type": "static_select", "options": options}
    return modal(occasion, "_hand_over", CALLBACK, [field("to", label, menu)])
