"""What people do with an alert: every step is a row, and every message shows it (plan A5).

Each function works inside the caller's transaction and returns the alert as it stands after the
step; None when there was nothing to do, so that a second click changes nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import insert
from sqlmodel import Session, col, select

from core.finding import Facts
from core.ledger.life.answer_clock import follow_up, start_clock, stop_clock
from core.ledger.life.history import owe_history
from core.ledger.life.owing import owe_new_owner, owe_reply, show_change
from core.ledger.life.watch import Watch
from core.ledger.tables import Alert, AlertState, AlertStep


class StepKind(StrEnum):
    """What can happen in an alert's life."""

    OPENED = "opened"
    WORSENED = "worsened"
    FLAPPING = "flapping"
    SILENCED = "silenced"
    UNSILENCED = "unsilenced"
    ESCALATED = "escalated"
    REMINDED = "reminded"
    ACKNOWLEDGED = "acknowledged"
    SNOOZED = "snoozed"
    WOKE = "woke"
    HANDED_OVER = "handed_over"
    COMMENTED = "commented"
    RESOLVED = "resolved"
    REOPENED = "reopened"


class Reason(StrEnum):
    """Why a person resolves an alert."""

    FIXED = "fixed"
    ACCEPTED = "accepted"
    FALSE_ALARM = "false_alarm"
    OTHER = "other"


@dataclass(frozen=True)
class By:
    """Who takes a step, and from where: slack, terminal, check, clock."""

    who: str | None
    """E-mail address; None: Watchkeeper itself."""
    origin: str


CHECK, CLOCK = By(None, "check"), By(None, "clock")


def record(
    session: Session, alert: Alert, what: StepKind, at: datetime, by: By, /, **detail: object
) -> None:
    """Write one step of an alert's life. The alert must have its number."""
    record_all(session, [alert], what, at, by, **detail)


def record_all(
    session: Session,
    alerts: Sequence[Alert],
    what: StepKind,
    at: datetime,
    by: By,
    /,
    **detail: object,
) -> None:
    """Write the same step of many alerts' lives at once."""
    if not alerts:
        return
    known: Facts = {name: value for name, value in detail.items() if value is not None}
    step = {"at": at, "who": by.who, "what": what, "origin": by.origin, "detail": known}
    session.execute(insert(AlertStep), [{**step, "alert_id": alert.id} for alert in alerts])
    if what not in (StepKind.OPENED, StepKind.COMMENTED):  # the message and the thread say these
        owe_history(session, alerts, at)


def acknowledge(session: Session, watch: Watch, number: int, by: By) -> Alert | None:
    """Record that a person takes an alert; what they had put aside, they take up again."""
    alert = locked(session, number)
    if alert is None or not can_be_taken(alert):
        return None
    taken(session, watch, alert, by)
    show_change(session, alert, watch)
    return alert


def can_be_taken(alert: Alert) -> bool:
    """Tell whether an alert waits for somebody to take it: it is open, or put aside."""
    put_aside = alert.state == AlertState.ACKNOWLEDGED and alert.snoozed_until is not None
    return alert.state == AlertState.OPEN or put_aside


def taken(session: Session, watch: Watch, alert: Alert, by: By) -> None:
    """Let a locked, open alert be somebody's; the caller shows the change."""
    alert.state, alert.acknowledged_at = AlertState.ACKNOWLEDGED, watch.at
    alert.acknowledged_by, alert.snoozed_until = by.who, None
    follow_up(watch, alert)
    record(session, alert, StepKind.ACKNOWLEDGED, watch.at, by, due_at=alert.due_at.isoformat())


def snooze(session: Session, watch: Watch, number: int, by: By, *, until: datetime) -> Alert | None:
    """Put an alert aside until a moment to come; it then opens, even if somebody had taken it."""
    alert = locked(session, number)
    if alert is None or alert.state == AlertState.RESOLVED:
        return None
    if until <= watch.at or until == alert.snoozed_until:
        return None
    alert.snoozed_until = until
    stop_clock(alert)
    record(session, alert, StepKind.SNOOZED, watch.at, by, until=until.isoformat())
    show_change(session, alert, watch)
    return alert


