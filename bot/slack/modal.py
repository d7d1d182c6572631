"""Dialogs: what they have in common, and what was filled in."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bot.slack.desk import Body, Desk
from core.duty import Roster
from core.finding import Facts
from core.ledger.tables import Alert
from core.markup import cut, to_plain
from core.settings import Person, Store
from core.texts import render

View = dict[str, Any]

_OF_THE_BUTTON = ("response_url", "container")
"""What of the button's request is needed when its dialog is submitted."""

TITLE_LIMIT = 24
OPTION_LIMIT = 75


@dataclass(frozen=True)
class Occasion:
    """Why a dialog opens: who pressed a button about which alert."""

    desk: Desk
    person: Person
    alert: Alert
    body: Body
    """Slack's word of the button, which says where to answer."""
    roster: Roster

    @property
    def store(self) -> Store:
        """The store that the alert is of."""
        return self.desk.settings.store_of(self.alert.store)


Dialog = Callable[[Occasion], View]
"""Makes the dialog that a button opens."""


def modal(
    occasion: Occasion,
    template: str,
    callback: str,
    blocks: list[View],
    kept: Facts | None = None,
) -> View:
    """Return a dialog with a button to submit it, in the person's language.

    `kept` comes back when it is submitted, see `kept_of`.
    """
    pressed = {name: occasion.body.get(name) for name in _OF_THE_BUTTON}
    known = {"alert_id": occasion.alert.id, "pressed": pressed, "kept": kept or {}}
    return {
        "type": "modal",
        "callback_id": callback,
        "private_metadata": json.dumps(known),
        "title": words(occasion, template, "title", limit=TITLE_LIMIT),
        "submit": words(occasion, template, "submit", limit=TITLE_LIMIT),
        "close": words(occasion, template, "close", limit=TITLE_LIMIT),
        "blocks": blocks,
    }


def words(
    occasion: Occasion, template: str, block: str, limit: int = OPTION_LIMIT, **values: Any
) -> dict[str, Any]:
    """Return a block of templates/alerts as plain text, where no markup means anything."""
    locale, zone = occasion.person.locale, occasion.store.zone
    text = render(f"alerts/{template}", block, values, locale=locale, zone=zone)
    return plain(to_plain(text), limit)


def plain(text: str, limit: int = OPTION_LIMIT) -> dict[str, Any]:
    """Return a plain text within a limit."""
    return {"type": "plain_text", "text": cut(text, limit)}


def field(name: str, label: View, element: View, *, optional: bool = False) -> View:
    """Return a field to fill in."""
    return {
        "type": "input",
        "block_id": name,
        "label": label,
        "optional": optional,
        "element": element | {"action_id": name},
    }


def filled_in(view: View, name: str) -> dict[str, Any]:
    """Return what was chosen or written in a field."""
    state: dict[str, Any] = view["state"]["values"][name][name]
    return state


def about(view: View, body: Body) -> tuple[int, Body]:
    """Return the alert that a submitted dialog is about, and what an answer to it needs.

    A dialog has no response_url of its own: the button's is used.
    """
    known = json.loads(view["private_metadata"])
    return known["alert_id"], body | known["pressed"]


def kept_of(view: View) -> Facts:
    """Return what a submitted dialog was given to keep."""
    kept: Facts = json.loads(view["private_metadata"])["kept"]
    return kept
