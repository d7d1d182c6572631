"""Facts are what JSON has, exactly; nothing is guessed."""

import json
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest

from core.finding import facts
from core.values import Severity

SHANGHAI = timezone(timedelta(hours=8))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Decimal("1.10"), "1.10"),
        (Decimal("1E+3"), "1000"),
        (Decimal("0.0000001"), "0.0000001"),
        (datetime(2026, 3, 5, 10, 30, tzinfo=SHANGHAI), "2026-03-05T10:30:00+08:00"),
        (date(2026, 3, 5), "2026-03-05"),
        (Severity.WARNING, "warning"),
        (("a", [Decimal("2")]), ["a", ["2"]]),
        ({"a": {"b": None}}, {"a": {"b": None}}),
        (True, True),
        (0, 0),
        (None, None),
    ],
)
def test_values_are_written_as_json_has_them(value: Any, expected: Any) -> None:
    told = facts({"fact": value})
    assert told == {"fact": expected}
    assert json.loads(json.dumps(told)) == told


@pytest.mark.parametrize(
    "value",
    [0.1, timedelta(hours=1), {1, 2}, b"x", datetime(2026, 3, 5), [1.5]],  # noqa: DTZ001
)
def test_what_has_no_exact_form_is_refused(value: Any) -> None:
    with pytest.raises(TypeError, match="a fact cannot be a"):
        facts({"fact": value})
