"""watchkeeper job: one job or check as the clock would run it."""

import asyncio
import json
from contextlib import closing
from datetime import datetime
from pathlib import Path

import click

from bot.app import utc_now
from bot.options import MOMENT
from bot.workplace import open_workplace
from core.engine import JobFailed
from jobs.running import Runner


@click.command()
@click.argument("name")
@click.option("--at", type=MOMENT, help="The fire time; a fire time that ran does not run again.")
@click.pass_obj
def command(config: Path | None, name: str, at: datetime | None) -> int:
    """Run a job now, or for a fire time. What it owes is delivered by `watchkeeper run`."""
    workplace = open_workplace(config)
    clock = (lambda: at) if at else utc_now
    runner = Runner(workplace.ledger(), workplace.settings, clock, lambda: None)
    names = dict(runner.stanzas())
    if name not in names:
        near = difflib.get_close_matches(name, names, n=1)
        hint = f"did you mean {near[0]!r}?" if near else "known are " + ", ".join(names)
        raise click.ClickException(f"no job {name!r}; {hint}")
    try:
        for store in workplace.settings.stores:
            if at is None:
                summary = asyncio.run(runner.run_now(name, store))
                click.echo(f"{name} {store.name}: {json.dumps(summary)}")
            elif asyncio.run(runner.run(name, store, at)):
                click.echo(f"{name} {store.name}: ran for {at.isoformat()}")
            else:
                click.echo(f"{name} {store.name}: {at.isoformat()} was run already")
    except JobFailed as failure:
        click.echo(f"watchkeeper: {failure}", err=True)
        return 1
    return 0
