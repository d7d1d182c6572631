"""Alerts, the outbox and its senders at work on a real ledger, against the sandbox."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient
from sqlmodel import col, select

from bot.attachments import Attachments
from bot.outbox import Outbox
from bot.senders.mail import MailSender
from bot.senders.slack import SlackSender
from bot.senders.transport import Sender
from bot.slack.directory import Directory
from core.finding import Facts, Finding, facts
from core.jobs import CheckSettings
from core.ledger import posts
from core.ledger.database import Database
from core.ledger.life import owing
from core.ledger.life.alerts import absorb
from core.ledger.life.steps import By
from core.ledger.life.watch import watch
from core.ledger.tables import Alert, Post
from core.secrets import Secrets
from core.settings import Settings
from core.values import Medium
from tests.support.sandbox_process import RunningSandbox

GIVE_UP_SECONDS = 10.0

Json = dict[str, Any]


@dataclass
class Clock:
    """The time, and a way to get ahead of it."""

    ahead_by: timedelta = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead_by

    def ahead(self, **length: float) -> None:
        """Let time pass."""
        self.ahead_by += timedelta(**length)


def review(review_id: str, at: datetime, **other: Any) -> Finding:
    """What `bad_reviews` finds; `other` are facts that differ from the usual."""
    told = {
        "review_id": review_id, "channel": "amazon", "stars": 2, "sku": "PS-1000",
        "name": "Power station 1000", "name_zh": "储能电源 1000", "order_no": None, "title": None,
        "text": "It stopped after a week.", "language": "en", "buyer_name": "Ann", "url": None,
        "posted_at": at, "contact_by": at + timedelta(hours=48),
    }  # fmt: skip
    return Finding(subject=f"amazon {review_id}", facts=facts(told | other), since=at)


@dataclass
class PostOffice:
    """A ledger with alerts, and an outbox that delivers what they owe."""

    database: Database
    settings: Settings
    sandbox: RunningSandbox
    senders: dict[str, Sender]
    clock: Clock = field(default_factory=Clock)
    check: str = "bad_reviews"

    def find(self, *reviews: str | Finding, **other: Any) -> None:
        """Let the check find exactly these; a plain id is a usual review."""
        now = self.clock()
        found = [
            each if isinstance(each, Finding) else review(each, now, **other) for each in reviews
        ]
        with self.database.write() as ledger:
            at = watch(ledger, self.settings, now)
            absorb(ledger, at, self.settings.stores[0], self.check, found)

    def step(self, step: Callable[..., Alert | None], number: int = 1, **values: Any) -> None:
        """Take a step in an alert's life, as the store's manager."""
        who = self.settings.people[0].email
        with self.database.write() as ledger:
            now = watch(ledger, self.settings, self.clock())
            assert step(ledger, now, number, By(who, "test"), **values) is not None

    def owe_text(self, medium: Medium, recipient: str, template: str, values: Facts) -> None:
        """Owe a message about no alert."""
        with self.database.write() as ledger:
            posts.owe_text(
                ledger,
                store=self.settings.stores[0].name,
                medium=medium,
                recipient=recipient,
                template=template,
                facts=values,
                at=self.clock(),
            )

    def owe_direct_copy(self, email: str, number: int = 1) -> None:
        """Owe an alert itself, as a direct message to a person."""
        now = self.clock()
        with self.database.write() as ledger:
            alert = ledger.get_one(Alert, number)
            ledger.add(owing.about(alert, Medium.SLACK, f"@{email}", posts.ALERT, now, due=now))

    def posts(self) -> list[Post]:
        """Every post, oldest first."""
        with self.database.read() as ledger:
            return list(ledger.exec(select(Post).order_by(col(Post.created_at))))

    def states(self) -> list[str]:
        """The state of every post, oldest first."""
        return [str(post.state) for post in self.posts()]

    def said(self, channel: str) -> list[Json]:
        """The messages of a channel."""
        listed = self.sandbox.get("/sandbox/messages", channel=f"C0{channel.upper()}")
        return list(listed["messages"])

    def told(self, channel: str) -> list[Json]:
        """The messages of a channel that are no replies."""
        return [message for message in self.said(channel) if not message["thread_ts"]]

    def mails(self) -> list[Json]:
        """The mails that arrived."""
        return list(self.sandbox.get("/sandbox/mails")["mails"])

    def calls(self, method: str) -> list[Json]:
        """The calls of a Web API method."""
        listed: list[Json] = self.sandbox.get("/sandbox/calls")["calls"]
        return [call for call in listed if call["method"] == method]

    @contextlib.asynccontextmanager
    async def open(self) -> AsyncIterator[Outbox]:
        """Let the outbox run."""
        outbox = Outbox(self.database, self.settings, self.senders, self.clock)
        running = asyncio.create_task(outbox.run())
        try:
            yield outbox
        finally:
            outbox.stop()
            await running

    async def until(self, true: Callable[[], bool], outbox: Outbox, hurry: float = 0.5) -> None:
        """Wait until something is true; meanwhile the clock runs ahead by `hurry` a look."""
        deadline = time.monotonic() + GIVE_UP_SECONDS
        while not await asyncio.to_thread(true):
            assert time.monotonic() < deadline, f"not in time: {self.posts()}"
            self.clock.ahead(seconds=hurry)
            outbox.wake()
            await asyncio.sleep(0.01)

    async def deliver(self, hurry: float = 0.5) -> None:
        """Let the outbox run until nothing is owed; retries come as fast as the clock hurries."""
        async with self.open() as outbox:
            await self.until(self.settled, outbox, hurry)

    def settled(self) -> bool:
        """Whether nothing is owed or on its way."""
        return not {"owed", "sending"} & set(self.states())


def post_office(
    database: Database, settings: Settings, sandbox: RunningSandbox, client: AsyncWebClient
) -> PostOffice:
    """Put a post office together."""
    clock = Clock()
    directory = Directory(client, database, settings, clock)
    attachments = Attachments(database, settings)
    senders: dict[str, Sender] = {
        Medium.SLACK: SlackSender(client, directory, settings, attachments),
        Medium.MAIL: MailSender(settings, Secrets(), attachments),
    }
    return PostOffice(database, settings, sandbox, senders, clock)


def with_changes(settings: Settings, **changes: Any) -> Settings:
    """The settings with other values; `changes` are stanzas' names and their new values."""
    stanzas = {
        name: getattr(settings, name).model_copy(update=values) for name, values in changes.items()
    }
    return settings.model_copy(update=stanzas)


def check_with(settings: Settings, check: str, **values: Any) -> Settings:
    """The settings with other values in one check's stanza."""
    stanza: CheckSettings | None = settings.check(check)
    assert stanza is not None
    checks = settings.checks.model_copy(update={check: stanza.model_copy(update=values)})
    return settings.model_copy(update={"checks": checks})
