"""Lengths of time and times of the day, as people write them in config.yaml."""

from datetime import time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from core.stanza import Duration, TimeOfDay

DURATION: TypeAdapter[timedelta] = TypeAdapter(Duration)
TIME: TypeAdapter[time] = TypeAdapter(TimeOfDay)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("30s", 30), ("15m", 900), ("48h", 172_800), ("7d", 604_800), ("1 h", 3600), ("090s", 90)],
)
def test_a_duration_is_a_number_and_a_unit(text: str, seconds: int) -> None:
    assert DURATION.validate_python(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    "text",
    ["", "30", 30, 1.5, "1.5h", "-1h", "1h30m", "1w", "1H", "h", "0m", None, True, ["1h"], "３h"],
)
def test_nothing_else_is_a_duration(text: Any) -> None:
    with pytest.raises(ValidationError):
        DURATION.validate_python(text)


@given(st.integers(0, 23), st.integers(0, 59))
def test_every_minute_of_the_day_can_be_written(hour: int, minute: int) -> None:
    written = time(hour, minute)
    assert TIME.validate_python(f"{hour:02}:{minute:02}") == written
    assert TIME.validate_python(f"{hour}:{minute:02}") == written


@pytest.mark.parametrize(
    "text", ["24:00", "9", 9, 540, "09:60", "09:00:00", "9:0", "9am", "09:00Z", ""]
)
def test_nothing_else_is_a_time_of_the_day(text: Any) -> None:
    with pytest.raises(ValidationError):
        TIME.validate_python(text)
