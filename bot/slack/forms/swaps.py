"""Leave and swaps as people tell them to `/duty`: words become a change, or one line of advice."""

import re
from datetime import date, timedelta

from bot.slack.command import Asked
from core.duty import Change, Roster
from core.ledger.life import duty_changes
from core.ledger.life.duty_changes import ChangeRefused
from core.settings import Person

WORDS_FOR_DAYS = {"today": 0, "今天": 0, "tomorrow": 1, "明天": 1}
"""How many days from now they mean."""


def keep(asked: Asked) -> str:
    """Keep that somebody is away, or with a ROLE that they cover it; without a NAME, who asks."""
    given = asked.arguments
    people = _meant(asked, given.get("NAME"))
    if len(people) != 1:
        names = [person.name for person in people or asked.settings.people]
        return asked.text("duty", "which_person", wanted=given["NAME"], names=names)
    [person] = people
    if person != asked.person and not _is_manager(asked):
        return _not_allowed(asked)
    today = Roster(asked.settings).today(person, asked.store, asked.now)
    try:
        first, last = _day(given["FIRST"], today), _day(given.get("LAST", given["FIRST"]), today)
    except ValueError:
        return asked.text("duty", "which_days")
    role = given["ROLE"].lower() if "ROLE" in given else None
    return _kept(asked, person, Change(person.email, role, first, last), today)


def _kept(asked: Asked, person: Person, change: Change, today: date) -> str:
    told = {**vars(change), "name": person.name, "roles": person.roles}
    try:
        with asked.database.write() as ledger:
            by = asked.person.email
            number = duty_changes.add(
                ledger, asked.settings, change, said_by=by, at=asked.now, today=today
            )
    except ChangeRefused as refused:
        return asked.text("duty", refused.mistake, **told)
    return asked.text("duty", "kept", number=number, **told)


def _meant(asked: Asked, name: str | None) -> list[Person]:
    """Return whom a name means: by e-mail address, or everybody with it in their names."""
    if name is None:
        return [asked.person]
    person, part = asked.settings.person(name), name.removeprefix("@").casefold()
    return [person] if person else [p for p in asked.settings.people if part in _names(p)]


def _names(person: Person) -> str:
    return f"{person.name} {person.email.partition('@')[0]}".casefold()


def _day(text: str, today: date) -> date:
    days = WORDS_FOR_DAYS.get(text.lower())
    return date.fromisoformat(text) if days is None else today + timedelta(days=days)


def withdraw(asked: Asked) -> str:
    """Take back a change of one's own; a manager any."""
    wanted = asked.arguments["ID"]
    number = re.fullmatch("#?([0-9]{1,9})", wanted)
    with asked.database.write() as ledger:
        change = duty_changes.standing(ledger, int(number[1])) if number else None
        if change is None:
            return asked.text("duty", "no_change", wanted=wanted)
        if asked.person.email not in (change.person, change.said_by) and not _is_manager(asked):
            return _not_allowed(asked)
        duty_changes.withdraw(change, asked.now)
    return asked.text("duty", "withdrawn", number=change.id)


def _is_manager(asked: Asked) -> bool:
    return asked.settings.duty.fallback in asked.person.roles


def _not_allowed(asked: Asked) -> str:
    return asked.text("_common", "not_allowed", roles=[asked.settings.duty.fallback])
