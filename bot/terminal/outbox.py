"""watchkeeper outbox: what is owed, and what failed."""

from contextlib import closing
from pathlib import Path

import click

from bot.workplace import open_workplace, utc_now
from core.ledger import posts
from core.ledger.database import Database
from core.ledger.tables import PostState


@click.command()
@click.option("--failed", is_flag=True, help="Only what failed for good.")
@click.option("--retry", metavar="ID", help="Owe a failed message again.")
@click.pass_obj
def command(config: Path | None, failed: bool, retry: str | None) -> int:
    """List what is not delivered. Exit code 1 when something failed."""
    with closing(open_workplace(config).ledger()) as database:
        return _retry(database, retry) if retry else _list(database, failed=failed)


def _retry(database: Database, post_id: str) -> int:
    with database.write() as ledger:
        if not posts.retry(ledger, post_id, utc_now()):
            raise click.UsageError(f"no failed message {post_id!r}; see watchkeeper outbox")
    click.echo(f"{post_id} is owed again")
    return 0


def _list(database: Database, *, failed: bool) -> int:
    with database.read() as ledger:
        listed = posts.listed(ledger, only_failed=failed)
        counts = posts.by_state(ledger)
    for post in listed:
        about = f"alert #{post.alert_id}" if post.alert_id else post.template
        line = f"{post.id} {post.state:8} {post.medium} {post.recipient} {about}"
        click.echo(line + (f": {post.error}" if post.error else ""))
    click.echo(", ".join(f"{count} {state}" for state, count in counts.items()))
    return 1 if counts[PostState.FAILED] else 0
