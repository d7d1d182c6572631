"""Fetching: each request, and the pages that can be asked whether they have changed

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "fetch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("store", sa.String(), nullable=False),
        sa.Column("host", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("bytes", sa.Integer(), nullable=False),
        sa.Column("seconds", sa.Float(), nullable=False),
        sa.Column("from_cache", sa.Boolean(), nullable=False),
        sa.Column("problem", sa.String(), nullable=True),
        sa.Column("rest_until", MOMENT, nullable=True),
        sa.Column("saved_as", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("fetch_by_host", "fetch", ["store", "host", "at"])
    op.create_index("ix_fetch_at", "fetch", ["at"])
    op.create_table(
        "known_page",
        sa.Column("store", sa.String(), nullable=False),
        sa.Column("competitor", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("etag", sa.String(), nullable=True),
        sa.Column("last_modified", sa.String(), nullable=True),
        sa.Column("read_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("store", "competitor", "url"),
    )


def downgrade() -> None:
    op.drop_table("known_page")
    op.drop_index("ix_fetch_at", "fetch")
    op.drop_index("fetch_by_host", "fetch")
    op.drop_table("fetch")
