"""watchkeeper run: the service; without Slack credentials, with a sandbox to try it in."""

import asyncio
import contextlib
import logging
import os
import sys
from pathlib import Path

import click

from bot.app import Service, utc_now
from bot.demo import environment_of, install_app, leave_environment, load_store, sandbox
from bot.workplace import Workplace, open_workplace
from core.ledger.database import Database


@click.command()
@click.option(
    "--sandbox-port", default=8030, show_default=True, help="Where the sandbox's page is."
)
@click.option("--sandbox-smtp-port", default=8025, show_default=True, help="Its mailbox.")
@click.pass_obj
def command(config: Path | None, sandbox_port: int, sandbox_smtp_port: int) -> None:
    """Run Watchkeeper until SIGTERM or Ctrl-C.

    With SLACK_BOT_TOKEN and SLACK_APP_TOKEN (Socket Mode) or SLACK_SIGNING_SECRET (HTTP) in the
    environment or in .env it serves that workspace; without, a sandbox with a demo store.
    """
    logging.basicConfig(
        level=logging.INFO,
        stream=sys.stderr,
        format="%(asctime)s %(levelname)s %(name)s %(message)s",
    )
    for noisy in ("slack_bolt", "slack_sdk", "apscheduler", "httpx", "alembic", "uvicorn"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    workplace = open_workplace(config, sandbox={})
    with contextlib.ExitStack() as stack:
        if workplace.secrets.has_slack:
            database = workplace.ledger()
            page = None
        else:
            announced = stack.enter_context(sandbox(sandbox_port, sandbox_smtp_port))
            variables = environment_of(announced, os.getpid())
            workplace = open_workplace(config, sandbox=variables)
            database = workplace.ledger()
            store = workplace.settings.stores[0]
            records = load_store(database, store, announced, utc_now())
            install_app(announced)
            leave_environment(variables)
            page = announced["page"]
            click.echo(f"No Slack credentials: a sandbox with a demo store ({records:,} records).")
        stack.callback(database.close)
        _serve(workplace, database, page)


def _serve(workplace: Workplace, database: Database, page: str | None) -> None:
    def ready(address: str) -> None:
        if page:
            click.echo(f"Open {page} to see alerts arrive, type /stock low, press the buttons.")
        click.echo(f"Ready. Health: {address}/healthz {address}/readyz {address}/metrics")

    service = Service(
        database, workplace.settings, workplace.secrets, workplace.slack_api_url, ready
    )
    asyncio.run(service.run())
