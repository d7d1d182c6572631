"""The buttons of a message about many alerts: somebody takes, or looks at, what is theirs."""

import asyncio
from collections.abc import Callable
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.slack.commands.alerts import listed
from bot.slack.desk import Body, Desk, handled
from bot.slack.group_message import SHOW, TAKE
from core.ledger.life.groups import take
from core.ledger.life.steps import By
from core.ledger.life.watch import watch
from core.settings import Person
from core.texts import render

Answer = Callable[[Desk, Person, int], str | None]
"""What comes of a click of a person on a group's message."""


def register(app: AsyncApp, desk: Desk) -> None:
    """Listen to the buttons."""
    for name, answer in ((TAKE, _take), (SHOW, _show)):
        app.action(name)(_listener(desk, answer))


def _listener(desk: Desk, answer: Answer) -> Any:
    async def pressed(ack: AsyncAck, body: dict[str, Any], action: dict[str, Any]) -> None:
        await handled(desk, body, ack, _answered(desk, body, answer, int(action["value"])))

    return pressed


async def _answered(desk: Desk, body: Body, answer: Answer, group: int) -> str | None:
    person = await desk.person(body)
    if person is None:
        return desk.say("stranger", desk.locale(body))
    said = await asyncio.to_thread(answer, desk, person, group)
    desk.owed()
    return said


def _take(desk: Desk, person: Person, group: int) -> str | None:
    if _taken(desk, person, group):
        return None
    zone = desk.store.zone
    return render("groups/_group", "nothing", {}, locale=person.locale, zone=zone)


def _show(desk: Desk, person: Person, group: int) -> str:
    return listed(desk.asked(person), owner=person.email, group=group)


def _taken(desk: Desk, person: Person, group: int) -> int:
    with desk.database.write() as ledger:
        now = watch(ledger, desk.settings, desk.clock())
        return take(ledger, now, group, By(person.email, "slack"))
