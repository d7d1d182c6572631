"""Requests as rows: which hosts block us, what can be asked whether it has changed."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from core.ledger import fetches
from core.ledger.database import Database
from core.ledger.fetches import BlockedHost
from core.ledger.tables import FetchOutcome, KnownPage

NOW = datetime(2026, 3, 5, 2, 30, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
REST = NOW + 5 * MINUTE
Noted = Callable[..., None]


@pytest.fixture
def noted(database: Database) -> Noted:
    """Write down a request, so many minutes after NOW."""

    def noted(
        outcome: FetchOutcome, minute: int = 0, host: str = "shop.example", **columns: Any
    ) -> None:
        url, at = f"https://{host}/p", NOW + minute * MINUTE
        row = {"host": host, "url": url, "at": at, "outcome": outcome, "status": 200}
        row |= {"bytes": 10, "seconds": 0.1, "problem": None, "rest_until": None, "saved_as": None}
        with database.write() as ledger:
            fetches.record(ledger, "harborlane", [row | columns])

    return noted


def blocked(database: Database, minute: int = 60) -> list[BlockedHost]:
    with database.read() as ledger:
        return fetches.blocked_hosts(ledger, "harborlane", NOW + minute * MINUTE)


def test_a_host_is_blocked_from_its_first_refusal_since_its_last_page(
    database: Database, noted: Noted
) -> None:
    noted(FetchOutcome.BLOCKED, -9, problem="captcha")
    noted(FetchOutcome.READ, -5)
    noted(FetchOutcome.BLOCKED, 0, problem="captcha", rest_until=REST)
    noted(FetchOutcome.RULES, 6)  # robots.txt says nothing of the pages
    noted(FetchOutcome.FAILED, 6, status=None)
    noted(FetchOutcome.BLOCKED, 7, problem="captcha", rest_until=REST + 7 * MINUTE)
    assert blocked(database) == [
        BlockedHost("shop.example", NOW, "captcha", REST + 7 * MINUTE, NOW - 5 * MINUTE)
    ]


def test_a_host_that_gives_a_page_again_is_not_blocked(database: Database, noted: Noted) -> None:
    noted(FetchOutcome.BLOCKED, 0, problem="captcha", rest_until=REST)
    noted(FetchOutcome.UNCHANGED, 9, status=304)
    assert blocked(database) == []
    assert [host.host for host in blocked(database, minute=8)] == ["shop.example"]  # as it was


def test_a_refusal_with_a_status_is_no_page(database: Database, noted: Noted) -> None:
    for minute in range(2):
        noted(FetchOutcome.READ, minute, status=403)
    noted(FetchOutcome.BLOCKED, 2, status=403, problem="it answered 403 (forbidden)")
    [host] = blocked(database)
    assert (host.last_read_at, host.problem) == (None, "it answered 403 (forbidden)")


def test_hosts_are_told_apart_and_stores_too(database: Database, noted: Noted) -> None:
    noted(FetchOutcome.BLOCKED, host="a.example")
    noted(FetchOutcome.READ, host="b.example")
    noted(FetchOutcome.BLOCKED, host="c.example")
    assert [host.host for host in blocked(database)] == ["a.example", "c.example"]
    with database.read() as ledger:
        assert fetches.blocked_hosts(ledger, "another", NOW + MINUTE) == []


def test_who_rests_is_left_alone_until_it_has(database: Database, noted: Noted) -> None:
    noted(FetchOutcome.BLOCKED, problem="captcha", rest_until=REST)
    noted(FetchOutcome.FAILED, host="busy.example", problem="it answered 429", rest_until=REST)
    with database.read() as ledger:
        assert fetches.resting(ledger, "harborlane", NOW) == {
            "shop.example": (REST, "captcha", True),
            "busy.example": (REST, "it answered 429", False),
        }
        assert fetches.resting(ledger, "harborlane", REST) == {}


def test_a_page_without_a_price_of_that_moment_is_not_known(database: Database) -> None:
    page = KnownPage(
        store="harborlane", competitor="VoltTrail", url="https://a.example/", etag="1", read_at=NOW
    )
    with database.write() as ledger:
        fetches.keep_known(ledger, [page])
        since = NOW - MINUTE
        assert fetches.known_page(ledger, "harborlane", "VoltTrail", page.url, since) is None
