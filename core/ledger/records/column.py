"""What a record's column is: its form, its meaning, the headers people give it.

A column is declared once, beside its type; the importer, `POST /ingest/KIND` and the reference
page are made from that declaration.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, BigInteger, Boolean, Column, Date, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from core.ledger.types import Amount, Moment

LONGEST_TEXT = 20_000
"""Characters that a text may have."""

LONGEST_KEY = 400
"""UTF-8 bytes that a key's text may have: PostgreSQL indexes no more than 2,704 bytes a row."""

LARGEST = 2**63 - 1
"""The largest whole number that both databases keep."""


class Form(StrEnum):
    """How a cell is read, and what is kept of it."""

    TEXT = "text"
    EMAIL = "e-mail address"
    CURRENCY = "currency"
    CHOICE = "word"
    COUNT = "whole number"
    MONEY = "money"
    NUMBER = "number"
    MOMENT = "moment"
    DAY = "day"
    BOOLEAN = "yes/no"
    JSON = "JSON"


SQL_TYPES: dict[Form, Any] = {
    Form.TEXT: Text,
    Form.EMAIL: Text,
    Form.CURRENCY: Text,
    Form.CHOICE: Text,
    Form.COUNT: BigInteger,
    Form.MONEY: Amount,
    Form.NUMBER: Amount,
    Form.MOMENT: Moment,
    Form.DAY: Date,
    Form.BOOLEAN: Boolean,
    Form.JSON: JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql"),
}


@dataclass(frozen=True, slots=True)
class Spec:
    """The declaration of one column.

    `aliases` are headers that mean it besides its own name. `values` are the words it knows;
    `closed` when no others are taken. `currency` is set when the money is always in that one.
    `longest` is in characters, for a key in UTF-8 bytes. A column with `in_files` false is
    learned by a job, never taken from a file's header. `prose` is people's own words: too long, it
    is cut, for the row counts more than its end.
    """

    form: Form
    meaning: str
    aliases: tuple[str, ...] = ()
    required: bool = False
    key: bool = False
    unit: str = ""
    values: tuple[str, ...] = ()
    closed: bool = False
    currency: str | None = None
    low: int = -LARGEST
    high: int = LARGEST
    longest: int = LONGEST_TEXT
    in_files: bool = True
    prose: bool = False


def spec_of(column: Column[Any]) -> Spec | None:
    """Return the declaration of a record's column; None for the ledger's own columns."""
    spec: Spec | None = column.info.get("spec")
    return spec


def text(
    meaning: str,
    *aliases: str,
    required: bool = False,
    key: bool = False,
    longest: int | None = None,
    in_files: bool = True,
    prose: bool = False,
) -> Any:
    """Declare a text. An empty key text is kept as ""."""
    most = longest or (LONGEST_KEY if key else LONGEST_TEXT)
    return _field(
        Spec(
            Form.TEXT,
            meaning,
            aliases,
            required=required,
            key=key,
            longest=most,
            in_files=in_files,
            prose=prose,
        )
    )


def email(meaning: str, *aliases: str, required: bool = False, key: bool = False) -> Any:
    """Declare an e-mail address, kept in lower case."""
    return _field(
        Spec(Form.EMAIL, meaning, aliases, required=required, key=key, longest=LONGEST_KEY)
    )


def choice(
    meaning: str,
    *aliases: str,
    values: tuple[str, ...],
    closed: bool = False,
    required: bool = False,
    key: bool = False,
) -> Any:
    """Declare a word out of `values`; an open choice keeps other words as they are."""
    return _field(
        Spec(
            Form.CHOICE,
            meaning,
            aliases,
            values=values,
            closed=closed,
            required=required,
            key=key,
            longest=LONGEST_KEY,
        )
    )


def channel(*, required: bool = False, key: bool = False) -> Any:
    """Declare the place where the store sells."""
    return choice(
        "Where the store sells",
        *("平台", "渠道", "店铺平台", "销售渠道", "marketplace", "platform", "sales channel"),
        values=("alibaba", "shopify", "amazon"),
        required=required,
        key=key,
    )


def count(
    meaning: str,
    *aliases: str,
    unit: str = "",
    required: bool = False,
    key: bool = False,
    low: int = -LARGEST,
    high: int = LARGEST,
) -> Any:
    """Declare a whole number between `low` and `high`."""
    return _field(
        Spec(
            Form.COUNT, meaning, aliases, unit=unit, required=required, key=key, low=low, high=high
        )
    )


def money(meaning: str, *aliases: str, currency: str | None = None, required: bool = False) -> Any:
    """Declare an amount, in `currency` or else in that of the row's `currency` column."""
    return _field(
        Spec(
            Form.MONEY,
            meaning,
            aliases,
            unit=currency or "",
            currency=currency,
            required=required,
        )
    )


def number(
    meaning: str, *aliases: str, unit: str = "", required: bool = False, in_files: bool = True
) -> Any:
    """Declare a number that is no money, with at most six decimals."""
    return _field(
        Spec(Form.NUMBER, meaning, aliases, unit=unit, required=required, in_files=in_files)
    )


def currency() -> Any:
    """Declare the currency of the row's amounts."""
    return _field(
        Spec(
            Form.CURRENCY,
            "Currency of the amounts, ISO 4217; empty: the amount's sign, else the store's",
            ("币种", "货币", "币别", "currency code"),
        )
    )


def moment(meaning: str, *aliases: str, required: bool = False, key: bool = False) -> Any:
    """Declare a moment. An absent key moment is the moment of the import."""
    return _field(Spec(Form.MOMENT, meaning, aliases, required=required, key=key))


def day(meaning: str, *aliases: str, required: bool = False, key: bool = False) -> Any:
    """Declare a day of the store's calendar."""
    return _field(Spec(Form.DAY, meaning, aliases, required=required, key=key))


def boolean(meaning: str, *aliases: str) -> Any:
    """Declare a yes or no."""
    return _field(Spec(Form.BOOLEAN, meaning, aliases))


def json(meaning: str) -> Any:
    """Declare a JSON value that a job learns."""
    return _field(Spec(Form.JSON, meaning, in_files=False))


def owner() -> Any:
    """Declare the person of the team who answers for the record."""
    return email(
        "E-mail of the person of the team who answers for it", "负责人", "跟进人", "业务员"
    )


def _field(spec: Spec) -> Any:
    optional_key = spec.key and not spec.required and spec.form is not Form.MOMENT
    needed = spec.required or spec.key
    options: dict[str, Any] = {
        "primary_key": spec.key,
        "nullable": not needed,
        "sa_type": SQL_TYPES[spec.form],
        "sa_column_kwargs": {"info": {"spec": spec}},
    }
    if optional_key:
        return Field(default="", **options)
    return Field(**options) if needed else Field(default=None, **options)
