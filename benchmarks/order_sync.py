"""How much memory a long sync of orders takes, and how fast it is, through the Shopify connector.

A stand-in answers the Admin API's pages in Shopify's shape, made as they are asked for, over httpx
but not over a network. The process's memory is read after every tenth of the orders: flat means
that it no longer grows once the first tenths have filled the caches. The floor is the same pages
parsed and thrown away.

    python -m benchmarks.order_sync [--quick]
"""

import argparse
import asyncio
import json
import sys
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
import psutil  # type: ignore[import-untyped]

from benchmarks.service import write_config
from core.configuration import load
from core.ledger import runs
from core.ledger.database import Database
from core.ledger.migrate import migrate
from jobs.registry import configuration
from jobs.running import Runner
from scrapers.api.outside import Outside

ORDERS, QUICK_ORDERS = 100_000, 5_000
GOAL = 1.05
"""Memory at the end, at most so many times that after half of them."""
SETTLED = 5
NOW = datetime(2026, 3, 5, 2, 30, tzinfo=UTC)
FIRST = NOW - timedelta(days=50)
SOURCE = {
    "service": "shopify",
    "shop": "harborlane",
    "stock_is": "goods",
    "feeds": {
        "orders": {
            "schedule": {"every": "5m"},
            "stale_after": "1h",
            "overlap": "15m",
            "look_back": "60d",
        }
    },
}


class Shop:
    """Answers the pages of a shop's orders; one order changed every 30 seconds."""

    def __init__(self, orders: int) -> None:
        self.orders = orders
        self.memory: list[float] = []

    def answer(self, request: httpx.Request) -> httpx.Response:
        """Answer the page that is asked for, and look at the memory at every tenth."""
        variables = json.loads(request.content)["variables"]
        since = datetime.fromisoformat(variables["query"].split("'")[1])
        begin = int(variables["after"] or max((since - FIRST) // timedelta(seconds=30), 0))
        if begin * 10 // self.orders >= len(self.memory):
            self.memory.append(memory())
        return httpx.Response(200, content=self.page(begin, variables["first"]))

    def page(self, begin: int, size: int) -> bytes:
        """Return a page of orders from a place on."""
        end = min(begin + size, self.orders)
        ahead = {"hasNextPage": end < self.orders, "endCursor": str(end)}
        nodes = [order(number) for number in range(begin, end)]
        return json.dumps({"data": {"orders": {"nodes": nodes, "pageInfo": ahead}}}).encode()


def order(number: int) -> dict[str, Any]:
    """Return an order of two lines and a parcel."""
    at = (FIRST + number * timedelta(seconds=30)).strftime("%Y-%m-%dT%H:%M:%SZ")
    price = {"shopMoney": {"amount": f"{number % 900}.50", "currencyCode": "USD"}}
    lines = [
        {"sku": f"SKU-{(number + step) % 2_000:06d}", "quantity": 2}
        | {"originalUnitPriceSet": price}
        for step in (0, 7)
    ]
    parcel = {
        "status": "SUCCESS",
        "displayStatus": "IN_TRANSIT",
        "createdAt": at,
        "inTransitAt": at,
        "deliveredAt": None,
        "estimatedDeliveryAt": None,
        "trackingInfo": [{"company": "DHL Express", "number": f"TN{number:09d}"}],
    }
    return {
        "id": f"gid://shopify/Order/{number}",
        "name": f"#{number}",
        "test": False,
        "processedAt": at,
        "updatedAt": at,
        "cancelledAt": None,
        "email": f"buyer{number}@example.com",
        "displayFinancialStatus": "PAID",
        "displayFulfillmentStatus": "FULFILLED",
        "totalPriceSet": price,
        "displayAddress": {"name": f"Buyer {number}", "countryCodeV2": "US"},
        "lineItems": {"nodes": lines, "pageInfo": {"hasNextPage": False, "endCursor": None}},
        "fulfillments": [parcel],
        "fulfillmentOrders": {"nodes": [], "pageInfo": {"hasNextPage": False}},
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help=f"{QUICK_ORDERS:,} orders")
    orders = QUICK_ORDERS if parser.parse_args().quick else ORDERS
    shop = Shop(orders)
    bare = floor(shop)
    with TemporaryDirectory() as folder:
        took = synced(shop, Path(folder))
    shop.memory.append(memory())
    print(f"{orders:,} orders with two lines and a parcel each")
    print(f"floor (made and parsed) {bare:6.1f} s, the sync {took:6.1f} s")
    print("MiB after each tenth:", " ".join(f"{size:.0f}" for size in shop.memory))
    grown = shop.memory[-1] / shop.memory[SETTLED]
    print(f"the end / after {SETTLED} tenths: {grown:.2f} (goal: at most {GOAL})")
    sys.exit(grown > GOAL)


def floor(shop: Shop) -> float:
    """Return the seconds that the pages take without us."""
    began = time.perf_counter()
    for begin in range(0, shop.orders, 100):
        json.loads(shop.page(begin, 100))
    return time.perf_counter() - began


def synced(shop: Shop, folder: Path) -> float:
    """Return the seconds of a first sync of all orders."""
    settings = load(write_config(folder, sources={"shopify": SOURCE}), configuration())
    database = Database(f"sqlite:///{folder / 'ledger.db'}")
    migrate(database)
    environment = {"SHOPIFY_ACCESS_TOKEN": "shpat_made_up"}
    outside = Outside(environment, httpx.MockTransport(shop.answer))
    with closing(database):
        runner = Runner(database, settings, lambda: NOW, lambda: None, outside=outside)
        began = time.perf_counter()
        asyncio.run(runner.run("shopify_orders", settings.stores[0], NOW))
        took = time.perf_counter() - began
        with database.read() as ledger:
            run = runs.latest(ledger, "shopify_orders", settings.stores[0].name)
    assert run is not None
    assert run.summary["order"] == shop.orders, run.summary
    return took


def memory() -> float:
    """Return the process's memory in MiB."""
    return float(psutil.Process().memory_info().rss) / 2**20


if __name__ == "__main__":
    main()
