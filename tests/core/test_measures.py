"""What a unit is in the first one of its kind: US gallons and quarts, avoirdupois pounds."""

from decimal import Decimal

import pytest

from core.rules.measures import UNIT, read


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("2 kWh", "energy", "2000"),
        ("2度电", "energy", "2000"),
        ("1 hp", "power", "745.7"),  # 550 ft·lbf a second
        ("20 Ah", "charge", "20000"),
        ("1 gal", "volume", "3.785412"),  # 231 cubic inches
        ("2 gallon", "volume", "7.570824"),
        ("4 qt", "volume", "3.785412"),
        ("128 oz", "volume", "3.785408"),
        ("1 lb", "mass", "0.453592"),
        ("3 斤", "mass", "1.5"),
        ("1 ft", "length", "0.3048"),
        ("12 in", "length", "0.3048"),
        ("12英寸", "length", "0.3048"),
    ],
)
def test_units_are_those_of_the_standards(text: str, kind: str, value: str) -> None:
    assert read(text).measures == {kind: (Decimal(value),)}
    assert kind in UNIT
