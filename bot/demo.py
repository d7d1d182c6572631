"""Trying Watchkeeper without a Slack workspace: starts the sandbox beside it, with a demo store."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import httpx

from bot.slack.manifest import manifest
from bot.workplace import SANDBOX_ENVIRONMENT
from core.configuration import ConfigurationError
from core.ledger.database import Database
from core.settings import Store
from scrapers.sources.files import import_file

STORE = SANDBOX_ENVIRONMENT.parent / "store"
LEDGER = SANDBOX_ENVIRONMENT.parent / "ledger.db"


@contextmanager
def sandbox(port: int, smtp_port: int) -> Iterator[dict[str, Any]]:
    """Start the sandbox as a process of its own and end it afterwards; yield what it announces.

    Raises ConfigurationError when it cannot start. It begins empty each time: what it and its
    ledger held before is removed.
    """
    command = [sys.executable, "-m", "sandbox", "--until-stdin-closes"]
    command += ["--port", str(port), "--smtp-port", str(smtp_port)]
    process = subprocess.Popen(  # noqa: S603  (our own module, our own arguments)
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,  # Ctrl-C reaches us; the sandbox ends after us
    )
    try:
        announced = _announced(process)
        # only now: another sandbox that has these ports keeps what it holds
        shutil.rmtree(SANDBOX_ENVIRONMENT.parent, ignore_errors=True)
        SANDBOX_ENVIRONMENT.parent.mkdir(parents=True)
        yield announced
        SANDBOX_ENVIRONMENT.unlink(missing_ok=True)
    finally:
        process.terminate()
        process.wait(timeout=10)


def _announced(process: subprocess.Popen[str]) -> dict[str, Any]:
    assert process.stdout and process.stderr  # noqa: S101, PT018  (both are pipes)
    line = process.stdout.readline()
    if not line:
        reason = process.stderr.read().strip().splitlines()
        raise ConfigurationError([f"the sandbox did not start: {reason[-1] if reason else ''}"])
    announced: dict[str, Any] = json.loads(line)
    return announced


def environment_of(announced: dict[str, Any], started_by: int) -> dict[str, str]:
    """Return the variables that make Watchkeeper use a sandbox."""
    return {
        "SLACK_API_URL": announced["slack_api_url"],
        "SLACK_BOT_TOKEN": announced["bot_token"],
        "SLACK_APP_TOKEN": announced["app_token"],
        "DATABASE_URL": f"sqlite:///{LEDGER}",
        "SANDBOX_SMTP_HOST": announced["smtp_host"],
        "SANDBOX_SMTP_PORT": str(announced["smtp_port"]),
        "SANDBOX_SHOP_HOST": urlsplit(announced["shop_url"]).netloc,
        "SANDBOX_STARTED_BY": str(started_by),
    }


def leave_environment(variables: dict[str, str]) -> None:
    """Leave the variables for commands in other terminals, while the sandbox runs."""
    lines = [f"{name}={value}\n" for name, value in variables.items()]
    SANDBOX_ENVIRONMENT.write_text("".join(lines), encoding="utf-8")


def install_app(announced: dict[str, Any]) -> None:
    """Install the app in the sandbox's workspace, as a person would with the manifest."""
    answer = httpx.post(f"{announced['page']}sandbox/manifest", json=manifest(None), timeout=10)
    answer.raise_for_status()


def load_store(database: Database, store: Store, announced: dict[str, Any], now: datetime) -> int:
    """Make the demo store's files and import them; return the number of records."""
    command = [sys.executable, "-m", "sandbox.demo", "--out", str(STORE)]
    command += ["--today", now.isoformat(), "--shop-url", announced["shop_url"]]
    subprocess.run(command, check=True, capture_output=True)  # noqa: S603
    stored = 0
    for entry in json.loads((STORE / "manifest.json").read_text(encoding="utf-8")):
        report = import_file(database, store, entry["kind"], STORE / entry["file"], now=now)
        stored += report.taken.stored
    return stored
