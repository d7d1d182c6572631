"""How fast a storm of findings is stored, routed and posted, and what one finding waits for.

Storm: 10,000 findings of one check that fifty routing rules send to fifty Slack channels open in
one run; it is over when every alert is a committed row and each channel has its message. Single:
one finding after another, from the moment it is handed in to the moment Slack is called.

Slack is `benchmarks.slack_stand_in`, which takes everything at once, and our own pace is switched
off: what remains is ours. The goals are an in-memory peer's figures (Alertmanager 0.25: 10,000
alerts one by one in 50 groups, all posted after 6.2–6.4 s, at 66–73 MiB).

    python -m benchmarks.alert_storm [--quick]
"""

import argparse
import asyncio
import gc
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event, Thread
from typing import Any

import aiohttp
from sqlmodel import col, func, select

from benchmarks.service import ROOT, write_config
from bot.app import slack_client
from bot.attachments import Attachments
from bot.outbox import Outbox
from bot.senders.slack import SlackSender
from bot.slack.directory import Directory
from core.configuration import load
from core.finding import Finding, facts
from core.ledger.database import Database
from core.ledger.life.alerts import absorb
from core.ledger.life.watch import watch
from core.ledger.migrate import migrate
from core.ledger.posts import oldest_owed
from core.ledger.tables import Alert
from core.secrets import Secrets
from core.settings import Settings
from jobs.registry import configuration

FINDINGS, QUICK_FINDINGS = 10_000, 1_000
SINGLES, QUICK_SINGLES = 500, 50
GROUPS = 50
STORM_SECONDS, STORM_MIB, SINGLE_MS = 6.4, 100, 50
CHECK = "bad_reviews"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help=f"{QUICK_FINDINGS:,} findings")
    quick = parser.parse_args().quick
    with TemporaryDirectory() as folder, stand_in() as address:
        settings = quick_settings(Path(folder))
        missed = asyncio.run(measured(Path(folder), settings, address, quick=quick))
    sys.exit(missed)


def quick_settings(folder: Path) -> Settings:
    """The shipped settings without our own pace, with a rule and a channel for each category."""
    rules = [{"match": {"category": name}, "channel": name} for name in categories()]
    pace = {"seconds_between_messages": 0, "messages_a_minute": 10**9, "rewrites_a_minute": 10**9}
    slack = pace | {"channel": "watch", "deaf_after": "10m"}
    path = write_config(folder, routing=rules, slack=slack, web={"host": "::1", "port": 0})
    settings = load(path, configuration(), {"duty.working_hours": None})
    at_once = settings.alerts.model_copy(update={"rewrite_every": timedelta()})
    return settings.model_copy(update={"alerts": at_once})


def categories() -> list[str]:
    """A category for each group."""
    return [f"category-{number:02}" for number in range(GROUPS)]


@contextmanager
def stand_in() -> Iterator[str]:
    """Run the Slack that takes everything; yield its address."""
    command = [sys.executable, "-m", "benchmarks.slack_stand_in", "watch", "reviews", *categories()]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        yield process.stdout.readline().strip()
        process.stdin.close()


async def measured(folder: Path, settings: Settings, address: str, *, quick: bool) -> bool:
    """Print the figures; return whether a goal was missed."""
    secrets = Secrets(slack_bot_token="xoxb-benchmark")
    async with slack_client(secrets, f"{address}/api/") as client:
        with closing(Database(f"sqlite:///{folder}/ledger.db")) as database:
            migrate(database)
            directory = Directory(client, database, settings, now)
            sender = SlackSender(client, directory, settings, Attachments(database, settings))
            outbox = Outbox(database, settings, {"slack": sender}, now)
            running = asyncio.create_task(outbox.run())
            assert client.session is not None
            bench = Bench(database, settings, outbox, address, client.session)
            alone = QUICK_SINGLES if quick else SINGLES
            singles = await bench.singles(alone)
            seconds, mib = await bench.storm(QUICK_FINDINGS if quick else FINDINGS, alone)
            outbox.stop()
            await running
    p50, p99 = (statistics.quantiles(singles, n=100)[rank - 1] * 1000 for rank in (50, 99))
    print(f"single finding to Slack call: p50 {p50:.1f} ms, p99 {p99:.1f} ms (goal: {SINGLE_MS})")
    print(f"storm: {seconds:.2f} s (goal: {STORM_SECONDS}), {mib:.0f} MiB above idle ({STORM_MIB})")
    return p99 > SINGLE_MS or seconds > STORM_SECONDS or mib > STORM_MIB


