"""How quickly people answered: from trigger to notice, to answer, to resolution (plan A5)."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import defer
from sqlmodel import Session, and_, col, or_, select

from core.ledger.life.steps import StepKind
from core.ledger.tables import Alert, AlertStep
from core.rules.spread import Spread, spread


@dataclass(frozen=True)
class Figures:
    """The figures of some alerts; None where nothing was measured: no data is not zero.

    `noticed` runs from the trouble's beginning to the alert; `acknowledged` from the alert to the
    first answer, `resolved` to its end. Nights and holidays count in all three. They do not count
    in `in_time`, the alerts whose first answer came before it was due: the time to answer runs
    only while the owner works.
    """

    alerts: int
    noticed: Spread | None
    acknowledged: Spread | None
    resolved: Spread | None
    owed_an_answer: int
    """Those that were told, but for those that went away by themselves before they were due."""
    in_time: int


@dataclass(frozen=True)
class FirstAnswer:
    """The first thing a person did with an alert, and by when they were to."""

    at: datetime
    due_at: datetime


Group = Callable[[Alert], str]


def figures(
    session: Session, store: str, first: datetime, until: datetime, group: Group
) -> dict[str, Figures]:
    """Return the figures of the alerts opened from `first` to before `until`, by group.

    `until` is the present, or earlier. A group is whatever is asked for: owner, check, week.
    """
    opened = (Alert.store == store, Alert.opened_at >= first, Alert.opened_at < until)
    not_needed = [defer(column) for column in (Alert.facts, Alert.provenance)]  # type: ignore[arg-type]
    query = select(Alert).where(*opened).order_by(col(Alert.id)).options(*not_needed)
    groups: dict[str, list[Alert]] = defaultdict(list)
    for alert in session.exec(query):
        groups[group(alert)].append(alert)
    answers = _first_answers(session, opened)
    return {name: _figures(alerts, answers, until) for name, alerts in sorted(groups.items())}


def _first_answers(session: Session, opened: Sequence[bool]) -> Mapping[int | None, FirstAnswer]:
    """Return the first answer to each alert that has one: taken, or called done without.

    From the steps, which stay: opening an alert again clears the alert's own.
    """
    answered = or_(
        AlertStep.what == StepKind.ACKNOWLEDGED,
        and_(AlertStep.what == StepKind.RESOLVED, col(AlertStep.who).is_not(None)),
    )
    query = select(AlertStep, Alert.due_at).join(Alert).where(*opened, answered)
    answers: dict[int | None, FirstAnswer] = {}
    for step, due_at in session.exec(query.order_by(col(AlertStep.id))):
        due = step.detail.get("due_at")
        by = datetime.fromisoformat(due) if due else due_at
        answers.setdefault(step.alert_id, FirstAnswer(step.at, by))
    return answers


def _figures(
    alerts: Sequence[Alert], answers: Mapping[int | None, FirstAnswer], until: datetime
) -> Figures:
    answered = [(alert, answers[alert.id]) for alert in alerts if alert.id in answers]
    left = [alert for alert in alerts if alert.id not in answers and _owed_an_answer(alert, until)]
    return Figures(
        alerts=len(alerts),
        noticed=_spread((alert.since, alert.opened_at) for alert in alerts),
        acknowledged=_spread((alert.opened_at, answer.at) for alert, answer in answered),
        resolved=_spread((alert.opened_at, alert.resolved_at) for alert in alerts),
        owed_an_answer=len(answered) + len(left),
        in_time=sum(answer.at <= answer.due_at for _, answer in answered),
    )


def _owed_an_answer(alert: Alert, until: datetime) -> bool:
    """Tell whether somebody was to answer an alert that nobody has answered."""
    return alert.told_at is not None and (alert.resolved_at or until) >= alert.due_at


def _spread(spans: Iterable[tuple[datetime, datetime | None]]) -> Spread | None:
    return spread([max(end - start, timedelta()) for start, end in spans if end])
