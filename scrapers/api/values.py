"""Values as services write them: numbers that may be texts, cells that may be missing."""

from decimal import Decimal, InvalidOperation
from typing import Any, TypeGuard

Item = dict[str, Any]


def is_item(value: object) -> TypeGuard[Item]:
    """Tell whether a value is an object of JSON."""
    return isinstance(value, dict)


def whole(value: object) -> int | None:
    """Return a whole number, which may be written as a text; None for anything else."""
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return int(number) if number.is_finite() and number == number.to_integral_value() else None


def total_of(*values: object) -> Decimal | None:
    """Return a sum of numbers that may be texts; None where one of them is no number."""
    try:
        return sum((Decimal(str(value)) for value in values), Decimal())
    except InvalidOperation:
        return None


def known(**cells: object) -> dict[str, object]:
    """Return a row without what is not told: that stays as it is known."""
    return {name: value for name, value in cells.items() if value is not None}
