"""watchkeeper run: the service; without Slack credentials, with a sandbox to try it in."""

import asyncio
import logging
import os
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.demo import Demo, demo, environment_of, leave_environment
from core.secrets import environment, secrets

if TYPE_CHECKING:
    from bot.workplace import Workplace
    from core.ledger.database import Database

LAST_SECONDS = 1.0
"""How long a thread that is still at work may hold the process after the service has ended."""

PORT = click.IntRange(0, 65535)


@click.command()
@click.option(
    "--sandbox-port", type=PORT, default=8030, show_default=True, help="Where its page is."
)
@click.option(
    "--sandbox-smtp-port", type=PORT, default=8025, show_default=True, help="Where its mailbox is."
)
@click.pass_obj
def command(config: Path | None, sandbox_port: int, sandbox_smtp_port: int) -> None:
    """Run Watchkeeper until SIGTERM or Ctrl-C.

    With SLACK_BOT_TOKEN and SLACK_APP_TOKEN (Socket Mode) or SLACK_SIGNING_SECRET (HTTP) in the
    environment or in .env it serves that workspace; without, a sandbox with a demo store.
    """
    _prepare_logging()
    if secrets(environment(Path.cwd())).has_slack:
        from bot.workplace import open_workplace  # noqa: PLC0415  (heavy, see bot.demo)

        workplace = open_workplace(config)
        _serve(workplace, workplace.ledger(), None)
        return
    click.echo("No Slack credentials: starting a sandbox with a demo store.")
    with demo(sandbox_port, sandbox_smtp_port, datetime.now(UTC)) as started:
        _serve_demo(config, started)


def _prepare_logging() -> None:
    logging.basicConfig(
        force=True,  # the terminal's other commands keep no log
        level=logging.INFO,
        stream=sys.stderr,
        format="%(asctime)s %(levelname)s %(name)s %(message)s",
    )
    for noisy in ("slack_bolt", "slack_sdk", "apscheduler", "httpx", "alembic", "uvicorn"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


def _serve_demo(config: Path | None, started: Demo) -> None:
    # heavy imports, done while the sandbox and its store are in the making
    import bot.app  # noqa: F401, PLC0415
    from bot.demo_store import install_app, load_store, remember  # noqa: PLC0415
    from bot.workplace import open_workplace  # noqa: PLC0415

    announced = started.announced()
    variables = environment_of(announced)
    workplace = open_workplace(config, sandbox=variables)
    database = workplace.ledger()
    install_app(announced)
    records = load_store(database, workplace.settings.stores[0], started.files())
    remember(database, workplace.settings.stores[0], started.decisions())
    leave_environment(variables)
    click.echo(f"The demo store is loaded: {records:,} records.")
    _serve(workplace, database, announced["page"])


def _serve(workplace: "Workplace", database: "Database", page: str | None) -> None:
    from bot.alone import alone  # noqa: PLC0415  (heavy)
    from bot.app import Service  # noqa: PLC0415  (heavy)

    def ready(address: str) -> None:
        if page:
            click.echo(f"Open {page} to see alerts arrive, type /stock low, press the buttons.")
        click.echo(f"Ready. Health: {address}/healthz {address}/readyz {address}/metrics")

    service = Service(
        database,
        workplace.settings,
        workplace.secrets,
        workplace.slack_api_url,
        workplace.whatsapp_api_url,
        workplace.outside,
        ready,
    )
    # a job's thread that does not end must not hold the process: the ledger is safe from that
    with alone(workplace.settings.database.url), asyncio.Runner() as runner:
        runner.run(service.run())
        database.close()
        last = threading.Timer(LAST_SECONDS, os._exit, [0])
        last.daemon = True
        last.start()
    last.cancel()  # every thread has ended
