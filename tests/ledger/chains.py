"""Escalation driven by the clock: the job runs, and what it owes is looked at and sent."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import col, select

from core.escalation import Chain, EscalationStep
from core.finding import Finding
from core.ledger.life.escalation import escalate
from core.ledger.life.watch import watch
from core.ledger.tables import AlertStep, Post
from core.sections import WhatsAppSettings
from core.settings import Settings
from core.values import Severity
from tests.ledger.life import NOON, Life

MA = "ma.chao@harborlane.example"
TOM_, MA_, LIN_ = "tom.becker", "ma.chao", "lin.yue"
"""The same people, as `Told` has them."""
MINUTE = timedelta(minutes=1)

WHATSAPP = WhatsAppSettings(
    phone_number_id="15550001111",
    version="v23.0",
    template="watchkeeper_alert",
    languages={"en": "en", "zh_CN": "zh_CN"},
)


def sweep(life: Life, at: datetime | None = None) -> int:
    """The job runs; how many steps it took."""
    life.at = at or life.at
    with life.database.write() as ledger:
        return escalate(ledger, watch(ledger, life.settings, life.at))


def owed(life: Life) -> list[Post]:
    """What is to be sent, in the order of sending, but for the list of steps in the thread."""
    return [p for p in life.posts(state="owed") if p.template != "history"]


Told = tuple[int, str, str, str, tuple[str, ...]]
"""Minutes after NOON, medium, to whom, as what, and whose names it calls."""


def told(life: Life, post: Post) -> Told:
    minutes = (life.at - NOON) // MINUTE
    recipient = post.recipient.removesuffix("@harborlane.example")
    template = "shown" if post.facts.get("broadcast") else post.template
    people = tuple(email.partition("@")[0] for email in post.facts.get("people", ()))
    return minutes, post.medium, recipient, template, people


def by_the_minute(life: Life, minutes: Iterable[int]) -> Iterator[Told]:
    """Everything that is told while the job runs at each of these minutes, and is sent at once."""
    life.deliver()
    for minute in minutes:
        sweep(life, NOON + minute * MINUTE)
        yield from [told(life, post) for post in owed(life)]
        life.deliver()


def escalated(life: Life) -> list[AlertStep]:
    with life.database.read() as ledger:
        query = select(AlertStep).where(col(AlertStep.what).in_(["escalated", "reminded"]))
        return list(ledger.exec(query.order_by(col(AlertStep.id))))


def critical(subject: str = "PS-1") -> Finding:
    return Finding(subject, {}, since=NOON, severity=Severity.CRITICAL)


def changed(settings: Settings, path: str, **values: Any) -> Settings:
    """The settings with other values in one of their parts."""
    part = getattr(settings, path).model_copy(update=values)
    return settings.model_copy(update={path: part})


def chained(life: Life, *steps: EscalationStep, repeat: timedelta | None = None) -> Life:
    """The same ledger, but every severity has this chain."""
    chain = Chain(steps=list(steps), repeat_every=repeat)
    escalation = changed(
        life.settings,
        "escalation",
        chains={"only": chain},
        by_severity=dict.fromkeys(Severity, "only"),
    )
    return life.with_settings(escalation)


def step(to: str = "owner", *by: str, before: int = 0, after: int = 0) -> EscalationStep:
    """A step at so many minutes."""
    times = {"before": before * MINUTE or None, "after": after * MINUTE or None}
    return EscalationStep(to=to, by=by or ["thread"], **times)
