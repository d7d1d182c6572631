"""`/duty`: who must act now and next, who is away, who stands in."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from bot.alert_text import name_of
from bot.slack.command import Asked, Command, Form, help_text, message
from bot.slack.forms.opting_in import OPTING_IN
from bot.slack.forms.swaps import SWAPS
from core.duty import WEEK, Roster, Shift
from core.ledger.life import duty_changes
from core.ledger.life.watch import watch
from core.ledger.tables import DutyChange
from core.settings import Settings, Store


def _now(asked: Asked) -> str:
    roster, roles = _roster(asked), _roles(asked.settings)
    stores = [
        {"title": store.title, "rows": [_row(asked, roster, store, role) for role in roles]}
        for store in asked.settings.stores
    ]
    return asked.text("duty", "now", stores=stores, now=asked.now)


def _roles(settings: Settings) -> Sequence[str]:
    """Return the roles that take turns, and those that checks and rules give alerts to."""
    roles = {stanza.role for _, stanza in settings.checks if stanza} | settings.duty.rotas.keys()
    return sorted(roles | {rule.role for rule in settings.routing if rule.role})


def _row(asked: Asked, roster: Roster, store: Store, role: str) -> dict[str, Any]:
    """Return who is on duty, until when if that is within a week, and when they work again."""
    shift = next(roster.shifts(store, role, asked.now, asked.now + WEEK))
    person = shift.duty.person
    works = roster.works(person, store, asked.now)
    again = None if works else roster.reached_at(person, store, asked.now, wakes=False)
    ends = shift.ends if shift.ends < asked.now + WEEK else None
    return {**_shown(shift, roster, store), "role": role, "ends": ends, "works_again": again}


def _shown(shift: Shift, roster: Roster, store: Store) -> dict[str, Any]:
    person = shift.duty.person
    return {
        "name": person.name,
        "fell_back": shift.duty.fell_back,
        "away": not roster.is_here(person, store, shift.begins),
        "begins": shift.begins,
        "ends": shift.ends,
    }


def _role(asked: Asked) -> str:
    role = asked.arguments["ROLE"].lower()
    if role.split()[0] in {form.usage.partition(" ")[0] for form in COMMAND.forms}:
        return help_text(COMMAND, asked)  # another form, of which something is missing
    known = asked.settings.roles
    if role not in known:
        return asked.text("duty", "unknown_role", wanted=role, roles=sorted(known))
    roster = _roster(asked)
    stores = [
        {"title": store.title, "rows": _shifts(asked, roster, store, role)}
        for store in asked.settings.stores
    ]
    return asked.text("duty", "role", role=role, stores=stores)


def _shifts(asked: Asked, roster: Roster, store: Store, role: str) -> list[dict[str, Any]]:
    shifts = roster.shifts(store, role, asked.now, asked.now + WEEK)
    return [_shown(shift, roster, store) for shift in shifts]


def _roster(asked: Asked) -> Roster:
    with asked.database.read() as ledger:
        return watch(ledger, asked.settings, asked.now).roster


def _changes(asked: Asked) -> str:
    today = asked.now.astimezone(asked.store.zone).date()
    with asked.database.read() as ledger:
        said = [_said(asked.settings, change) for change in duty_changes.current(ledger, today)]
    rows = [*said, *_configured(asked.settings, today)]
    return asked.text("duty", "changes", rows=sorted(rows, key=lambda row: row["first"]))


def _said(settings: Settings, change: DutyChange) -> dict[str, Any]:
    by = None if change.said_by == change.person else name_of(settings, change.said_by)
    shown = {name: getattr(change, name) for name in ("id", "role", "first", "last")}
    return {**shown, "name": name_of(settings, change.person), "said_by": by}


def _configured(settings: Settings, today: date) -> Iterator[dict[str, Any]]:
    """Yield the leave that stands in config.yaml, where only an editor can withdraw it."""
    for person in settings.people:
        for leave in person.leave:
            if leave.last >= today:
                about = {"id": None, "role": None, "name": person.name, "said_by": "config.yaml"}
                yield {**about, "first": leave.first, "last": leave.last}


COMMAND = Command(
    name="/duty",
    summary=message("Who must act, who is away, who stands in"),
    forms=(
        Form("", message("who is on duty now"), _now),
        Form("changes", message("who is away and who stands in, today and later"), _changes),
        *SWAPS,
        *OPTING_IN,
        Form("ROLE", message("who answers for a role, now and in the next 7 days"), _role),
    ),
)
