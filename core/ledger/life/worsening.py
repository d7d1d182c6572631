"""An alert that gets worse: asked anew, whoever slept is woken, whoever has it is told."""

from sqlmodel import Session

from core.ledger.life.answer_clock import follow_up, start_clock
from core.ledger.life.owing import bring_forward, owe_reply
from core.ledger.life.steps import CHECK, StepKind, record
from core.ledger.life.watch import Watch
from core.ledger.tables import Alert, AlertState
from core.values import rank


def is_worse(severity: str, before: str) -> bool:
    """Tell whether a severity is worse than another."""
    return rank(severity) > rank(before)


def worsen(session: Session, watch: Watch, alert: Alert, before: str) -> None:
    """Tell the owner of a live, unresolved alert that its severity has risen from `before`.

    A snooze ends. What nobody has taken is to be answered anew, and no later than it was to be;
    what somebody has taken stays theirs. A silent alert stays silent. One that shares a message is
    told anew, by a message of its own: nobody would notice it among the others. Role, owner and
    channel stay as they were when it opened; chain and media are those of the new severity.
    """
    asleep, alert.snoozed_until = alert.snoozed_until is not None, None
    change = {"from": before, "to": alert.severity}
    record(session, alert, StepKind.WORSENED, watch.at, CHECK, **change)
    if alert.silenced_by:
        return
    reached_at = watch.reached_at(watch.owner(alert), alert)
    due_at = None if asleep or alert.told_at is None else alert.due_at
    if alert.group_id is None:
        owe_reply(session, watch, alert, "worse", due=reached_at)
    else:
        alert.told_at = None
    if alert.state == AlertState.ACKNOWLEDGED:
        follow_up(watch, alert)
    else:
        start_clock(watch, alert, no_later_than=due_at)
        bring_forward(session, alert, reached_at)
