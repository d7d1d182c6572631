"""Bringing a ledger's tables to the form this version needs (Alembic)."""

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from core.errors import UserError
from core.ledger.database import Database

MIGRATIONS = Path(__file__).parent / "migrations"


class UnknownForm(UserError):
    """The tables have a form that no migration of this version leads to."""


def migrate(database: Database) -> None:
    """Make or upgrade the tables; nothing happens when they are as they should be.

    Raises UnknownForm.
    """
    with database.engine.begin() as connection:
        if _revision(connection) != _newest_revision():
            _upgrade(connection)


def _newest_revision() -> str:
    """Return the revision that the last migration's file leads to; its name begins with it."""
    return max(path.name for path in (MIGRATIONS / "versions").glob("[0-9]*.py")).partition("_")[0]


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    revision: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return revision


def _upgrade(connection: Connection) -> None:
    # Alembic costs a tenth of the service's memory: loaded only when there is something to do
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415
    from alembic.util import CommandError  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        told = f"a newer version of Watchkeeper made it ({error})"
        raise UnknownForm(told) from None
