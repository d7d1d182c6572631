"""The steps of the chains, carried out when they are due (plan A1, A5).

A step asks those of its people who can be reached at that moment; while it reaches nobody it
waits for the first who can be. So nobody finds in the morning what was meant for the night.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import zip_longest

from sqlmodel import Session, col

from core.escalation import EVERYONE, OWNER, Chain, EscalationStep, Way
from core.finding import Facts
from core.ledger import opt_ins
from core.ledger.life.answer_clock import follow_up, overdue, step_after, stop_clock
from core.ledger.life.nudges import Nudge, NudgeKind, owe_nudges, withdraw_answered
from core.ledger.life.steps import CLOCK, StepKind, record_all
from core.ledger.life.watch import Watch
from core.ledger.tables import Alert, AlertState
from core.settings import Person
from core.values import Medium


def escalate(session: Session, watch: Watch, store: str | None = None) -> int:
    """Take every step that is due, in one store or in all; return how many were taken.

    After a time asleep each missed step is taken once, in the order of the chain. Each is a row,
    written in the caller's transaction with the posts it owes. What an earlier step owed and
    nobody has tried to send yet is taken back when its alert has been answered.
    """
    withdraw_answered(session)
    query = overdue(watch.at)
    if store is not None:
        query = query.where(Alert.store == store)
    alerts = session.exec(query.order_by(col(Alert.id)).with_for_update()).all()
    if not alerts:
        return 0
    sweep = _Sweep(watch, _opted_in(session, watch))
    taken = [list(sweep.steps_due(alert)) for alert in alerts]
    _record(session, watch.at, taken)
    steps = [step for steps in taken for step in steps]
    owe_nudges(session, watch, [nudge for step in steps for nudge in step.nudges])
    return len(steps)


def _opted_in(session: Session, watch: Watch) -> Collection[str] | None:
    """Return the e-mails of who wants WhatsApp messages; None when the team does not use it."""
    return opt_ins.addresses(session) if watch.settings.whatsapp else None


@dataclass(frozen=True)
class _Step:
    """A step that was taken: what is written down of it, and what it owes."""

    alert: Alert
    what: StepKind
    detail: Facts
    nudges: Sequence[Nudge]


def _record(session: Session, at: datetime, taken: Iterable[Sequence[_Step]]) -> None:
    """Write the steps down: each alert's in its order, those that are alike at once."""
    for nth in zip_longest(*taken):
        alike: dict[tuple[str, str], list[_Step]] = defaultdict(list)
        for step in filter(None, nth):
            alike[step.what, repr(step.detail)].append(step)
        for steps in alike.values():
            alerts = [step.alert for step in steps]
            record_all(session, alerts, steps[0].what, at, CLOCK, **steps[0].detail)


