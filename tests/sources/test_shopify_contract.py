"""Shopify: every question and every answer is one that the schema of API 2026-10 has."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from graphql import GraphQLError, NoDeprecatedCustomRule, parse, specified_rules, validate

from core.ledger.database import Database
from core.settings import Settings, Store
from scrapers.sources.shopify import disputes, orders, prices, probe, products, stock, visits
from tests.support.graphql import HeldToSchema, schema
from tests.support.shopify import (
    ACCESS_TOKEN,
    Shop,
    connection,
    item,
    level,
    order,
    parcel,
    shop_settings,
    stock_item,
    variant,
)
from tests.support.sources import Bench

SCHEMA = "shopify/admin_2026-10.graphql.gz"
DISPUTE = {
    "legacyResourceId": "90071",
    "type": "CHARGEBACK",
    "status": "NEEDS_RESPONSE",
    "initiatedAt": "2026-03-01T10:00:00Z",
    "evidenceDueBy": "2026-03-09T10:00:00Z",
    "finalizedOn": None,
    "amount": {"amount": "45.50", "currencyCode": "USD"},
    "reasonDetails": {"reason": "PRODUCT_NOT_RECEIVED"},
    "order": {"name": "#1001"},
}
PRODUCT = {
    "id": "gid://shopify/Product/1",
    "title": "Kettle",
    "status": "ACTIVE",
    "productType": "kitchen",
    "updatedAt": "2026-03-01T10:00:00Z",
    "featuredMedia": None,
    "variants": connection([{"sku": "KET-1", "title": "Default Title"}]),
}
REPORT = {
    "tableData": {
        "columns": [{"name": "session_country"}],
        "rows": [{"session_country": "US", "online_store_visitors": "7", "pageviews": "9"}],
    },
    "parseErrors": [],
}
ROOT: dict[str, Any] = {
    "shopifyPaymentsAccount": {"activated": True},
    "disputes": connection([DISPUTE]),
    "products": connection([PRODUCT]),
    "shopifyqlQuery": REPORT,
    "shop": {"name": "Harbor Lane", "ianaTimezone": "Asia/Shanghai", "currencyCode": "USD"},
    "currentAppInstallation": {"accessScopes": [{"handle": "read_orders"}]},
}

Held = Callable[[Shop], Bench]


@pytest.fixture
def held(sqlite_database: Database, settings: Settings, store: Store) -> Held:
    def bench(shop: Shop) -> Bench:
        return Bench(
            sqlite_database,
            settings,
            store,
            shop_settings(),
            shop,
            ACCESS_TOKEN,
            name="shopify",
            transport=HeldToSchema(schema(SCHEMA), shop),
        )

    return bench


async def test_orders_with_all_their_parts(held: Held) -> None:
    items = [item(f"SKU-{n}") for n in range(12)]  # two more than a page of orders brings
    sent = parcel("JD01", estimatedDeliveryAt="2026-03-08T00:00:00Z")
    plan = {"status": "OPEN", "fulfillBy": "2026-03-04T00:00:00Z"}
    whole = order(
        1,
        items,
        displayAddress={"name": "Ann", "countryCodeV2": "US"},
        fulfillments=[sent],
        fulfillmentOrders=connection([plan]),
    )
    found = await held(Shop([whole])).sync("orders")
    assert found == {"read": 14, "order": 1, "order_line": 12, "shipment": 1}


async def test_stock_of_more_locations_than_one_page_shows(held: Held) -> None:
    levels = [level(f"Place {n}", on_hand=n) for n in range(7)]
    found = await held(Shop(items=[stock_item(1, "SKU-1", *levels)])).sync("stock")
    assert found["stock"] == 7


async def test_prices_of_all_variants(held: Held) -> None:
    shop = Shop(variants=[variant(1, "SKU-1"), variant(2, "SKU-2", status="DRAFT")])
    assert await held(shop).sync("prices") == {"read": 2, "listing": 1}


@pytest.mark.parametrize(("feed", "kind"), [("disputes", "dispute"), ("products", "product")])
async def test_disputes_and_products(held: Held, feed: str, kind: str) -> None:
    assert await held(Shop(root=ROOT)).sync(feed) == {"read": 1, kind: 1}


async def test_visits_and_the_probe(held: Held) -> None:
    bench = held(Shop(root=ROOT))
    assert (await bench.sync("visits"))["visits"] == 30
    assert (await bench.probe()).startswith("Harbor Lane (Asia/Shanghai, USD)")


@pytest.mark.parametrize(
    "query",
    [
        orders.ORDERS,
        orders.ORDER,
        stock.ITEMS,
        stock.ITEM,
        prices.CURRENCY,
        prices.VARIANTS,
        products.PRODUCTS,
        products.VARIANTS,
        disputes.ACCOUNT,
        disputes.DISPUTES,
        visits.REPORT,
        probe.SHOP,
    ],
)
def test_no_question_asks_for_what_the_schema_lacks_or_gives_up(query: Any) -> None:
    document = parse(query.text)
    rules = [*specified_rules, NoDeprecatedCustomRule]
    assert validate(schema(SCHEMA), document, rules) == []


async def test_a_question_that_the_schema_lacks_is_refused() -> None:
    question = {"query": "{ shopifyPaymentsAccount { balances } }", "variables": {}}
    async with httpx.AsyncClient(transport=HeldToSchema(schema(SCHEMA), Shop())) as client:
        with pytest.raises(GraphQLError, match="balances"):
            await client.post("https://harborlane.myshopify.com", json=question)


@pytest.mark.parametrize("bad", [{"price": None}, {"product": None}])
async def test_a_price_that_the_schema_lacks_is_refused(held: Held, bad: Any) -> None:
    with pytest.raises((GraphQLError, TypeError)):
        await held(Shop(variants=[variant(1, "SKU-1") | bad])).sync("prices")


@pytest.mark.parametrize(
    "bad",
    [{"status": "LOST_FOR_GOOD"}, {"initiatedAt": None}, {"amount": "45.50"}],
    ids=["an unknown word", "nothing where something must be", "text for an object"],
)
async def test_an_answer_that_the_schema_lacks_is_refused(held: Held, bad: Any) -> None:
    answers = {"disputes": connection([DISPUTE | bad])}
    with pytest.raises((GraphQLError, TypeError)):
        await held(Shop(root=ROOT | answers)).sync("disputes")
