"""An alert's life on either database, or where its kind cannot matter."""

import pytest

from core.ledger.database import Database
from core.settings import Settings
from tests.ledger.life import Life


@pytest.fixture
def life(database: Database, settings: Settings) -> Life:
    """On both databases."""
    return Life(database, settings)


@pytest.fixture
def quick(sqlite_database: Database, settings: Settings) -> Life:
    """Where the kind of database cannot matter."""
    return Life(sqlite_database, settings)
