"""`/watch snooze NUMBER LENGTH`: an alert put aside without its dialog."""

import asyncio
from collections.abc import Awaitable
from datetime import datetime, timedelta

from pydantic import TypeAdapter, ValidationError

from bot.slack.command import Asked, Form, message
from bot.slack.stepping import attempt, refusal
from core.ledger.life.steps import snooze
from core.stanza import Duration

LONGEST = timedelta(days=366)
"""What is put aside for longer is not put aside but forgotten."""

_LENGTH: TypeAdapter[timedelta] = TypeAdapter(Duration)


def _snooze(asked: Asked) -> str | Awaitable[str]:
    number, length = asked.arguments["NUMBER"].removeprefix("#"), asked.arguments["LENGTH"]
    if not (number.isascii() and number.isdecimal()):
        return refusal(asked.settings, asked.locale, "unknown", number=number)
    try:
        until = asked.now + min(_LENGTH.validate_python(length), LONGEST)
    except ValidationError:
        return refusal(asked.settings, asked.locale, "length", wanted=length)
    return asyncio.to_thread(_taken, asked, int(number), until)


def _taken(asked: Asked, number: int, until: datetime) -> str:
    _, line = attempt(
        asked.database, asked.settings, asked.now, asked.person, snooze, number, until=until
    )
    return line


SNOOZING = (Form("snooze NUMBER LENGTH", message("put an alert aside: snooze 12 4h"), _snooze),)
