"""The Why? button: opens a window that explains the alert. It is for everybody."""

import asyncio
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.desk import Body, Desk, handled
from bot.slack.messages import WHY, sections
from bot.slack.modal import View, plain
from bot.slack.stepping import alert_id, refusal
from bot.why import gather, happened_text, why_text
from core.ledger.life.standing import find_alert
from core.markup import to_plain
from core.settings import Person
from core.texts import render

BLOCKS_LIMIT = 100
"""Blocks that Slack shows in one window."""


def register(app: AsyncApp, desk: Desk) -> None:
    """Listen to the button."""

    @app.action(WHY)
    async def pressed(
        ack: AsyncAck, body: dict[str, Any], action: dict[str, Any], client: AsyncWebClient
    ) -> None:
        await handled(desk, body, ack, _explain(desk, body, client, alert_id(action)))


async def _explain(desk: Desk, body: Body, client: AsyncWebClient, number: int) -> str | None:
    person = await desk.person(body)
    if person is None:
        return desk.say("stranger", desk.locale(body))
    view = await asyncio.to_thread(_window, desk, person, number)
    if view is None:
        return refusal(desk.settings, person.locale, "unknown", number=number)
    await client.views_open(trigger_id=body["trigger_id"], view=view)
    return None


def _window(desk: Desk, person: Person, number: int) -> View | None:
    """Return the window for one alert; None when there is none of this number."""
    locale, settings = person.locale, desk.settings
    with desk.database.read() as ledger:
        alert = find_alert(ledger, number)
        if alert is None:
            return None
        why = gather(ledger, settings, alert, desk.clock())
    told = [each(why, settings, locale) for each in (why_text, happened_text)]

    def say(block: str) -> View:
        zone = settings.store_of(alert.store).zone
        words = render("alerts/_why", block, {"id": number}, locale=locale, zone=zone)
        return plain(to_plain(words), limit=24)

    return {
        "type": "modal",
        "title": say("title"),
        "close": say("close"),
        "blocks": sections("\n\n".join(told), BLOCKS_LIMIT),
    }
