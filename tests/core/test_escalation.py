"""Chains of steps, and the times at which they are taken (plan A1)."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from core.configuration import ConfigurationError, load
from core.escalation import Chain
from core.ledger.life.answer_clock import first_step, step_after
from core.ledger.tables import Alert
from jobs.registry import configuration
from tests.conftest import CONFIG

TEN, MINUTE = datetime(2026, 3, 5, 10, 0, tzinfo=UTC), timedelta(minutes=1)


def chain(*minutes: int, repeat_every: str | None = None) -> Chain:
    """A chain whose steps are so many minutes after the answer is due; before it when negative."""
    steps = [{"to": "owner", "by": ["thread"], **_time(minute)} for minute in minutes]
    return Chain.model_validate({"steps": steps, "repeat_every": repeat_every})


def _time(minute: int) -> dict[str, str]:
    if not minute:
        return {}
    return {"before": f"{-minute}m"} if minute < 0 else {"after": f"{minute}m"}


@pytest.mark.parametrize(
    ("minutes", "place"), [((0, -10), 1), ((-10, -20), 1), ((15, 30, 0), 2), ((0, 0, 30, 15), 3)]
)
def test_steps_stand_in_the_order_of_their_times(minutes: Any, place: int) -> None:
    with pytest.raises(ValidationError, match="comes sooner than the step above it") as refused:
        chain(*minutes)
    [problem] = refused.value.errors()
    assert problem["ctx"]["error"].where == ("steps", place)


def test_the_file_and_the_line_of_a_step_out_of_order_are_told(tmp_path: Path) -> None:
    shipped = CONFIG.read_text("utf-8")
    first = "{before: 10m, to: owner, by: [direct]}"
    config = tmp_path / "config.yaml"
    config.write_text(shipped.replace(first, first.replace("before: 10m", "after: 1h"), 1), "utf-8")
    line = shipped[: shipped.index(first)].count("\n") + 2  # of the step below it
    with pytest.raises(ConfigurationError) as refused:
        load(config, configuration())
    told = f"{config}:{line}: escalation.chains.usual.steps.1: comes sooner than the step above it"
    assert refused.value.problems == [f"{told}: swap them"]


def test_steps_may_be_due_together() -> None:
    assert len(chain(-10, 0, 0, 15, 15).steps) == 5


@pytest.mark.parametrize(
    "wrong",
    [
        {"before": "5m", "after": "5m", "to": "owner", "by": ["thread"]},
        {"to": "owner", "by": []},
        {"to": "owner", "by": ["pigeon"]},
        {"to": "", "by": ["thread"]},
        {"before": "0m", "to": "owner", "by": ["thread"]},
    ],
)
def test_a_step_has_one_time_somebody_and_a_way(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Chain.model_validate({"steps": [wrong]})


def walk(
    steps: Chain, due_at: datetime, begins: datetime, now: list[datetime]
) -> list[tuple[int, datetime]]:
    """Number and moment of every step, taken at the first `now` that is not before its time."""
    number, at = first_step(steps, due_at, begins)
    clock: Any = {"next_step": number, "next_step_at": at, "due_at": due_at}
    alert = Alert(**clock)
    taken = []
    for moment in now:
        while alert.next_step_at and alert.next_step_at <= moment:
            taken.append((alert.next_step, alert.next_step_at))
            alert.next_step_at = step_after(steps, alert, moment)
            alert.next_step += 1
    return taken


def every_minute(until: int) -> list[datetime]:
    return [TEN + n * MINUTE for n in range(until)]


def test_the_clock_of_a_whole_alert() -> None:
    usual = chain(-10, 0, 15, 30, repeat_every="2h")  # config.yaml
    times = [at - TEN for _, at in walk(usual, TEN + 30 * MINUTE, TEN, every_minute(400))]
    assert [time // MINUTE for time in times] == [20, 30, 45, 60, 180, 300]


offsets = st.lists(st.integers(-90, 90), min_size=1, max_size=5).map(sorted)
moments = st.lists(st.integers(0, 600), max_size=12).map(sorted)


@given(
    offsets=offsets, repeat=st.none() | st.integers(1, 90), answer=st.integers(1, 60), now=moments
)
def test_steps_come_in_order_each_once_and_never_before_their_time(
    offsets: list[int], repeat: int | None, answer: int, now: list[int]
) -> None:
    steps = chain(*offsets, repeat_every=f"{repeat}m" if repeat else None)
    at = [TEN + minutes * MINUTE for minutes in now]
    taken = walk(steps, TEN + answer * MINUTE, TEN, at)
    numbers = [number for number, _ in taken]
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)) if numbers else [])
    times = [time for _, time in taken]
    assert times == sorted(times)
    assert all(time >= TEN for time in times)
    for number, time in taken:
        if number < len(offsets):
            assert time == TEN + (answer + offsets[number]) * MINUTE
    missed = [number for number, _ in taken if number >= len(offsets)]
    assert len(missed) <= len(set(at))  # repetitions: one for each time the job ran, at most
