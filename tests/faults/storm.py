"""A storm: bad reviews come in, a check tells of them, people answer while messages still go out.

Whoever plays it may be killed anywhere; the next one plays it again from its start. Every step is
one that jobs and people may repeat, so the end is the same.
"""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any, TypeVar

import aiohttp
from sqlmodel import Session, col, select

from bot.slack.group_message import TAKE
from bot.slack.messages import ACKNOWLEDGE
from bot.workplace import utc_now
from core.ledger.database import Database
from core.ledger.intake import store_records
from core.ledger.posts import ALERT, GROUP
from core.ledger.tables import Alert, AlertState, Post, PostState
from core.settings import Settings
from core.values import Medium
from jobs.registry import checks, jobs
from tests.faults.configuration import fault_settings
from tests.support.post_office import with_changes
from tests.support.sandbox_process import Json

CHECK = "bad_reviews"
REVIEWS = [f"REVIEW-{number:02}" for number in range(7)]
TAKEN, ANSWERED = REVIEWS[:2], REVIEWS[2:4]
POSTED_AT = utc_now() - timedelta(days=1)
CHANNEL = "C0REVIEWS"
SOFIA, EMMA = "U0SOFIAREYES", "U0EMMACLARKE"

TOGETHER_OVER = 3
"""Alerts more than which share one message, where they do."""

Value = TypeVar("Value")


def end(*, together: bool) -> dict[str, str]:
    """How each review's alert stands when the storm is over."""
    taken = REVIEWS if together else TAKEN  # of a shared message its owner takes all at once
    return {
        **dict.fromkeys(REVIEWS, AlertState.OPEN),
        **dict.fromkeys(taken, AlertState.ACKNOWLEDGED),
        **dict.fromkeys(ANSWERED, AlertState.RESOLVED),
    }


def storm_settings(ready: Json, *, together: bool) -> Settings:
    """The settings of every fault test, in a hurry, with nothing but the storm's check."""
    shared = {"alerts.group_over": TOGETHER_OVER} if together else {}
    overrides: dict[str, Any] = {
        "web.port": 0,
        "slack.seconds_between_messages": "0",
        "slack.messages_a_minute": 60_000,
        "slack.rewrites_a_minute": 60_000,
        "outbox.first_retry": "1s",
        "outbox.send_timeout": "1s",
        **{f"jobs.{name}": None for name in jobs()},
        **{f"checks.{name}": None for name in checks() if name != CHECK},
        f"checks.{CHECK}.notify": ["slack", "mail"],
        **shared,
    }
    return with_changes(fault_settings(ready, overrides), alerts={"rewrite_every": timedelta()})


@dataclass
class Storm:
    """What plays it: the ledger that reviews come into, the workspace that its people use."""

    database: Database
    settings: Settings
    sandbox: aiohttp.ClientSession
    together: bool
    """Whether its alerts share one message."""

    def begin(self) -> None:
        """Bring the reviews in; the check catches up when the service starts."""
        self._bring(REVIEWS)

    async def play(self) -> None:
        """Play the rest, until all has happened and nothing is owed."""
        if self.together:
            await self._press(TAKE, _place_of_all, REVIEWS)
        else:
            for review in TAKEN:
                await self._press(ACKNOWLEDGE, partial(_place, review=review), [review])
        await asyncio.to_thread(self._bring, ANSWERED, contacted_at=utc_now())
        await self._post("commands", {"as": SOFIA, "text": f"/watch run {CHECK}"})
        await self._until(self._is_over)

    def _is_over(self, ledger: Session) -> bool:
        """Whether every alert stands as it should and nothing is owed."""
        on_their_way = col(Post.state).in_([PostState.OWED, PostState.SENDING])
        owed = ledger.exec(select(Post.id).where(on_their_way)).first()
        return owed is None and states(ledger) == end(together=self.together)

    def _bring(self, reviews: Iterable[str], **more: object) -> None:
        usual = {"channel": "amazon", "stars": 2, "posted_at": POSTED_AT, **more}
        store_records(
            self.database,
            store=self.settings.stores[0],
            kind="review",
            source="storm",
            now=utc_now(),
            rows=[{"review_id": review, **usual} for review in reviews],
        )

    async def _press(
        self, button: str, where: Callable[[Session], Json | None], reviews: Iterable[str]
    ) -> None:
        """Press a message's button until the reviews' alerts are no longer open."""
        place = await self._until(where)
        body = {"as": EMMA, "message_ts": place["ts"], "action": {"action_id": button}}
        while any(self._ask(states)[review] == AlertState.OPEN for review in reviews):
            await self._post("actions", body)

    async def _post(self, what: str, body: Json) -> None:
        """Do what people do; a button may be gone from a message by then."""
        async with self.sandbox.post(f"/sandbox/{what}", json={"channel": CHANNEL, **body}):
            return

    def _ask(self, question: Callable[[Session], Value]) -> Value:
        with self.database.read() as ledger:
            return question(ledger)

    async def _until(self, question: Callable[[Session], Value | None]) -> Value:
        """Wait until the ledger has an answer; whoever plays the storm has an alarm set."""
        while True:
            if answer := self._ask(question):
                return answer
            await asyncio.sleep(0.02)


def states(ledger: Session) -> dict[str, str]:
    """How each review's alert stands."""
    return {review_of(alert): alert.state for alert in ledger.exec(select(Alert))}


def review_of(alert: Alert) -> str:
    """The review that an alert is about."""
    return str(alert.facts["review_id"])


def _place_of_all(ledger: Session) -> Json | None:
    """Return where the message stands that the alerts share; None as long as it is not known."""
    shared = select(Post).where(Post.medium == Medium.SLACK, Post.template == GROUP)
    post = ledger.exec(shared).first()
    return post.place if post else None


def _place(ledger: Session, review: str) -> Json | None:
    """Return where a review's message stands; None as long as that is not known."""
    messages = select(Post, Alert).where(
        Post.alert_id == Alert.id, Post.medium == Medium.SLACK, Post.template == ALERT
    )
    places = {review_of(alert): post.place for post, alert in ledger.exec(messages)}
    return places.get(review)
