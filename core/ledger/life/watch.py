"""What every step in an alert's life is taken with: the settings, who is here, the moment."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from core.duty import Change, Roster
from core.hours import ONE_DAY
from core.jobs import CheckSettings
from core.ledger.tables import Alert, DutyChange
from core.matching import Traits
from core.routing import Route, route, traits
from core.settings import Person, Settings, Store


@dataclass(frozen=True)
class Watch:
    """The settings, the roster and the moment."""

    settings: Settings
    roster: Roster
    at: datetime

    def store(self, alert: Alert) -> Store:
        """Return the store that an alert is of."""
        return self.settings.store_of(alert.store)

    def stanza(self, alert: Alert) -> CheckSettings | None:
        """Return the stanza of an alert's check; None when it was switched off since."""
        return self.settings.check(alert.check)

    def route(self, alert: Alert) -> Route | None:
        """Return where an alert goes; None when its check was switched off since."""
        stanza = self.stanza(alert)
        return route(self.settings, stanza, self.traits(alert)) if stanza else None

    def traits(self, alert: Alert) -> Traits:
        """Return what matchers look at in an alert."""
        return traits(
            store=self.store(alert),
            check=alert.check,
            subject=alert.subject,
            severity=alert.severity,
            blind=alert.blind,
            facts=alert.facts,
        )

    def owner(self, alert: Alert) -> Person:
        """Return who must act on an alert; the first of the team for somebody who left it."""
        return self.settings.person(alert.owner) or self.settings.people[0]

    def wakes(self, severity: str) -> bool:
        """Tell whether a severity reaches people outside their working hours."""
        return severity in self.settings.escalation.wakes

    def reached_at(self, person: Person, alert: Alert) -> datetime:
        """Return when a message about an alert may reach a person."""
        wakes = self.wakes(alert.severity)
        return self.roster.reached_at(person, self.store(alert), self.at, wakes=wakes)


def watch(session: Session, settings: Settings, at: datetime) -> Watch:
    """Return the watch of a moment, with what people said about leave and swaps, latest first."""
    query = select(DutyChange).where(
        col(DutyChange.withdrawn_at).is_(None),
        col(DutyChange.last) >= at.date() - ONE_DAY,  # in some zone it may still be that day
    )
    rows = session.exec(query.order_by(col(DutyChange.id).desc())).all()
    changes = [Change(row.person, row.role, row.first, row.last) for row in rows]
    return Watch(settings, Roster(settings, changes), at)
