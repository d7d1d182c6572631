"""Brings alerts back whose snooze is over."""

import asyncio

from core.finding import Facts
from core.jobs import JobSettings
from core.ledger.life.steps import wake_snoozed
from core.ledger.life.watch import watch
from jobs.registry import Work


class Settings(JobSettings):
    """The stanza of config.yaml."""


async def run(work: Work) -> Facts:
    """Open what was put aside until now; the alert's message says so, and so does a reply."""
    return {"woken": await asyncio.to_thread(_wake, work)}


def _wake(work: Work) -> int:
    with work.database.write() as ledger:
        return wake_snoozed(ledger, watch(ledger, work.settings, work.now))
