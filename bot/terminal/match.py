"""watchkeeper match: which competitor's page may be of which article of ours; a person says."""

import json
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import click
from sqlmodel import Session

from bot.columns import in_columns
from bot.slack.forms.pairs import reasons_text
from bot.workplace import open_workplace, utc_now
from core.finding import Facts, facts
from core.ledger.life.watch import watch
from core.ledger.pages import PageKey
from core.ledger.posts import owe_text
from core.ledger.proposals import Matching, match_pages, propose, score_of
from core.markup import cut, to_plain
from core.rules.matching import Match
from core.settings import Settings, Store
from core.values import Locale, Medium

HEAD = ("SCORE", "COMPETITOR", "SKU", "PAGE", "WHY")
TITLE, SHORT = 60, 20
"""Characters that a title and a name may take of a line."""

WAITING = "pairs_wait"
"""The template of the message that pairs wait for a person's word."""


@click.command()
@click.option("--competitor", help="Only this competitor's pages.")
@click.option("--least", type=click.FloatRange(0, 1), help="Instead of pairs.least_score.")
@click.option("--propose", "proposes", is_flag=True, help="Put the pairs before a person in Slack.")
@click.option("--json", "as_json", is_flag=True, help="A list that scripts read.")
@click.option("--store", "store_name", help="Only this store.")
@click.pass_obj
def command(
    config: Path | None,
    competitor: str | None,
    least: float | None,
    proposes: bool,
    as_json: bool,
    store_name: str | None,
) -> None:
    """Compare pages that have no article of ours with all of them; nothing is stored or sent.

    With --propose the pairs wait in /price pairs, and a message says so.
    """
    workplace, now = open_workplace(config), utc_now()
    settings = _at_least(workplace.settings, least)
    stores = workplace.stores(store_name)
    with closing(workplace.ledger()) as database:
        with database.read() as ledger:
            found = [
                (store, match_pages(ledger, settings, store, now, competitor)) for store in stores
            ]
        rows = [row for store, matching in found for row in _rows(store, matching)]
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1) if as_json else _table(rows))
        for store, matching in found:
            click.echo(f"watchkeeper: {_summary(matching)}", err=True)
            if proposes:
                with database.write() as ledger:
                    new = _propose(ledger, settings, store, matching, now)
                click.echo(f"watchkeeper: new before a person: {new} (/price pairs)", err=True)


def _at_least(settings: Settings, least: float | None) -> Settings:
    if least is None:
        return settings
    pairs = settings.pairs.model_copy(update={"least_score": least})
    return settings.model_copy(update={"pairs": pairs})


def _propose(
    ledger: Session, settings: Settings, store: Store, matching: Matching, now: datetime
) -> int:
    """Keep the sure pairs for a person to look at, and owe one message that there are new ones."""
    new = propose(ledger, store.name, matching.sure, now)
    if new:
        check = settings.check("price_gap")
        role = check.role if check else settings.duty.fallback
        person = watch(ledger, settings, now).roster.on_duty(store, role, now).person
        owe_text(
            ledger,
            store=store.name,
            medium=Medium.SLACK,
            recipient=(check and check.channel) or settings.slack.channel,
            template=WAITING,
            facts={"count": new, "people": [person.email]},
            at=now,
        )
    return new


def _rows(store: Store, matching: Matching) -> Iterator[Facts]:
    """Yield what was found as scripts read it: the sure pairs first, then those with a rival."""
    unsure = [match for match in matching.found if match.rival]
    for match in [*matching.sure, *unsure]:
        yield facts(_row(store, matching, match))


def _row(store: Store, matching: Matching, match: Match[PageKey]) -> Facts:
    product = matching.articles[match.sku]
    why = reasons_text(match.likeness, Locale.ENGLISH, store)
    return {
        "store": store.name,
        "competitor": match.page.competitor,
        "url": match.page.url,
        "title": matching.pages[match.page].title,
        "sku": match.sku,
        "name": product.name or product.name_zh,
        "score": score_of(match),
        "why": [to_plain(reason) for reason in why],
        "rival": match.rival,
    }


def _table(rows: list[Facts]) -> str:
    lines = [
        (
            f"{Decimal(row['score']):.2f}",
            cut(row["competitor"], SHORT),
            row["sku"] + (f" or {row['rival']}?" if row["rival"] else ""),
            cut(row["title"] or row["url"], TITLE),
            ", ".join(row["why"]),
        )
        for row in rows
    ]
    return "\n".join(in_columns([HEAD, *lines]))


def _summary(matching: Matching) -> str:
    sure = len(matching.sure)
    return (
        f"pages without an article: {len(matching.pages)}; fit one: {sure},"
        f" fit several alike: {len(matching.found) - sure},"
        f" fit none: {len(matching.pages) - len(matching.found)}"
    )
