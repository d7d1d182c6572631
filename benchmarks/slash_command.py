"""How long `/stock SKU` takes over a large ledger, against a bot that answers a constant.

Both bots are processes of their own, asked over Socket Mode by the same client, in turns: first
through the sandbox, as a person would, then through a stand-in that does nearly nothing.

    python -m benchmarks.slash_command [--quick]
"""

import argparse
import asyncio
import os
import random
import statistics
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple
from zoneinfo import ZoneInfo

from benchmarks.ledgers import large_ledger
from benchmarks.sandbox_slack import workspaces
from benchmarks.service import ROOT, WATCHKEEPER, write_config
from benchmarks.socket_mode import APP_TOKEN, BOT_TOKEN, Json, slack_stand_in

ZONE = ZoneInfo("Asia/Shanghai")
GOAL_P50, GOAL_P99 = 2.0, 3.0
"""Times the bare bot's answer that ours may take."""

WARM_UP = 200
BARE, OURS = "bare", "watchkeeper"
SANDBOX_TOKEN_NAME = "sandbox"  # its tokens are xoxb-sandbox and xapp-sandbox

Taken = dict[str, list[float]]
Ask = Callable[[str, str], Awaitable[tuple[float, Json]]]


class Size(NamedTuple):
    """How much is measured."""

    skus: int
    days: int
    rounds: int
    asked: int


FULL = Size(skus=100_000, days=30, rounds=20, asked=200)
QUICK = Size(skus=5_000, days=10, rounds=10, asked=50)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help=f"{QUICK.skus:,} SKUs")
    size = QUICK if parser.parse_args().quick else FULL
    with TemporaryDirectory() as folder:
        through_sandbox, through_stand_in = asyncio.run(measure(Path(folder), size))
    print(f"/stock SKU over {size.skus:,} SKUs, {size.rounds} × {size.asked} questions to each")
    ratio50, ratio99 = told("through the sandbox", through_sandbox)
    told("through the leaner stand-in", through_stand_in)
    print(f"goal, through the sandbox: p50 at most {GOAL_P50} (we aim at 1.5), p99 {GOAL_P99}")
    sys.exit(ratio50 > GOAL_P50 or ratio99 > GOAL_P99)


def told(through: str, taken: Taken) -> tuple[float, float]:
    """Print the times of both bots and return the ratios of their p50 and p99."""
    for bot, seconds in taken.items():
        times = f"p50 {p50(seconds) * 1e3:6.2f} ms  p99 {p99(seconds) * 1e3:6.2f} ms"
        print(f"{through:28} {bot:12} {times}")
    ratios = p50(taken[OURS]) / p50(taken[BARE]), p99(taken[OURS]) / p99(taken[BARE])
    print(f"{through:28} ratio        p50 {ratios[0]:6.2f}     p99 {ratios[1]:6.2f}")
    return ratios


async def measure(folder: Path, size: Size) -> tuple[Taken, Taken]:
    """Return the seconds each bot took for each question, through the sandbox and the stand-in."""
    now = datetime.now(UTC)
    ledger = folder / "ledger.db"
    today = now.astimezone(ZONE).date()
    large_ledger(ledger, skus=size.skus, days=size.days, today=today, now=now)
    config = str(write_config(folder, jobs={}, checks={}))
    ours = (WATCHKEEPER, "--config", config, "run")
    database = {"DATABASE_URL": f"sqlite:///{ledger}"}
    async with workspaces(2) as (for_bare, for_ours):
        bare = bare_bot(for_bare.ready["slack_api_url"], SANDBOX_TOKEN_NAME)
        variables = database | variables_of(for_ours.ready["slack_api_url"], SANDBOX_TOKEN_NAME)
        async with running(*bare), running(*ours, **variables):
            await for_bare.connected()
            await for_ours.connected()
            sandbox = await in_turns({BARE: for_bare.ask, OURS: for_ours.ask}, size)
    async with slack_stand_in() as slack:
        api = f"{slack.base_url}/api/"
        variables = database | variables_of(api, OURS)
        async with running(*bare_bot(api, BARE)), running(*ours, **variables):
            for bot in (BARE, OURS):
                await slack.connected(bot)
            stand_in = await in_turns({bot: partial(slack.ask, bot) for bot in (BARE, OURS)}, size)
    return sandbox, stand_in


async def in_turns(bots: Mapping[str, Ask], size: Size) -> Taken:
    """Ask the bots round by round."""
    for ask in bots.values():
        await asked(ask, size.skus, WARM_UP)
    taken: Taken = {bot: [] for bot in bots}
    for _ in range(size.rounds):
        for bot, ask in bots.items():
            taken[bot] += await asked(ask, size.skus, size.asked)
    return taken


def bare_bot(slack_api_url: str, name: str) -> tuple[str, ...]:
    return (sys.executable, "-m", "benchmarks.bare_bot", slack_api_url, name)


def variables_of(slack_api_url: str, name: str) -> dict[str, str]:
    return {
        "SLACK_API_URL": slack_api_url,
        "SLACK_BOT_TOKEN": BOT_TOKEN.format(name),
        "SLACK_APP_TOKEN": APP_TOKEN.format(name),
    }


@asynccontextmanager
async def running(*command: str, **variables: str) -> AsyncIterator[Process]:
    """Run a process; end it afterwards."""
    process = await asyncio.create_subprocess_exec(
        *command, cwd=ROOT, env=os.environ | variables, stdout=asyncio.subprocess.DEVNULL
    )
    try:
        yield process
    finally:
        process.terminate()
        await process.wait()


async def asked(ask: Ask, skus: int, times: int) -> list[float]:
    """Ask for one article after another; return the seconds each answer took."""
    taken = []
    for _ in range(times):
        sku = f"SKU-{random.randint(1, skus):06}"
        seconds, answer = await ask("/stock", sku)
        if "Available" not in answer.get("text", ""):
            raise SystemExit(f"there was no answer with the stock of {sku}: {answer}")
        taken.append(seconds)
    return taken


def p50(seconds: list[float]) -> float:
    return statistics.median(seconds)


def p99(seconds: list[float]) -> float:
    return statistics.quantiles(seconds, n=100)[98]


if __name__ == "__main__":
    main()
