"""A folder of notifications on a real IMAP server, and a source that reads it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from itertools import count
from typing import Any

import pytest

from core.ledger.database import Database
from core.ledger.mails import unmatched
from core.settings import Settings, Store
from tests.support.imap_server import PASSWORD, USER, ImapServer, imap_server
from tests.support.sources import NOW, Bench, source_settings

SERVER = "mx.harborlane.example"
DISPUTE = {
    "name": "dispute",
    "senders": ["notice.example"],
    "subject": "Dispute {dispute_id} for order {order_no}",
    "kind": "dispute",
    "set": {"channel": "alibaba", "status": "open"},
    "moment": "opened_at",
    "due": {"answer_due_at": "5d"},
    "body": ["Claim: {amount...} Reason", "Reason: {kind...}"],
}
CLOSED = {
    "name": "dispute_closed",
    "senders": ["notice.example"],
    "subject": "Dispute {dispute_id} is closed",
    "kind": "dispute",
    "set": {"channel": "alibaba", "status": "closed"},
    "moment": "closed_at",
}
REVIEW = {
    "name": "review",
    "senders": ["feedback@notice.example"],
    "subject": "New feedback",
    "kind": "review",
    "set": {"channel": "amazon"},
    "moment": "posted_at",
    "message_id": "review_id",
    "body": ["Rating: {stars}", "Comment: {text...} -- end"],
}
OPENED = datetime(2026, 3, 4, 8, 0, tzinfo=UTC)
FEEDS = {"mails": {"schedule": {"every": "5m"}, "stale_after": "1h", "look_back": "60d"}}
STANZA = {
    "service": "mailbox",
    "host": "127.0.0.1",
    "security": "none",
    "trusted_server": SERVER,
    "rules": [DISPUTE, CLOSED, REVIEW],
    "feeds": FEEDS,
}
_numbers = count()


@dataclass
class Mailbox:
    """A folder of its own, and the ledger that its mails go into."""

    server: ImapServer
    folder: str
    database: Database
    settings: Settings
    store: Store

    def put(self, *mails: bytes | EmailMessage) -> None:
        self.server.put(self.folder, *mails)

    def bench(self, **stanza: Any) -> Bench:
        """Return the source; parts of its stanza may be others."""
        place = {"port": self.server.port, "folder": self.folder}
        source = source_settings(**{**STANZA, **place, **stanza})
        credentials = {"SHOP_USER": USER, "SHOP_PASSWORD": PASSWORD}
        return Bench(self.database, self.settings, self.store, source, _no_http, credentials)

    async def read(self, **stanza: Any) -> Any:
        """Run the feed; return the counts."""
        return await self.bench(**stanza).sync("mails")

    def strange(self) -> list[tuple[str, str | None]]:
        """Return subject and problem of the mails that were not understood."""
        with self.database.read() as ledger:
            found = unmatched(ledger, self.store.name, NOW - timedelta(days=3650))
        assert found.total == len(found.newest)
        return sorted((one.subject, one.problem) for one in found.newest)


@pytest.fixture(scope="session")
def server() -> Iterator[ImapServer]:
    with imap_server() as running:
        yield running


@pytest.fixture
def mailbox(
    server: ImapServer, sqlite_database: Database, settings: Settings, store: Store
) -> Mailbox:
    folder = f"Box{next(_numbers)}"
    server.make(folder)
    return Mailbox(server, folder, sqlite_database, settings, store)


def _no_http(request: object) -> Any:
    raise AssertionError(request)


def mail(subject: str, text: str = "", **headers: str) -> EmailMessage:
    message = EmailMessage()
    given = {
        "Authentication-Results": f"{SERVER}; dmarc=pass header.from=notice.example",
        "From": "Notices <feedback@notice.example>",
        "Date": format_datetime(OPENED),
        "Message-ID": f"<{abs(hash(subject + text))}@notice.example>",
    }
    for name, value in {**given, **{k.replace("_", "-"): v for k, v in headers.items()}}.items():
        if value:
            message[name] = value
    message["Subject"] = subject
    message.set_content(text)
    return message
