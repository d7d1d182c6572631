"""The silences job: each minute begins and ends what is silent, store by store."""

from datetime import timedelta

import pytest

from core.ledger.database import Database
from core.ledger.life.silences import add
from core.ledger.life.watch import watch
from core.matching import Matcher
from core.settings import Settings
from jobs.registry import Work, jobs
from tests.ledger.life import HOUR, LIN, Life, finding


@pytest.fixture
def life(sqlite_database: Database, settings: Settings) -> Life:
    return Life(sqlite_database, settings)


async def run(life: Life, store: int = 0) -> object:
    settings = life.settings
    stanza = settings.job("silences")
    work = Work(life.database, settings, settings.stores[store], stanza, life.at)
    return await jobs()["silences"].run(work)


def silence(life: Life, length: timedelta) -> None:
    with life.database.write() as ledger:
        now = watch(ledger, life.settings, life.at)
        add(ledger, now, Matcher(check="safety_stock"), life.at + length, "stocktaking", LIN)


async def test_it_tells_what_a_silence_that_is_over_held_back(life: Life) -> None:
    silence(life, HOUR)
    life.absorb(finding("PS-1"))
    assert await run(life) == {"silenced": 0, "heard": 0, "told": 0}
    life.later(HOUR)
    assert await run(life) == {"silenced": 0, "heard": 1, "told": 1}
    assert len(life.posts()) == 1


async def test_it_sweeps_its_own_store_only(life: Life) -> None:
    second = life.settings.stores[0].model_copy(update={"name": "second"})
    stores = [*life.settings.stores, second]
    life = life.with_settings(life.settings.model_copy(update={"stores": stores}))
    silence(life, HOUR)
    life.absorb(finding("PS-1"))
    life.later(HOUR)
    assert await run(life, store=1) == {"silenced": 0, "heard": 0, "told": 0}
    assert life.alert().silenced_by == "silence 1"
