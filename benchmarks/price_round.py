"""Pages a second that are fetched politely and read, against downloading alone and Scrapy.

Eighteen shops on loopback addresses serve pages of 100 to 200 KB (`benchmarks.competitors`). Each
client is a process of its own: `read` is our fetcher with the price reader in its own process,
`threaded` the same with the reader in a thread, `unchanged` the same pages asked with what they
said of themselves, `floor` one httpx client per shop that only downloads. The peer is Scrapy
(`benchmarks.scrapy_peer`), run by a Python that has it; without, its rows are left out. Every price
is checked. Pauses between requests are off: they are the same for everybody.

    python -m benchmarks.price_round [--quick] [--pages N] [--scrapy PYTHON]
"""

import argparse
import asyncio
import json
import resource
import socket
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
import psutil  # type: ignore[import-untyped]

from benchmarks.competitors import SHOPS, price_of
from core.sections import FetchSettings
from scrapers.fetch import Fetcher, Validators
from scrapers.offer import Offer, read_offer
from scrapers.reading import Reader

PAGES, QUICK_PAGES = 4_000, 360
CONNECTIONS = 2
SPEED_GOAL, UNCHANGED_GOAL = 3.0, 6.0
"""Times the peer's pages a second."""
GROWTH_GOAL = 10.0
"""MiB that memory may grow from the first tenth of the pages to the last."""

Found = dict[str, str]
Ask = Callable[[str], Awaitable[str | None]]
Row = dict[str, Any]


def settings() -> FetchSettings:
    """Return manners without pauses, for shops on this machine."""
    return FetchSettings(
        contact="benchmark@harborlane.example",
        seconds_between_requests=Decimal(0),
        connections_per_host=CONNECTIONS,
        timeout=timedelta(seconds=60),
        max_bytes=5_000_000,
        patience=timedelta(seconds=1),
        read_whole_every=timedelta(days=7),
        keep_rows_for=timedelta(days=1),
        allowed_private_hosts=SHOPS,
    )


