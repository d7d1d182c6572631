"""Sources: cursors, unknown words, pushes, webhooks, mails; listings, rates, scores, search heat

Revision ID: 0003
Revises: 0002
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("stock", sa.Column("listed", sa.BigInteger(), nullable=True))
    op.create_index("shipment_by_tracking_no", "shipment", ["store", "tracking_no"])
    op.create_table(
        "search_heat",
        *_learned(),
        sa.Column("phrase", sa.Text(), nullable=False),
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("heat", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("store", "phrase", "country", "day"),
    )
    op.create_table(
        "rate",
        *_learned(),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("base", sa.Text(), nullable=False),
        sa.Column("quote", sa.Text(), nullable=False),
        sa.Column("rate", sa.BigInteger(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("store", "day", "base", "quote"),
    )
    op.create_table(
        "score",
        *_learned(),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("metric", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=True),
        sa.Column("target", sa.BigInteger(), nullable=True),
        sa.Column("status", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("store", "channel", "metric", "day"),
    )
    op.create_table(
        "feed_cursor",
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("feed", sa.String(), nullable=False),
        sa.Column("cursor", sa.JSON(), nullable=False),
        sa.Column("kept_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("source", "feed"),
    )
    op.create_table(
        "unknown_value",
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("column", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("store", sa.String(), nullable=False),
        sa.Column("first_seen_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("source", "kind", "column", "value"),
    )
    op.create_table(
        "push_token",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("store", sa.String(), nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("kinds", sa.JSON(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("revoked_at", MOMENT, nullable=True),
        sa.Column("last_used_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name"),
        sa.UniqueConstraint("token_hash"),
    )
    op.create_table(
        "push_answer",
        sa.Column("token_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("body_hash", sa.String(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("answer", sa.JSON(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["token_id"], ["push_token.id"]),
        sa.PrimaryKeyConstraint("token_id", "key"),
    )
    op.create_index("ix_push_answer_at", "push_answer", ["at"])
    op.create_table(
        "webhook_delivery",
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("delivery_id", sa.String(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("source", "delivery_id"),
    )
    op.create_index("ix_webhook_delivery_at", "webhook_delivery", ["at"])
    op.create_table(
        "unmatched_mail",
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("store", sa.String(), nullable=False),
        sa.Column("sender", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("problem", sa.String(), nullable=True),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("source", "message_id"),
    )


def _learned() -> list[sa.Column[Any]]:
    """Return what every kind of record begins with."""
    return [
        sa.Column("store", sa.Text(), nullable=False),
        sa.Column("intake_id", sa.BigInteger(), nullable=False),
        sa.Column("intake_row", sa.BigInteger(), nullable=False),
    ]


def downgrade() -> None:
    op.drop_index("shipment_by_tracking_no", "shipment")
    op.drop_index("ix_push_answer_at", "push_answer")
    op.drop_index("ix_webhook_delivery_at", "webhook_delivery")
    for table in (
        "unmatched_mail",
        "webhook_delivery",
        "push_answer",
        "push_token",
        "unknown_value",
        "feed_cursor",
        "score",
        "rate",
        "search_heat",
    ):
        op.drop_table(table)
    op.drop_column("stock", "listed")
