"""How alerts are told: each by its own message, many in one, in the digest, or not yet."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from sqlmodel import Session, col, select

from core.ledger.life.answer_clock import start_clock, stop_clock
from core.ledger.life.groups import begin
from core.ledger.life.history import owe_history
from core.ledger.life.owing import A_MOMENT, owe, show_explaining
from core.ledger.life.quiet import Quiet, Why, quiet_now
from core.ledger.life.steps import CLOCK, StepKind, record_all
from core.ledger.life.taking_back import take_back
from core.ledger.life.watch import Watch
from core.ledger.posts import ALERT
from core.ledger.tables import Alert, AlertState, GroupKind, Post
from core.settings import Store


def tell(session: Session, watch: Watch, alerts: Iterable[Alert]) -> None:
    """Owe the messages of alerts that have just opened, or that nothing holds back any more.

    What is silent now is not told, and nobody is asked to answer it. A severity of the digest
    waits for it. Of the others, many of one check for one Slack channel share one message.
    """
    together: dict[tuple[str, str, str], list[Alert]] = defaultdict(list)
    for alert in _not_silent(session, watch, list(alerts)):
        if waits_for_digest(watch, alert.severity):
            alert.told_at = None
        else:
            together[alert.store, alert.check, alert.channel].append(alert)
    for members in together.values():
        if len(members) > watch.settings.alerts.group_over:
            begin(session, watch, GroupKind.STORM, members)
        else:
            _tell_each(session, watch, members)


def tell_digest(session: Session, watch: Watch, store: Store) -> int:
    """Tell what waited for the digest, one message a Slack channel; return how many alerts.

    What has ended meanwhile, or is silent now, is not told.
    """
    query = select(Alert).where(
        Alert.store == store.name,
        col(Alert.gone_at).is_(None),
        col(Alert.told_at).is_(None),
        Alert.state != AlertState.RESOLVED,
        col(Alert.severity).in_(watch.settings.alerts.digest),
    )
    waiting = session.exec(query.order_by(col(Alert.id)).with_for_update()).all()
    together: dict[str, list[Alert]] = defaultdict(list)
    for alert in _not_silent(session, watch, waiting):
        if alert.state == AlertState.OPEN:
            start_clock(watch, alert)  # nobody was asked for an answer before
        together[alert.channel].append(alert)
    for members in together.values():
        begin(session, watch, GroupKind.DIGEST, members)
    return sum(map(len, together.values()))


def waits_for_digest(watch: Watch, severity: str) -> bool:
    """Tell whether a severity is told by the digest only; by none when that job is off."""
    return severity in watch.settings.alerts.digest and watch.settings.job("digest") is not None


def update_silence(
    session: Session, watch: Watch, quiet: Quiet, alerts: Iterable[Alert]
) -> list[Alert]:
    """Let alerts be silent, or not any more, as `quiet` says; return those that changed.

    Nobody is asked to answer a silent alert. What explains others shows how many they are.
    """
    changed: dict[Why | None, list[Alert]] = defaultdict(list)
    reasons: set[str | None] = set()
    for alert in alerts:
        before, why = alert.silenced_by, quiet.why(alert)
        after = why.name if why else None
        if after != before:
            changed[why].append(alert)
            reasons |= {before, after}
            alert.silenced_by = after
    for why, some in changed.items():
        _record_silence(session, watch, some, why)
    show_explaining(session, watch, reasons)
    return [alert for some in changed.values() for alert in some]


def _record_silence(
    session: Session, watch: Watch, alerts: Sequence[Alert], why: Why | None
) -> None:
    if why is None:
        record_all(session, alerts, StepKind.UNSILENCED, watch.at, CLOCK)
        return
    for alert in alerts:
        stop_clock(alert)
    take_back(session, alerts)
    until = why.until and why.until.isoformat()
    detail = {"why": why.name, "until": until, "reason": why.reason}
    record_all(session, alerts, StepKind.SILENCED, watch.at, CLOCK, **detail)


def _not_silent(session: Session, watch: Watch, alerts: Sequence[Alert]) -> list[Alert]:
    """Return the alerts that may be told now; the others are marked as silent."""
    if alerts:
        update_silence(session, watch, quiet_now(session, watch), alerts)
    return [alert for alert in alerts if alert.silenced_by is None]


def _tell_each(session: Session, watch: Watch, alerts: Sequence[Alert]) -> None:
    """Owe each its message, and under it the history of those that are told once more."""
    again = _told_before(session, [alert for alert in alerts if alert.opened_at < watch.at])
    for alert in alerts:
        alert.told_at, alert.group_id = watch.at, None
        owe(session, watch, alert)
    owe_history(session, again, watch.at + A_MOMENT)  # after the message that it stands under


def _told_before(session: Session, alerts: Sequence[Alert]) -> list[Alert]:
    """Return the alerts that had a message of their own, or one that they shared."""
    if not alerts:
        return []
    numbers = [alert.id for alert in alerts]
    query = select(Post.alert_id).where(Post.template == ALERT, col(Post.alert_id).in_(numbers))
    known = set(session.exec(query.distinct()).all())
    return [alert for alert in alerts if alert.group_id is not None or alert.id in known]
