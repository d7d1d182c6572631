"""One column of cells into values, as the database's driver takes them.

A converter remembers what a cell meant: days, articles, channels and small numbers repeat, and
what has been seen costs one look-up.
"""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple

from sqlalchemy import Column, Dialect

from core.ledger import cells
from core.ledger.records.column import Form, Spec
from core.settings import Store

MOST_REMEMBERED = 20_000
"""Cells that a converter remembers before it starts anew."""

LONGEST_REMEMBERED = 40
"""Characters of a cell worth remembering."""


class Bad(NamedTuple):
    """The cell can't be read."""

    problem: str


class Signed(NamedTuple):
    """An amount with the currencies its sign may stand for."""

    value: Any
    may_be: tuple[str, ...]


class Clear(NamedTuple):
    """The cell says: forget what was known."""


Special = Bad | Signed | Clear
"""Cells that need a second look."""


def _text_reader(spec: Spec) -> Callable[..., str]:
    if spec.key:
        return cells.read_key
    return cells.read_prose if spec.prose else cells.read_text


READERS: dict[Form, Callable[[Spec, Store], Callable[[str], Any]]] = {
    Form.TEXT: lambda spec, _: partial(_text_reader(spec), longest=spec.longest),
    Form.EMAIL: lambda spec, _: partial(cells.read_email, longest=spec.longest),
    Form.CURRENCY: lambda _, store: partial(cells.read_currency, default=store.currency),
    Form.CHOICE: lambda spec, _: partial(
        cells.read_choice, values=spec.values, longest=spec.longest, closed=spec.closed
    ),
    Form.COUNT: lambda spec, _: partial(cells.read_count, low=spec.low, high=spec.high),
    Form.MONEY: lambda _, __: cells.read_money,
    Form.NUMBER: lambda _, __: cells.read_number,
    Form.MOMENT: lambda _, store: partial(cells.read_moment, zone=store.zone),
    Form.DAY: lambda _, store: partial(cells.read_day, zone=store.zone),
    Form.BOOLEAN: lambda _, __: cells.read_boolean,
    Form.JSON: lambda _, __: cells.read_json,
}


class Converter(dict[str, Any]):
    """What the cells of one column mean; None where a cell is empty.

    `special` is set when one of the cells needs a second look: such cells are `Special` values.
    `empty` is what an empty cell means.
    """

    def __init__(
        self, column: Column[Any], spec: Spec, store: Store, now: datetime, dialect: Dialect
    ) -> None:
        self.name = column.name
        self.spec = spec
        self.special = False
        self._read = READERS[spec.form](spec, store)
        self._bind = column.type.dialect_impl(dialect).bind_processor(dialect) or _as_it_is
        self.empty = self._when_empty(now)

    def __missing__(self, cell: str) -> Any:
        value = self._convert(cell.strip())
        if isinstance(value, Special):
            self.special = True
        elif len(cell) <= LONGEST_REMEMBERED:
            if len(self) >= MOST_REMEMBERED:
                self.clear()
            self[cell] = value
        return value

    def _convert(self, cell: str) -> Any:
        cell = cells.without_wrapping(cell)
        if not cell:
            return self.empty
        if cell in cells.CLEARED:
            return self.empty if self.spec.key or self.spec.required else Clear()
        try:
            value = self._read(cell)
        except ValueError as error:
            return Bad(str(error))
        return self._money(value) if isinstance(value, cells.Money) else self._bind(value)

    def _money(self, money: cells.Money) -> Any:
        amount = self._bind(money.amount)
        fixed = self.spec.currency
        if not money.may_be or fixed in money.may_be:
            return amount
        if fixed is None:
            return Signed(amount, money.may_be)
        return Bad(f"is in {money.may_be[0]}, but {self.name} is kept in {fixed}")

    def _when_empty(self, now: datetime) -> Any:
        if self.spec.required:
            return Bad("is required")
        if self.spec.key:
            return self._bind(now) if self.spec.form is Form.MOMENT else ""
        return None


def _as_it_is(value: Any) -> Any:
    return value
