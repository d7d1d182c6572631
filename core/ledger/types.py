"""Column types of the ledger: exact money, aware moments.

Both keep one representation on SQLite and PostgreSQL, so a sum in SQL is exact on either and a
moment sorts as text on SQLite the way it sorts as time on PostgreSQL.
"""

from datetime import UTC, datetime
from decimal import Decimal

from sqlalchemy import BigInteger, DateTime, Dialect
from sqlalchemy.types import TypeDecorator

MICRO = 1_000_000
"""Units of an `Amount` in one unit of its currency: six decimals hold a part at 0.0035 USD."""


def to_micro(amount: Decimal) -> int:
    """Return `amount` in millionths; ValueError when it has more than six decimals."""
    scaled = amount * MICRO
    whole = int(scaled)
    if whole != scaled:
        raise ValueError(f"{amount} has more than 6 decimals")
    return whole


def from_micro(micro: int) -> Decimal:
    """Return the amount that `micro` millionths are, without trailing zeros past the cents."""
    amount = Decimal(micro) / MICRO
    cents = amount.quantize(Decimal("0.01"))
    return cents if cents == amount else amount.normalize()


def to_utc(moment: datetime) -> datetime:
    """Return an aware moment in UTC; ValueError for a naive one."""
    if moment.tzinfo is None:
        raise ValueError(f"{moment} has no time zone")
    return moment.astimezone(UTC)


class Amount(TypeDecorator[Decimal]):
    """A Decimal kept as a whole number of millionths. Its currency stands in the column beside."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:  # noqa: ARG002
        """Return what the database keeps."""
        return None if value is None else to_micro(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> Decimal | None:  # noqa: ARG002
        """Return what the ledger hands out."""
        return None if value is None else from_micro(value)


class Moment(TypeDecorator[datetime]):
    """An aware moment, kept in UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return what the database keeps: UTC, naive on SQLite."""
        if value is None:
            return None
        utc = to_utc(value)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Return what the ledger hands out."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
