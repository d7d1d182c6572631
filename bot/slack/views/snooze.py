"""The dialog that asks until when an alert is put aside."""

from datetime import UTC, datetime, timedelta
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.slack.desk import Desk, handled
from bot.slack.modal import Occasion, View, about, field, filled_in, modal, words
from bot.slack.stepping import refusal, take_step
from core.duty import zone_of
from core.hours import moment
from core.ledger.life.steps import snooze

CALLBACK = "snooze"
AT = "at "
"""Begins the choices that are a moment (Unix seconds); the others are a length in seconds."""


def register(app: AsyncApp, desk: Desk) -> None:
    """Listen to the dialog."""

    @app.view(CALLBACK)
    async def submitted(ack: AsyncAck, body: dict[str, Any], view: dict[str, Any]) -> None:
        number, answer_to = about(view, body)
        now = desk.clock()
        until = _picked(view) or _chosen(view, now)
        if until <= now:
            past = refusal(desk.settings, desk.locale(body), "past")
            await ack(response_action="errors", errors={"moment": past})
            return
        await handled(desk, answer_to, ack, take_step(desk, answer_to, snooze, number, until=until))


def dialog(occasion: Occasion) -> View:
    """Return the dialog: the usual lengths, tomorrow, or any other moment."""

    def say(block: str, **values: Any) -> View:
        return words(occasion, "_snooze", block, **values)

    alerts = occasion.desk.settings.alerts
    options = [
        {"text": say("length", length=length), "value": str(int(length.total_seconds()))}
        for length in alerts.snooze_for
    ]
    at = _tomorrow(occasion).timestamp()
    options.append({"text": say("tomorrow", at=alerts.snooze_until), "value": f"{AT}{at:.0f}"})
    usual = {"type": "radio_buttons", "options": options, "initial_option": options[0]}
    blocks = [
        field("until", say("label", number=occasion.alert.id), usual),
        field("moment", say("moment"), {"type": "datetimepicker"}, optional=True),
    ]
    return modal(occasion, "_snooze", CALLBACK, blocks)


def _tomorrow(occasion: Occasion) -> datetime:
    """Return when tomorrow's work begins where the person is."""
    desk, zone = occasion.desk, zone_of(occasion.person, occasion.store)
    day = desk.clock().astimezone(zone).date() + timedelta(days=1)
    return moment(day, desk.settings.alerts.snooze_until, zone)


def _picked(view: View) -> datetime | None:
    """Return the moment that was picked beside the usual ones."""
    seconds = filled_in(view, "moment").get("selected_date_time")
    return datetime.fromtimestamp(seconds, UTC) if seconds else None


def _chosen(view: View, now: datetime) -> datetime:
    chosen: str = filled_in(view, "until")["selected_option"]["value"]
    if chosen.startswith(AT):
        return datetime.fromtimestamp(int(chosen.removeprefix(AT)), UTC)
    return now + timedelta(seconds=int(chosen))
