"""Competitors' shops that block us: told in the digest while they do."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from core.ledger import fetches
from core.ledger.database import Database
from core.ledger.life.telling import tell_digest
from core.ledger.life.watch import watch
from core.ledger.tables import FetchOutcome
from core.settings import Settings, Store
from jobs.asking import ask_and_absorb
from jobs.registry import checks
from tests.jobs.conftest import NOW, Look, Put, only
from tests.ledger.life import Life

HOUR = timedelta(hours=1)
URL = "https://volttrail.example/products/a"


@pytest.fixture
def fetched(database: Database) -> Any:
    """Write down a request, an hour ago unless told otherwise."""

    def fetched(
        outcome: FetchOutcome, at: datetime = NOW - HOUR, host: str = "volttrail.example"
    ) -> None:
        problem = "captcha" if outcome is FetchOutcome.BLOCKED else None
        row = {"host": host, "url": f"https://{host}/", "at": at, "outcome": outcome}
        row |= {"status": 200, "bytes": 1, "seconds": 0.1, "problem": problem}
        with database.write() as ledger:
            note = row | {"rest_until": None, "saved_as": None}
            fetches.record(ledger, "harborlane", [note])

    return fetched


def offer(price: str | None, at: datetime, url: str = URL) -> dict[str, Any]:
    row = {"competitor": "VoltTrail", "url": url, "observed_at": at, "price": price}
    return row | {"currency": "USD"}


def test_a_shop_that_blocks_us_is_told_with_the_age_of_its_prices(
    put: Put, look: Look, fetched: Any
) -> None:
    put("competitor_offer", offer("9", NOW - 9 * HOUR), offer(None, NOW - HOUR))
    fetched(FetchOutcome.READ, NOW - 9 * HOUR)
    fetched(FetchOutcome.BLOCKED, NOW - 3 * HOUR)
    fetched(FetchOutcome.BLOCKED)
    found = only(look("blocked_shops"))
    assert (found.subject, found.since) == ("VoltTrail", NOW - 3 * HOUR)
    assert found.facts["hosts"] == ["volttrail.example"]
    assert found.facts["last_price_at"] == (NOW - 9 * HOUR).isoformat()
    assert found.facts["pages"] == 1


def test_it_is_over_when_the_shop_gives_a_page(put: Put, look: Look, fetched: Any) -> None:
    put("competitor_offer", offer("9", NOW - 9 * HOUR))
    fetched(FetchOutcome.BLOCKED, NOW - 3 * HOUR)
    fetched(FetchOutcome.READ)
    assert look("blocked_shops") == []
    assert only(look("blocked_shops", as_of=NOW - 2 * HOUR))


def test_a_shop_without_any_price_is_known_by_its_pages(put: Put, look: Look, fetched: Any) -> None:
    put("competitor_page", {"competitor": "VoltTrail", "url": URL, "first_seen_at": NOW})
    fetched(FetchOutcome.BLOCKED)
    assert only(look("blocked_shops")).facts["last_price_at"] is None


def test_a_competitor_on_two_hosts_is_told_once(put: Put, look: Look, fetched: Any) -> None:
    put("competitor_offer", offer("9", NOW - 9 * HOUR))
    put("competitor_offer", offer("9", NOW - 5 * HOUR, "https://b.example:8443/p"))
    put("competitor_offer", offer("9", NOW - HOUR, "https://open.example/p"))
    fetched(FetchOutcome.BLOCKED)
    fetched(FetchOutcome.BLOCKED, host="b.example:8443")
    told = only(look("blocked_shops")).facts
    assert told["hosts"] == ["b.example:8443", "volttrail.example"]
    assert told["last_price_at"] == (NOW - 5 * HOUR).isoformat()  # of the hosts that block us


def test_a_host_of_no_competitor_is_left_out(put: Put, look: Look, fetched: Any) -> None:
    put("competitor_offer", offer("9", NOW - HOUR))
    fetched(FetchOutcome.BLOCKED, host="elsewhere.example")
    assert look("blocked_shops") == []


def test_the_digest_tells_it(
    put: Put, fetched: Any, database: Database, settings: Settings, store: Store
) -> None:
    put("competitor_offer", offer("9", NOW - 9 * HOUR))
    fetched(FetchOutcome.BLOCKED)
    ask_and_absorb(database, checks()["blocked_shops"], settings, store, NOW)
    life = Life(database, settings)
    assert life.posts() == []  # not by itself
    with database.write() as ledger:
        assert tell_digest(ledger, watch(ledger, settings, NOW), store) == 1
    assert [post.template for post in life.posts()] == ["group"]
