"""Leave and swaps that people tell Watchkeeper, and the alerts of those who are away."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlmodel import Session, col, select

from core.duty import Change, OnDuty
from core.ledger.life.owing import bring_forward
from core.ledger.life.steps import CLOCK, hand_over
from core.ledger.life.watch import Watch
from core.ledger.tables import Alert, AlertState, DutyChange
from core.settings import Settings, Store

LONGEST = timedelta(days=366)


class Mistake(StrEnum):
    """Why a change cannot be."""

    BACKWARDS = "backwards"
    TOO_LONG = "too_long"
    PAST = "past"
    UNKNOWN_PERSON = "unknown_person"
    LACKS_ROLE = "lacks_role"


class ChangeRefused(Exception):
    """A change that cannot be; `mistake` says why."""

    def __init__(self, mistake: Mistake) -> None:
        super().__init__(mistake.value)
        self.mistake = mistake


def add(
    session: Session, settings: Settings, change: Change, *, said_by: str, at: datetime, today: date
) -> int:
    """Keep that somebody is away, or covers a role; return the change's number.

    `today` is the day where they are. Changes may overlap: whoever is away is away, and of
    several covers the latest counts. Raises ChangeRefused.
    """
    mistake = _mistake(settings, change, today)
    if mistake:
        raise ChangeRefused(mistake)
    row = DutyChange(
        person=change.person,
        role=change.role,
        first=change.first,
        last=change.last,
        said_by=said_by,
        said_at=at,
    )
    session.add(row)
    session.flush()
    assert row.id is not None  # noqa: S101  (numbered by the flush)
    return row.id


def _mistake(settings: Settings, change: Change, today: date) -> Mistake | None:
    person = settings.person(change.person)
    if person is None:
        return Mistake.UNKNOWN_PERSON
    if change.role and change.role not in person.roles:
        return Mistake.LACKS_ROLE
    if change.last < change.first:
        return Mistake.BACKWARDS
    if change.last < today:
        return Mistake.PAST
    return Mistake.TOO_LONG if change.last - change.first >= LONGEST else None


def standing(session: Session, number: int) -> DutyChange | None:
    """Return a change by its number; None when there is none, or it was withdrawn."""
    change = session.get(DutyChange, number, with_for_update=True)
    return None if change is None or change.withdrawn_at else change


def withdraw(change: DutyChange, at: datetime) -> None:
    """Take a change back; that it was made is kept."""
    change.withdrawn_at = at


def current(session: Session, today: date) -> Sequence[DutyChange]:
    """Return the changes of today and of days to come, by their first day."""
    query = select(DutyChange).where(
        col(DutyChange.withdrawn_at).is_(None), col(DutyChange.last) >= today
    )
    return session.exec(query.order_by(col(DutyChange.first), col(DutyChange.id))).all()


def hand_on(session: Session, watch: Watch) -> int:
    """Hand the open alerts of people who are away, or left, to who is on duty; return how many.

    An alert that somebody took stays theirs; one that was put aside comes when it wakes.
    """
    handed = 0
    for store in watch.settings.stores:
        for alert in _left_alone(session, watch, store):
            wakes = watch.wakes(alert.severity)
            to = watch.roster.on_duty(store, alert.role, watch.at, wakes=wakes)
            handed += _hand_to(session, watch, alert, to)
    return handed


def _left_alone(session: Session, watch: Watch, store: Store) -> Sequence[Alert]:
    people = watch.settings.people
    here = [p.email for p in people if watch.roster.is_here(p, store, watch.at)]
    query = select(Alert).where(
        Alert.store == store.name,
        Alert.state == AlertState.OPEN,
        col(Alert.gone_at).is_(None),
        col(Alert.snoozed_until).is_(None),
        col(Alert.silenced_by).is_(None),
        col(Alert.owner).not_in(here),
    )
    return session.exec(query.order_by(col(Alert.id)).with_for_update()).all()


def _hand_to(session: Session, watch: Watch, alert: Alert, to: OnDuty) -> bool:
    """Hand an alert over; what waits for the morning of its old owner waits for the new one's."""
    assert alert.id is not None  # noqa: S101  (it came from the database)
    person, fell_back = to.person, to.fell_back
    if hand_over(session, watch, alert.id, CLOCK, to=person.email, fell_back=fell_back) is None:
        return False
    bring_forward(session, alert, watch.reached_at(person, alert))
    return True
