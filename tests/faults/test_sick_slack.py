"""Slack is sick for a minute while alerts are open in two channels: 0 lost, 0 twice, few calls."""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import pytest

from core.finding import Finding, facts
from tests.core.examples import SAFETY_STOCK
from tests.faults.backoff import most_tries
from tests.support.post_office import PostOffice, review, with_changes

MINUTE = timedelta(minutes=1)
CHANNELS = ("reviews", "stock")
ALERTS = 5
"""In each of the channels."""

SICK = [
    {"mode": "500"},
    {"mode": "429", "retry_after": 10},
    {"mode": "ok_false", "error": "fatal_error"},
    {"mode": "hang"},
    {"mode": "reset"},
    {"mode": "lost_answer"},
]


def find_in_both_channels(office: PostOffice, count: int, since: datetime) -> None:
    """Let so many alerts be live in each channel."""
    office.check = "bad_reviews"
    office.find(*(review(f"R{number}", since) for number in range(count)))
    office.check = "safety_stock"
    short = facts(SAFETY_STOCK)
    office.find(*(Finding(f"PS-{number}", short, since) for number in range(count)))


def calls(office: PostOffice) -> int:
    """How often Slack was called, whatever for."""
    return len(office.sandbox.get("/sandbox/calls")["calls"])


def most_calls(mode: str, office: PostOffice) -> int:
    """How often a channel may be tried in the minute; config.yaml: first_retry 5 s.

    At the shortest the rests are 2.5, 5, 10, 20 and 30 s: 5 tries, one in 12 s. Who says
    "Retry-After: 10" is asked every 10 s. Where a connection breaks, aiohttp asks once more for
    what only reads: the channel's history, which is asked before anything is posted again.
    """
    tries = most_tries(office.settings, MINUTE)
    assert tries == 5
    return {"429": 6, "reset": 2 * tries, "lost_answer": 2 * tries}.get(mode, tries)


@pytest.mark.parametrize("fault", SICK, ids=lambda fault: fault["mode"])
async def test_a_minute_of(fault: dict[str, Any], office: PostOffice) -> None:
    # a call that hangs is real time: 0.05 s instead of 15 s
    quick = {"send_timeout": timedelta(seconds=0.05)} if fault["mode"] == "hang" else {}
    office.settings = with_changes(office.settings, outbox=quick)
    since = office.clock()
    find_in_both_channels(office, 1, since)
    await office.deliver(hurry=1)  # who is who and what is where is known from here on
    before = calls(office)
    office.sandbox.fault("slack", **fault)
    find_in_both_channels(office, ALERTS, since)
    async with office.open() as outbox:
        over = office.clock.ahead_by + MINUTE
        await office.until(lambda: office.clock.ahead_by >= over, outbox, hurry=1)
        while_sick = calls(office) - before
        office.sandbox.clear_faults()
        await office.until(office.settled, outbox, hurry=2)
    assert while_sick <= most_calls(fault["mode"], office) * len(CHANNELS)
    for channel in CHANNELS:
        arrived = Counter(m["metadata"]["event_payload"]["post_id"] for m in office.said(channel))
        assert sorted(arrived.values()) == [1] * ALERTS
