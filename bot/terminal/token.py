"""watchkeeper token: who may push records to /ingest."""

import re
from contextlib import closing
from datetime import datetime
from pathlib import Path

import click

from bot.columns import in_columns
from bot.workplace import open_workplace, utc_now
from core.ledger import pushes
from core.ledger.records import kind_of
from core.ledger.tables import PushToken

NAME = re.compile(r"[a-z][a-z0-9_]*")
HEAD = ("NAME", "STORE", "KINDS", "MADE", "LAST USED", "STATE")


@click.group()
def command() -> None:
    """Make, list and revoke the tokens that POST /ingest/KIND asks for."""


@command.command()
@click.argument("name")
@click.option("--store", "store_name", help="Whose records it may push (else the first store's).")
@click.option("--kind", "kinds", multiple=True, help="The only kinds it may push; several times.")
@click.pass_obj
def create(config: Path | None, name: str, store_name: str | None, kinds: tuple[str, ...]) -> None:
    """Make a token for a tool and show it, this once.

    The token itself goes to standard output, and nothing else.
    """
    if not NAME.fullmatch(name):
        raise click.UsageError(f"{name!r}: a name is lower-case letters, digits and _, such as rpa")
    for kind in kinds:
        _refuse_unknown(kind)
    workplace = open_workplace(config)
    store = workplace.stores(store_name)[0].name
    with closing(workplace.ledger()) as database, database.write() as ledger:
        token = pushes.create_token(ledger, name, store, kinds, utc_now())
    if token is None:
        known = f"there is a token {name!r}; for a new one, first watchkeeper token revoke {name}"
        raise click.UsageError(known)
    click.echo(token)
    click.echo("Keep it now: it is shown this once. Authorization: Bearer TOKEN", err=True)


@command.command("list")
@click.pass_obj
def list_(config: Path | None) -> None:
    """List the tokens, without what they are."""
    with closing(open_workplace(config).ledger()) as database, database.read() as ledger:
        rows = [HEAD, *map(_row, pushes.tokens(ledger))]
    for line in in_columns(rows):
        click.echo(line)


@command.command()
@click.argument("name")
@click.pass_obj
def revoke(config: Path | None, name: str) -> None:
    """Refuse a token from now on."""
    with closing(open_workplace(config).ledger()) as database, database.write() as ledger:
        if not pushes.revoke_token(ledger, name, utc_now()):
            raise click.UsageError(f"no token {name!r} works here; see watchkeeper token list")
    click.echo(f"{name} is revoked")


def _refuse_unknown(kind: str) -> None:
    try:
        kind_of(kind)
    except ValueError as error:
        raise click.UsageError(str(error)) from None


def _row(token: PushToken) -> tuple[str, ...]:
    return (
        token.name,
        token.store,
        " ".join(token.kinds) or "all",
        _minute(token.created_at),
        _minute(token.last_used_at) if token.last_used_at else "never",
        f"revoked {_minute(token.revoked_at)}" if token.revoked_at else "works",
    )


def _minute(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M}Z"
