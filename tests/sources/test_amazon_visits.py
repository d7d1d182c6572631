"""Visits and sales of each day, by Amazon's report."""

from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from core.ledger.database import Database
from core.ledger.records import Sale, Visit
from core.settings import Settings, Store
from scrapers.api.problems import SourceProblem
from tests.support.amazon import (
    CA,
    EVERY,
    US,
)
from tests.support.amazon_reports import Shop, held_to, shop_of
from tests.support.contracts import example
from tests.support.intake import facts, stored
from tests.support.schemas import ValidationError
from tests.support.sources import NOW


@pytest.fixture
def shop(sqlite_database: Database, settings: Settings, store: Store) -> Shop:
    return partial(shop_of, sqlite_database, settings, store)


def traffic(day: str, *, sessions: int = 1_000, amount: float = 238.44) -> Any:
    """Return the example of Amazon's schema for one day."""
    report = example("amazon/sellerSalesAndTrafficReport.json")["examples"][0]
    of_day = report["salesAndTrafficByDate"][0] | {"date": day}
    of_day["trafficByDate"] |= {"sessions": sessions}
    article = report["salesAndTrafficByAsin"][0] | {"sku": "TENT-2P"}
    article["salesByAsin"] |= {
        "unitsOrdered": 4,
        "orderedProductSales": {"amount": amount, "currencyCode": "USD"},
    }
    return report | {"salesAndTrafficByDate": [of_day], "salesAndTrafficByAsin": [article]}


def a_day(day: str, **more: Any) -> bytes:
    return held_to("sellerSalesAndTrafficReport.json", traffic(day, **more))


async def test_visits_and_sales_of_every_day_that_is_over(shop: Shop) -> None:
    """On March 4, 18:30 in Los Angeles: two days back is the 2nd, yesterday the 3rd."""
    making = shop(a_day("2026-03-02"), a_day("2026-03-03", amount=0.1 + 0.2))
    assert await making.bench.sync("visits") == {"read": 4, "visits": 2, "sales": 2}
    names = ("day", "channel", "country", "visitors", "page_views")
    assert [facts(one, *names) for one in stored(making.bench.database, Visit)] == [
        (date(2026, 3, day), "amazon", "US", 1_000, 1_658) for day in (2, 3)
    ]
    sold = [
        facts(one, "sku", "day", "channel", "units", "revenue", "currency")
        for one in stored(making.bench.database, Sale)
    ]
    assert sold == [
        ("TENT-2P", date(2026, 3, 2), "amazon", 4, Decimal("238.44"), "USD"),
        ("TENT-2P", date(2026, 3, 3), "amazon", 4, Decimal("0.3"), "USD"),
    ]
    assert making.asked_for[0] == {
        "reportType": "GET_SALES_AND_TRAFFIC_REPORT",
        "marketplaceIds": [US],
        "dataStartTime": "2026-03-02T12:00:00Z",
        "dataEndTime": "2026-03-02T12:00:00Z",
        "reportOptions": {"dateGranularity": "DAY", "asinGranularity": "SKU"},
    }


async def test_the_last_days_are_asked_for_again(shop: Shop) -> None:
    days = [a_day("2026-03-02"), a_day("2026-03-03"), a_day("2026-03-03", sessions=1_100)]
    making = shop(*days)
    await making.bench.sync("visits")
    making.bench.time.at += timedelta(hours=1)
    await making.bench.sync("visits")
    assert making.asked_for[-1]["dataStartTime"] == "2026-03-03T12:00:00Z"
    assert [one.visitors for one in stored(making.bench.database, Visit)] == [1_000, 1_100]


async def test_a_cut_run_asks_for_no_day_twice(shop: Shop) -> None:
    making = shop(a_day("2026-03-02"), b'{"torn', held=False)
    with pytest.raises(SourceProblem, match="only a part"):
        await making.bench.sync("visits")
    assert len(stored(making.bench.database, Visit)) == 1
    making.contents[1] = a_day("2026-03-03")
    await making.bench.sync("visits")
    assert len(stored(making.bench.database, Visit)) == 2
    assert len(making.asked_for) == 2
    assert making.bench.cursor("visits") == {"until": NOW.isoformat()}


async def test_the_first_days_come_at_the_pace_of_a_report_a_minute(shop: Shop) -> None:
    """20 reports: 15 at once, 5 more at 0.0167 a second; in two lots of 10."""
    feeds = {"visits": EVERY | {"overlap": "1d", "look_back": "20d"}}
    making = shop(*["CANCELLED"] * 20, stanza={"feeds": feeds}, held=False)
    await making.bench.sync("visits")
    assert len(making.asked_for) == 20
    assert making.bench.time.slept == pytest.approx(5 / 0.0167, abs=1)


async def test_each_marketplace_counts_its_own_days(shop: Shop) -> None:
    """Visits are told apart by country, sales by channel: a SKU sells in both on one day."""
    making = shop(*[a_day("2026-03-02")] * 4, stanza={"marketplaces": [US, CA]})
    await making.bench.sync("visits")
    assert {one.country for one in stored(making.bench.database, Visit)} == {"US", "CA"}
    assert {one.channel for one in stored(making.bench.database, Sale)} == {"amazon", "amazon_ca"}


async def test_a_day_without_data_is_no_day_of_zero(shop: Shop) -> None:
    making = shop("CANCELLED", a_day("2026-03-03"))
    await making.bench.sync("visits")
    assert [one.day for one in stored(making.bench.database, Visit)] == [date(2026, 3, 3)]


def test_the_schema_refuses_a_bad_report() -> None:
    """The negative control: what holds the reports does refuse."""
    with pytest.raises(ValidationError):
        a_day("2026-03-02", sessions="many")
