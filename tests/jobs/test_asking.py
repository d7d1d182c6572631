"""From a check's answer to alerts: asked twice the same, and silence resolves nothing (law 5)."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlmodel import col, select

from core.engine import JobFailed
from core.ledger import runs
from core.ledger.database import Database
from core.ledger.life.alerts import Difference
from core.ledger.tables import Alert, Post
from core.settings import Settings, Store
from jobs.asking import ask_and_absorb
from jobs.registry import checks
from jobs.running import Runner
from tests.jobs.conftest import NOW, Put
from tests.jobs.test_price_gap import offer
from tests.jobs.test_price_gap import put_in as put_offers
from tests.jobs.test_safety_stock import product, sold, stock
from tests.jobs.test_safety_stock import put_in as put_stock

Run = Callable[..., Difference]
HOUR = timedelta(hours=1)


@pytest.fixture
def run(database: Database, settings: Settings, store: Store) -> Run:
    """Ask a check and turn the answer into alerts."""

    def run(check: str, now: datetime = NOW) -> Difference:
        return ask_and_absorb(database, checks()[check], settings, store, now)

    return run


def live(database: Database) -> dict[str, Alert]:
    """The alerts whose trouble is still there, by subject."""
    with database.read() as ledger:
        alerts = ledger.exec(select(Alert).where(col(Alert.gone_at).is_(None)))
        return {alert.subject: alert for alert in alerts}


def posts(database: Database) -> list[Post]:
    with database.read() as ledger:
        return list(ledger.exec(select(Post).order_by(col(Post.medium))))


def test_a_finding_becomes_an_alert_and_its_post(put: Put, run: Run, database: Database) -> None:
    put_stock(put, stock(640))
    assert run("safety_stock") == Difference(opened=1)
    alert = live(database)["PS-1000"]
    assert (alert.owner, alert.severity) == ("tom.becker@harborlane.example", "critical")
    assert (alert.opened_at, alert.due_at) == (NOW, NOW + timedelta(minutes=30))
    assert [(post.medium, post.recipient) for post in posts(database)] == [("slack", "stock")]


def test_a_price_gap_is_told_in_slack_and_by_mail(put: Put, run: Run, database: Database) -> None:
    put_offers(put, offer("50"))
    run("price_gap")
    assert [(post.medium, post.recipient) for post in posts(database)] == [
        ("mail", "sofia.reyes@harborlane.example"),  # first of operations in duty.order
        ("slack", "prices"),
    ]


def test_asking_again_changes_nothing(put: Put, run: Run, database: Database) -> None:
    put_stock(put, stock(640))
    run("safety_stock")
    before = posts(database)
    assert run("safety_stock", NOW + HOUR) == Difference(unchanged=1)
    assert posts(database) == before


def test_the_trouble_gone_resolves(put: Put, run: Run, database: Database) -> None:
    put_stock(put, stock(640))
    run("safety_stock")
    put("stock", stock(5000, observed_at=NOW), at=NOW)
    assert run("safety_stock", NOW + HOUR) == Difference(resolved=1)
    assert not live(database)


def test_stale_facts_open_a_blind_spot_and_resolve_nothing(
    put: Put, run: Run, database: Database
) -> None:
    put_stock(put, stock(640))
    run("safety_stock")
    two_days_later = NOW + timedelta(days=2)
    assert run("safety_stock", two_days_later) == Difference(opened=1)
    assert {alert.blind for alert in live(database).values()} == {False, True}
    assert live(database)["PS-1000"].state == "open"
    put("sales", sold(1, 1), at=two_days_later)
    put("stock", stock(5000, observed_at=two_days_later), at=two_days_later)
    assert run("safety_stock", two_days_later + HOUR) == Difference(resolved=2)


@pytest.mark.parametrize("lost", [{"purchase_lead_days": None}, {"transport_lead_days": None}])
def test_a_lead_time_that_was_lost_keeps_the_alert_open(
    put: Put, run: Run, database: Database, lost: dict[str, Any]
) -> None:
    put_stock(put, stock(640))
    run("safety_stock")
    put("product", product(**lost))
    assert run("safety_stock") == Difference(opened=1)
    assert live(database)["PS-1000"].state == "open"


def test_a_captcha_where_a_price_was_keeps_the_alert_open(
    put: Put, run: Run, database: Database
) -> None:
    put_offers(put, offer("50", observed_at=NOW - 6 * HOUR))
    run("price_gap", NOW - 5 * HOUR)
    [subject] = live(database)
    put("competitor_offer", offer(None, problem="captcha"))
    assert run("price_gap") == Difference(opened=1)
    assert live(database)[subject].state == "open"
    put("competitor_offer", offer("105", observed_at=NOW))
    assert run("price_gap") == Difference(resolved=2)


def test_a_check_that_cannot_be_asked_leaves_the_alerts_alone(
    put: Put, run: Run, database: Database
) -> None:
    put_offers(put, offer("50", observed_at=NOW - 6 * HOUR))
    run("price_gap", NOW - 5 * HOUR)
    put("competitor_offer", offer("90", tiers=[{"from": 1}]))  # no ladder of ours
    before = live(database)
    with pytest.raises(KeyError):
        run("price_gap")
    assert live(database) == before


def test_a_moment_before_the_last_run_makes_no_alerts(
    put: Put, database: Database, settings: Settings, store: Store
) -> None:
    put_stock(put, stock(640))
    runner = Runner(database, settings, lambda: moments.pop(0), lambda: None)
    moments = [NOW] * 3 + [NOW - HOUR] * 3 + [NOW] * 3
    assert asyncio.run(runner.run("safety_stock", store, NOW))
    before = live(database)
    with pytest.raises(JobFailed, match=r"safety_stock was run for 2026-03-05 10:30.*--as-of 2026"):
        asyncio.run(runner.run("safety_stock", store, NOW - HOUR))
    assert live(database) == before
    assert asyncio.run(runner.run("safety_stock", store, NOW + HOUR))


def test_a_later_run_that_failed_stands_in_nobodys_way(
    put: Put, run: Run, database: Database, store: Store
) -> None:
    put_stock(put, stock(640))
    with database.write() as ledger:
        runs.claim(ledger, "safety_stock", store.name, NOW + HOUR, NOW + HOUR)
        runs.finish(ledger, "safety_stock", store.name, NOW + HOUR, NOW + HOUR, error="boom")
    assert run("safety_stock") == Difference(opened=1)
