"""What files bring in is tested on both databases."""

from tests.support.databases import (
    database,
    postgresql_database,
    postgresql_url,
    sqlite_database,
    sqlite_template,
)

__all__ = [
    "database",
    "postgresql_database",
    "postgresql_url",
    "sqlite_database",
    "sqlite_template",
]
