"""The dialog that asks until when an alert is put aside."""

import json
from datetime import datetime, timedelta
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.slack.desk import Desk, handled, take_step
from core.ledger.alerts import snooze
from core.settings import Person
from core.texts import render

CALLBACK = "snooze"
TOMORROW = "tomorrow"


def register(app: AsyncApp, desk: Desk) -> None:
    """Listen to the dialog."""

    @app.view(CALLBACK)
    async def submitted(ack: AsyncAck, body: dict[str, Any], view: dict[str, Any]) -> None:
        about = json.loads(view["private_metadata"])
        chosen = view["state"]["values"]["until"]["until"]["selected_option"]["value"]
        until = _until(desk, chosen, desk.clock())
        work = take_step(desk, body, snooze, about["alert_id"], until=until)
        # a dialog has no response_url of its own: the button's is used
        await handled(desk, {**body, "response_url": about["response_url"]}, ack, work)


def dialog(desk: Desk, person: Person, number: int, response_url: str | None) -> dict[str, Any]:
    """Return the dialog for one alert, in the person's language."""

    def say(block: str, **values: Any) -> dict[str, Any]:
        zone = desk.store.zone
        text = render("alerts/_snooze", block, values, locale=person.locale, zone=zone)
        return {"type": "plain_text", "text": text}

    alerts = desk.settings.alerts
    options = [
        {"text": say("length", length=length), "value": str(int(length.total_seconds()))}
        for length in alerts.snooze_for
    ]
    options.append({"text": say("tomorrow", at=alerts.snooze_until), "value": TOMORROW})
    return {
        "type": "modal",
        "callback_id": CALLBACK,
        "private_metadata": json.dumps({"alert_id": number, "response_url": response_url}),
        "title": say("title"),
        "submit": say("submit"),
        "close": say("close"),
        "blocks": [
            {
                "type": "input",
                "block_id": "until",
                "label": say("label", number=number),
                "element": {
                    "type": "radio_buttons",
                    "action_id": "until",
                    "options": options,
                    "initial_option": options[0],
                },
            }
        ],
    }


def _until(desk: Desk, chosen: str, now: datetime) -> datetime:
    if chosen != TOMORROW:
        return now + timedelta(seconds=int(chosen))
    zone = desk.store.zone
    day = now.astimezone(zone).date() + timedelta(days=1)
    return datetime.combine(day, desk.settings.alerts.snooze_until, zone)
