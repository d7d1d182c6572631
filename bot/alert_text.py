"""What an alert says, for one reader: rendered once, shown by every medium."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from core.ledger.life.steps import StepKind
from core.ledger.tables import Alert, AlertState, AlertStep
from core.markup import Trusted
from core.settings import Person, Settings, Store
from core.texts import blocks_of, has_block, render
from core.values import Locale

NO_DATA = "no_data"
"""The template of blind spots, whatever the check."""

BUTTONS = ("acknowledge", "snooze", "hand_over", "resolve", "reopen", "why")
"""What people can do with an alert; the blocks of `_alert.j2` that label it."""

DECIDE, CONFIRM = "decide_", "confirm_"
"""Begin the blocks of a check's own template that label a decision's button, and that ask first."""

_BEGINNINGS = (StepKind.OPENED, StepKind.REOPENED, StepKind.HANDED_OVER)
"""The steps that give an alert its owner."""


@dataclass(frozen=True)
class Question:
    """What is asked before anything is done, and the two answers."""

    text: str
    yes: str
    no: str


@dataclass(frozen=True)
class Decision:
    """A button that only alerts of one check have, for what can be decided on its matter."""

    name: str
    label: str
    question: Question | None = None


@dataclass(frozen=True)
class AlertText:
    """The pieces of an alert's message, in the markup of `core.markup`."""

    mark: str
    title: str
    body: str
    status: str
    buttons: dict[str, str]
    """The label of each of `BUTTONS`."""
    decisions: Sequence[Decision] = ()
    """The check's own buttons, while there is something to decide."""


def alert_text(
    alert: Alert,
    settings: Settings,
    locale: Locale,
    steps: Sequence[AlertStep] = (),
    *,
    silences: int = 0,
) -> AlertText:
    """Return what an alert says in a language. Raises as `core.texts.render` does.

    `steps`, oldest first, tell how it came to its owner; `silences` is how many alerts are silent
    because they follow from it.
    """

    def common(block: str) -> str:
        return standing(block, alert, settings, locale, steps, silences=silences)

    return AlertText(
        mark=common("mark"),
        title=alert_title(alert, settings, locale),
        body=own_block(alert, settings, locale, "body"),
        status=common("status"),
        buttons={name: common(name) for name in BUTTONS},
        decisions=_decisions(alert, settings, locale),
    )


def _decisions(alert: Alert, settings: Settings, locale: Locale) -> list[Decision]:
    """Return what can be decided on a live alert: a block `decide_NAME` of its check's template.

    A block `confirm_NAME` beside it is the question that is asked first.
    """
    if alert.state == AlertState.RESOLVED:
        return []

    def decision(name: str) -> Decision:
        label = own_block(alert, settings, locale, DECIDE + name)
        return Decision(name, label, _question(name, alert, settings, locale))

    return [decision(name) for name in blocks_of(template_of(alert), DECIDE)]


def _question(name: str, alert: Alert, settings: Settings, locale: Locale) -> Question | None:
    if not has_block(template_of(alert), CONFIRM + name):
        return None
    text = own_block(alert, settings, locale, CONFIRM + name)
    yes, no = (standing(answer, alert, settings, locale) for answer in ("yes", "no"))
    return Question(text, yes, no)


def template_of(alert: Alert) -> str:
    """Return the name of the template that says what is wrong."""
    return f"alerts/{NO_DATA if alert.blind else alert.check}"


def own_block(alert: Alert, settings: Settings, locale: Locale, block: str, **more: Any) -> str:
    """Render a block of the check's own template."""
    values = alert.facts | {"check": alert.check} | more
    if decision := alert.facts.get("decision"):
        values["decision"] = decision | {"who": name_of(settings, decision["who"])}
    zone = settings.store_of(alert.store).zone
    return render(template_of(alert), block, values, locale=locale, zone=zone)


def alert_title(alert: Alert, settings: Settings, locale: Locale) -> str:
    """Return an alert's title, on one line."""
    return " ".join(own_block(alert, settings, locale, "title").split())


def standing(
    block: str,
    alert: Alert,
    settings: Settings,
    locale: Locale,
    steps: Sequence[AlertStep] = (),
    *,
    silences: int = 0,
) -> str:
    """Render a block of `_alert.j2`: how an alert stands now."""
    store = settings.store_of(alert.store)
    silenced_by, _, silence = (alert.silenced_by or "").partition(" ")
    values = {
        "check": alert.check,
        "id": alert.id,
        "severity": alert.severity,
        "state": "snoozed" if _snoozed(alert) else alert.state,
        "owner": name_of(settings, alert.owner),
        "role": alert.role,
        "opened_at": alert.opened_at,
        "due_at": alert.due_at,
        "acknowledged_at": alert.acknowledged_at,
        "acknowledged_by": name_of(settings, alert.acknowledged_by),
        "snoozed_until": alert.snoozed_until,
        "resolved_at": alert.resolved_at,
        "resolved_by": name_of(settings, alert.resolved_by),
        "reason": reason_label(alert.reason, locale, store),
        "took": alert.resolved_at - alert.opened_at if alert.resolved_at else None,
        "silenced_by": silenced_by,
        "silence": silence,
        "silences": silences,
        "flapping": alert.flapping,
        "switched_off": settings.check(alert.check) is None,
        "store": store.title,
    }
    values |= _came_to_owner(settings, steps) | _silence(steps)
    resolved = next((step for step in reversed(steps) if step.what == StepKind.RESOLVED), None)
    values["decided"] = decided_text(resolved, locale, store) if resolved else None
    return render("alerts/_alert", block, values, locale=locale, zone=store.zone)


def _came_to_owner(settings: Settings, steps: Sequence[AlertStep]) -> dict[str, Any]:
    """Return who handed the alert over, and whether it fell to the fallback role."""
    latest = next((step for step in reversed(steps) if step.what in _BEGINNINGS), None)
    handed_over = latest is not None and latest.what == StepKind.HANDED_OVER
    return {
        "handed_over_by": name_of(settings, latest.who) if latest and handed_over else None,
        "fell_back": bool(latest and latest.detail.get("fell_back")),
    }


def _silence(steps: Sequence[AlertStep]) -> dict[str, Any]:
    """Return until when a silent alert is not told, and why; None where nobody said so."""
    latest = next((step for step in reversed(steps) if step.what == StepKind.SILENCED), None)
    detail = latest.detail if latest else {}
    return {"silent_until": detail.get("until"), "silent_because": detail.get("reason")}


def reader(settings: Settings, email: str) -> Person:
    """Return the person an alert is written for; its text follows their language."""
    return settings.person(email) or settings.people[0]


def name_of(settings: Settings, email: str | None) -> str | None:
    """Return what colleagues call the person of an address; the address of a stranger."""
    person = settings.person(email) if email else None
    return person.name if person else email


def reason_label(reason: str | None, locale: Locale, store: Store) -> str | None:
    """Return the words for why a person resolved an alert, as its dialog has them."""
    if reason is None:
        return None
    return Trusted(render("alerts/_resolve", reason, {}, locale=locale, zone=store.zone))


def decided_text(step: AlertStep, locale: Locale, store: Store) -> str | None:
    """Return in words what a person decided on the matter itself when they resolved an alert."""
    decided = step.detail.get("decided")
    if decided is None:
        return None
    return Trusted(render("alerts/_decision", "line", decided, locale=locale, zone=store.zone))


def _snoozed(alert: Alert) -> bool:
    return alert.snoozed_until is not None and alert.state != AlertState.RESOLVED
