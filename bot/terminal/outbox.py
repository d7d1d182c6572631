"""watchkeeper outbox: what is owed, and what failed."""

from contextlib import closing
from datetime import datetime
from pathlib import Path

import click

from bot.columns import in_columns, length
from bot.workplace import open_workplace, utc_now
from core.ledger import posts
from core.ledger.database import Database
from core.ledger.tables import Post, PostState

ALL = "all"
HEAD = ("ID", "STATE", "TO", "ABOUT", "OWED FOR", "TRIES", "NEXT", "WHY")


@click.command()
@click.option("--failed", is_flag=True, help="Only what failed for good.")
@click.option("--retry", metavar="ID", help="Owe a failed message again; all: every one.")
@click.pass_obj
def command(config: Path | None, failed: bool, retry: str | None) -> int:
    """List what is not delivered. Exit code 1 when something failed."""
    with closing(open_workplace(config).ledger()) as database:
        return _retry(database, retry) if retry else _list(database, failed=failed)


def _retry(database: Database, post_id: str) -> int:
    with database.write() as ledger:
        retried = posts.retry(ledger, utc_now(), None if post_id == ALL else post_id)
    if post_id == ALL:
        click.echo(f"{retried} owed again")
    elif retried:
        click.echo(f"{post_id} is owed again")
    else:
        raise click.UsageError(f"no failed message {post_id!r}; see watchkeeper outbox")
    return 0


def _list(database: Database, *, failed: bool) -> int:
    with database.read() as ledger:
        listed = posts.listed(ledger, only_failed=failed)
        counts = posts.by_state(ledger)
    if listed:
        now = utc_now()
        for line in in_columns([HEAD, *(_row(post, now) for post in listed)]):
            click.echo(line)
    click.echo(", ".join(f"{count} {state}" for state, count in counts.items()))
    return 1 if counts[PostState.FAILED] else 0


def _row(post: Post, now: datetime) -> tuple[str, ...]:
    return (
        post.id,
        post.state,
        f"{post.medium} {post.recipient}",
        _about(post),
        length(now - post.owed_since),
        str(post.attempts),
        "" if post.state == PostState.FAILED else length(post.next_attempt_at - now),
        post.error or "",
    )


def _about(post: Post) -> str:
    """Return what a message is about: its alert, and what it says of it if that is not all."""
    if post.alert_id is None:
        return post.template
    template = "" if post.template == posts.ALERT else f" {post.template}"
    return f"alert #{post.alert_id}{template}"
