"""Shopify: what every variant costs in the online store."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from core.ledger.database import Database
from core.ledger.records import Listing
from core.settings import Settings, Store
from scrapers.api.problems import SourceProblem
from tests.support.intake import facts, stored
from tests.support.shopify import ACCESS_TOKEN, Shop, errors, shop_settings, variant
from tests.support.sources import Bench

Open = Callable[..., Bench]


@pytest.fixture
def opened(sqlite_database: Database, settings: Settings, store: Store) -> Open:
    def bench(shop: Shop, **changes: Any) -> Bench:
        source = shop_settings(**changes)
        return Bench(sqlite_database, settings, store, source, shop, ACCESS_TOKEN, name="shopify")

    return bench


def listed(shop: Bench, *names: str) -> list[tuple[Any, ...]]:
    return [facts(row, *names) for row in stored(shop.database, Listing)]


async def test_every_variant_with_a_sku_is_a_listing(opened: Open) -> None:
    variants = [variant(1, "KET-R", "59.90"), variant(2, ""), variant(3, None)]
    shop = opened(Shop(variants=variants), channel="shopify_us")
    assert await shop.sync("prices") == {"read": 1, "listing": 1}
    names = ("channel", "listing_id", "min_quantity", "sku", "price", "currency", "url")
    [kept] = listed(shop, *names)
    assert kept[:4] == ("shopify_us", "1", 1, "KET-R")
    assert kept[4:] == (Decimal("59.90"), "USD", "https://harborlane.example/products/1")


async def test_the_shops_own_currency_counts(opened: Open) -> None:
    root = {"shop": {"currencyCode": "JPY"}}
    shop = opened(Shop(variants=[variant(1, "KET-1", "5990")], root=root))
    await shop.sync("prices")
    assert listed(shop, "price", "currency") == [(Decimal(5990), "JPY")]


async def test_only_changes_are_stored(opened: Open) -> None:
    stand_in = Shop(variants=[variant(1, "A", "10.00"), variant(2, "B", "20.00")])
    shop = opened(stand_in)
    await shop.sync("prices")
    shop.time.at += timedelta(minutes=15)
    assert await shop.sync("prices") == {"read": 2}
    stand_in.variants[1] = variant(2, "B", "2.00")
    shop.time.at += timedelta(minutes=15)
    assert await shop.sync("prices") == {"read": 2, "listing": 1}
    prices = [str(price) for (price,) in listed(shop, "price")]
    assert prices == ["10.00", "20.00", "2.00"]


@pytest.mark.parametrize(("status", "price"), [("ARCHIVED", None), ("UNLISTED", Decimal(10))])
async def test_what_is_taken_from_sale_has_no_price(
    opened: Open, status: str, price: Decimal | None
) -> None:
    stand_in = Shop(variants=[variant(1, "A", "12")])
    shop = opened(stand_in)
    await shop.sync("prices")
    stand_in.variants[0] = variant(1, "A", "10", status)
    shop.time.at += timedelta(minutes=15)
    await shop.sync("prices")
    assert listed(shop, "price")[-1] == (price,)


async def test_a_run_that_is_cut_off_goes_on_there(opened: Open) -> None:
    stand_in = Shop(variants=[variant(n, f"V{n:03}") for n in range(1, 151)])
    shop = opened(stand_in)
    answers = iter([None, None, errors("gone", "SHOP_INACTIVE")])  # the currency, a page, no more
    plain = stand_in.__call__

    def cut(request: Any) -> Any:
        return next(answers, None) or plain(request)

    shop.answer = cut
    with pytest.raises(SourceProblem):
        await shop.sync("prices")
    assert len(stored(shop.database, Listing)) == 100
    shop.answer = stand_in
    assert (await shop.sync("prices"))["read"] == 50
    assert len(stored(shop.database, Listing)) == 150
    assert shop.cursor("prices") == {}


async def test_an_answer_of_another_shape_is_told(opened: Open) -> None:
    broken = Shop(variants=[variant(1, "A") | {"product": None}])
    with pytest.raises(SourceProblem, match="variants do not look as in API"):
        await opened(broken).sync("prices")
