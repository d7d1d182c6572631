"""How long a stock sync of a large store takes, with the oversell guard behind it (plan C3).

A made-up service answers every SKU's level at each of three channels and of one warehouse, in
pages of JSON, over httpx but not over a network; `oversell` is asked in the same run. Three
rounds: the first stores every level, the second finds nothing new, in the third one level in a
hundred has changed. The floor is what no sync can do without: the same pages parsed, and their
rows written to a bare SQLite table in one transaction.

    python -m benchmarks.stock_sync [--quick]
"""

import argparse
import asyncio
import json
import sqlite3
import sys
import time
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import cycle
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, ClassVar, Literal

import httpx
from pydantic import Field

from benchmarks.service import write_config
from core.configuration import load
from core.ledger import runs
from core.ledger.database import Database
from core.ledger.migrate import migrate
from core.sources import FeedSettings, SourceSettings
from core.stanza import Stanza
from jobs.registry import configuration
from jobs.running import Runner
from scrapers.api.outside import Outside, services
from scrapers.api.service import Asked, Connection, Page, Service

SKUS, QUICK_SKUS = 100_000, 5_000
CHANNELS = ("alibaba", "shopify", "amazon")
PAGE = 1_000
"""SKUs on a page."""
GOAL = 10.0
"""Seconds that a sync with the guard may take."""
OVERSOLD_EVERY, CHANGED_EVERY = 1_000, 100
NOW = datetime(2026, 3, 5, 2, 30, tzinfo=UTC)


class Feeds(Stanza):
    """What is asked for."""

    stock: FeedSettings | None = Field(default=None, description="every SKU's level")


class Settings(SourceSettings):
    """The made-up service's part of config.yaml."""

    service: Literal["made_up"] = Field(description="made up for the benchmark")
    feeds: Feeds = Field(description="what is asked for, and when")

    brings: ClassVar = {"stock": frozenset({"stock"})}


class Warehouse:
    """Answers the pages of one round."""

    def __init__(self, skus: int) -> None:
        self.skus, self.round = skus, 0

    def answer(self, request: httpx.Request) -> httpx.Response:
        """Answer the page that is asked for."""
        return httpx.Response(200, content=self.page(int(request.url.params["from"])))

    def page(self, first: int) -> bytes:
        """Return the levels of some SKUs, and where the next page begins."""
        numbers = range(first, min(first + PAGE, self.skus))
        levels = [level for number in numbers for level in self.levels(number)]
        return json.dumps({"levels": levels, "next": first + len(numbers)}).encode()

    def levels(self, number: int) -> list[dict[str, Any]]:
        """Return one SKU's level everywhere in this round."""
        sku, changed = f"SKU-{number:06d}", number % CHANGED_EVERY == 0 and self.round == 2
        sold = 5 + changed
        goods = 10 if number % OVERSOLD_EVERY == 1 else 200
        listings = [
            {"sku": sku, "location": channel, "on_hand": 0, "committed": sold, "listed": 20}
            for channel in CHANNELS
        ]
        main = {"sku": sku, "location": "Ningbo", "on_hand": goods, "committed": 3 * sold}
        return [main, *listings]


async def read(asked: Asked) -> AsyncIterator[Page]:
    first = 0
    while True:
        answer = await asked.api.ask("GET", "https://erp.example/levels", params={"from": first})
        page = answer.json()
        if not page["levels"]:
            return
        yield Page({"stock": [level | {"observed_at": asked.now} for level in page["levels"]]})
        first = page["next"]


async def probe(source: Connection) -> str:
    return source.source


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help=f"{QUICK_SKUS:,} SKUs")
    skus = QUICK_SKUS if parser.parse_args().quick else SKUS
    services()["made_up"] = Service(Settings, {"stock": read}, probe)
    warehouse = Warehouse(skus)
    with TemporaryDirectory() as folder:
        bare = floor(warehouse, Path(folder, "floor.db"))
        print(f"{skus:,} SKUs × {len(CHANNELS)} channels and a warehouse")
        print(f"floor (parsed and written)     {bare:6.2f} s")
        took = rounds(warehouse, Path(folder))
    for name, seconds in zip(
        ("every level is new", "nothing new", "1 % changed"), took, strict=True
    ):
        print(f"sync and guard, {name:18s} {seconds:6.2f} s, {seconds / bare:.1f} × the floor")
    print(f"the slowest: {max(took):.2f} s (goal: at most {GOAL:.0f} s)")
    sys.exit(max(took) > GOAL)


def floor(warehouse: Warehouse, path: Path) -> float:
    began = time.perf_counter()
    columns = "sku TEXT, location TEXT, on_hand INT, committed INT, listed INT"
    with closing(sqlite3.connect(path)) as bare, bare:
        bare.execute(f"CREATE TABLE stock ({columns}, PRIMARY KEY (sku, location))")
        for first in range(0, warehouse.skus, PAGE):
            rows = [
                (row["sku"], row["location"], row["on_hand"], row["committed"], row.get("listed"))
                for row in json.loads(warehouse.page(first))["levels"]
            ]
            bare.executemany("INSERT INTO stock VALUES (?, ?, ?, ?, ?)", rows)
    return time.perf_counter() - began


def rounds(warehouse: Warehouse, folder: Path) -> list[float]:
    """Return the seconds of three syncs, the guard's answer included."""
    source = {
        "service": "made_up",
        "feeds": {"stock": {"schedule": {"every": "15m"}, "stale_after": "1h"}},
    }
    settings = load(write_config(folder, sources={"erp": source}), configuration())
    database = Database(f"sqlite:///{folder / 'ledger.db'}")
    migrate(database)
    outside = Outside({}, httpx.MockTransport(warehouse.answer))
    took = []
    with closing(database):
        for number in range(3):
            warehouse.round = number
            now = NOW + number * timedelta(minutes=15)
            clock = cycle([now]).__next__
            runner = Runner(database, settings, clock, lambda: None, outside=outside)
            began = time.perf_counter()
            asyncio.run(runner.run("erp_stock", settings.stores[0], now))
            took.append(time.perf_counter() - began)
            show(database, settings.stores[0].name)
    return took


def show(database: Database, store: str) -> None:
    """Print what the sync and the guard say of themselves."""
    with database.read() as ledger:
        for job in ("erp_stock", "oversell"):
            run = runs.latest(ledger, job, store)
            assert run is not None
            print(f"  {job}: {run.summary} {run.error or ''}")


if __name__ == "__main__":
    main()
