"""The digest job: what waited for it is told once, of its own store."""

from dataclasses import replace

import pytest

from core.finding import Finding
from core.ledger.database import Database
from core.settings import Settings
from core.values import Severity
from jobs.registry import Work, jobs
from tests.ledger.life import NOON, Life, finding


@pytest.fixture
def life(sqlite_database: Database, settings: Settings) -> Life:
    return Life(sqlite_database, settings)


def mild(subject: str) -> Finding:
    return replace(finding(subject), severity=Severity.NOTICE)


async def run(life: Life, store: int = 0) -> object:
    settings = life.settings
    stanza = settings.job("digest")
    work = Work(life.database, settings, settings.stores[store], stanza, life.at)
    return await jobs()["digest"].run(work)


async def test_it_tells_what_waited_and_says_how_many(life: Life) -> None:
    life.absorb(mild("PS-1"), mild("PS-2"), finding("PS-3"))
    assert await run(life) == {"told": 2}
    assert await run(life) == {"told": 0}
    assert [post.template for post in life.posts()] == ["alert", "group"]


async def test_nothing_waiting_posts_nothing(life: Life) -> None:
    assert await run(life) == {"told": 0}
    assert life.posts() == []


async def test_it_tells_its_own_store_only(life: Life) -> None:
    second = life.settings.stores[0].model_copy(update={"name": "second"})
    stores = [*life.settings.stores, second]
    life = life.with_settings(life.settings.model_copy(update={"stores": stores}))
    life.absorb(mild("PS-1"))
    assert await run(life, store=1) == {"told": 0}
    assert await run(life) == {"told": 1}
    assert life.alert().told_at == NOON
