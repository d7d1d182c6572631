"""The dialog that asks for a new price of ours, to match a competitor's or to stay below it."""

import asyncio
from decimal import Decimal
from functools import partial
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.repricing import (
    UnfitPrice,
    fit_price,
    prices_of,
    proposal,
    repricing_text,
    said_of,
    unfit_text,
)
from bot.slack.desk import Desk, handled
from bot.slack.messages import section
from bot.slack.modal import Occasion, View, about, field, filled_in, kept_of, modal, words
from bot.slack.stepping import take_step
from core.finding import facts
from core.ledger.deciding import set_price
from core.ledger.life.standing import find_alert
from core.ledger.tables import Choice
from core.markup import to_slack

CALLBACK = "reprice"
NOTE_LIMIT = 500
PRICE_LIMIT = 40
LABEL_LIMIT = 150


def register(app: AsyncApp, desk: Desk) -> None:
    """Listen to the dialog."""

    @app.view(CALLBACK)
    async def submitted(ack: AsyncAck, body: dict[str, Any], view: dict[str, Any]) -> None:
        number, answer_to = about(view, body)
        written, seen = filled_in(view, "price")["value"], kept_of(view)
        choice, note = Choice(seen["choice"]), filled_in(view, "note").get("value")
        try:
            price = await asyncio.to_thread(_fit, desk, number, written)
        except UnfitPrice as problem:
            said = unfit_text(desk.settings, desk.locale(body), problem)
            await ack(response_action="errors", errors={"price": said})
            return
        values = {"choice": choice, "price": price, "seen": seen, "note": note}
        await handled(desk, answer_to, ack, take_step(desk, answer_to, set_price, number, **values))


def _fit(desk: Desk, number: int, written: str) -> Decimal:
    with desk.database.read() as ledger:
        alert = find_alert(ledger, number)
        assert alert is not None  # noqa: S101  (alerts are not deleted: there was one to click on)
        return fit_price(ledger, desk.settings, alert, written, desk.clock())


def _dialog(choice: Choice, occasion: Occasion) -> View:
    """Return the dialog: what is known, the proposed price, and a note."""
    desk, told = occasion.desk, occasion.alert.facts
    with desk.database.read() as ledger:
        prices = prices_of(ledger, occasion.alert, desk.clock())
    proposed = proposal(prices, choice, desk.settings)
    texts = [
        repricing_text(desk.settings, occasion.person.locale, *said)
        for said in said_of(prices, proposed)
    ]
    initial = {"initial_value": f"{proposed:f}"} if proposed else {}
    price = {"type": "plain_text_input", "max_length": PRICE_LIMIT, **initial}
    tier = {"quantity": told["quantity"], "currency": told["currency"]}
    note = {"type": "plain_text_input", "multiline": True, "max_length": NOTE_LIMIT}
    blocks = [
        *(section(to_slack(text)) for text in texts),
        field("price", words(occasion, "_reprice", "price", limit=LABEL_LIMIT, **tier), price),
        field("note", words(occasion, "_reprice", "note"), note, optional=True),
    ]
    seen = facts({"choice": choice, "ours": prices.ours, "theirs": prices.theirs})
    return modal(occasion, "_reprice", CALLBACK, blocks, seen)


match_dialog = partial(_dialog, Choice.MATCH)
undercut_dialog = partial(_dialog, Choice.UNDERCUT)
