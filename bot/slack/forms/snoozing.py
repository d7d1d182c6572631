"""`/watch snooze NUMBER LENGTH`: an alert put aside without its dialog."""

from datetime import timedelta

from bot.slack import typed
from bot.slack.command import Asked, Form, in_thread, message
from bot.slack.stepping import attempt, refusal
from core.ledger.life.steps import snooze

LONGEST = timedelta(days=366)
"""What is put aside for longer is not put aside but forgotten."""


def _snooze(asked: Asked) -> str:
    wanted, said = asked.arguments["NUMBER"], asked.arguments["LENGTH"]
    number, length = typed.number(wanted), typed.length(said)
    if not number:
        return refusal(asked.settings, asked.locale, "unknown", number=wanted.removeprefix("#"))
    if length is None:
        return refusal(asked.settings, asked.locale, "length", wanted=said)
    until = asked.now + min(length, LONGEST)
    _, line = attempt(
        asked.database, asked.settings, asked.now, asked.person, snooze, number, until=until
    )
    return line


SNOOZING = (
    Form("snooze NUMBER LENGTH", message("put an alert aside: snooze 12 4h"), in_thread(_snooze)),
)
"""Forms of `/watch`."""
