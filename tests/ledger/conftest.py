"""An alert's life on either database, or where its kind cannot matter."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text

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


@pytest.fixture
def empty_sqlite(tmp_path: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{tmp_path}/new.db")
    yield database
    database.close()


@pytest.fixture
def empty_postgresql(postgresql_url: str, worker_id: str) -> Iterator[Database]:
    server = create_engine(postgresql_url, isolation_level="AUTOCOMMIT")
    name = f"empty_{worker_id}"
    with server.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    url = make_url(postgresql_url).set(database=name)
    database = Database(url.render_as_string(hide_password=False))
    yield database
    database.close()
    with server.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name}"))
    server.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest) -> Database:
    """A database without tables."""
    database: Database = request.getfixturevalue(f"empty_{request.param}")
    return database
