"""Clicks on an alert: who may, what comes of it, and a polite line when nothing does."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient
from sqlmodel import Session

from bot.alert_text import standing
from bot.slack.desk import Body, Desk
from bot.slack.modal import Dialog, Occasion
from core.duty import Roster
from core.ledger.database import Database
from core.ledger.life.history import steps_of
from core.ledger.life.permission import may_act, who_may_act
from core.ledger.life.standing import find_alert
from core.ledger.life.steps import By
from core.ledger.life.watch import watch
from core.ledger.tables import Alert, AlertState
from core.settings import Person, Settings
from core.texts import render
from core.values import Locale

NAMED = 8
"""People that a refusal names."""

Step = Callable[..., Alert | None]
"""A step of the alert's life in `core.ledger.life.steps`."""


def alert_id(action: dict[str, Any]) -> int:
    """Return the alert a button is about."""
    return int(action["value"])


async def take_step(desk: Desk, body: Body, step: Step, number: int, **values: Any) -> str | None:
    """Carry out a person's step on an alert; return a line for them when nothing came of it.

    A message that only they see does not change, so there they are told what came of it too.
    """
    person = await desk.person(body)
    if person is None:
        return desk.say("stranger", desk.locale(body))
    changed, line = await asyncio.to_thread(
        attempt, desk.database, desk.settings, desk.clock(), person, step, number, **values
    )
    desk.owed()
    ephemeral = (body.get("container") or {}).get("is_ephemeral")
    return None if changed and not ephemeral else line


def attempt(
    database: Database,
    settings: Settings,
    at: datetime,
    person: Person,
    step: Step,
    number: int,
    **values: Any,
) -> tuple[bool, str]:
    """Let a person take a step, if they may; return whether it was taken, and a line for them.

    The line says how the alert stands now, or who may act on it.
    """
    with database.write() as ledger:
        alert = find_alert(ledger, number)
        if alert is None or not may_act(settings, alert, person):
            return False, _refused(settings, number, alert, person)
        now = watch(ledger, settings, at)
        changed = step(ledger, now, number, By(person.email, "slack"), **values)
        return changed is not None, _how_it_stands(ledger, settings, alert, person)


async def open_dialog(
    desk: Desk, body: Body, client: AsyncWebClient, number: int, dialog: Dialog
) -> str | None:
    """Open the dialog of a button; return a line for who may not act, or comes too late."""
    person = await desk.person(body)
    if person is None:
        return desk.say("stranger", desk.locale(body))
    alert, roster, refused = await asyncio.to_thread(_looked_at, desk, number, person)
    if alert is None or refused:
        return refused
    view = await asyncio.to_thread(dialog, Occasion(desk, person, alert, body, roster))
    await client.views_open(trigger_id=body["trigger_id"], view=view)
    return None


def _looked_at(desk: Desk, number: int, person: Person) -> tuple[Alert | None, Roster, str | None]:
    """Return the alert, who is here, and why the person has nothing to choose about it."""
    settings = desk.settings
    with desk.database.read() as ledger:
        alert, roster = find_alert(ledger, number), watch(ledger, settings, desk.clock()).roster
        if alert is None or not may_act(settings, alert, person):
            return alert, roster, _refused(settings, number, alert, person)
        over = alert.state == AlertState.RESOLVED
        said = _how_it_stands(ledger, settings, alert, person) if over else None
        return alert, roster, said


def _how_it_stands(ledger: Session, settings: Settings, alert: Alert, person: Person) -> str:
    return standing("standing", alert, settings, person.locale, steps_of(ledger, alert))


def _refused(settings: Settings, number: int, alert: Alert | None, person: Person) -> str:
    if alert is None:
        return refusal(settings, person.locale, "unknown", number=number)
    able = [each.name for each in who_may_act(settings, alert)]
    return refusal(settings, person.locale, "not_yours", number=number, who=able[:NAMED])


def refusal(settings: Settings, locale: Locale, block: str, **values: Any) -> str:
    """Return why something that was asked for is not done."""
    zone = settings.stores[0].zone
    return render("alerts/_refusal", block, values, locale=locale, zone=zone)