def hand_over(
    session: Session, watch: Watch, number: int, by: By, *, to: str, fell_back: bool | None = None
) -> Alert | None:
    """Give an alert to another of the team, who is asked for an answer anew; a snooze ends.

    `fell_back`: it goes to them because nobody of its role is there.
    """
    alert, person = locked(session, number), watch.settings.person(to)
    if alert is None or person is None or alert.state == AlertState.RESOLVED:
        return None
    if alert.owner == person.email:
        return None
    before, alert.owner = alert.owner, person.email
    change = {"from": before, "to": person.email, "fell_back": fell_back or None}
    _ask_anew(watch, alert)
    record(session, alert, StepKind.HANDED_OVER, watch.at, by, **change)
    show_change(session, alert, watch)
    owe_new_owner(session, watch, alert, before, by_hand=by.who is not None)
    return alert


def resolve(
    session: Session,
    watch: Watch,
    number: int,
    by: By,
    *,
    reason: Reason | None = None,
    note: str | None = None,
    decided: Facts | None = None,
) -> Alert | None:
    """Record that a person calls the matter done, and why.

    `decided` is what they decided on the matter itself; `alerts/_decision` says it in words.
    """
    alert = locked(session, number)
    if alert is None or alert.state == AlertState.RESOLVED:
        return None
    alert.state, alert.resolved_at, alert.resolved_by = AlertState.RESOLVED, watch.at, by.who
    alert.reason, alert.snoozed_until = reason, None
    stop_clock(alert)
    told = {"reason": reason, "note": note, "decided": decided}
    due_at = alert.due_at.isoformat()
    record(session, alert, StepKind.RESOLVED, watch.at, by, due_at=due_at, **told)
    show_change(session, alert, watch)
    return alert


def reopen(session: Session, watch: Watch, number: int, by: By) -> Alert | None:
    """Take back that an alert was resolved. None too when its trouble is gone: it opens by itself.

    The time to answer begins anew.
    """
    alert = locked(session, number)
    if alert is None or alert.state != AlertState.RESOLVED or alert.gone_at is not None:
        return None
    alert.resolved_at = alert.resolved_by = alert.reason = None
    _ask_anew(watch, alert)
    record(session, alert, StepKind.REOPENED, watch.at, by)
    show_change(session, alert, watch)
    if by.who != alert.owner:  # who did it themselves needs no call
        owe_reply(
            session, watch, alert, "reopened", due=watch.reached_at(watch.owner(alert), alert)
        )
    return alert


def comment(
    session: Session, watch: Watch, number: int, by: By, *, text: str, ts: str
) -> Alert | None:
    """Keep what a person said in an alert's thread; `ts` is Slack's name of the message."""
    alert = locked(session, number)
    if alert is None or _is_known(session, alert, ts):
        return None
    record(session, alert, StepKind.COMMENTED, watch.at, by, text=text, ts=ts)
    return alert


def _is_known(session: Session, alert: Alert, ts: str) -> bool:
    query = select(AlertStep).where(
        AlertStep.alert_id == alert.id, AlertStep.what == StepKind.COMMENTED
    )
    return any(step.detail.get("ts") == ts for step in session.exec(query))


def _ask_anew(watch: Watch, alert: Alert) -> None:
    alert.state, alert.acknowledged_at, alert.acknowledged_by = AlertState.OPEN, None, None
    alert.snoozed_until = None
    start_clock(watch, alert)


def wake_snoozed(session: Session, watch: Watch) -> int:
    """Open every alert whose snooze is over, and say so; return how many.

    The time to answer begins anew, whoever had taken it before: they put it aside. An alert whose
    check was switched off meanwhile comes back too: nobody has called it done.
    """
    query = select(Alert).where(
        col(Alert.snoozed_until) <= watch.at, Alert.state != AlertState.RESOLVED
    )
    woken = list(session.exec(query.order_by(col(Alert.id)).with_for_update()))
    for alert in woken:
        _ask_anew(watch, alert)
        record(session, alert, StepKind.WOKE, watch.at, CLOCK)
        show_change(session, alert, watch)
        if alert.silenced_by is None:
            due = watch.reached_at(watch.owner(alert), alert)
            owe_reply(session, watch, alert, "snooze_over", due=due)
    return len(woken)


def was_decided(session: Session, alert: Alert) -> bool:
    """Tell whether an alert was last resolved by what a person decided on the matter itself."""
    query = select(AlertStep).where(
        AlertStep.alert_id == alert.id, AlertStep.what == StepKind.RESOLVED
    )
    last = session.exec(query.order_by(col(AlertStep.id).desc())).first()
    return last is not None and "decided" in last.detail


def locked(session: Session, number: int) -> Alert | None:
    """Return an alert, locked against other steps meanwhile."""
    return session.exec(select(Alert).where(Alert.id == number).with_for_update()).first()
