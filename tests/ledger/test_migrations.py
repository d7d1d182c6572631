"""A migrated ledger is what the code expects, and migrating again is quiet."""

from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text
from sqlmodel import SQLModel

from core.ledger import records, tables  # noqa: F401  (imported for their tables)
from core.ledger.database import Database
from core.ledger.migrate import MIGRATIONS, UnknownForm, migrate


def shape(database: Database) -> dict[str, Any]:
    """Every table's columns, keys and indexes, as the database has them."""
    found = inspect(database.engine)
    return {
        table: (
            {
                column["name"]: (str(column["type"]), column["nullable"])
                for column in found.get_columns(table)
            },
            found.get_pk_constraint(table)["constrained_columns"],
            sorted(
                (str(index["name"]), str(index["column_names"]), bool(index["unique"]))
                for index in found.get_indexes(table)
            ),
        )
        for table in found.get_table_names()
        if table != "alembic_version"
    }


def test_a_migrated_ledger_has_the_tables_the_code_declares(empty: Database) -> None:
    migrate(empty)
    migrated = shape(empty)
    with empty.engine.begin() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, SQLModel.metadata) == []
        SQLModel.metadata.drop_all(connection)
    SQLModel.metadata.create_all(empty.engine)
    assert migrated == shape(empty)


def test_migrating_again_is_quiet(
    empty_sqlite: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    migrate(empty_sqlite)
    before = shape(empty_sqlite)
    migrate(empty_sqlite)
    assert shape(empty_sqlite) == before
    assert capsys.readouterr() == ("", "")


def test_a_migration_that_fails_leaves_nothing_behind(empty: Database) -> None:
    with empty.engine.begin() as connection:
        connection.execute(text("CREATE TABLE post (id integer)"))  # in the way of ours
    with pytest.raises(Exception, match="post"):
        migrate(empty)
    assert inspect(empty.engine).get_table_names() == ["post"]


def test_there_is_one_line_of_migrations() -> None:
    scripts = ScriptDirectory(str(MIGRATIONS))
    assert len(scripts.get_heads()) == 1
    assert len(scripts.get_bases()) == 1


def test_a_ledger_of_a_newer_version_is_not_touched(empty_sqlite: Database) -> None:
    migrate(empty_sqlite)
    with empty_sqlite.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    before = shape(empty_sqlite)
    with pytest.raises(UnknownForm, match=r"a newer version of Watchkeeper made it \(.*9999"):
        migrate(empty_sqlite)
    assert shape(empty_sqlite) == before
