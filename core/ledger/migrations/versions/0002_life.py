"""The alert's life: groups, silences, suspects, duty changes, opt-ins, vital signs

Revision ID: 0002
Revises: 0001
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "alert_group",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("store", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("check", sa.String(), nullable=True),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "duty_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=True),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("said_by", sa.String(), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "opt_in",
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("origin", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("email"),
    )
    op.create_table(
        "silence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("match", sa.JSON(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "suspect",
        sa.Column("store", sa.String(), nullable=False),
        sa.Column("check", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("runs", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("store", "check", "subject"),
    )
    op.create_table(
        "watcher",
        sa.Column("process", sa.String(), nullable=False),
        sa.Column("watched_since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("unwatched_from", sa.DateTime(timezone=True), nullable=True),
        sa.Column("looked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("process"),
    )
    op.create_table(
        "vital_sign",
        sa.Column("process", sa.String(), nullable=False),
        sa.Column("part", sa.String(), nullable=False),
        sa.Column("problem", sa.String(), nullable=True),
        sa.Column("well_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["process"], ["watcher.process"]),
        sa.PrimaryKeyConstraint("process", "part"),
    )
    alert: list[sa.Column[Any]] = [
        sa.Column("channel", sa.String(), nullable=False, server_default=""),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("silenced_by", sa.String(), nullable=True),
        sa.Column("flapping", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("absent_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("provenance", sa.JSON(), nullable=False, server_default="[]"),
        sa.Column("next_step", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("next_step_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
    ]
    for column in alert:
        op.add_column("alert", column)
    op.add_column("run", sa.Column("process", sa.String(), nullable=True))
    op.drop_index("posts_due", "post")
    lane = ["state", "medium", "recipient", "created_at"]
    op.create_index("posts_due", "post", [*lane, "next_attempt_at", "sent_revision"])
    for table in ("alert", "post"):
        # inline: SQLite takes a reference only in the column's own definition
        group = sa.Column("group_id", sa.Integer(), sa.ForeignKey("alert_group.id"), nullable=True)
        op.add_column(table, group, inline_references=True)
        op.create_index(f"ix_{table}_group_id", table, ["group_id"])
    op.create_index("ix_alert_next_step_at", "alert", ["next_step_at"])
    op.create_index("alerts_ended", "alert", ["store", "check", "gone_at"])
    _seal_steps()
    _bring_over()


def _seal_steps() -> None:
    """Let the database refuse every change to a step: an audit trail that nobody can edit."""
    refusal = "the steps of an alert are only added"
    if op.get_bind().dialect.name == "sqlite":
        for change in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER no_{change.lower()}_of_steps BEFORE {change} ON alert_step"
                f" BEGIN SELECT RAISE(ABORT, '{refusal}'); END"
            )
        known = "EXISTS (SELECT 1 FROM alert_step WHERE id = NEW.id)"
        op.execute(  # INSERT OR REPLACE deletes without the trigger of deletions
            f"CREATE TRIGGER no_replacement_of_steps BEFORE INSERT ON alert_step WHEN {known}"
            f" BEGIN SELECT RAISE(ABORT, '{refusal}'); END"
        )
        return
    op.execute(
        "CREATE FUNCTION refuse_to_change_steps() RETURNS trigger LANGUAGE plpgsql AS"
        f" $$ BEGIN RAISE EXCEPTION '{refusal}'; END $$"
    )
    op.execute(
        "CREATE TRIGGER no_change_of_steps BEFORE UPDATE OR DELETE OR TRUNCATE ON alert_step"
        " EXECUTE FUNCTION refuse_to_change_steps()"
    )


def _unseal_steps() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER no_update_of_steps")
        op.execute("DROP TRIGGER no_delete_of_steps")
        op.execute("DROP TRIGGER no_replacement_of_steps")
        return
    op.execute("DROP TRIGGER no_change_of_steps ON alert_step")
    op.execute("DROP FUNCTION refuse_to_change_steps()")


def _bring_over() -> None:
    """Give the alerts of the first version what they would have had."""
    op.execute(
        "UPDATE alert SET told_at = opened_at, channel = COALESCE((SELECT MIN(recipient) FROM post"
        " WHERE post.alert_id = alert.id AND post.medium = 'slack'), '')"
    )
    op.execute("UPDATE alert SET next_step_at = due_at WHERE state = 'open' AND gone_at IS NULL")


def downgrade() -> None:
    _unseal_steps()
    op.drop_index("alerts_ended", "alert")
    op.drop_index("ix_alert_next_step_at", "alert")
    for table in ("post", "alert"):
        op.drop_index(f"ix_{table}_group_id", table)
        op.drop_column(table, "group_id")
    op.drop_index("posts_due", "post")
    op.create_index("posts_due", "post", ["state", "next_attempt_at"])
    op.drop_column("run", "process")
    for column in (
        "reason",
        "next_step_at",
        "next_step",
        "provenance",
        "absent_since",
        "flapping",
        "silenced_by",
        "told_at",
        "channel",
    ):
        op.drop_column("alert", column)
    for table in (
        "vital_sign",
        "watcher",
        "suspect",
        "silence",
        "opt_in",
        "duty_change",
        "alert_group",
    ):
        op.drop_table(table)
