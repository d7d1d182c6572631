"""The job that carries out the steps, on the store it is run for."""

from core.ledger.database import Database
from core.settings import Leave, Settings
from jobs.running import Runner
from tests.ledger.life import HOUR, NOON, TOM, Life, finding


async def test_the_job_takes_the_steps_that_are_due(
    sqlite_database: Database, settings: Settings
) -> None:
    life = Life(sqlite_database, settings)
    life.absorb(finding("PS-1"))
    [store] = settings.stores
    runner = Runner(sqlite_database, settings, lambda: NOON + HOUR, lambda: None)
    assert await runner.run_now("escalations", store) == {"handed_on": 0, "steps": 4}
    assert life.steps()[-1] == "escalated"


async def test_what_its_owner_cannot_do_today_is_handed_on_first(
    sqlite_database: Database, settings: Settings
) -> None:
    Life(sqlite_database, settings).absorb(finding("PS-1"))
    leave = [Leave(first=NOON.date(), last=NOON.date())]
    people = [
        p.model_copy(update={"leave": leave}) if p.email == TOM else p for p in settings.people
    ]
    later = settings.model_copy(update={"people": people})
    runner = Runner(sqlite_database, later, lambda: NOON + HOUR, lambda: None)
    [store] = settings.stores
    summary = await runner.run_now("escalations", store)
    assert summary == {"handed_on": 1, "steps": 0}  # who has it now has the whole time to answer
