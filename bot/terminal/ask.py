"""watchkeeper ask: a slash command answered here, by the same code as in Slack."""

import asyncio
import json
from collections.abc import Awaitable
from contextlib import closing
from pathlib import Path

import click

from bot.options import one_of
from bot.slack.command import Asked, answer, commands
from bot.slack.messages import text_message
from bot.workplace import Workplace, open_workplace, utc_now
from core.ledger.database import Database
from core.markup import to_plain, to_slack
from core.settings import Person, Settings
from jobs.running import Runner


@click.command()
@click.argument("text")
@click.option("--as", "email", help="Whose rights and language: an e-mail address.")
@click.option("--json", "as_json", is_flag=True, help="Text and blocks, as Slack gets them.")
@click.pass_obj
def command(config: Path | None, text: str, email: str | None, as_json: bool) -> None:
    """Answer a slash command such as '/stock low'."""
    workplace = open_workplace(config)
    asked_for, _, rest = text.strip().partition(" ")
    found = one_of(commands(), "slash command", asked_for)
    with closing(workplace.ledger()) as database:
        asked = asked_by(workplace, database, email)
        answered = asyncio.run(waited(answer(found, rest, asked)))
    if as_json:
        message = {"text": to_slack(answered), "blocks": text_message(answered)[1]}
        click.echo(json.dumps(message, ensure_ascii=False, indent=1))
    else:
        click.echo(to_plain(answered))


def asked_by(workplace: Workplace, database: Database, email: str | None) -> Asked:
    """Return what a person's question is answered with. Raises click.UsageError for a stranger."""
    person = _person(workplace.settings, email)
    return Asked(
        person=person,
        arguments={},
        database=database,
        settings=workplace.settings,
        store=workplace.settings.stores_of(person)[0],
        engine=Runner(
            database, workplace.settings, utc_now, lambda: None, outside=workplace.outside
        ),
        now=utc_now(),
    )


def _person(settings: Settings, email: str | None) -> Person:
    if email is None:
        return settings.people[0]
    person = settings.person(email)
    if person is None:
        raise click.UsageError(f"{email} is not among `people` in config.yaml")
    return person


async def waited(answered: str | Awaitable[str]) -> str:
    """Return an answer that may still be on its way."""
    return answered if isinstance(answered, str) else await answered
