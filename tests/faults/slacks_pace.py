"""50 alerts open together in one channel, and Slack takes one message a second: in real time.

A minute: `make test-faults` runs it, `make test` does not.
"""

from datetime import datetime

import pytest

from tests.faults.test_slacks_pace import ALERTS, DELIVERED_WITHIN, SLACKS_LIMIT
from tests.support import post_office
from tests.support.post_office import PostOffice


async def test_fifty_alerts_are_delivered_in_55_seconds_with_no_call_refused(
    office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(post_office, "GIVE_UP_SECONDS", 2 * DELIVERED_WITHIN.total_seconds())
    office.sandbox.post("/sandbox/limits", SLACKS_LIMIT)
    office.find(*(f"R{number}" for number in range(ALERTS)))
    await office.deliver(hurry=0)
    calls = office.calls("chat.postMessage")
    assert [call["status"] for call in calls] == [200] * ALERTS
    first, last = (datetime.fromisoformat(calls[place]["at"]) for place in (0, -1))
    assert last - first <= DELIVERED_WITHIN
    assert len(office.said("reviews")) == ALERTS
