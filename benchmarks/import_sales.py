"""How fast a large file of sales is imported, against a floor measured in the same run.

The floor is what no importer can do without: `csv.reader` and `executemany` into the same schema,
with the same pragmas and batches. Each runs in a process of its own, which tells its peak memory.

    python -m benchmarks.import_sales [--quick]
"""

import argparse
import csv
import multiprocessing
import random
import resource
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from sqlmodel import SQLModel

from core.ledger.database import Database
from core.ledger.intake import BATCH
from core.settings import Store
from scrapers.importing import import_file

ROWS, QUICK_ROWS = 1_000_000, 50_000
GOAL = 3.0
"""Times the floor that an import may take."""

HEADER = ("sku", "day", "channel", "units", "revenue", "currency")
STORE = Store(name="harborlane", title="Harbor Lane", timezone="Asia/Shanghai", currency="USD")
NOW = datetime(2026, 3, 5, tzinfo=UTC)


class Result(NamedTuple):
    """Seconds, and the process's peak memory in MiB."""

    seconds: float
    peak: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help=f"{QUICK_ROWS:,} rows")
    rows = QUICK_ROWS if parser.parse_args().quick else ROWS
    with TemporaryDirectory() as folder:
        path = Path(folder, "sales.csv")
        write_sales(path, rows)
        print(f"{rows:,} rows, {path.stat().st_size / 2**20:.0f} MiB")
        floor = measured("floor", floor_import, path, rows)
        first = measured("import", our_import, path, rows)
        measured("again", our_import, path, rows)
    ratio = first.seconds / floor.seconds
    print(f"import / floor: {ratio:.2f} (goal: at most {GOAL})")
    sys.exit(ratio > GOAL)


def write_sales(path: Path, rows: int) -> None:
    """Write sales of 500 articles over 3 channels, day after day."""
    chance = random.Random(7)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        writer.writerows(islice(sales(chance), rows))


def sales(chance: random.Random) -> Iterator[Sequence[object]]:
    day = date(2024, 1, 1)
    while True:
        for number in range(500):
            for channel in ("alibaba", "shopify", "amazon"):
                units = chance.randrange(40)
                revenue = f"{units * chance.uniform(20, 400):.2f}"
                yield f"SKU-{number:04}", day, channel, units, revenue, "USD"
        day += timedelta(days=1)


def measured(name: str, run: Callable[[Path], Result], path: Path, rows: int) -> Result:
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as process:
        result = process.submit(run, path).result()
    speed = rows / result.seconds
    print(f"{name:8} {result.seconds:7.2f} s  {speed:10,.0f} rows/s  peak {result.peak:5.0f} MiB")
    return result


def floor_import(path: Path) -> Result:
    database = fresh(path.with_name("floor.db"))
    sql = (
        "INSERT INTO sales (store, intake_id, intake_row, sku, day, channel, units, revenue,"
        " currency) VALUES ('harborlane', 1, 0, ?, ?, ?, ?, ?, ?)"
    )
    began = time.perf_counter()
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.reader(file)
        next(reader)
        while rows := list(map(tuple, islice(reader, BATCH))):
            with database.write() as session:
                session.connection().exec_driver_sql(sql, rows)
    return result_since(began)


def our_import(path: Path) -> Result:
    database = fresh(path.with_name("ours.db"))
    began = time.perf_counter()
    import_file(database, STORE, "sales", path, now=NOW)
    return result_since(began)


def fresh(path: Path) -> Database:
    database = Database(f"sqlite:///{path}")
    SQLModel.metadata.create_all(database.engine)
    return database


def result_since(began: float) -> Result:
    seconds = time.perf_counter() - began
    return Result(seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


if __name__ == "__main__":
    main()
