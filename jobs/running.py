"""Running one job at one fire time: claimed once, recorded, followed by what waits for it."""

import asyncio
import contextlib
import logging
import math
import time
import traceback
from collections import defaultdict
from collections.abc import Callable, Collection
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from core.engine import JobFailed
from core.errors import one_line
from core.finding import Blind, Facts, Finding
from core.ledger import runs
from core.ledger.database import Database
from core.ledger.records import KINDS
from core.settings import Settings, Store
from jobs.asking import ask, ask_and_absorb
from jobs.registry import Report, Work, checks, jobs
from jobs.syncing import sync
from scrapers.api.outside import Outside
from scrapers.api.problems import SourceProblem

log = logging.getLogger(__name__)

EXTEND_EVERY = runs.LEASE / 3
"""How often a run that takes long says that it lives."""

NOTED_EVERY = 3.0
"""Seconds after which the ledger learns anew how far a run is."""


def _show_nobody(done: int, total: int) -> None:
    pass


class Runner:
    """Runs jobs. `clock` tells the time; `owed` is called when posts may have become due.

    `process` names the service that it belongs to; None: a command of the terminal. `outside` is
    the way to the sources. `shown` is told how far a run is: done, of how many.
    """

    def __init__(
        self,
        database: Database,
        settings: Settings,
        clock: Callable[[], datetime],
        owed: Callable[[], None],
        process: str | None = None,
        outside: Outside | None = None,
        shown: Callable[[int, int], None] = _show_nobody,
    ) -> None:
        self.database, self.settings, self.clock, self.owed = database, settings, clock, owed
        self.process, self.outside = process, outside or Outside()
        self._shown = shown
        self._under_way: set[runs.RunKey] = set()
        self._turns: dict[tuple[str, str], asyncio.Lock] = defaultdict(asyncio.Lock)

    def names(self) -> Collection[str]:
        """Return the names of every check and job there is, and of the sources' feeds."""
        return checks().keys() | jobs().keys() | {feed.job for feed in self.settings.feeds()}

    def ask(self, check: str, store: Store, as_of: datetime) -> list[Finding | Blind] | None:
        """Return all that is wrong at a moment; None when the check is switched off."""
        if self.settings.check(check) is None:
            return None
        with self.database.read() as ledger:
            return ask(ledger, checks()[check], self.settings, store, as_of)

    async def run(self, name: str, store: Store, slot: datetime) -> bool:
        """Run a job at its fire time and then what follows it; False when it was run already.

        What follows: jobs that wait for this one, and what asks about the records it brought. A job
        that failed is followed all the same: the check behind a source that broke is what says
        that its facts grow old (law 5), and what came before it broke is news. Raises JobFailed;
        the run rows keep the reasons.
        """
        if not await asyncio.to_thread(self._claim, name, store, slot):
            return False
        failures = []
        came: Facts = {}
        try:
            await self._perform(name, store, slot, came)
        except JobFailed as failure:
            failures.append(str(failure))
        news = came.keys() & KINDS.keys()
        for job, stanza in self.settings.switched_on(store.name):
            if stanza.schedule.after == name or not set(stanza.schedule.on_new).isdisjoint(news):
                try:
                    await self.run(job, store, slot if stanza.schedule.after else self.clock())
                except JobFailed as failure:
                    failures.append(str(failure))
        if failures:
            raise JobFailed("; ".join(failures))
        return True

    async def follow(self, kinds: Collection[str], store: Store) -> None:
        """Run what asks about new records of these kinds: somebody pushed them."""
        for name, stanza in self.settings.switched_on(store.name):
            if not set(stanza.schedule.on_new).isdisjoint(kinds):
                with contextlib.suppress(JobFailed):  # its run row keeps the reason
                    await self.run(name, store, self.clock())

    async def run_now(self, name: str, store: Store) -> Facts:
        """Run a job outside its schedule, after the job it waits for; return its summary.

        So "run price_gap" reads the pages first. Raises JobFailed.
        """
        stanza = self.settings.check(name) if name in checks() else self.settings.job(name)
        first = stanza.schedule.after if stanza and stanza.schedule.after else name
        slot = self.clock()
        await self.run(first, store, slot)
        with self.database.read() as ledger:
            run = runs.latest(ledger, name, store.name)
        return run.summary if run else {}

    def release_dead(self) -> None:
        """Let the runs be claimed again that this process left when it died, or could not end."""
        with self.database.write() as ledger:
            runs.release_dead(ledger, self.clock(), self.process, self._under_way)

    async def _perform(self, name: str, store: Store, slot: datetime, came: Facts) -> None:
        """Run a claimed job and record how it ended. Raises JobFailed.

        `came` is filled with what it brought, also before it failed.
        """
        living = asyncio.create_task(self._stay(name, store, slot))
        try:
            try:
                # one at a time: an answer must not be overtaken by a later one of the same check
                async with self._turns[name, store.name]:
                    came.update(await self._execute(name, store, slot, came))
            except Exception as error:
                reason = one_line(error)
                log.error("%s of %s failed: %s (%s)", name, store.name, reason, _place(error))
                log.debug("where it failed", exc_info=error)
                kept = came | _why(error)
                await asyncio.to_thread(self._finish, name, store, slot, kept, reason)
                raise JobFailed(f"{name} failed: {reason}") from error
            await asyncio.to_thread(self._finish, name, store, slot, came, None)
        finally:
            living.cancel()
            self._under_way.discard((name, store.name, slot))
        self.owed()

    async def _stay(self, name: str, store: Store, slot: datetime) -> None:
        """Keep a run's claim until cancelled: no other process takes over what lives."""
        while True:
            await asyncio.sleep(EXTEND_EVERY.total_seconds())
            try:
                await asyncio.to_thread(self._extend, name, store, slot)
            except SQLAlchemyError as error:
                log.warning("the lease of %s was not extended: %s", name, one_line(error))

    async def _execute(self, name: str, store: Store, slot: datetime, came: Facts) -> Facts:
        now = self.clock()
        if name in checks():
            difference = await asyncio.to_thread(
                ask_and_absorb, self.database, checks()[name], self.settings, store, now
            )
            return asdict(difference)
        stanza = self.settings.job(name)
        report = self._reporting(name, store, slot)
        work = Work(
            self.database, self.settings, store, stanza, now, self.outside, came, slot, report
        )
        feed = next((feed for feed in self.settings.feeds(store.name) if feed.job == name), None)
        return await (sync(work, feed) if feed else jobs()[name].run(work))

    def _reporting(self, name: str, store: Store, slot: datetime) -> Report:
        """Return what a job tells how far it is; the ledger learns it every few seconds."""
        next_at = -math.inf

        async def report(done: int, total: int) -> None:
            nonlocal next_at
            self._shown(done, total)
            now = time.monotonic()
            if now >= next_at:
                next_at = now + NOTED_EVERY
                try:
                    await asyncio.to_thread(self._note, name, store, slot, done, total)
                except SQLAlchemyError as error:
                    log.warning("how far %s is was not noted: %s", name, one_line(error))

        return report

    def _note(self, name: str, store: Store, slot: datetime, done: int, total: int) -> None:
        with self.database.write() as ledger:
            runs.note_progress(ledger, name, store.name, slot, done, total)

    def _claim(self, name: str, store: Store, slot: datetime) -> bool:
        key = (name, store.name, slot)
        with self.database.write() as ledger:
            claimed = key not in self._under_way and runs.claim(
                ledger, *key, self.clock(), self.process
            )
            if claimed:
                self._under_way.add(key)
            return claimed

    def _extend(self, name: str, store: Store, slot: datetime) -> None:
        with self.database.write() as ledger:
            runs.extend(ledger, name, store.name, slot, self.clock())

    def _finish(
        self, name: str, store: Store, slot: datetime, summary: Facts, error: str | None
    ) -> None:
        with self.database.write() as ledger:
            now = self.clock()
            runs.finish(ledger, name, store.name, slot, now, summary=summary, error=error)
            before = min(slot, now - self.settings.database.keep_runs_for)
            runs.prune(ledger, name, store.name, before)


def _why(error: Exception) -> Facts:
    """Return what the run row keeps of a failure besides its words."""
    if not isinstance(error, SourceProblem):
        return {}
    again = {"retry_at": error.retry_at.isoformat()} if error.retry_at else {}
    return {"problem": error.kind, **again}


def _place(error: Exception) -> str:
    """Return the line of code that an error comes from."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{Path(frame.filename).name}:{frame.lineno}"
