"""What happened to an alert, a line a step, for one reader."""

from collections.abc import Sequence

from bot.alert_text import decided_text, name_of, reason_label
from core.finding import Facts
from core.ledger.life.steps import StepKind
from core.ledger.tables import Alert, AlertStep
from core.markup import Trusted
from core.settings import Settings
from core.texts import render
from core.values import Locale

SHOWN = 20
"""Steps that a list names; of more, the first ones are counted."""


def step_lines(
    alert: Alert, steps: Sequence[AlertStep], settings: Settings, locale: Locale
) -> list[str]:
    """Return each step as a line of markup: when, who, what, from where."""
    store = settings.store_of(alert.store)

    def line(step: AlertStep) -> str:
        resolved = step.what == StepKind.RESOLVED
        reason = reason_label(step.detail.get("reason"), locale, store) if resolved else None
        values = _values(step, settings) | {"reason": reason}
        values["decided"] = decided_text(step, locale, store)
        return Trusted(render("alerts/_step", "line", values, locale=locale, zone=store.zone))

    return [line(step) for step in steps]


def history_values(
    alert: Alert, steps: Sequence[AlertStep], settings: Settings, locale: Locale
) -> Facts:
    """Return what a list of an alert's steps shows: the last ones, and how many came before.

    What people wrote stands in the thread itself.
    """
    known = [step for step in steps if step.what != StepKind.COMMENTED]
    lines = step_lines(alert, known[-SHOWN:], settings, locale)
    return {"id": alert.id, "steps": lines, "earlier": len(known) - len(lines)}


def _values(step: AlertStep, settings: Settings) -> Facts:
    """Return what a step's line is made from, with people by their names."""
    people = [name_of(settings, email) for email in step.detail.get("people", [])]
    return {
        "at": step.at,
        "who": name_of(settings, step.who),
        "what": step.what,
        "origin": step.origin,
        "detail": step.detail,
        "people": people,
        "handed_to": name_of(settings, step.detail.get("to")),
    }
