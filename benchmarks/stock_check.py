"""How long the safety stock check takes over a large ledger, against the bare sum it stands on.

The floor is one statement on the same file: the units each SKU sold over the days the check
averages over (30), which is the goal's measure; and the same over all 90 days, to compare. The
check does the first, asks for the freshness of its facts, the stock levels and the
lead times, and puts plan C1's rule to every SKU.

    python -m benchmarks.stock_check [--quick]
"""

import argparse
import sqlite3
import statistics
import sys
import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from benchmarks.ledgers import large_ledger
from benchmarks.service import ROOT
from core.configuration import load
from core.ledger.database import Database
from core.settings import Settings
from jobs.asking import ask
from jobs.registry import checks, configuration

SKUS, QUICK_SKUS = 100_000, 5_000
DAYS = 90
ROUNDS = 5
GOAL = 1.5
"""Times the bare sum that the check may take."""

SUM = "SELECT sku, SUM(units) FROM sales WHERE store = ? AND day BETWEEN ? AND ? GROUP BY sku"


class Times(NamedTuple):
    """Seconds of each round."""

    sum_of_window: list[float]
    sum_of_all: list[float]
    check: list[float]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help=f"{QUICK_SKUS:,} SKUs")
    skus = QUICK_SKUS if parser.parse_args().quick else SKUS
    settings = load(ROOT / "config.yaml", configuration())
    now = datetime.now(UTC)
    with TemporaryDirectory() as folder:
        path = Path(folder, "ledger.db")
        today = now.astimezone(settings.stores[0].zone).date()
        large_ledger(path, skus=skus, days=DAYS, today=today, now=now)
        size = path.stat().st_size / 2**20
        print(f"{skus:,} SKUs, {DAYS} days, {skus * DAYS:,} rows of sales, {size:,.0f} MiB")
        times = measured(path, settings, now)
    window, whole, check = map(statistics.median, times)
    print(f"bare sum of the check's window {window:6.2f} s")
    print(f"bare sum of all {DAYS} days       {whole:6.2f} s")
    print(f"the check                      {check:6.2f} s")
    print(f"check / sum of its window: {check / window:.2f} (goal: at most {GOAL})")
    print(f"check / sum of {DAYS} days: {check / whole:.2f}")
    sys.exit(check / window > GOAL)


def measured(path: Path, settings: Settings, now: datetime) -> Times:
    """Run the bare sum and the check in turns."""
    store, check = settings.stores[0], checks()["safety_stock"]
    stanza: Any = settings.check("safety_stock")
    today = now.astimezone(store.zone).date()
    database = Database(f"sqlite:///{path}")
    times = Times([], [], [])
    with closing(sqlite3.connect(path)) as bare, closing(database), database.read() as ledger:

        def bare_sum(days: int) -> None:
            first, last = today - timedelta(days=days), today - timedelta(days=1)
            bare.execute(SUM, (store.name, f"{first}", f"{last}")).fetchall()

        for _ in range(ROUNDS):
            times.sum_of_window.append(seconds(lambda: bare_sum(stanza.average_over_days)))
            times.sum_of_all.append(seconds(lambda: bare_sum(DAYS)))
            times.check.append(seconds(lambda: ask(ledger, check, settings, store, now)))
    return times


def seconds(work: Callable[[], object]) -> float:
    """Return how long a piece of work takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
