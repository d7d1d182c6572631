"""The delivery loop: what is owed is claimed, sent, and settled, lane by lane (law 3)."""

import asyncio
import logging
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, col, select

from bot.senders.transport import Errand, Sender, TransportError
from bot.undeliverable import owe_notice
from core.ledger import posts
from core.ledger.database import Database
from core.ledger.posts import ALERT, Lane
from core.ledger.tables import Alert, Post
from core.settings import Medium, Settings

log = logging.getLogger(__name__)

LOOK_EVERY = 1.0
"""Seconds between looks for due posts when nobody says that there are some."""
FINISH_WITHIN = 3.0
"""Seconds that posts on their way have when the outbox is told to stop."""


@dataclass
class Traffic:
    """What one lane is doing. A lane that failed rests before the next post is tried on it."""

    busy: bool = False
    free_at: datetime | None = None
    failures: int = 0

    def free(self, now: datetime) -> bool:
        """Whether a post may be sent on this lane now."""
        return not self.busy and (self.free_at is None or self.free_at <= now)

    def rest_until(self, moment: datetime) -> None:
        """Send nothing before a moment."""
        self.free_at = max(moment, self.free_at or moment)


class Outbox:
    """Delivers posts. Within a lane one after the other and no faster than the medium allows."""

    def __init__(
        self,
        database: Database,
        settings: Settings,
        senders: Mapping[str, Sender],
        clock: Callable[[], datetime],
    ) -> None:
        self._database, self._settings, self._senders = database, settings, senders
        self._clock = clock
        self._lanes: dict[Lane, Traffic] = {}
        self._wake = asyncio.Event()
        self._stopping = False
        self._tasks: set[asyncio.Task[None]] = set()
        self._unsettled: set[str] = set()

    def wake(self) -> None:
        """Look for due posts now."""
        self._wake.set()

    async def run(self) -> None:
        """Deliver until `stop`; posts on their way when the last process died are owed again."""
        await asyncio.to_thread(self._recover)
        while not self._stopping:
            self._wake.clear()
            try:
                wait = await self._start_due()
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

    async def _start_due(self) -> float:
        """Start one delivery on every free lane; return the seconds until the next look."""
        now = self._clock()
        wait = LOOK_EVERY
        for lane in await asyncio.to_thread(self._due_lanes, now):
            traffic = self._lanes.setdefault(lane, Traffic())
            if traffic.free(now):
                traffic.busy = True
                task = asyncio.create_task(self._deliver_next(lane, traffic))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)
            elif not traffic.busy and traffic.free_at:
                wait = min(wait, max((traffic.free_at - now).total_seconds(), 0.001))
        return wait

    async def _deliver_next(self, lane: Lane, traffic: Traffic) -> None:
        errand = None
        try:
            errand = await asyncio.to_thread(self._claim, lane)
            if errand:
                await self._deliver(errand, traffic)
        except Exception:
            log.exception("what became of a post could not be written down; it is asked for later")
            if errand:
                self._unsettled.add(errand.post.id)
            traffic.rest_until(self._clock() + timedelta(seconds=LOOK_EVERY))
        finally:
            traffic.busy = False
            self.wake()

    async def _deliver(self, errand: Errand, traffic: Traffic) -> None:
        post = errand.post
        try:
            place = await self._carry(errand)
        except TransportError as error:
            log.warning("post %s to %s was not sent: %s", post.id, post.recipient, error)
            await self._not_sent(errand, traffic, error)
        else:
            revision = errand.alert.revision if errand.alert else post.revision
            await asyncio.to_thread(self._sent, post.id, revision, place)
            traffic.failures = 0
        finally:
            if post.medium == Medium.SLACK:
                pace = float(self._settings.slack.seconds_between_messages)
                traffic.rest_until(self._clock() + timedelta(seconds=pace))

    async def _carry(self, errand: Errand) -> dict[str, Any] | None:
        """Send a post; whatever goes wrong is a TransportError."""
        post = errand.post
        try:
            async with asyncio.timeout(self._settings.outbox.send_timeout.total_seconds()):
                return await self._senders[post.medium].send(errand)
        except TransportError:
            raise
        except TimeoutError:
            raise TransportError("no answer in time", uncertain=True) from None
        except Exception as error:
            log.exception("post %s cannot be made", post.id)
            reason = f"the message cannot be made: {type(error).__name__}: {error}"
            raise TransportError(reason, permanent=True) from error

    async def _not_sent(self, errand: Errand, traffic: Traffic, error: TransportError) -> None:
        post, now = errand.post, self._clock()
        if error.permanent or now - post.owed_since >= self._settings.outbox.give_up_after:
            await asyncio.to_thread(self._failed, errand, str(error), now)
            return
        traffic.failures += 1
        again_at = now + self._rest(traffic.failures, error)
        traffic.rest_until(again_at)
        uncertain = error.uncertain or errand.may_have_arrived
        await asyncio.to_thread(self._owe_again, post.id, str(error), again_at, uncertain=uncertain)

    def _rest(self, failures: int, error: TransportError) -> timedelta:
        """Return how long a lane rests: what was asked for, or longer each time, with jitter."""
        if error.retry_after is not None:
            return timedelta(seconds=error.retry_after)
        outbox = self._settings.outbox
        longest = min(outbox.first_retry * 2 ** min(failures - 1, 20), outbox.longest_retry)
        jitter = random.uniform(0.5, 1)  # noqa: S311  (spreads load, guards nothing)
        return timedelta(seconds=longest.total_seconds() * jitter)

    def _due_lanes(self, now: datetime) -> list[Lane]:
        if self._unsettled:
            self._settle(now)
        with self._database.read() as ledger:
            return list(posts.lanes_due(ledger, now))

    def _settle(self, now: datetime) -> None:
        """Owe again the posts whose outcome could not be written down when it was known."""
        for post_id in list(self._unsettled):
            self._owe_again(post_id, "its outcome was not written down", now, uncertain=True)
            self._unsettled.discard(post_id)

    def _claim(self, lane: Lane) -> Errand | None:
        with self._database.write() as ledger:
            claimed = posts.claim_next(ledger, lane, self._clock())
            if claimed is None:
                return None
            post, may_have_arrived = claimed
            alert = ledger.get(Alert, post.alert_id) if post.alert_id else None
            return Errand(post, alert, _parent(ledger, post), may_have_arrived)

    def _sent(self, post_id: str, revision: int, place: dict[str, Any] | None) -> None:
        with self._database.write() as ledger:
            posts.sent(ledger, post_id, revision, place, self._clock())

    def _owe_again(self, post_id: str, error: str, at: datetime, *, uncertain: bool) -> None:
        with self._database.write() as ledger:
            posts.not_sent(ledger, post_id, error=error, next_attempt_at=at, uncertain=uncertain)

    def _failed(self, errand: Errand, error: str, now: datetime) -> None:
        with self._database.write() as ledger:
            post = posts.failed(ledger, errand.post.id, error)
            owe_notice(ledger, self._settings, post, errand.alert, now)

    def _recover(self) -> None:
        with self._database.write() as ledger:
            posts.recover(ledger)


def _parent(ledger: Session, post: Post) -> Post | None:
    """Return the alert's latest message in a reply's channel; None for what is no reply."""
    if post.alert_id is None or post.template == ALERT:
        return None
    query = select(Post).where(
        Post.alert_id == post.alert_id,
        Post.template == ALERT,
        Post.medium == post.medium,
        Post.recipient == post.recipient,
    )
    return ledger.exec(query.order_by(col(Post.created_at).desc())).first()
