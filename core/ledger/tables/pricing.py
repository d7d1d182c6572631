"""What people decided about a competitor's price (plan B1)."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from sqlmodel import Field, Index, SQLModel

from core.ledger.types import Amount, Moment


class Choice(StrEnum):
    """What a person can decide."""

    MATCH = "match"
    """Ask what they ask."""
    UNDERCUT = "undercut"
    """Ask less than they do."""
    KEEP = "keep"
    """Leave our price as it is; the gap is told again when it grows further."""
    IGNORE = "ignore"
    """Not to be told until a moment."""
    WRONG_PRODUCT = "wrong_product"
    """Their page is of something else: the pair is not compared any more."""


class PriceDecision(SQLModel, table=True):
    """One decision. Rows are only added; the latest of a SKU, competitor and quantity holds."""

    __tablename__ = "price_decision"
    __table_args__ = (Index("price_decision_by_sku", "store", "sku", "competitor", "at"),)

    id: int | None = Field(default=None, primary_key=True)
    store: str
    sku: str
    competitor: str
    url: str = Field(description="their page")
    quantity: int = Field(description="pieces: the tier it is about")
    choice: str
    ours: Decimal = Field(sa_type=Amount, description="our price when it was decided")
    theirs: Decimal = Field(sa_type=Amount, description="theirs, made comparable with ours")
    currency: str = Field(description="of the amounts")
    new_price: Decimal | None = Field(
        default=None, sa_type=Amount, description="what went to the price list"
    )
    until: datetime | None = Field(
        default=None, sa_type=Moment, description="not told before, when it is ignored"
    )
    note: str | None = Field(default=None, description="why, in the person's words")
    who: str = Field(description="e-mail of who decided")
    at: datetime = Field(sa_type=Moment)
    alert_id: int | None = Field(default=None, foreign_key="alert.id")
