"""`/duty leave`, `/duty cover`, `/duty back`: words become a change, or one line of advice."""

from datetime import date, timedelta

from sqlmodel import Session

from bot.slack import typed
from bot.slack.command import Asked, Form, in_thread, message
from core.duty import Change, Roster
from core.finding import facts
from core.ledger.life import duty_changes
from core.ledger.life.duty_changes import ChangeRefused
from core.ledger.life.watch import watch
from core.ledger.posts import new_post
from core.settings import Person
from core.values import Medium

WORDS_FOR_DAYS = {"today": 0, "今天": 0, "tomorrow": 1, "明天": 1}
"""How many days from now they mean."""

TOLD = "duty_change"
"""The template of what somebody else said of a person."""


def _keep(asked: Asked) -> str:
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
            _tell(ledger, asked, change, number)
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


def _withdraw(asked: Asked) -> str:
    """Take back a change of one's own; a manager any."""
    wanted = asked.arguments["ID"]
    number = typed.number(wanted)
    with asked.database.write() as ledger:
        change = duty_changes.standing(ledger, number) if number else None
        if change is None:
            return asked.text("duty", "no_change", wanted=wanted)
        if asked.person.email not in (change.person, change.said_by) and not _is_manager(asked):
            return _not_allowed(asked)
        duty_changes.withdraw(change, asked.now)
        said = Change(change.person, change.role, change.first, change.last)
        _tell(ledger, asked, said, change.id, taken_back=True)
    return asked.text("duty", "withdrawn", number=change.id)


def _tell(
    ledger: Session, asked: Asked, change: Change, number: int | None, *, taken_back: bool = False
) -> None:
    """Owe a person what somebody else has said of them, when they are at work."""
    person = asked.settings.person(change.person)
    if person is None or person == asked.person:
        return
    roster, store = watch(ledger, asked.settings, asked.now).roster, asked.store
    due = roster.reached_at(person, store, asked.now, wakes=False)
    told = {**vars(change), "number": number, "by": asked.person.name, "taken_back": taken_back}
    post = new_post(store.name, Medium.SLACK, f"@{person.email}", TOLD, asked.now, due=due)
    post.facts = facts(told)
    ledger.add(post)


def _is_manager(asked: Asked) -> bool:
    return asked.settings.duty.fallback in asked.person.roles


def _not_allowed(asked: Asked) -> str:
    return asked.text("_common", "not_allowed", roles=[asked.settings.duty.fallback])


_KEPT, _WITHDRAWN = in_thread(_keep), in_thread(_withdraw)

SWAPS = (
    Form("leave NAME… FIRST LAST", message("somebody is away (managers)"), _KEPT),
    Form("leave FIRST LAST", message("you are away; days as 2026-12-24, today"), _KEPT),
    Form("leave FIRST", message("you are away that day"), _KEPT),
    Form("cover ROLE NAME… FIRST LAST", message("somebody takes a role (managers)"), _KEPT),
    Form("cover ROLE FIRST LAST", message("you take a role before all others"), _KEPT),
    Form("back ID", message("take back leave or a cover"), _WITHDRAWN),
)
"""Forms of `/duty`."""
