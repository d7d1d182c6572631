"""An alert's life, driven step by step: what a check found, what people clicked."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlmodel import Session, col, select

from core.finding import Blind, Finding
from core.ledger.alerts import Asked, Difference, absorb
from core.ledger.database import Database
from core.ledger.tables import Alert, AlertStep, Post
from core.settings import Settings

NOON = datetime(2026, 3, 5, 4, 0, tzinfo=UTC)
TOM, LIN = "tom.becker@harborlane.example", "lin.yue@harborlane.example"
HOUR = timedelta(hours=1)


def finding(subject: str, **facts: Any) -> Finding:
    return Finding(subject=subject, facts=facts, since=NOON - HOUR)


def blind(what: str, *hides: str, problem: str = "stale", whole: bool = False) -> Blind:
    return Blind(what=what, problem=problem, hides=None if whole else frozenset(hides))


@dataclass
class Life:
    """A check's alerts on one ledger; `at` is the moment things happen."""

    database: Database
    settings: Settings
    check: str = "safety_stock"
    at: datetime = NOON

    def absorb(self, *outcomes: Finding | Blind) -> Difference:
        """The check is run and finds this."""
        stanza = self.settings.check(self.check)
        assert stanza
        asked = Asked(self.check, stanza, self.settings.stores[0], self.settings, self.at)
        with self.database.write() as ledger:
            return absorb(ledger, asked, outcomes)

    def step(self, step: Any, number: int = 1, who: str = LIN, **values: Any) -> bool:
        """Somebody presses a button; whether anything came of it."""
        with self.database.write() as ledger:
            return step(ledger, number, who, self.at, "slack", **values) is not None

    def later(self, length: timedelta = HOUR) -> None:
        self.at += length

    def alerts(self, *, live: bool = False) -> list[Alert]:
        with self.database.read() as ledger:
            query = select(Alert).order_by(col(Alert.id))
            return [a for a in ledger.exec(query) if not live or a.gone_at is None]

    def alert(self) -> Alert:
        """The only alert."""
        [alert] = self.alerts()
        return alert

    def steps(self) -> list[str]:
        with self.database.read() as ledger:
            return list(ledger.exec(select(AlertStep.what).order_by(col(AlertStep.id))))

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
                for table in (Alert, AlertStep, Post)
                for row in ledger.exec(select(table))
            ]

    def with_settings(self, settings: Settings) -> "Life":
        return replace(self, settings=settings)


def _posts(ledger: Session) -> list[Post]:
    return list(ledger.exec(select(Post).order_by(col(Post.created_at))))
