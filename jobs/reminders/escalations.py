"""Carries out the escalation steps that are due (plan A1)."""

import asyncio

from core.finding import Facts
from core.jobs import JobSettings
from core.ledger.life.duty_changes import hand_on
from core.ledger.life.escalation import escalate
from core.ledger.life.watch import watch
from jobs.registry import Work


class Settings(JobSettings):
    """The stanza of config.yaml."""


async def run(work: Work) -> Facts:
    """Hand on what its owner cannot do today, and ask who comes next about the store's alerts."""
    return await asyncio.to_thread(_escalate, work)


def _escalate(work: Work) -> Facts:
    with work.database.write() as ledger:
        now = watch(ledger, work.settings, work.now)
        handed_on = hand_on(ledger, now)
        return {"handed_on": handed_on, "steps": escalate(ledger, now, work.store.name)}
