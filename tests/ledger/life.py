"""An alert's life, driven step by step: what a check found, what people clicked."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlmodel import Session, col, select

from core.finding import Blind, Finding
from core.ledger.database import Database
from core.ledger.life.alerts import Difference, absorb
from core.ledger.life.steps import By
from core.ledger.life.watch import watch
from core.ledger.tables import Alert, AlertStep, Post, Suspect
from core.settings import Settings
from core.values import Severity

NOON = datetime(2026, 3, 5, 4, 0, tzinfo=UTC)
TOM, LIN = "tom.becker@harborlane.example", "lin.yue@harborlane.example"
MA = "ma.chao@harborlane.example"
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def finding(subject: str, severity: Severity | None = None, **facts: Any) -> Finding:
    return Finding(subject=subject, facts=facts, since=NOON - HOUR, severity=severity)


def blind(what: str, *hides: str, problem: str = "stale", whole: bool = False) -> Blind:
    return Blind(what=what, problem=problem, hides=None if whole else frozenset(hides))


def asking(settings: Settings, **changes: Any) -> Settings:
    """The settings with another stanza of safety_stock."""
    stanza = settings.checks.safety_stock.model_copy(update=changes)
    checks = settings.checks.model_copy(update={"safety_stock": stanza})
    return settings.model_copy(update={"checks": checks})


@dataclass
class Life:
    """A check's alerts on one ledger; `at` is the moment things happen."""

    database: Database
    settings: Settings
    check: str = "safety_stock"
    at: datetime = NOON

    def absorb(self, *outcomes: Finding | Blind) -> Difference:
        """The check is run and finds this."""
        with self.database.write() as ledger:
            now = watch(ledger, self.settings, self.at)
            return absorb(ledger, now, self.settings.stores[0], self.check, outcomes)

    def step(self, step: Any, number: int = 1, who: str = LIN, **values: Any) -> bool:
        """Somebody presses a button; whether anything came of it."""
        with self.database.write() as ledger:
            now = watch(ledger, self.settings, self.at)
            return step(ledger, now, number, By(who, "slack"), **values) is not None

    def sweep(self, sweep: Any) -> Any:
        """The clock does its round."""
        with self.database.write() as ledger:
            return sweep(ledger, watch(ledger, self.settings, self.at))

    def later(self, length: timedelta = HOUR) -> None:
        self.at += length

    def alerts(self, *, live: bool = False) -> list[Alert]:
        with self.database.read() as ledger:
            query = select(Alert).order_by(col(Alert.id))
            return [a for a in ledger.exec(query) if not live or a.gone_at is None]

    def alert(self, number: int | None = None) -> Alert:
        """The alert of a number; without one, the only alert."""
        [alert] = [a for a in self.alerts() if number in (None, a.id)]
        return alert

    def audit(self) -> list[AlertStep]:
        """Every step, as it was written."""
        with self.database.read() as ledger:
            return list(ledger.exec(select(AlertStep).order_by(col(AlertStep.id))))

    def steps(self) -> list[str]:
        return [step.what for step in self.audit()]

    def posts(self, **wanted: Any) -> list[Post]:
        with self.database.read() as ledger:
            return [p for p in _posts(ledger) if all(getattr(p, k) == v for k, v in wanted.items())]

    def deliver(self) -> None:
        """Everything owed is sent."""
        with self.database.write() as ledger:
            for post in _posts(ledger):
                post.state, post.sent_revision = "sent", post.revision

    def everything(self) -> list[dict[str, Any]]:
        """All rows, to compare."""
        with self.database.read() as ledger:
            return [
                row.model_dump()
                for table in (Alert, AlertStep, Post, Suspect)
                for row in ledger.exec(select(table))
            ]

    def with_settings(self, settings: Settings) -> "Life":
        return replace(self, settings=settings)


def _posts(ledger: Session) -> list[Post]:
    return list(ledger.exec(select(Post).order_by(col(Post.created_at))))
