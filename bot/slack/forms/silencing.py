"""`/watch silence`, `/watch silences`, `/watch lift`: what people do not want to be told."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

from pydantic import ValidationError

from bot.alert_text import name_of
from bot.slack import typed
from bot.slack.command import Asked, Form, in_thread, message
from core.errors import nearest
from core.ledger.life import silences
from core.ledger.life.quiet import ends_at
from core.ledger.life.watch import watch
from core.ledger.tables import Silence
from core.matching import Matcher
from core.schedule import next_slot

LONGEST = timedelta(days=366)
"""What is not to be told for longer belongs in config.yaml."""


class _Mistake(ValueError):
    """Something that was typed and means nothing; its text is the part that is wrong."""


def _add(asked: Asked) -> str:
    try:
        match = _matcher(asked, asked.arguments["WHAT"])
    except _Mistake as mistake:
        return _what_is_wrong(asked, str(mistake))
    until = _moment(asked, asked.arguments["LENGTH"])
    if until is None:
        return asked.text("silences", "length", wanted=asked.arguments["LENGTH"])
    reason, who = asked.arguments["REASON"], asked.person.email
    with asked.database.write() as ledger:
        now = watch(ledger, asked.settings, asked.now)
        silence = silences.add(ledger, now, match, until, reason, who)
        held = silences.held_back(ledger)
    return asked.text("silences", "added", row=_row(asked, silence, held))


def _how(asked: Asked) -> str:
    return asked.text("silences", "how")


def _list(asked: Asked) -> str:
    with asked.database.read() as ledger:
        held = silences.held_back(ledger)
        rows = [_row(asked, each, held) for each in silences.standing(ledger, asked.now)]
    windows = list(_windows(asked, held))
    return asked.text("silences", "list", rows=rows, windows=windows)


def _lift(asked: Asked) -> str:
    wanted = asked.arguments["ID"]
    number = typed.number(wanted)
    with asked.database.write() as ledger:
        now = watch(ledger, asked.settings, asked.now)
        lifted = silences.lift(ledger, now, number) if number else None
    block = "lifted" if lifted else "none"
    return asked.text("silences", block, wanted=wanted.removeprefix("#"))


def _row(asked: Asked, silence: Silence, held: Mapping[str, int]) -> dict[str, Any]:
    return {
        "id": silence.id,
        "what": _words(Matcher.model_validate(silence.match)),
        "until": silence.ends_at,
        "who": name_of(asked.settings, silence.who),
        "reason": silence.reason,
        "held": held[f"silence {silence.id}"],
    }


def _windows(asked: Asked, held: Mapping[str, int]) -> Iterator[dict[str, Any]]:
    for window in asked.settings.maintenance:
        yield {
            "name": window.name,
            "what": _words(window.match),
            "until": ends_at(window, asked.store, asked.now),
            "begins": next_slot(window.schedule, asked.now, asked.store.zone),
            "held": held[f"maintenance {window.name}"],
        }


def _words(match: Matcher) -> str:
    """Return a matcher as it is typed."""
    values = match.model_dump(mode="json", exclude_none=True)
    return ",".join(f"{name}={_plain(value)}" for name, value in values.items())


def _plain(value: object) -> object:
    return str(value).lower() if isinstance(value, bool) else value


def _matcher(asked: Asked, what: str) -> Matcher:
    """Return what `price_gap` or `check=price_gap,severity=warning` means. Raises _Mistake."""
    given: dict[str, str] = {}
    for part in what.split(","):
        name, equals, value = part.partition("=")
        given |= {name: value} if equals else {"check": part}
    check, store = given.get("check"), given.get("store")
    if check is not None and asked.settings.check(check) is None:
        raise _Mistake(check)
    if store is not None and asked.settings.store(store) is None:
        raise _Mistake(f"store={store}")
    try:
        return Matcher.model_validate(given)
    except ValidationError as error:
        wrong = str(error.errors()[0]["loc"][0])
        raise _Mistake(f"{wrong}={given[wrong]}") from None


def _what_is_wrong(asked: Asked, part: str) -> str:
    checks = [name for name, stanza in asked.settings.checks if stanza]
    near, keys = nearest(part, checks), list(Matcher.model_fields)
    return asked.text("silences", "what", wanted=part, near=near, keys=keys)


def _moment(asked: Asked, text: str) -> datetime | None:
    """Return when `2h` is over, or which moment `2026-12-24T09:00` is, in the store's zone.

    None for what is neither, what is past, and what is more than a year away.
    """
    until = None
    if length := typed.length(text):
        with suppress(OverflowError):
            until = asked.now + length
    with suppress(ValueError, OverflowError):
        said = datetime.fromisoformat(text)
        until = (said if said.tzinfo else said.replace(tzinfo=asked.store.zone)).astimezone(UTC)
    return until if until and asked.now < until < asked.now + LONGEST else None


SILENCING = (
    Form(
        "silence WHAT LENGTH REASON…",
        message("do not tell what matches: silence price_gap,channel=amazon 2h being repriced"),
        in_thread(_add),
        for_leads=True,
    ),
    Form("silence WHAT…", message("how to write a silence"), _how, for_leads=True),
    Form("silences", message("what is silent, until when, why"), _list),
    Form("lift ID", message("end a silence now"), in_thread(_lift), for_leads=True),
)
