"""Begins and ends silences, and tells what was held back."""

import asyncio

from core.finding import Facts
from core.jobs import JobSettings
from core.ledger.life.silences import hush
from core.ledger.life.watch import watch
from jobs.registry import Work


class Settings(JobSettings):
    """The stanza of config.yaml."""


async def run(work: Work) -> Facts:
    """Bring the silence of every live alert of the store up to date."""
    return await asyncio.to_thread(_sweep, work)


def _sweep(work: Work) -> Facts:
    with work.database.write() as ledger:
        return hush(ledger, watch(ledger, work.settings, work.now), work.store.name)
