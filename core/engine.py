"""The door between `bot` and `jobs`: what people meet and what the clock runs, unseen by each."""

from collections.abc import Collection
from datetime import datetime
from typing import Protocol

from core.finding import Blind, Facts, Finding
from core.settings import Store


class JobFailed(Exception):
    """A job that ended with an error; the message is one line for people."""


class Engine(Protocol):
    """Asks checks and runs jobs."""

    def names(self) -> Collection[str]:
        """Return the names of every check and job there is."""

    def ask(self, check: str, store: Store, as_of: datetime) -> list[Finding | Blind] | None:
        """Return all that is wrong at a moment; None when the check is switched off."""

    async def run_now(self, name: str, store: Store) -> Facts:
        """Run a job outside its schedule, after the job it waits for; return its summary."""
