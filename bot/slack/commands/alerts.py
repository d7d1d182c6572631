"""`/alerts`: what waits for you, for all, of one check; one alert with its history."""

from typing import Any

from bot.alert_text import alert_text, alert_title, name_of, standing
from bot.slack import typed
from bot.slack.command import Asked, Command, Form, in_thread, message
from bot.slack.messages import (
    ACKNOWLEDGE,
    BLOCKS_LIMIT,
    Reply,
    alert_message,
    button,
    section,
    sections,
)
from bot.slack.stepping import refusal
from bot.step_text import history_values
from core.ledger.life.history import steps_of
from core.ledger.life.permission import may_act
from core.ledger.life.standing import find_alert, live_alerts
from core.ledger.life.steps import can_be_taken
from core.ledger.tables import Alert
from core.markup import Trusted, guard, to_slack
from core.texts import render

SHOWN = 20
"""Alerts listed in one answer; the rest is counted."""


def _mine(asked: Asked) -> str:
    return listed(asked, owner=asked.person.email)


def _some(asked: Asked) -> str:
    wanted = asked.arguments["CHECK-OR-NUMBER"].lower()
    number = typed.number(wanted)
    return listed(asked, check=wanted) if number is None else _one(asked, number, wanted)


def listed(
    asked: Asked, owner: str | None = None, check: str | None = None, group: int | None = None
) -> str:
    """Return live alerts, the worst first, each with a button for who may take it."""
    with asked.database.read() as ledger:
        alerts = live_alerts(ledger, owner=owner, check=check, group=group)
    if check and not alerts and asked.settings.check(check) is None:
        return asked.text("alerts", "unknown", wanted=check)
    head = asked.text("alerts", "head", count=len(alerts), mine=owner is not None, check=check)
    shown = [(alert, _line(asked, alert)) for alert in alerts[:SHOWN]]
    rest = len(alerts) - len(shown)
    more = asked.text("alerts", "more", more=rest) if rest else ""
    blocks = [*sections(head), *(_row(asked, *each) for each in shown), *sections(more)]
    return Reply("\n".join([head, *(line for _, line in shown), more]).strip(), blocks)


def _line(asked: Asked, alert: Alert) -> str:
    def say(block: str) -> str:
        return Trusted(standing(block, alert, asked.settings, asked.locale))

    return asked.text(
        "alerts",
        "line",
        id=alert.id,
        mark=say("mark"),
        title=Trusted(alert_title(alert, asked.settings, asked.locale)),
        owner=name_of(asked.settings, alert.owner),
        now=say("now"),
    )


def _row(asked: Asked, alert: Alert, line: str) -> dict[str, Any]:
    row = section(to_slack(line))
    if can_be_taken(alert) and may_act(asked.settings, alert, asked.person):
        label = standing("acknowledge", alert, asked.settings, asked.locale)
        row["accessory"] = button(ACKNOWLEDGE, label, alert)
    return row


def _one(asked: Asked, number: int, wanted: str) -> str:
    """Return one alert as its own message has it, with what happened to it."""
    settings, locale = asked.settings, asked.locale
    with asked.database.read() as ledger:
        alert = find_alert(ledger, number)
        if alert is None:
            return refusal(settings, locale, "unknown", number=wanted.removeprefix("#"))
        steps = steps_of(ledger, alert)
    text = alert_text(alert, settings, locale, steps)
    values, zone = history_values(alert, steps, settings, locale), asked.store.zone
    history = render("alerts/_history", "slack", values, locale=locale, zone=zone)
    _, blocks = alert_message(alert, text, guard(name_of(settings, alert.owner)))
    whole = "\n\n".join([f"{text.mark} *{text.title}*", text.body, text.status, history])
    return Reply(whole, [*blocks, *sections(history)][:BLOCKS_LIMIT])


COMMAND = Command(
    name="/alerts",
    summary=message("Alerts that wait for somebody"),
    forms=(
        Form("", message("yours, the worst first"), in_thread(_mine)),
        Form("all", message("everybody's"), in_thread(listed)),
        Form(
            "CHECK-OR-NUMBER",
            message("those of one check, or one with its history"),
            in_thread(_some),
        ),
    ),
)
