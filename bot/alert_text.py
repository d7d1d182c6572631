"""What an alert says, for one reader: rendered once, shown by every medium."""

from dataclasses import dataclass

from core.ledger.tables import Alert, AlertState
from core.settings import Locale, Person, Settings
from core.texts import render

NO_DATA = "no_data"
"""The template of blind spots, whatever the check."""


@dataclass(frozen=True)
class AlertText:
    """The pieces of an alert's message, in the markup of `core.markup`."""

    mark: str
    title: str
    body: str
    status: str
    acknowledge: str
    snooze: str
    resolve: str


def alert_text(alert: Alert, settings: Settings, locale: Locale) -> AlertText:
    """Return what an alert says in a language. Raises as `core.texts.render` does."""
    store = settings.store_of(alert.store)
    facts = alert.facts | {"check": alert.check}
    about = {
        "check": alert.check,
        "id": alert.id,
        "severity": alert.severity,
        "state": "snoozed" if _snoozed(alert) else alert.state,
        "owner": _name(settings, alert.owner),
        "opened_at": alert.opened_at,
        "due_at": alert.due_at,
        "acknowledged_at": alert.acknowledged_at,
        "acknowledged_by": _name(settings, alert.acknowledged_by),
        "snoozed_until": alert.snoozed_until,
        "resolved_at": alert.resolved_at,
        "resolved_by": _name(settings, alert.resolved_by),
        "store": store.title,
    }
    template = f"alerts/{NO_DATA if alert.blind else alert.check}"

    def own(block: str) -> str:
        return render(template, block, facts, locale=locale, zone=store.zone)

    def common(block: str) -> str:
        return render("alerts/_alert", block, about, locale=locale, zone=store.zone)

    return AlertText(
        mark=common("mark"),
        title=" ".join(own("title").split()),
        body=own("body"),
        status=common("status"),
        acknowledge=common("acknowledge"),
        snooze=common("snooze"),
        resolve=common("resolve"),
    )


def reader(settings: Settings, email: str) -> Person:
    """Return the person an alert is written for; its text follows their language."""
    return settings.person(email) or settings.people[0]


def _snoozed(alert: Alert) -> bool:
    return alert.snoozed_until is not None and alert.state != AlertState.RESOLVED


def _name(settings: Settings, email: str | None) -> str | None:
    person = settings.person(email) if email else None
    return person.name if person else email
