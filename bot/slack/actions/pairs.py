"""The Confirm, Wrong and Skip buttons of `/price pairs`."""

import asyncio
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp
from sqlmodel import Session

from bot.alert_text import name_of as person_of
from bot.slack.command import Asked
from bot.slack.desk import Body, Desk, handled
from bot.slack.forms.pairs import BUTTONS, CONFIRM, WRONG, listed
from core.ledger.life.permission import handles_prices
from core.ledger.pairing import confirm_pair, reject_pair
from core.ledger.proposals import find_decided, find_waiting, put_off
from core.ledger.records import CompetitorPage


def register(app: AsyncApp, desk: Desk) -> None:
    """Listen to the buttons."""
    for action in BUTTONS:
        app.action(action)(_listener(desk))


def _listener(desk: Desk) -> Any:
    async def pressed(ack: AsyncAck, body: dict[str, Any], action: dict[str, Any]) -> None:
        await handled(desk, body, ack, _answered(desk, body, action))

    return pressed


async def _answered(desk: Desk, body: Body, action: dict[str, Any]) -> str | None:
    """Carry out what was pressed, and put what still waits in the list's place."""
    person = await desk.person(body)
    if person is None:
        return desk.say("stranger", desk.locale(body))
    asked = desk.asked(person)
    if not handles_prices(desk.settings, person):
        return asked.text("_common", "not_allowed", roles=desk.settings.duty.leads)
    shown = await asyncio.to_thread(_decided, asked, action["action_id"], action["value"])
    await desk.replace(body, shown)
    return None


def _decided(asked: Asked, action: str, name: str) -> str:
    with asked.database.write() as ledger:
        page = find_waiting(ledger, asked.store.name, name)
        if page is None:
            said = _how_it_stands(ledger, asked, name)
        else:
            _decide(ledger, asked, page, action)
            said = asked.text("pairs", f"{action}_done", **_about(page))
    return listed(asked, said)


def _decide(ledger: Session, asked: Asked, page: CompetitorPage, action: str) -> None:
    who, at, key = asked.person.email, asked.now, (page.store, page.competitor, page.url)
    assert page.sku is not None  # noqa: S101  (a proposed pair has one)
    if action == CONFIRM:
        confirm_pair(ledger, *key, page.sku, who, at)
    elif action == WRONG:
        reject_pair(ledger, *key, who, at, page.sku)
    else:
        put_off(page, who, at)


def _how_it_stands(ledger: Session, asked: Asked, name: str) -> str:
    page = find_decided(ledger, asked.store.name, name)
    if page is None:
        return asked.text("pairs", "gone")
    who = person_of(asked.settings, page.decided_by)
    told = {"who": who, "at": page.decided_at, "status": page.status}
    return asked.text("pairs", "stands", **told, **_about(page))


def _about(page: CompetitorPage) -> dict[str, Any]:
    return {"competitor": page.competitor, "title": page.title, "url": page.url, "sku": page.sku}