async def _all(urls: list[str], ask: Ask) -> Row:
    """Ask for every page, each shop's over its own connections."""
    found: Found = {}
    memory: list[float] = []
    per_shop = {shop: iter([url for url in urls if f"//{shop}:" in url]) for shop in SHOPS}

    async def reader(shop: str) -> None:
        for url in per_shop[shop]:
            found[url] = await ask(url) or ""
            if len(found) % max(1, len(urls) // 10) == 0:
                memory.append(_memory())

    steps: list[float] = []
    lag = asyncio.create_task(_lag(steps))
    began, cpu = time.perf_counter(), time.process_time()
    await asyncio.gather(*(reader(shop) for shop in SHOPS for _ in range(CONNECTIONS)))
    seconds, spent = time.perf_counter() - began, time.process_time() - cpu
    lag.cancel()
    return {
        "seconds": seconds,
        "cpu": spent,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "growth_mb": memory[-1] - memory[0],
        "p99_ms": sorted(steps)[len(steps) * 99 // 100] * 1000,
        "longest_ms": max(steps) * 1000,
        "found": found,
    }


def _memory() -> float:
    """MiB of this process and of its reader."""
    this = psutil.Process()
    held: int = sum(each.memory_info().rss for each in (this, *this.children()))
    return held / 2**20


async def _lag(steps: list[float]) -> None:
    """Measure how long the loop's rounds take: nothing else runs meanwhile."""
    while True:
        before = time.perf_counter()
        await asyncio.sleep(0)
        steps.append(time.perf_counter() - before)
        await asyncio.sleep(0.001)


async def _read(urls: list[str]) -> Row:
    async with Fetcher(settings()) as fetcher, Reader() as reader:

        async def ask(url: str) -> str:
            page = await fetcher.get(url)
            return _dollars(await reader.read(page.body, url, content_type=page.content_type))

        row = await _all(urls, ask)
        row["peak_mb"] += _memory() - psutil.Process().memory_info().rss / 2**20
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return row | {"cpu": row["cpu"] + spent.ru_utime + spent.ru_stime}


async def _threaded(urls: list[str]) -> Row:
    reader = ThreadPoolExecutor(1)
    loop = asyncio.get_running_loop()
    async with Fetcher(settings()) as fetcher:

        async def ask(url: str) -> str:
            page = await fetcher.get(url)
            return _dollars(await loop.run_in_executor(reader, read_offer, page.body, url))

        return await _all(urls, ask)


def _dollars(offer: Offer) -> str:
    return str(offer.price) if offer.currency == "USD" else ""


async def _unchanged(urls: list[str]) -> Row:
    async with Fetcher(settings()) as fetcher:

        async def ask(url: str) -> str:
            number = int(url.rpartition("/")[2])
            page = await fetcher.get(url, Validators(etag=f'"{number}"'))
            return price_of(number) if page.not_modified else ""

        return await _all(urls, ask)


async def _floor(urls: list[str]) -> Row:
    limits = httpx.Limits(max_connections=CONNECTIONS)
    clients = {shop: httpx.AsyncClient(limits=limits, trust_env=False) for shop in SHOPS}

    async def ask(url: str) -> str:
        await clients[httpx.URL(url).host].get(url)
        return price_of(int(url.rpartition("/")[2]))

    found = await _all(urls, ask)
    await asyncio.gather(*(client.aclose() for client in clients.values()))
    return found


CLIENTS = {"floor": _floor, "read": _read, "threaded": _threaded, "unchanged": _unchanged}


@contextmanager
def shops() -> Iterator[int]:
    """Run the shops; yield their port."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port: int = held.getsockname()[1]
    command = [sys.executable, "-m", "benchmarks.competitors", str(port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout
        process.stdout.readline()
        try:
            yield port
        finally:
            process.terminate()


def measured(command: list[str], urls: list[str]) -> Row:
    """Run a client; return what it measured, its answers checked."""
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE)
    row: Row = json.loads(done.stdout)
    found = row.pop("found")
    row["right"] = sum(
        Decimal(found.get(url) or 0) == Decimal(price_of(int(url.rpartition("/")[2])))
        for url in urls
    )
    row["pages_a_second"] = len(urls) / row["seconds"]
    return row


def compare(pages: int, scrapy: str | None) -> dict[str, Row]:
    """Return each client's row, all against the same shops."""
    with shops() as port, TemporaryDirectory() as folder:
        urls = [f"http://{SHOPS[n % len(SHOPS)]}:{port}/p/{n}" for n in range(pages)]
        listed = Path(folder) / "urls"
        listed.write_text("\n".join(urls), encoding="utf-8")
        own = [sys.executable, "-m", "benchmarks.price_round", "--urls", str(listed), "--client"]
        commands = {name: [*own, name] for name in CLIENTS}
        if scrapy:
            peer = Path(__file__).with_name("scrapy_peer.py")
            commands["scrapy"] = [scrapy, str(peer), str(listed)]
        return {name: measured(command, urls) for name, command in commands.items()}


def told(rows: dict[str, Row], pages: int) -> bool:
    """Print the rows and their ratios; tell whether every goal was reached."""
    for name, row in rows.items():
        more = "".join(
            f", {label} {row[key]:.0f} {unit}"
            for key, label, unit in (
                ("growth_mb", "grew by", "MiB"),
                ("p99_ms", "loop p99", "ms"),
                ("longest_ms", "longest", "ms"),
            )
            if key in row
        )
        print(
            f"{name:10} {row['pages_a_second']:7.0f} pages/s  {1000 * row['cpu'] / pages:5.2f} ms"
            f" CPU a page  {row['right']} of {pages} right  {row['peak_mb']:.0f} MiB{more}"
        )
    well = all(row["right"] == pages for row in rows.values())
    well = well and bool(rows["read"]["growth_mb"] <= GROWTH_GOAL)
    if "scrapy" not in rows:
        print("Scrapy was not measured: name a Python that has it with --scrapy")
        return well
    for name, goal in (("read", SPEED_GOAL), ("unchanged", UNCHANGED_GOAL)):
        ratio = float(rows[name]["pages_a_second"] / rows["scrapy"]["pages_a_second"])
        effort = rows["scrapy"]["cpu"] / rows[name]["cpu"]
        print(
            f"{name}: {ratio:.1f} x Scrapy's pages a second, goal {goal:g}; by CPU {effort:.1f} x"
        )
        well = well and ratio >= goal
    return well


def main() -> int:
    """Measure and print; 1 when a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--pages", type=int)
    parser.add_argument("--scrapy", help="a Python that has Scrapy")
    parser.add_argument("--client", choices=CLIENTS, help=argparse.SUPPRESS)
    parser.add_argument("--urls", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.client:
        urls = Path(asked.urls).read_text(encoding="utf-8").split()
        print(json.dumps(asyncio.run(CLIENTS[asked.client](urls))))
        return 0
    pages = asked.pages or (QUICK_PAGES if asked.quick else PAGES)
    return 0 if told(compare(pages, asked.scrapy), pages) else 1


if __name__ == "__main__":
    sys.exit(main())
