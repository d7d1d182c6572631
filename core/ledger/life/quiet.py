"""What is silent at a moment, and why: people's silences, maintenance, what explains the rest."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from core.ledger.life.watch import Watch
from core.ledger.tables import Alert, AlertState, Silence
from core.matching import Matcher, Traits
from core.schedule import last_slot
from core.sections import Inhibition, MaintenanceWindow
from core.settings import Store


@dataclass(frozen=True)
class Why:
    """Why an alert is silent."""

    name: str
    """As `Alert.silenced_by` has it: silence ID, maintenance NAME, alert ID."""
    until: datetime | None = None
    reason: str | None = None


Hush = tuple[Why, Matcher]
"""What silences, and which alerts it silences."""


class Quiet:
    """All that silences alerts at one moment; `why` is a pure function of an alert."""

    def __init__(self, watch: Watch, silences: Sequence[Silence], live: Sequence[Alert]) -> None:
        """Take what holds at the watch's moment; `live` are the alerts that may explain others."""
        self._traits = watch.traits
        said = [
            (Why(f"silence {row.id}", row.ends_at, row.reason), Matcher.model_validate(row.match))
            for row in silences
        ]
        self._hushes: Mapping[str, Sequence[Hush]] = {
            store.name: [*said, *_under_maintenance(watch, store)]
            for store in watch.settings.stores
        }
        rules = [_Rule(inhibition, watch, live) for inhibition in watch.settings.inhibitions]
        self._rules = [rule for rule in rules if rule.explaining]
        self._settled = self._among_themselves(live)

    def why(self, alert: Alert) -> Why | None:
        """Return what silences an alert; None: nothing does.

        A person's word comes first, then maintenance, then the alert that explains this one.
        """
        hushes = self._hushes.get(alert.store, ())
        if not hushes and not self._rules:
            return None
        traits = self._traits(alert)
        said = next((why for why, match in hushes if match.matches(traits)), None)
        if said:
            return said
        by = self._explained(alert, traits)
        return Why(f"alert {by}") if by else None

    @property
    def checks(self) -> set[str] | None:
        """The checks whose alerts may be silent now; None: those of every check."""
        matchers = [match for hushes in self._hushes.values() for _, match in hushes]
        return _checks_of([*matchers, *(rule.silences for rule in self._rules)])

    def _explained(self, alert: Alert, traits: Traits) -> int | None:
        if alert.id and alert.id in self._settled:
            return self._settled[alert.id]
        return min(self._explanations(alert, traits), default=None)

    def _explanations(self, alert: Alert, traits: Traits) -> set[int]:
        found = (rule.explanation(alert, traits) for rule in self._rules)
        return {number for number in found if number is not None}

    def _among_themselves(self, live: Sequence[Alert]) -> dict[int, int | None]:
        """Return, for each alert that explains others, the one that explains it, if any.

        What is silent follows in the end from something that is told: where alerts explain each
        other in a circle, the oldest of them is told.
        """
        explaining = {number for rule in self._rules for number in rule.explaining}
        waiting = {
            alert.id: self._explanations(alert, self._traits(alert))
            for alert in live
            if alert.id and alert.id in explaining
        }
        settled: dict[int, int | None] = {}
        while waiting:
            step: dict[int, int | None] = {
                number: min(by & settled.keys(), default=None)
                for number, by in waiting.items()
                if not by or by & settled.keys()
            } or {_oldest_of_a_circle(waiting): None}
            settled |= step
            waiting = {number: by for number, by in waiting.items() if number not in step}
        return settled


def _oldest_of_a_circle(explained: Mapping[int, set[int]]) -> int:
    number, path = min(explained), list[int]()
    while number not in path:
        path.append(number)
        number = min(explained[number])
    return min(path[path.index(number) :])


class _Rule:
    """One inhibition, with the live alerts that explain others by it."""

    def __init__(self, inhibition: Inhibition, watch: Watch, live: Iterable[Alert]) -> None:
        self.silences, self._same = inhibition.silence, inhibition.same
        self._places: dict[tuple[str, ...], list[int]] = defaultdict(list)
        for alert in live:
            place = self._place(alert)
            if place and alert.id and inhibition.while_.matches(watch.traits(alert)):
                self._places[place].append(alert.id)
        self.explaining = {number for numbers in self._places.values() for number in numbers}

    def explanation(self, alert: Alert, traits: Traits) -> int | None:
        """Return the oldest alert that explains this one; an alert never explains itself."""
        place = self._place(alert)
        if place is None or not self.silences.matches(traits):
            return None
        return next((n for n in self._places.get(place, ()) if n != alert.id), None)

    def _place(self, alert: Alert) -> tuple[str, ...] | None:
        """Return the store and the facts in which both must agree; None when one is unknown."""
        facts = [alert.facts.get(name) for name in self._same]
        return None if None in facts else (alert.store, *map(repr, facts))


def quiet_now(session: Session, watch: Watch) -> Quiet:
    """Return what is silent at the watch's moment."""
    inhibitions = watch.settings.inhibitions
    checks = _checks_of(inhibition.while_ for inhibition in inhibitions)
    explaining: Sequence[Alert] = ()
    if inhibitions:
        query = select(Alert).where(
            col(Alert.gone_at).is_(None), Alert.state != AlertState.RESOLVED
        )
        if checks is not None:
            query = query.where(col(Alert.check).in_(checks))
        explaining = session.exec(query.order_by(col(Alert.id))).all()
    return Quiet(watch, active(session, watch.at), explaining)


def active(session: Session, at: datetime) -> Sequence[Silence]:
    """Return people's silences that hold at a moment, oldest first."""
    query = select(Silence).where(Silence.created_at <= at, Silence.ends_at > at)
    return session.exec(query.order_by(col(Silence.id))).all()


def ends_at(window: MaintenanceWindow, store: Store, at: datetime) -> datetime | None:
    """Return when a maintenance window that holds at a moment is over; None: it does not hold.

    It begins by the clock on the wall and lasts so long, whatever the clock does meanwhile.
    """
    began = last_slot(window.schedule, at, store.zone)
    return began + window.length if began and began + window.length > at else None


def _under_maintenance(watch: Watch, store: Store) -> Iterator[Hush]:
    for window in watch.settings.maintenance:
        if until := ends_at(window, store, watch.at):
            yield Why(f"maintenance {window.name}", until), window.match


def _checks_of(matchers: Iterable[Matcher]) -> set[str] | None:
    """Return the checks that matchers name; None when one of them means every check."""
    checks = {matcher.check for matcher in matchers}
    return None if None in checks else {check for check in checks if check}
