"""Runs migrations on the connection that `core.ledger.migrate` (or a developer) hands over."""

from typing import Any, Literal

from alembic import context
from sqlalchemy.types import TypeDecorator
from sqlmodel import SQLModel

import core.ledger.records
import core.ledger.tables  # noqa: F401  (tables join the metadata by being declared)


def render_item(kind: str, item: Any, _: Any) -> str | Literal[False]:
    """Write our column types as what the database has, so that a migration stands by itself."""
    if kind == "type" and isinstance(item, TypeDecorator):
        return f"sa.{item.impl!r}"
    return False


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=SQLModel.metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    compare_type=False,
    render_item=render_item,
)
with context.begin_transaction():
    context.run_migrations()