class Bench:
    """A ledger, an outbox that delivers, and what came in at Slack."""

    def __init__(
        self,
        database: Database,
        settings: Settings,
        outbox: Outbox,
        address: str,
        session: aiohttp.ClientSession,
    ) -> None:
        self._database, self._settings, self._outbox = database, settings, outbox
        self._address, self._session = address, session

    async def singles(self, count: int) -> list[float]:
        """Return the seconds from each finding to its call."""
        waits = []
        for number in range(count):
            began = time.monotonic()
            await self._find([finding(number, "alone")])
            [call] = await self._posted(number)
            waits.append(call["at"] - began)
            await self._find([])  # over again: nothing but the next one is owed then
            await self._settled()
        return waits

    async def storm(self, count: int, after: int) -> tuple[float, float]:
        """Return the seconds until all is posted, and the most memory above idle in MiB."""
        found = [finding(number, categories()[number % GROUPS]) for number in range(count)]
        gc.collect()
        with peak_memory() as peak:
            began = time.monotonic()
            await self._find(found)
            await self._settled()
        wanted = {f"C{name.upper()}" for name in categories()}
        posted = [call for call in await self._posted(after) if call["channel"] in wanted]
        assert len({call["channel"] for call in posted}) == GROUPS
        assert self._live() == count
        return max(call["at"] for call in posted) - began, peak[0]

    async def _find(self, found: list[Finding]) -> None:
        await asyncio.to_thread(self._absorb, found)
        self._outbox.wake()

    def _absorb(self, found: list[Finding]) -> None:
        with self._database.write() as ledger:
            at = watch(ledger, self._settings, now())
            absorb(ledger, at, self._settings.stores[0], CHECK, found)

    async def _settled(self) -> None:
        while await asyncio.to_thread(self._owed):  # noqa: ASYNC110  (nobody tells)
            await asyncio.sleep(0.002)

    def _owed(self) -> bool:
        with self._database.read() as ledger:
            return oldest_owed(ledger, now()) is not None

    def _live(self) -> int:
        with self._database.read() as ledger:
            told = select(func.count()).where(
                col(Alert.gone_at).is_(None), col(Alert.told_at).is_not(None)
            )
            count: int = ledger.exec(told).one()
            return count

    async def _posted(self, after: int) -> list[dict[str, Any]]:
        url = f"{self._address}/posted?after={after}"
        async with self._session.get(url) as answer:
            posted: list[dict[str, Any]] = await answer.json()
            return posted


def finding(number: int, category: str) -> Finding:
    """What `bad_reviews` finds."""
    at = datetime(2026, 3, 5, 2, 30, tzinfo=UTC)
    told = {
        "review_id": f"R{number}", "channel": "amazon", "stars": 2, "sku": f"PS-{number % 400}",
        "name": "Power station", "name_zh": "储能电源", "order_no": None, "title": "Broke",
        "text": "It stopped after a week.", "language": "en", "buyer_name": "Ann", "url": None,
        "posted_at": at, "contact_by": at, "category": category,
    }  # fmt: skip
    return Finding(subject=f"amazon R{number} {category}", facts=facts(told), since=at)


@contextmanager
def peak_memory() -> Iterator[list[float]]:
    """Yield a list whose one number is, at the end, the most MiB above the beginning."""
    over, peak = Event(), [0.0]
    idle = memory()

    def look() -> None:
        while not over.wait(0.01):
            peak[0] = max(peak[0], memory() - idle)

    looking = Thread(target=look)
    looking.start()
    try:
        yield peak
    finally:
        over.set()
        looking.join()


def memory() -> float:
    """Return the MiB of memory that this process holds."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() / 2**20


def now() -> datetime:
    """Return the time."""
    return datetime.now(UTC)


if __name__ == "__main__":
    main()
