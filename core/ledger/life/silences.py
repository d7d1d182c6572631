"""Silences: what people do not want to be told for a while, and the sweep that keeps their word."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlmodel import Session, col, func, or_, select

from core.finding import Facts
from core.ledger.life.answer_clock import follow_up, start_clock
from core.ledger.life.owing import show_changes
from core.ledger.life.quiet import quiet_now
from core.ledger.life.telling import tell, update_silence, waits_for_digest
from core.ledger.life.watch import Watch
from core.ledger.tables import Alert, AlertState, Silence
from core.matching import Matcher
from core.settings import Settings

_LIVE = (col(Alert.gone_at).is_(None), Alert.state != AlertState.RESOLVED)


def add(
    session: Session, watch: Watch, match: Matcher, until: datetime, reason: str, who: str
) -> Silence:
    """Let what matches be silent from now until a moment; `who` is an e-mail address."""
    silence = Silence(
        match=match.model_dump(mode="json", exclude_none=True),
        reason=reason,
        who=who,
        created_at=watch.at,
        ends_at=until,
    )
    session.add(silence)
    session.flush()  # numbers it
    hush(session, watch)
    return silence


def lift(session: Session, watch: Watch, number: int) -> Silence | None:
    """End a silence now, and tell what it held back; None when it is over or never was."""
    silence = session.get(Silence, number, with_for_update=True)
    if silence is None or silence.ends_at <= watch.at:
        return None
    silence.ends_at = watch.at
    session.add(silence)
    session.flush()
    hush(session, watch)
    return silence


def standing(session: Session, at: datetime) -> Sequence[Silence]:
    """Return the silences that are not over, the first to end first."""
    query = select(Silence).where(Silence.ends_at > at)
    return session.exec(query.order_by(col(Silence.ends_at), col(Silence.id))).all()


def held_back(session: Session) -> Mapping[str, int]:
    """Return how many live, unresolved alerts each reason silences, as `silenced_by` names it."""
    counted = select(Alert.silenced_by, func.count()).where(*_LIVE)
    rows = session.exec(counted.group_by(col(Alert.silenced_by))).all()
    return Counter({why: count for why, count in rows if why})


def silenced_count(session: Session, settings: Settings, alert: Alert) -> int:
    """Return how many live, unresolved alerts are silent because they follow from this one."""
    rules = [rule.while_ for rule in settings.inhibitions]
    if not any(rule.check in (None, alert.check) for rule in rules):
        return 0  # nearly always, and the others would have to be looked through
    counted = select(func.count()).select_from(Alert)
    return session.exec(counted.where(*_LIVE, Alert.silenced_by == f"alert {alert.id}")).one()


def hush(session: Session, watch: Watch, store: str | None = None) -> Facts:
    """Bring the silence of every live, unresolved alert up to date, and tell what was held back.

    A level, not an edge (law 2): doing it again changes nothing. An alert that nothing silences,
    that was never told and that no digest will tell, is told now: none is lost.
    """
    quiet = quiet_now(session, watch)
    query = select(Alert).where(*_LIVE)
    if store is not None:
        query = query.where(Alert.store == store)
    if quiet.checks is not None:  # of the other checks' alerts only those are of interest …
        marked = col(Alert.silenced_by).is_not(None)  # … that speak again
        unknown = col(Alert.told_at).is_(None)  # … that nobody knows of
        query = query.where(or_(marked, unknown, col(Alert.check).in_(quiet.checks)))
    live = session.exec(query.order_by(col(Alert.id)).with_for_update()).all()
    changed = update_silence(session, watch, quiet, live)
    heard = [alert for alert in changed if not alert.silenced_by]
    for alert in heard:
        _go_on(watch, alert)
    show_changes(session, [alert for alert in changed if alert.told_at], watch)
    untold = [alert for alert in live if _must_be_told(watch, alert)]
    tell(session, watch, untold)
    return {"silenced": len(changed) - len(heard), "heard": len(heard), "told": len(untold)}


def _go_on(watch: Watch, alert: Alert) -> None:
    """Let the clock of an alert that speaks again go on: from its beginning while it is open."""
    if alert.state == AlertState.ACKNOWLEDGED:
        follow_up(watch, alert)
    elif alert.snoozed_until is None:
        start_clock(watch, alert)


def _must_be_told(watch: Watch, alert: Alert) -> bool:
    silent = alert.told_at is not None or alert.silenced_by is not None
    return not silent and not waits_for_digest(watch, alert.severity)
