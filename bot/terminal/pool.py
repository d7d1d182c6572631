"""watchkeeper pool: how we stand among the competitors' shops; nothing is sent."""

import asyncio
import json
from contextlib import closing
from datetime import datetime
from pathlib import Path

import click

from bot.charts import draw
from bot.files.competitor_pool import picture
from bot.options import MOMENT
from bot.workplace import open_workplace, utc_now
from core.errors import UserError
from core.ledger.pool import pool
from core.markup import to_plain
from core.texts import render
from core.values import Locale
from jobs.reports.competitor_pool import TEMPLATE, report, stanza_of


@click.command()
@click.option("--as-of", type=MOMENT, help="A moment in the past, ISO 8601 with offset.")
@click.option("--json", "as_json", is_flag=True, help="What scripts read.")
@click.option("--png", type=click.Path(path_type=Path), help="Draw the radar into this file.")
@click.option("--store", "store_name", help="Another store than the first.")
@click.pass_obj
def command(
    config: Path | None,
    as_of: datetime | None,
    as_json: bool,
    png: Path | None,
    store_name: str | None,
) -> int:
    """Compare the store with its pool. Exit code 1: nothing can be compared."""
    workplace = open_workplace(config)
    stanza, store = stanza_of(workplace.settings), workplace.stores(store_name)[0]
    if stanza is None:
        raise click.UsageError("the report is switched off: jobs.competitor_pool has no stanza")
    named = workplace.settings.competitors
    with closing(workplace.ledger()) as database, database.read() as ledger:
        told = report(pool(ledger, store, as_of or utc_now(), stanza.rules, named), stanza)
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False, indent=1))
    else:
        text = render(TEMPLATE, "slack", told, locale=Locale.ENGLISH, zone=store.zone)
        click.echo(to_plain(text))
    drawn = picture(told, store, Locale.ENGLISH) if png else None
    if png and drawn:
        _write(png, asyncio.run(draw(drawn.chart)))
    return 0 if told["compared"] else 1


def _write(path: Path, content: bytes) -> None:
    try:
        path.write_bytes(content)
    except OSError as error:
        raise UserError(f"{path}: cannot be written: {error.strerror or error}") from None
