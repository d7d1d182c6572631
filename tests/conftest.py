"""What most tests start from: the shipped configuration, a fresh ledger, a fixed moment."""

import gc
from datetime import UTC, datetime
from pathlib import Path

import hypothesis
import pytest

from core.configuration import load
from core.settings import Settings, Store
from jobs.registry import configuration
from tests.support.databases import (
    database,
    postgresql_database,
    postgresql_ledger,
    postgresql_url,
    sqlite_database,
    sqlite_ledger,
    sqlite_template,
)

__all__ = [
    "database",
    "postgresql_database",
    "postgresql_ledger",
    "postgresql_url",
    "sqlite_database",
    "sqlite_ledger",
    "sqlite_template",
]

gc.disable()  # until the tests are collected: what is read then stays, and need not be gone through


def pytest_collection_finish() -> None:
    """Leave what was collected alone from here on."""
    gc.freeze()
    gc.enable()


hypothesis.settings.register_profile("watchkeeper", deadline=None)  # machines are busy at times
hypothesis.settings.load_profile("watchkeeper")

CONFIG = Path(__file__).parents[1] / "config.yaml"


@pytest.fixture(scope="session")
def settings() -> Settings:
    """The configuration that Watchkeeper comes with, but its team is there around the clock."""
    return load(CONFIG, configuration(), {"duty.working_hours": None})


@pytest.fixture(scope="session")
def store(settings: Settings) -> Store:
    """The demo store, in Shanghai."""
    return settings.stores[0]


@pytest.fixture
def now() -> datetime:
    """A Thursday, 10:30 in Shanghai."""
    return datetime(2026, 3, 5, 2, 30, tzinfo=UTC)
