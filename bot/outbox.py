"""The delivery loop: what is owed is claimed, sent, and settled, lane by lane (law 3)."""

import asyncio
import logging
import random
from collections import defaultdict
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import partial
from itertools import count
from typing import Any, ParamSpec, TypeVar

from bot.errands import Errands
from bot.pacing import Pace, Traffic, a_minute
from bot.senders.transport import Errand, Sender, TransportError
from core.errors import one_line
from core.ledger.database import Database
from core.ledger.posts import Lane
from core.settings import Settings
from core.values import Medium

log = logging.getLogger(__name__)

LOOK_EVERY = 1.0
"""Seconds between looks for due posts when nobody says that there are some."""
FINISH_WITHIN = 3.0
"""Seconds that posts on their way have when the outbox is told to stop."""
TRIED_ENOUGH = 5
"""Attempts before a post is given up: a machine that slept for a day has not tried for a day."""

P = ParamSpec("P")
T = TypeVar("T")


class Outbox:
    """Delivers posts. Within a lane one after the other and no faster than the medium allows.

    Slack limits each method in the workspace, and new messages in each channel. So lanes of new
    messages keep a distance of their own and share one pace, rewrites share another; and when
    Slack asks to wait (`Retry-After`) all lanes of that pace do, whichever limit it was. Each
    process keeps its own pace.
    """

    def __init__(
        self,
        database: Database,
        settings: Settings,
        senders: Mapping[str, Sender],
        clock: Callable[[], datetime],
    ) -> None:
        self._settings, self._senders, self._clock = settings, senders, clock
        self._errands = Errands(database, settings, clock)
        self._lanes: defaultdict[Lane, Traffic] = defaultdict(Traffic)
        self._paces: defaultdict[tuple[str, bool], Pace] = defaultdict(Pace)
        self._paces[Medium.SLACK, False] = a_minute(settings.slack.messages_a_minute)
        self._paces[Medium.SLACK, True] = a_minute(settings.slack.rewrites_a_minute)
        self._turns = count(1)
        # one thread: writers to SQLite that wait for each other in it lose more than they gain
        self._hand = ThreadPoolExecutor(1, "outbox")
        self._wake = asyncio.Event()
        self._stopping = False
        self._tasks: set[asyncio.Task[None]] = set()
        self.turned_at: datetime | None = None
        """When it last looked for due posts, and could."""

    def wake(self) -> None:
        """Look for due posts now."""
        self._wake.set()

    async def run(self) -> None:
        """Deliver until `stop`."""
        try:
            await self._ledger(self._errands.take_over)
        except Exception:
            log.exception("what was left on its way is owed again when its lease is over")
        while not self._stopping:
            self._wake.clear()
            try:
                wait = await self._start_due()
                self.turned_at = self._clock()
            except Exception:
                log.exception("the outbox could not look for due posts; it looks again")
                wait = LOOK_EVERY
            try:
                await asyncio.wait_for(self._wake.wait(), wait)
            except TimeoutError:
                continue
        await self._finish()

    def stop(self) -> None:
        """End after the posts that are on their way; what hangs is settled by the next start."""
        self._stopping = True
        self.wake()

    async def _finish(self) -> None:
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=FINISH_WITHIN)
            for task in late:
                task.cancel()
        self._hand.shutdown(wait=False)

    async def _ledger(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._hand, partial(work, *args, **kwargs))

    async def _start_due(self) -> float:
        """Start one delivery on every free lane; return the seconds until the next look."""
        due = await self._ledger(self._errands.due_lanes)
        now, wait = self._clock(), LOOK_EVERY
        for lane in sorted(due, key=lambda lane: self._lanes[lane].turn):
            traffic, pace = self._lanes[lane], self._paces[lane.medium, lane.rewrite]
            free_at = max(traffic.free_at, pace.free_at)
            if traffic.busy:
                continue
            if free_at > now:
                wait = min(wait, (free_at - now).total_seconds())
                continue
            pace.take(now)
            traffic.busy, traffic.turn = True, next(self._turns)
            task = asyncio.create_task(self._deliver_next(lane, traffic))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return wait

    async def _deliver_next(self, lane: Lane, traffic: Traffic) -> None:
        try:
            errand = await self._ledger(self._errands.claim, lane)
            if errand:
                await self._deliver(errand, lane, traffic)
        except Exception:
            log.exception("what became of a post could not be written down: it is asked for later")
            traffic.rest_until(self._clock() + timedelta(seconds=LOOK_EVERY))
        finally:
            traffic.busy = False
            self.wake()

    async def _deliver(self, errand: Errand, lane: Lane, traffic: Traffic) -> None:
        try:
            place = await self._carry(errand)
        except TransportError as error:
            log.warning(
                "post %s to %s was not sent: %s", errand.post.id, errand.post.recipient, error
            )
            self._keep_distance(lane, traffic)
            await self._not_sent(errand, lane, traffic, error)
        else:
            self._keep_distance(lane, traffic)
            traffic.failures = 0
            await self._ledger(self._errands.sent, errand, place)

    def _keep_distance(self, lane: Lane, traffic: Traffic) -> None:
        """Let a Slack channel rest after an answer: only then is it sure when the call arrived."""
        if lane.medium == Medium.SLACK and not lane.rewrite:
            distance = float(self._settings.slack.seconds_between_messages)
            traffic.rest_until(self._clock() + timedelta(seconds=distance))

    async def _carry(self, errand: Errand) -> dict[str, Any] | None:
        """Send a post; whatever goes wrong is a TransportError."""
        medium = errand.post.medium
        if medium not in self._senders:
            raise TransportError(f"{medium} is not set up", permanent=True)
        try:
            async with asyncio.timeout(self._settings.outbox.send_timeout.total_seconds()):
                return await self._senders[medium].send(errand)
        except TransportError:
            raise
        except TimeoutError:
            raise TransportError("no answer in time", uncertain=True) from None
        except Exception as error:
            log.exception("post %s cannot be made", errand.post.id)
            reason = f"the message cannot be made: {one_line(error)}"
            raise TransportError(reason, permanent=True) from error

    async def _not_sent(
        self, errand: Errand, lane: Lane, traffic: Traffic, error: TransportError
    ) -> None:
        post, now = errand.post, self._clock()
        if error.permanent or self._in_vain(errand, now):
            await self._ledger(self._errands.failed, errand, str(error))
            return
        traffic.failures += 1
        again_at = now + self._rest(traffic.failures, error)
        traffic.rest_until(again_at)
        if error.retry_after is not None:
            self._paces[lane.medium, lane.rewrite].rest_until(again_at)
        uncertain = error.uncertain or errand.may_have_arrived
        owe_again = self._errands.owe_again
        await self._ledger(owe_again, post.id, str(error), again_at, uncertain=uncertain)

    def _in_vain(self, errand: Errand, now: datetime) -> bool:
        """Tell whether a post was tried for so long that a person has to look."""
        owed_for = now - errand.post.owed_since
        long = owed_for >= self._settings.outbox.give_up_after
        return long and errand.post.attempts >= TRIED_ENOUGH

    def _rest(self, failures: int, error: TransportError) -> timedelta:
        """Return how long a lane rests: what was asked for, or longer each time, with jitter."""
        if error.retry_after is not None:
            return timedelta(seconds=error.retry_after)
        outbox = self._settings.outbox
        longest = min(outbox.first_retry * 2 ** min(failures - 1, 20), outbox.longest_retry)
        jitter = random.uniform(0.5, 1)  # noqa: S311  (spreads load, guards nothing)
        return timedelta(seconds=longest.total_seconds() * jitter)
