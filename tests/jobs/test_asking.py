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
from tests.support.toy import ORDERS, STOCK, with_toys

Run = Callable[..., Difference]
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


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
        ("slack", "prices"),  # the chart in its thread
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
    seen = NOW - 37 * HOUR  # config.yaml: a last price counts for 36 hours
    put_offers(put, offer("50", observed_at=seen))
    run("price_gap", seen + HOUR)
    [subject] = live(database)
    put("competitor_offer", offer(None, problem="captcha"))
    assert run("price_gap", NOW - HOUR) == Difference(changed=1)  # its price has an age now
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


# sources, of which one may be silent


def done(database: Database, job: str, at: datetime, error: str | None = None) -> None:
    """A feed was read, completely unless there is an error."""
    with database.write() as ledger:
        runs.claim(ledger, job, "harborlane", at, at)
        runs.finish(ledger, job, "harborlane", at, at, error=error)


@pytest.fixture
def shops(database: Database, settings: Settings, store: Store) -> Run:
    """Ask `safety_stock` (stock: 26h) where two shops bring stock levels."""
    toys = with_toys(settings, "east", "west", feeds={"stock": STOCK})

    def run(now: datetime = NOW) -> Difference:
        return ask_and_absorb(database, checks()["safety_stock"], toys, store, now)

    return run


def spots(database: Database) -> set[str]:
    """The blind spots that are live."""
    return {subject for subject, alert in live(database).items() if alert.blind}


def silent(database: Database) -> dict[str, list[str]]:
    """The feeds that the one blind spot about sources names, with the kinds they should bring."""
    facts = live(database)["sources: silent"].facts
    return {feed["job"]: feed["kinds"] for feed in facts["feeds"]}


def short(sku: str) -> dict[str, Any]:
    """A count at NOW of an article like PS-1000, of which there is too little."""
    return stock(640, observed_at=NOW) | {"sku": sku}


def test_sources_that_all_bring_are_no_matter(put: Put, shops: Run, database: Database) -> None:
    put_stock(put, stock(640))
    for shop in ("east", "west"):
        done(database, f"{shop}_stock", NOW - HOUR)
    assert shops() == Difference(opened=1)
    assert not spots(database)


def test_of_two_sources_one_is_silent_and_what_the_other_shows_is_told(
    put: Put, shops: Run, database: Database
) -> None:
    put_stock(put, stock(640))
    done(database, "east_stock", NOW - HOUR)
    done(database, "west_stock", NOW - 27 * HOUR)
    shops()
    assert set(live(database)) == {"PS-1000", "sources: silent"}
    assert silent(database) == {"west_stock": ["stock"]}
    put("product", product(sku="PS-2000"), at=NOW)
    put("sales", sold(552, 1, "PS-2000"), at=NOW)
    put("stock", short("PS-2000"), at=NOW)
    done(database, "east_stock", NOW)
    shops(NOW + HOUR)
    assert set(live(database)) == {"PS-1000", "PS-2000", "sources: silent"}


def test_what_a_silent_source_may_hide_stays_open_until_it_brings_again(
    put: Put, shops: Run, database: Database
) -> None:
    put_stock(put, stock(640))
    done(database, "east_stock", NOW - HOUR)
    done(database, "west_stock", NOW - HOUR)
    shops()
    put("stock", stock(5000, observed_at=NOW), at=NOW)
    tomorrow = NOW + 26 * HOUR
    done(database, "east_stock", tomorrow)
    done(database, "west_stock", tomorrow - MINUTE, error="the shop gave no answer")
    shops(tomorrow)  # west was last read completely 27 hours ago
    assert set(live(database)) == {"PS-1000", "sources: silent"}
    done(database, "west_stock", tomorrow + MINUTE)
    shops(tomorrow + 2 * MINUTE)
    assert not live(database)


def test_a_run_that_broke_half_way_is_no_sign_of_life(
    put: Put, shops: Run, database: Database
) -> None:
    """Its first pages are stored, and young; what the rest would have said is not known."""
    put_stock(put, stock(640, observed_at=NOW))
    done(database, "east_stock", NOW - HOUR)
    done(database, "west_stock", NOW - MINUTE, error="cut off after the first page")
    shops()
    assert set(live(database)) == {"PS-1000", "sources: silent"}


def test_sources_that_are_all_silent_are_told_once_and_nothing_is_asked(
    put: Put, shops: Run, database: Database
) -> None:
    put_stock(put, stock(640, observed_at=NOW - 3 * 24 * HOUR))
    done(database, "east_stock", NOW - 27 * HOUR)
    shops()
    assert silent(database) == {"east_stock": ["stock"], "west_stock": ["stock"]}
    assert "PS-1000" not in live(database)
    assert shops(NOW + HOUR) == Difference(unchanged=1)


def test_a_file_beside_silent_sources_lets_the_check_be_asked(
    put: Put, shops: Run, database: Database
) -> None:
    put_stock(put, stock(640, observed_at=NOW))
    shops()
    assert set(live(database)) == {"PS-1000", "sources: silent"}


def test_a_source_that_brings_nothing_new_is_no_silence(
    put: Put, shops: Run, database: Database
) -> None:
    """Levels are stored when they change; a complete run says that they have not."""
    put_stock(put, stock(640, observed_at=NOW - 5 * 24 * HOUR))
    for shop in ("east", "west"):
        done(database, f"{shop}_stock", NOW)
    assert shops() == Difference(opened=1)
    assert not spots(database)


def test_other_missing_facts_do_not_resolve_a_silent_source(
    put: Put, shops: Run, database: Database
) -> None:
    put_stock(put, stock(640, observed_at=NOW))
    done(database, "east_stock", NOW)
    shops()
    later = NOW + 73 * HOUR  # sales may be 72 hours old
    done(database, "east_stock", later)
    shops(later)
    assert spots(database) == {"sales: stale", "sources: silent"}


def test_a_silent_feed_that_brings_several_kinds_is_one_blind_spot(
    put: Put, database: Database, settings: Settings, store: Store
) -> None:
    toys = with_toys(settings, feeds={"orders": ORDERS})
    stanza = settings.checks.bad_reviews
    both = stanza.model_copy(update={"stale_after": {"order": HOUR, "order_line": HOUR}})
    kinds = toys.checks.model_copy(update={"bad_reviews": both})
    asked = toys.model_copy(update={"checks": kinds})
    ask_and_absorb(database, checks()["bad_reviews"], asked, store, NOW)
    assert silent(database) == {"toy_orders": ["order", "order_line"]}
