"""Tells what waited for the digest, one message a channel."""

import asyncio

from core.finding import Facts
from core.jobs import JobSettings
from core.ledger.life.telling import tell_digest
from core.ledger.life.watch import watch
from jobs.registry import Work


class Settings(JobSettings):
    """The stanza of config.yaml."""


async def run(work: Work) -> Facts:
    """Tell the store's live alerts that nobody was told of and that nothing silences."""
    return {"told": await asyncio.to_thread(_tell, work)}


def _tell(work: Work) -> int:
    with work.database.write() as ledger:
        return tell_digest(ledger, watch(ledger, work.settings, work.now), work.store)
