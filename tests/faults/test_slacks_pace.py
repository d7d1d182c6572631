"""50 alerts open together in one channel, and Slack takes one message a second.

Time is virtual on both sides: the outbox's clock and the clock of the sandbox's limit stand still
and are moved on together, by the pace of config.yaml, whenever a message has arrived. In real time
it is in slacks_pace.py (`make test-faults`).
"""

import asyncio
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from core.ledger.tables import PostState
from tests.support.post_office import GIVE_UP_SECONDS, Clock, PostOffice

ALERTS = 50
SLACKS_LIMIT = {"message_rate": 1.0, "burst": 4}
"""A message a second and channel; "short bursts of more than 1 are allowed"."""
DELIVERED_WITHIN = timedelta(seconds=55)


@dataclass
class StandingClock(Clock):
    """A clock that goes only when it is told to."""

    began: datetime = field(default_factory=lambda: datetime.now(UTC))

    def __call__(self) -> datetime:
        return self.began + self.ahead_by


async def until_sent(office: PostOffice, count: int) -> None:
    """Wait until so many messages are sent; no time passes meanwhile."""
    deadline = time.monotonic() + GIVE_UP_SECONDS
    while office.states().count(PostState.SENT) < count:
        assert time.monotonic() < deadline, f"nothing is sent after {office.clock.ahead_by}"
        await asyncio.sleep(0.005)


async def test_fifty_alerts_are_delivered_in_55_seconds_of_slacks_time_with_no_call_refused(
    office: PostOffice,
) -> None:
    office.clock = StandingClock()
    office.sandbox.post("/sandbox/limits", SLACKS_LIMIT)
    pace = float(office.settings.slack.seconds_between_messages)
    office.find(*(f"R{number}" for number in range(ALERTS)))
    async with office.open() as outbox:
        for number in range(ALERTS):
            slacks_time = office.clock.ahead_by.total_seconds()
            office.sandbox.post("/sandbox/limits/clock", {"seconds": slacks_time})
            outbox.wake()
            await until_sent(office, number + 1)
            office.clock.ahead(seconds=pace)
    assert timedelta(seconds=slacks_time) <= DELIVERED_WITHIN
    assert [call["status"] for call in office.calls("chat.postMessage")] == [200] * ALERTS
    assert len(office.said("reviews")) == ALERTS
