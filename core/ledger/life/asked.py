"""A check as it was asked at a moment, and all that it answered."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from core.duty import OnDuty
from core.finding import Blind, Finding, facts
from core.jobs import CheckSettings
from core.ledger.life.watch import Watch
from core.ledger.tables import Alert
from core.settings import Store
from core.values import Severity

Subject = tuple[str, bool]
"""A finding's subject, and whether it is a blind spot."""


@dataclass(frozen=True)
class Asked:
    """A check, its store and its stanza, and what every step is taken with."""

    watch: Watch
    store: Store
    check: str
    stanza: CheckSettings

    @property
    def at(self) -> datetime:
        """The moment it was asked."""
        return self.watch.at

    def severity(self, finding: Finding) -> Severity:
        """Return how bad a finding is."""
        return finding.severity or self.stanza.severity

    def on_duty(self, role: str, finding: Finding) -> OnDuty:
        """Return who must act on a finding that a role owns."""
        wakes = self.watch.wakes(self.severity(finding))
        roster = self.watch.roster
        return roster.on_duty(self.store, role, self.at, named=finding.owner, wakes=wakes)


@dataclass(frozen=True)
class Answer:
    """What is wrong, blind spots among it, and what nobody could see."""

    found: Mapping[Subject, Finding]
    sees_nothing: bool
    hidden: frozenset[str]
    """The subjects that blind spots hide, where they do not hide all of them."""

    @classmethod
    def of(cls, outcomes: Iterable[Finding | Blind], at: datetime) -> Self:
        """Return a check's outcomes as an answer; each blind spot is a finding too (law 5)."""
        found: dict[Subject, Finding] = {}
        spots: list[Blind] = []
        for outcome in outcomes:
            if isinstance(outcome, Blind):
                spots.append(outcome)
                told = _as_finding(outcome, at)
                found[told.subject, True] = told
            else:
                found[outcome.subject, False] = outcome
        hidden = frozenset[str]().union(*(spot.hides for spot in spots if spot.hides))
        return cls(found, any(spot.hides is None for spot in spots), hidden)

    def hides(self, subject: str) -> bool:
        """Tell whether trouble with a subject may be there unseen."""
        return self.sees_nothing or subject in self.hidden

    def may_hide(self, alert: Alert) -> bool:
        """Tell whether an alert's trouble may be there unseen.

        What hides the whole check hides its smaller blind spots too: nobody looked for them.
        """
        if alert.blind:
            return self.sees_nothing and not alert.facts["whole_check"]
        return self.hides(alert.subject)


def _as_finding(blind: Blind, at: datetime) -> Finding:
    told = {
        "what": blind.what,
        "problem": blind.problem,
        "last_known": blind.last_known,
        "whole_check": blind.hides is None,
    }
    return Finding(
        subject=f"{blind.what}: {blind.problem}",
        facts=facts(told) | blind.facts,
        since=blind.last_known or at,
        severity=Severity.WARNING,
    )
