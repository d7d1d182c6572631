"""Prices: pairs of pages and articles, the price list, our listings, decisions

Revision ID: 0005
Revises: 0004
"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
JSON = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")

OFFER_COLUMNS: dict[str, Any] = {
    "pack_size": sa.BigInteger(),
    "sold": sa.BigInteger(),
    "sold_over": sa.Text(),
    "sold_at_least": sa.Boolean(),
    "reviews": sa.BigInteger(),
    "visitors_30d": sa.BigInteger(),
    "certainty": sa.BigInteger(),
}

ALERT = sa.table(
    "alert",
    sa.column("id", sa.Integer()),
    sa.column("store", sa.String()),
    sa.column("check", sa.String()),
    sa.column("subject", sa.String()),
    sa.column("blind", sa.Boolean()),
    sa.column("gone_at", MOMENT),
    sa.column("facts", sa.JSON()),
)

NOT_TOLD_BEFORE: dict[str, Any] = {
    "ladder": [],
    "corrected": [],
    "unit_cost": None,
    "margin_now": None,
    "margin_after": None,
    "least_margin": None,
    "under_margin": None,
    "last_problem": None,
    "decision": None,
}


def upgrade() -> None:
    for name in ("gtin", "specification"):
        op.add_column("product", sa.Column(name, sa.Text(), nullable=True))
    for name, form in OFFER_COLUMNS.items():
        op.add_column("competitor_offer", sa.Column(name, form, nullable=True))
    op.create_table(
        "competitor_page",
        *_learned(),
        sa.Column("competitor", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=True),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("gtin", sa.Text(), nullable=True),
        sa.Column("score", sa.BigInteger(), nullable=True),
        sa.Column("wrong_skus", JSON, nullable=True),
        sa.Column("found_by", sa.Text(), nullable=True),
        sa.Column("first_seen_at", MOMENT, nullable=True),
        sa.Column("last_seen_at", MOMENT, nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("decided_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("store", "competitor", "url"),
    )
    op.create_index("competitor_page_by_sku", "competitor_page", ["store", "sku"])
    op.create_table(
        "competitor_figures",
        *_learned(),
        sa.Column("competitor", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("visitors", sa.BigInteger(), nullable=True),
        sa.Column("orders", sa.BigInteger(), nullable=True),
        sa.Column("buyers", sa.BigInteger(), nullable=True),
        sa.Column("repeat_buyers", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("store", "competitor", "day"),
    )
    op.create_table(
        "price_list",
        *_learned(),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("min_quantity", sa.BigInteger(), nullable=False),
        sa.Column("valid_from", MOMENT, nullable=False),
        sa.Column("price", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("store", "sku", "channel", "min_quantity", "valid_from"),
    )
    op.create_table(
        "listing",
        *_learned(),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("listing_id", sa.Text(), nullable=False),
        sa.Column("min_quantity", sa.BigInteger(), nullable=False),
        sa.Column("observed_at", MOMENT, nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("price", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.Text(), nullable=True),
        sa.Column("url", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("store", "channel", "listing_id", "min_quantity", "observed_at"),
    )
    op.create_index("listing_by_sku", "listing", ["store", "sku", "observed_at"])
    op.create_table(
        "price_decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("store", sa.String(), nullable=False),
        sa.Column("sku", sa.String(), nullable=False),
        sa.Column("competitor", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("choice", sa.String(), nullable=False),
        sa.Column("ours", sa.BigInteger(), nullable=False),
        sa.Column("theirs", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("new_price", sa.BigInteger(), nullable=True),
        sa.Column("until", MOMENT, nullable=True),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("alert_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["alert_id"], ["alert.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("price_decision_by_sku", "price_decision", ["store", "sku", "competitor", "at"])
    _carry_on_gaps()


def _carry_on_gaps() -> None:
    """Let the live alerts of price_gap live on: by the tier, with the facts that are told now.

    They were known by the page before; otherwise each would end, and be told anew.
    """
    ledger = op.get_bind()
    found = ledger.execute(
        sa.select(ALERT).where(ALERT.c.check == "price_gap", ALERT.c.blind == sa.false())
    )
    taken: set[tuple[str, str]] = set()
    for row in found.all():
        facts = NOT_TOLD_BEFORE | {"their_price": row.facts["theirs"]} | row.facts
        subject = f"{facts['sku']} {facts['competitor']} {facts['quantity']}"
        is_live = row.gone_at is None and (row.store, subject) not in taken
        if is_live:
            taken.add((row.store, subject))
        changed = {"facts": facts} | ({"subject": subject} if is_live else {})
        ledger.execute(sa.update(ALERT).where(ALERT.c.id == row.id).values(**changed))


def downgrade() -> None:
    op.drop_index("price_decision_by_sku", "price_decision")
    op.drop_table("price_decision")
    op.drop_index("listing_by_sku", "listing")
    op.drop_table("listing")
    op.drop_table("price_list")
    op.drop_table("competitor_figures")
    op.drop_index("competitor_page_by_sku", "competitor_page")
    op.drop_table("competitor_page")
    for name in reversed(OFFER_COLUMNS):
        op.drop_column("competitor_offer", name)
    for name in ("specification", "gtin"):
        op.drop_column("product", name)


def _learned() -> tuple[sa.Column[Any], ...]:
    """Return the columns that every kind of record has."""
    return (
        sa.Column("store", sa.Text(), nullable=False),
        sa.Column("intake_id", sa.BigInteger(), nullable=False),
        sa.Column("intake_row", sa.BigInteger(), nullable=False),
    )
