"""Slack's pace: about one message a second and channel, refused with `Retry-After`."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.slack.rate import MessageRate
from tests.support.sandbox_process import RunningSandbox

BOT = {"Authorization": "Bearer xoxb-sandbox"}


def post(sandbox: RunningSandbox, channel: str = "C0STOCK") -> int:
    body = {"channel": channel, "text": "a"}
    return sandbox.http.post("/api/chat.postMessage", json=body, headers=BOT).status_code


def test_messages_above_the_pace_are_refused_with_the_time_to_wait(
    sandbox: RunningSandbox,
) -> None:
    sandbox.post("/sandbox/limits", {"message_rate": 0.1, "burst": 2})

    statuses = [post(sandbox) for _ in range(3)]
    refused = sandbox.http.post(
        "/api/chat.postMessage", json={"channel": "C0STOCK", "text": "a"}, headers=BOT
    )

    assert statuses == [200, 200, 429]
    assert refused.json() == {"ok": False, "error": "ratelimited"}
    assert refused.headers["Retry-After"] == "10"  # 0.1 a second is one in 10 s


def test_each_channel_has_its_own_pace(sandbox: RunningSandbox) -> None:
    sandbox.post("/sandbox/limits", {"message_rate": 0.1, "burst": 1})

    assert [post(sandbox), post(sandbox), post(sandbox, "C0PRICES")] == [200, 429, 200]


def test_other_methods_are_not_held_back(sandbox: RunningSandbox) -> None:
    sandbox.post("/sandbox/limits", {"message_rate": 0.1, "burst": 1})
    post(sandbox)

    answers = [sandbox.http.get("/api/users.list", headers=BOT) for _ in range(5)]

    assert {answer.status_code for answer in answers} == {200}


def test_the_clock_of_the_limits_can_be_made_to_stand_and_moved_on(sandbox: RunningSandbox) -> None:
    sandbox.post("/sandbox/limits", {"message_rate": 1, "burst": 1})

    statuses = []
    for seconds in (0, 0.9, 1.0, 1000.0, 1000.5):
        sandbox.post("/sandbox/limits/clock", {"seconds": seconds})
        statuses.append(post(sandbox))

    assert statuses == [200, 429, 200, 200, 429]
    assert sandbox.http.post("/sandbox/limits/clock", json={"seconds": "x"}).status_code == 400


@pytest.mark.parametrize("body", [{"message_rate": -1}, {"message_rate": "x"}, {"burst": 0}])
def test_a_pace_that_is_none_is_refused(sandbox: RunningSandbox, body: dict[str, object]) -> None:
    answer = sandbox.http.post("/sandbox/limits", json=body)

    assert answer.status_code == 400
    assert "\n" not in answer.json()["error"]


def test_a_burst_then_one_a_second() -> None:
    rate = MessageRate(rate=1.0, burst=4)

    waits = [rate.wait("C", now) for now in (0, 0, 0, 0, 0, 0.5, 1.0, 1.0)]

    assert waits == [0, 0, 0, 0, 1, 1, 0, 1]


def test_without_a_limit_nobody_waits() -> None:
    rate = MessageRate(rate=0)

    assert {rate.wait("C", 0) for _ in range(100)} == {0}


@given(
    rate=st.floats(0.1, 20),
    burst=st.integers(1, 10),
    gaps=st.lists(st.floats(0, 3), max_size=60),
)
def test_no_stretch_of_time_sees_more_than_the_pace_and_the_burst(
    rate: float, burst: int, gaps: list[float]
) -> None:
    bucket, now, passed = MessageRate(rate, burst), 0.0, 0
    for gap in gaps:
        now += gap
        passed += bucket.wait("C", now) == 0

    assert passed <= burst + rate * now + 1e-6


@given(rate=st.floats(0.1, 20), burst=st.integers(1, 10), tries=st.integers(1, 30))
def test_who_waits_as_told_is_let_through(rate: float, burst: int, tries: int) -> None:
    bucket, now = MessageRate(rate, burst), 0.0
    for _ in range(tries):
        wait = bucket.wait("C", now)
        if wait:
            now += wait
            assert bucket.wait("C", now) == 0