@dataclass(frozen=True)
class _Sweep:
    """The taking of every step that is due at the watch's moment."""

    watch: Watch
    opted_in: Collection[str] | None

    def steps_due(self, alert: Alert) -> Iterator[_Step]:
        """Take an alert's steps one after the other."""
        route = self.watch.route(alert)
        chain = route.chain if route else None
        while alert.next_step_at and alert.next_step_at <= self.watch.at:
            if alert.state == AlertState.ACKNOWLEDGED:
                step = self._follow_up(alert)
            elif chain and (alert.next_step < len(chain.steps) or chain.repeat_every):
                step = self._next_step(alert, chain)
            else:  # config.yaml was changed since: no chain, or a shorter one
                stop_clock(alert)
                return
            if step:
                yield step

    def _follow_up(self, alert: Alert) -> _Step | None:
        """Ask who took an alert how it stands; None while they cannot be reached."""
        taker = self.watch.settings.person(alert.acknowledged_by or "") or self.watch.owner(alert)
        people = self._reached(alert, [taker])
        if not people:
            return None
        detail = {"people": people, "by": [Way.THREAD], "late_by": self._late_by(alert)}
        follow_up(self.watch, alert)
        nudges = _owed(alert, Way.THREAD, people, NudgeKind.FOLLOW_UP)
        return _Step(alert, StepKind.REMINDED, detail, nudges)

    def _next_step(self, alert: Alert, chain: Chain) -> _Step | None:
        """Take a step of the chain, or its last one again; None while nobody can be reached."""
        number, last = alert.next_step, len(chain.steps) - 1
        step = chain.steps[min(number, last)]
        people = self._reached(alert, self._people(alert, step.to))
        if not people:
            return None
        kind = _kind(alert, step, self.watch.at, again=number > last)
        ways = {way: self._reached_by(way, people) for way in step.by}
        detail = {
            "step": number + 1,
            "to": step.to,
            "by": step.by,
            "people": people,
            "left_out": self._left_out(ways.get(Way.WHATSAPP, people), people),
            "late_by": self._late_by(alert),
        }
        alert.next_step_at = step_after(chain, alert, self.watch.at)
        alert.next_step = number + 1
        what = StepKind.REMINDED if step.before else StepKind.ESCALATED
        nudges = [nudge for way, asked in ways.items() for nudge in _owed(alert, way, asked, kind)]
        return _Step(alert, what, detail, nudges)

    def _people(self, alert: Alert, to: str) -> Sequence[Person]:
        """Return whom a step is for."""
        roster, store, at = self.watch.roster, self.watch.store(alert), self.watch.at
        if to == OWNER:
            return [self.watch.owner(alert)]
        role = alert.role if to == EVERYONE else to
        here = [p for p in roster.candidates(role, store, at) if roster.is_here(p, store, at)]
        if to == EVERYONE and here:
            return here
        wakes = self.watch.wakes(alert.severity)
        return [roster.on_duty(store, role, at, wakes=wakes).person]

    def _reached(self, alert: Alert, people: Sequence[Person]) -> list[str]:
        """Return the e-mails of those who can be reached now; if none can, the step is put off."""
        moments = {person.email: self.watch.reached_at(person, alert) for person in people}
        first = min(moments.values())
        if first > self.watch.at:
            alert.next_step_at = first
        return [email for email, at in moments.items() if at <= self.watch.at]

    def _reached_by(self, way: Way, people: Sequence[str]) -> Sequence[str]:
        """Return who is reached in a way: by WhatsApp, only those who said they want it."""
        if way != Way.WHATSAPP:
            return people
        return [email for email in people if email.lower() in (self.opted_in or ())]

    def _left_out(self, reached: Sequence[str], people: Sequence[str]) -> list[Facts] | None:
        """Return whom WhatsApp cannot reach, and why."""
        why = "no_whatsapp" if self.opted_in is None else "no_opt_in"
        missing = [email for email in people if email not in reached]
        return [{"by": Way.WHATSAPP, "person": email, "why": why} for email in missing] or None

    def _late_by(self, alert: Alert) -> int:
        """Return how many seconds after its time a step is taken."""
        at = self.watch.at
        return int((at - (alert.next_step_at or at)).total_seconds())


def _kind(alert: Alert, step: EscalationStep, at: datetime, *, again: bool) -> NudgeKind:
    if at < alert.due_at:
        return NudgeKind.BEFORE
    return NudgeKind.AFTER if again or step.after else NudgeKind.DUE


def _owed(alert: Alert, way: Way, people: Sequence[str], kind: NudgeKind) -> list[Nudge]:
    """Return what a step owes in one way: one reply that mentions all, or a message to each."""
    match way:
        case Way.THREAD | Way.CHANNEL:
            shown = way == Way.CHANNEL
            return [Nudge(alert, Medium.SLACK, alert.channel, people, kind, broadcast=shown)]
        case Way.DIRECT:
            return [Nudge(alert, Medium.SLACK, f"@{email}", [email], kind) for email in people]
        case Way.MAIL | Way.WHATSAPP:
            return [Nudge(alert, Medium(way), email, [email], kind) for email in people]
