"""The pool as the ledger knows it: exports, page counts, our own visits and orders."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from core.competitors import CompetitorSettings
from core.ledger.database import Database
from core.ledger.our_traffic import our_figures, our_sales
from core.ledger.pool import Pool, PoolRules, pool
from core.rules.pool import Axis, Figures, Origin
from core.rules.sold import Method
from tests.support.intake import STORE, take

NOW = datetime(2026, 3, 5, 2, 30, tzinfo=UTC)  # 10:30 in Shanghai
TODAY = date(2026, 3, 5)
DAY = timedelta(days=1)
RULES = PoolRules(2, Decimal(10), Decimal("0.8"), 10 * DAY)

Ask = Callable[..., Pool]


@pytest.fixture
def ask(database: Database) -> Ask:
    def ask(as_of: datetime = NOW, **named: CompetitorSettings) -> Pool:
        with database.read() as ledger:
            return pool(ledger, STORE, as_of, RULES, named)

    return ask


def shop(name: str, day: date = TODAY - DAY, **figures: int) -> dict[str, object]:
    return {"competitor": name, "day": day, **figures}


def page(days_ago: float, **counts: object) -> dict[str, object]:
    known = {"competitor": "VoltTrail", "url": "https://volttrail.example/p", "sku": "PS-1000"}
    return known | {"observed_at": NOW - days_ago * DAY, **counts}


def figures(found: Pool, name: str) -> dict[Axis, tuple[float, Origin]]:
    [store] = [each for each in found.standings if each.name == name]
    return {axis: (figure.value, figure.origin) for axis, figure in store.figures.items()}


def test_the_latest_export_counts_and_an_old_one_is_none(database: Database, ask: Ask) -> None:
    take(
        database,
        "competitor_figures",
        shop("VoltTrail", TODAY - 9 * DAY, visitors=1),
        shop("VoltTrail", TODAY - 2 * DAY, visitors=4000, orders=100, buyers=80, repeat_buyers=20),
        shop("VoltTrail", TODAY + DAY, visitors=2),
        shop("PeakGrid", TODAY - 11 * DAY, visitors=3),
    )
    found = ask(PeakGrid=CompetitorSettings())
    assert figures(found, "VoltTrail") == {
        Axis.TRAFFIC: (4000, Origin.FIGURES),
        Axis.CONVERSION: (0.025, Origin.FIGURES),
        Axis.REPURCHASE: (0.25, Origin.FIGURES),
    }
    assert found.unknown == ["PeakGrid"]
    assert figures(ask(NOW - 3 * DAY), "VoltTrail")[Axis.TRAFFIC] == (1, Origin.FIGURES)


def test_a_page_tells_what_it_sold_and_who_saw_it(database: Database, ask: Ask) -> None:
    take(
        database,
        "competitor_offer",
        page(31, sold=100, sold_over="all_time", visitors_30d=9),
        page(0.5, sold=180, sold_over="all_time", visitors_30d=2000),
        page(0.2, price="9.30", currency="USD"),  # says nothing of it, and takes nothing back
    )
    take(database, "sales", {"sku": "PS-1000", "day": TODAY - DAY, "channel": "", "units": 11})
    found = ask()
    assert figures(found, "VoltTrail") == {
        Axis.TRAFFIC: (2000, Origin.PAGES),
        Axis.CONVERSION: (0.04, Origin.PAGES),  # 80 ÷ 2000
    }
    [pair] = found.sales
    assert (pair.sku, pair.theirs.pieces, pair.theirs.method) == ("PS-1000", 80, Method.COUNTED)
    assert pair.ours == 11


def test_a_rejected_pair_is_not_shown_as_ours(database: Database, ask: Ask) -> None:
    take(database, "competitor_offer", page(0.5, sold=80, sold_over="30d"))
    pair = {"competitor": "VoltTrail", "url": "https://volttrail.example/p", "sku": "PS-1000"}
    take(database, "competitor_page", pair | {"status": "rejected"})
    assert ask().sales == []


def test_the_configuration_pairs_a_page_with_an_article(database: Database, ask: Ask) -> None:
    url = "https://volttrail.example/p"
    take(database, "competitor_offer", page(0.5, sold=80, sold_over="30d", sku=None))
    assert ask().sales == []
    [pair] = ask(VoltTrail=CompetitorSettings(products={"PS-2000": url})).sales
    assert (pair.sku, pair.theirs.pieces) == ("PS-2000", 80)


def test_an_empty_ledger_knows_nothing(ask: Ask) -> None:
    found = ask(VoltTrail=CompetitorSettings())
    assert (found.known, found.unknown, found.sales) == ([], ["VoltTrail"], [])
    assert [(each.name, each.z) for each in found.standings if each.ours] == [("Harbor Lane", {})]


def ours(database: Database, as_of: datetime = NOW) -> Figures:
    with database.read() as ledger:
        return our_figures(ledger, STORE, as_of, RULES.cover, RULES.valid_for)


def visits(days: range, visitors: int = 100) -> list[dict[str, object]]:
    return [
        {"day": TODAY - n * DAY, "channel": "alibaba", "country": "US", "visitors": visitors}
        for n in days
    ]


def order(number: str, days_ago: float, **buyer: str) -> dict[str, object]:
    placed_at = NOW - days_ago * DAY
    return {"channel": "alibaba", "order_no": number, "placed_at": placed_at, **buyer}


def test_ours_are_30_whole_days_of_visits_and_orders(database: Database) -> None:
    take(database, "visits", *visits(range(1, 36)))
    take(
        database,
        "order",
        order("1", 60, buyer_email="ann@x.example"),
        order("2", 20, buyer_email="Ann@x.example"),  # has bought before
        order("3", 10, buyer_name="Bo"),
        order("4", 9, buyer_name="BO"),  # the same Bo, who bought before that
        order("5", 5, buyer_email="cy@x.example"),
        order("6", 4),  # of a buyer nobody knows
        order("7", 0.1, buyer_email="cy@x.example"),  # today is not over
        order("8", 40, buyer_email="dee@x.example"),
    )
    found = ours(database)
    assert found[Axis.TRAFFIC].value == 3000
    assert found[Axis.CONVERSION].value == pytest.approx(5 / 3000)  # 2 to 6
    assert found[Axis.REPURCHASE].value == pytest.approx(2 / 3)  # Ann and Bo, of three


@pytest.mark.parametrize(
    ("days", "visitors"),
    [(range(1, 25), 2400), (range(1, 24), None), (range(10, 40), 3000), (range(11, 41), None)],
)
def test_visits_that_cover_too_little_or_end_too_long_ago_are_unknown(
    database: Database, days: range, visitors: int | None
) -> None:
    take(database, "visits", *visits(days))
    traffic = ours(database).get(Axis.TRAFFIC)
    assert (traffic.value if traffic else None) == visitors  # 24 days are 0.8 of 30


def test_without_orders_of_an_earlier_time_nobody_knows_who_came_back(database: Database) -> None:
    take(database, "visits", *visits(range(1, 36)))
    take(database, "order", order("1", 20, buyer_name="Ann"), order("2", 10, buyer_name="Ann"))
    assert set(ours(database)) == {Axis.TRAFFIC}


def test_our_sales_are_of_30_whole_days(database: Database) -> None:
    days = [(0, 7), (1, 2), (30, 3), (31, 9)]
    rows = [
        {"sku": "A", "day": TODAY - n * DAY, "channel": "", "units": units} for n, units in days
    ]
    take(database, "sales", *rows)
    with database.read() as ledger:
        assert our_sales(ledger, STORE, NOW) == {"A": 5}
