"""The clock of an alert: when an answer is due, and when the next step is (plan A1, A5).

The time to answer runs while the owner can be reached: what opens on a Saturday night is due on
Monday, `answer_within` after its owner's first hour; ten minutes left before the evening count,
and the rest begins in the morning. Severities that wake run around the clock.
"""

from datetime import datetime, timedelta

from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from core.duty import zone_of
from core.escalation import Chain
from core.hours import moment, works
from core.ledger.life.watch import Watch
from core.ledger.tables import Alert, AlertState


def start_clock(watch: Watch, alert: Alert, *, no_later_than: datetime | None = None) -> None:
    """Let the time to answer begin, and the alert's chain with it; it may be told when to end."""
    stanza, begins = watch.stanza(alert), watch.reached_at(watch.owner(alert), alert)
    answer_time = stanza.answer_time(alert.severity) if stanza else timedelta()
    due_at = _answered_by(watch, alert, begins, answer_time)
    alert.due_at = min(due_at, no_later_than or due_at)
    route = watch.route(alert)
    alert.next_step, alert.next_step_at = 0, None
    if route and route.chain:
        alert.next_step, alert.next_step_at = first_step(route.chain, alert.due_at, begins)


def _answered_by(watch: Watch, alert: Alert, begins: datetime, left: timedelta) -> datetime:
    """Return when an alert must be answered: the time to do so runs only while its owner works."""
    owner, store, roster = watch.owner(alert), watch.store(alert), watch.roster
    hours, zone = roster.hours(owner), zone_of(owner, store)
    if hours is None or watch.wakes(alert.severity):
        return begins + left
    while works(hours, zone, begins):
        ends = moment(begins.astimezone(zone).date(), hours.end, zone)
        if begins + left <= ends:
            break
        left -= ends - begins
        begins = roster.reached_at(owner, store, ends, wakes=False)
    return begins + left


def follow_up(watch: Watch, alert: Alert) -> None:
    """Remind whoever took the alert until it is resolved."""
    alert.next_step_at = watch.at + watch.settings.escalation.follow_up_every


def stop_clock(alert: Alert) -> None:
    """Ask nobody any more."""
    alert.next_step_at = None


def overdue(at: datetime) -> SelectOfScalar[Alert]:
    """Return the query for alerts that wait for an answer, or an end, and whose step is due.

    Nobody is asked about what they were not told of: it waits for the digest.
    """
    return select(Alert).where(
        col(Alert.next_step_at) <= at,
        col(Alert.gone_at).is_(None),
        col(Alert.told_at).is_not(None),
        Alert.state != AlertState.RESOLVED,
        col(Alert.snoozed_until).is_(None),
        col(Alert.silenced_by).is_(None),
    )


def first_step(chain: Chain, due_at: datetime, begins: datetime) -> tuple[int, datetime | None]:
    """Return the number (from 0) and the moment of a chain's first step.

    Reminders whose time is over when the owner is first asked are passed over. Numbers past the
    chain's end are repetitions of its last step.
    """
    for number, step in enumerate(chain.steps):
        at = due_at + step.offset
        if at > begins or not step.before:
            return number, at
    return len(chain.steps), begins + chain.repeat_every if chain.repeat_every else None


def step_after(chain: Chain, alert: Alert, now: datetime) -> datetime | None:
    """Return when the step after the alert's next one is due; None: there is none.

    Steps keep their distance: what follows a missed one was due long ago too, what follows one
    that waited for the morning waits as long. Repetitions that were missed count as one: the next
    one is counted from now.
    """
    at, number = alert.next_step_at or now, alert.next_step
    if number + 1 < len(chain.steps):
        return at + chain.steps[number + 1].offset - chain.steps[number].offset
    if chain.repeat_every is None:
        return None
    again = at + chain.repeat_every
    return again if again > now else now + chain.repeat_every
