"""What we and they asked over a time, by the arithmetic of the price gap."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from core.ledger.database import Database
from core.ledger.price_history import Prices, price_history
from core.price_terms import PriceTerms
from core.rules.price_line import Span
from core.settings import Settings
from tests.support.intake import STORE, take

NOW = datetime(2026, 3, 5, 2, 30, tzinfo=UTC)
DAY = timedelta(days=1)
URL = "https://volttrail.example/p"


def ago(days: float) -> datetime:
    return NOW - days * DAY


def offer(days: float, price: str | None, url: str = URL, **more: Any) -> dict[str, Any]:
    known = {"competitor": "VoltTrail", "url": url, "sku": "PS-1000", "observed_at": ago(days)}
    return known | {"price": price, "currency": "USD", "min_quantity": 10} | more


def asked(database: Database, settings: Settings, quantity: int = 100, over: int = 30) -> Prices:
    terms: object = settings.check("price_gap")
    assert isinstance(terms, PriceTerms)
    what = {"sku": "PS-1000", "quantity": quantity, "first": ago(over), "until": NOW}
    with database.read() as ledger:
        return price_history(ledger, settings, STORE, terms, **what)  # type: ignore[arg-type]


def product(database: Database) -> None:
    take(database, "product", {"sku": "PS-1000", "fob_usd": "455", "moq": 50})


def test_their_line_is_at_the_quantity_and_breaks_where_nothing_was_read(
    database: Database, settings: Settings
) -> None:
    product(database)
    tiers = [{"min_quantity": 10, "price": "460"}, {"min_quantity": 100, "price": "430"}]
    take(
        database,
        "competitor_offer",
        offer(3, "460", tiers=tiers),
        offer(2, None, problem="captcha"),
        offer(1, "440"),
        offer(0.5, "880", pack_size=2, min_quantity=5),
    )
    line = asked(database, settings).theirs["VoltTrail"]
    assert line == [
        Span(ago(3), ago(2), Decimal(430)),
        Span(ago(1), NOW, Decimal(440)),  # 880 for two are 440 for one
    ]
    assert asked(database, settings, quantity=50).theirs["VoltTrail"][0].price == 460


def test_the_lowest_of_their_pages_counts_and_the_time_before_is_cut_off(
    database: Database, settings: Settings
) -> None:
    product(database)
    take(
        database,
        "competitor_offer",
        offer(2.5, "450"),
        offer(1, "441"),
        offer(1.5, "439", "https://b.example"),
    )
    line = asked(database, settings, over=2).theirs["VoltTrail"]
    assert line == [Span(ago(2), ago(1.5), Decimal(450)), Span(ago(1.5), NOW, Decimal(439))]


def test_without_a_price_list_our_price_is_todays(database: Database, settings: Settings) -> None:
    product(database)
    prices = asked(database, settings)
    assert (list(prices.ours), prices.is_dated) == ([Span(ago(30), NOW, Decimal(455))], False)
    assert prices.theirs == {}


def test_the_price_list_has_a_history(database: Database, settings: Settings) -> None:
    product(database)
    known = {"sku": "PS-1000", "channel": "", "currency": "USD"}
    take(
        database,
        "price_list",
        known | {"min_quantity": 50, "price": "450", "valid_from": ago(20)},
        known | {"min_quantity": 100, "price": "440", "valid_from": ago(10)},
        known | {"min_quantity": 50, "price": "999", "valid_from": ago(-1)},
    )
    prices = asked(database, settings)
    assert prices.is_dated
    assert prices.ours == [
        Span(ago(20), ago(10), Decimal(450)),
        Span(ago(10), NOW, Decimal(440)),  # before the list began nothing is known
    ]
    assert asked(database, settings, quantity=10).ours == []  # below what we sell
