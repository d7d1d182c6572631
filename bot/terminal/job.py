"""watchkeeper job: one job or check as the clock would run it."""

import asyncio
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import NoReturn

import click
from tqdm import tqdm

from bot.options import MOMENT, one_of
from bot.workplace import open_workplace, utc_now
from core.engine import JobFailed
from core.settings import Store
from jobs.running import Runner


@click.command()
@click.argument("name")
@click.option("--at", type=MOMENT, help="The fire time; a fire time that ran does not run again.")
@click.pass_obj
def command(config: Path | None, name: str, at: datetime | None) -> int:
    """Run a job now, or for a fire time; exit code 1 when it failed.

    What it owes is delivered by `watchkeeper run`.
    """
    workplace = open_workplace(config)
    clock = (lambda: at) if at else utc_now
    failed = 0
    with closing(workplace.ledger()) as database, _progress(name) as shown:
        runner = Runner(
            database,
            workplace.settings,
            clock,
            lambda: None,
            outside=workplace.outside,
            shown=shown,
        )
        one_of(dict(runner.settings.switched_on()), "job or check switched on", name)
        for store in workplace.stores():
            if name not in dict(runner.settings.switched_on(store.name)):
                continue  # a feed of another store's source
            try:
                click.echo(f"{name} {store.name}: {asyncio.run(_run(runner, name, store, at))}")
            except JobFailed as failure:
                failed += 1
                click.echo(f"watchkeeper: {store.name}: {failure}", err=True)
    return 1 if failed else 0


@contextmanager
def _progress(name: str) -> Iterator[Callable[[int, int], None]]:
    """Show how far a job is that says so, on a terminal only."""
    bar: tqdm[NoReturn] | None = None
    with ExitStack() as shown:

        def show(done: int, total: int) -> None:
            nonlocal bar
            if bar is None:
                off = not sys.stderr.isatty()
                bar = shown.enter_context(tqdm(desc=name, unit=" pages", disable=off))
            bar.total = total
            bar.update(done - bar.n)

        yield show


async def _run(runner: Runner, name: str, store: Store, at: datetime | None) -> str:
    if at is None:
        return json.dumps(await runner.run_now(name, store))
    ran = await runner.run(name, store, at)
    return f"ran for {at.isoformat()}" if ran else f"{at.isoformat()} was run already"
