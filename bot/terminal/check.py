"""watchkeeper check: what a check finds now (or found then); nothing is stored or sent."""

import json
from contextlib import closing
from datetime import datetime
from pathlib import Path

import click

from bot.alert_text import NO_DATA
from bot.options import MOMENT, one_of
from bot.workplace import open_workplace, utc_now
from core.finding import Blind, Finding, facts
from core.jobs import CheckSettings
from core.markup import to_plain
from core.settings import Store
from core.texts import render
from core.values import Locale
from jobs.asking import ask, finding_json
from jobs.registry import Check, checks


@click.command()
@click.argument("name")
@click.option("--as-of", type=MOMENT, help="A moment in the past, ISO 8601 with offset.")
@click.option("--json", "as_json", is_flag=True, help="A list that scripts read.")
@click.option("--store", "store_name", help="Only this store.")
@click.pass_obj
def command(
    config: Path | None,
    name: str,
    as_of: datetime | None,
    as_json: bool,
    store_name: str | None,
) -> int:
    """Ask a check. Exit code 0: all is well; 1: findings; 2: none, but not all can be told."""
    workplace = open_workplace(config)
    check = one_of(checks(), "check", name)
    stanza = workplace.settings.check(name)
    if stanza is None:
        raise click.UsageError(f"the check {name} is switched off: config.yaml has no stanza")
    stores = workplace.stores(store_name)
    moment = as_of or utc_now()
    with closing(workplace.ledger()) as database, database.read() as ledger:
        outcomes = [
            (at, wrong)
            for at in stores
            for wrong in ask(ledger, check, workplace.settings, at, moment)
        ]
    found = [(store, outcome) for store, outcome in outcomes if isinstance(outcome, Finding)]
    blind = [(store, outcome) for store, outcome in outcomes if isinstance(outcome, Blind)]
    for store, spot in blind:
        click.echo(f"watchkeeper: {_cannot_tell(check, spot, store)}", err=True)
    if as_json:
        rows = [_as_json(check, stanza, store, finding) for store, finding in found]
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
    else:
        for store, finding in found:
            click.echo(_as_text(check, stanza, store, finding))
    if found:
        return 1
    return 2 if blind else 0


def _block(check: Check, finding: Finding, store: Store, block: str) -> str:
    values = finding.facts | {"check": check.name}
    template = f"alerts/{check.name}"
    return to_plain(render(template, block, values, locale=Locale.ENGLISH, zone=store.zone))


def _as_json(
    check: Check, stanza: CheckSettings, store: Store, finding: Finding
) -> dict[str, object]:
    title = _block(check, finding, store, "title")
    return {**finding_json(check, stanza, store, finding), "title": title}


def _as_text(check: Check, stanza: CheckSettings, store: Store, finding: Finding) -> str:
    severity = finding.severity or stanza.severity
    head = f"{severity.upper()} {_block(check, finding, store, 'title')}"
    body = _block(check, finding, store, "body")
    return "\n".join([head, *(f"  {line}" for line in body.splitlines() if line), ""])


def _cannot_tell(check: Check, blind: Blind, store: Store) -> str:
    told = facts({"what": blind.what, "problem": blind.problem, "last_known": blind.last_known})
    values = told | blind.facts | {"check": check.name}
    lines = [
        to_plain(render(f"alerts/{NO_DATA}", block, values, locale=Locale.ENGLISH, zone=store.zone))
        for block in ("title", "body")
    ]
    return ". ".join(" ".join(line.split()) for line in lines)
