"""The clock: APScheduler fires each job at its slots; what was slept through is caught up."""

import asyncio
import logging
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from apscheduler.events import (
    EVENT_JOB_ERROR,
    EVENT_JOB_MAX_INSTANCES,
    EVENT_JOB_MISSED,
    JobEvent,
)
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.base import BaseTrigger
from sqlalchemy.exc import SQLAlchemyError

from core.engine import JobFailed
from core.errors import one_line
from core.jobs import JobSettings
from core.ledger import runs
from core.ledger.tables import RunState
from core.schedule import Schedule, last_slot, next_slot
from core.settings import Store
from core.values import CatchUp
from jobs.running import Runner

log = logging.getLogger(__name__)

LATE = timedelta(minutes=1)
"""A slot that fires later than this was slept through; a busy loop is late by seconds."""


class SlotTrigger(BaseTrigger):  # type: ignore[misc]
    """Fires at a schedule's slots; APScheduler's own cron errs at daylight saving changes."""

    def __init__(self, schedule: Schedule, zone: ZoneInfo) -> None:
        self.schedule, self.zone = schedule, zone

    def get_next_fire_time(
        self, previous_fire_time: datetime | None, now: datetime
    ) -> datetime | None:
        """Return the next slot."""
        return next_slot(self.schedule, max(previous_fire_time or now, now), self.zone)


class Clock:
    """Fires the runner's jobs for every store."""

    def __init__(self, runner: Runner) -> None:
        self.runner = runner
        self._scheduler = AsyncIOScheduler()
        self._scheduler.add_listener(
            _tell, EVENT_JOB_MISSED | EVENT_JOB_ERROR | EVENT_JOB_MAX_INSTANCES
        )

    def problem(self) -> str | None:
        """Return what is wrong with the clock, in one line; None: it goes."""
        if not self._scheduler.running:
            return "it is not running"
        late = self.runner.clock() - LATE
        stuck = [job.id for job in self._scheduler.get_jobs() if job.next_run_time < late]
        return f"it does not fire: {', '.join(sorted(stuck))}" if stuck else None

    def start(self) -> None:
        """Start firing. What a sleeping machine missed fires once, or not, by the job's rule."""
        for store in self.runner.settings.stores:
            for name, stanza in self.runner.settings.switched_on(store.name):
                if not stanza.schedule.after:
                    self._scheduler.add_job(
                        self._fire,
                        SlotTrigger(stanza.schedule, store.zone),
                        args=(name, store),
                        id=f"{store.name} {name}",
                        misfire_grace_time=_grace(stanza),
                        coalesce=True,
                        max_instances=1,
                    )
        self._scheduler.start()

    def stop(self) -> None:
        """Fire no more. A run that this cuts off is claimed again at the next start."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)

    async def catch_up(self) -> None:
        """Run the latest slot of each job that no run was recorded for, by the job's own rule.

        After a start, and after a time in which the ledger refused. All side by side: a slow
        round of pages keeps no check waiting.
        """
        now = self.runner.clock()
        try:
            late = await asyncio.to_thread(self._late, now)
        except SQLAlchemyError as error:
            log.error("what was slept through is not known: the ledger failed: %s", one_line(error))
            return
        await asyncio.gather(*(self._run(name, store, slot) for name, store, slot in late))

    def _late(self, now: datetime) -> list[tuple[str, Store, datetime]]:
        self.runner.release_dead()
        return [
            (name, store, slot)
            for store in self.runner.settings.stores
            for name, stanza in self.runner.settings.switched_on(store.name)
            if stanza.catch_up == CatchUp.RUN_LATE and (slot := self._due(stanza, store, now))
        ]

    def _due(self, stanza: JobSettings, store: Store, now: datetime) -> datetime | None:
        """Return the latest slot; of what follows a job, the slot that job last finished."""
        leader = stanza.schedule.after
        if leader is None:
            return last_slot(stanza.schedule, now, store.zone)
        with self.runner.database.read() as ledger:
            run = runs.latest(ledger, leader, store.name)
        return run.slot if run and run.state != RunState.RUNNING else None

    async def _fire(self, name: str, store: Store) -> None:
        schedule = dict(self.runner.settings.switched_on())[name].schedule
        slot = last_slot(schedule, self.runner.clock(), store.zone)
        if slot:
            await self._run(name, store, slot)

    async def _run(self, name: str, store: Store, slot: datetime) -> None:
        try:
            await self.runner.run(name, store, slot)
        except JobFailed:
            return  # told in the log; the run row keeps it, /watch status shows it
        except SQLAlchemyError as error:
            log.error("%s was not run: the ledger failed: %s", name, one_line(error))


def _grace(stanza: JobSettings) -> int | None:
    """Return how many seconds late a slot may fire; None: however late."""
    return None if stanza.catch_up == CatchUp.RUN_LATE else int(LATE.total_seconds())


def _tell(event: JobEvent) -> None:
    log.warning("the clock did not run %s: %s", event.job_id, _REASONS[event.code])


_REASONS = {
    EVENT_JOB_MISSED: "its fire time was slept through",
    EVENT_JOB_ERROR: "it ended with an error",
    EVENT_JOB_MAX_INSTANCES: "its run before this one has not ended",
}
