"""Trying Watchkeeper without a Slack workspace: the sandbox beside it, with a demo store.

Only light modules are imported here: the sandbox and its store are in the making while the rest
of Watchkeeper is still being imported.
"""

import fcntl
import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from shutil import rmtree
from typing import Any
from urllib.parse import urlsplit

from core.errors import UserError

PLACE = Path("var/sandbox")
ENVIRONMENT = PLACE / "environment"
"""What a running sandbox leaves for commands in other terminals: addresses, its own tokens."""
STORE = PLACE / "store"
LEDGER = PLACE / "ledger.db"
LOCK = PLACE.with_suffix(".lock")

_END_WITHIN = 3.0
_Process = subprocess.Popen[str]


@dataclass(frozen=True)
class Demo:
    """A sandbox and a demo store, both in the making."""

    sandbox: _Process
    generator: _Process

    def announced(self) -> dict[str, Any]:
        """Wait for the sandbox; return what it announces. Raises UserError when it cannot start."""
        assert self.sandbox.stdout and self.sandbox.stderr  # noqa: S101, PT018  (both are pipes)
        line = self.sandbox.stdout.readline()
        if not line:
            raise UserError(_reason(self.sandbox.stderr.read()))
        announced: dict[str, Any] = json.loads(line)
        return announced

    def files(self) -> list[tuple[str, Path]]:
        """Wait for the store; return its record kinds and files in the order to load them."""
        _, error = self.generator.communicate()
        if self.generator.returncode:
            raise UserError(f"the demo store cannot be made: {_last_line(error)}")
        manifest = json.loads((STORE / "manifest.json").read_text(encoding="utf-8"))
        return [(entry["kind"], STORE / entry["file"]) for entry in manifest]

    def decisions(self) -> list[dict[str, Any]]:
        """Return what people decided on prices before; once the store is made."""
        decided: list[dict[str, Any]] = json.loads((STORE / "decisions.json").read_text("utf-8"))
        return decided


@contextmanager
def demo(port: int, smtp_port: int, now: datetime) -> Iterator[Demo]:
    """Start the sandbox and the making of its store as processes of their own; end both after.

    It begins empty each time. Raises UserError when one runs in this folder already.
    """
    port = port or _free_port()
    with ExitStack() as stack:
        stack.enter_context(_only_one())
        rmtree(PLACE, ignore_errors=True)
        PLACE.mkdir(parents=True)
        ports = ["--port", str(port), "--smtp-port", str(smtp_port)]
        sandbox = stack.enter_context(_running("sandbox", "--until-stdin-closes", *ports))
        shop = f"http://127.0.0.1:{port}/shop/"
        order = ["--out", str(STORE), "--today", now.isoformat(), "--shop-url", shop]
        generator = stack.enter_context(_running("sandbox.demo", *order))
        yield Demo(sandbox, generator)
        ENVIRONMENT.unlink(missing_ok=True)


def environment_of(announced: dict[str, Any]) -> dict[str, str]:
    """Return the variables that make Watchkeeper use a sandbox that this process started."""
    return {
        "SLACK_API_URL": announced["slack_api_url"],
        "SLACK_BOT_TOKEN": announced["bot_token"],
        "SLACK_APP_TOKEN": announced["app_token"],
        "DATABASE_URL": f"sqlite:///{LEDGER}",
        "WHATSAPP_API_URL": announced["whatsapp_api_url"],
        "WHATSAPP_TOKEN": announced["whatsapp_token"],
        "SANDBOX_WHATSAPP_NUMBER": announced["whatsapp_phone_number_id"],
        "SANDBOX_SMTP_HOST": announced["smtp_host"],
        "SANDBOX_SMTP_PORT": str(announced["smtp_port"]),
        "SANDBOX_SHOP_HOST": urlsplit(announced["shop_url"]).netloc,
        "SANDBOX_STARTED_BY": str(os.getpid()),
    }


def leave_environment(variables: dict[str, str]) -> None:
    """Leave the variables for commands in other terminals, while the sandbox runs."""
    lines = [f"{name}={value}\n" for name, value in variables.items()]
    ENVIRONMENT.write_text("".join(lines), encoding="utf-8")


@contextmanager
def _only_one() -> Iterator[None]:
    LOCK.parent.mkdir(parents=True, exist_ok=True)
    with LOCK.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise UserError(
                "a sandbox runs in this folder already; stop it first (Ctrl-C where it runs), "
                "or start this one in another folder with other ports"
            ) from None
        yield


@contextmanager
def _running(module: str, *arguments: str) -> Iterator[_Process]:
    process = subprocess.Popen(  # noqa: S603  (our own module, our own arguments)
        [sys.executable, "-m", module, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,  # Ctrl-C reaches us; what we started ends after us
    )
    with process:
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(_END_WITHIN)
            except subprocess.TimeoutExpired:
                process.kill()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as door:
        port: int = door.getsockname()[1]
        return port


def _reason(error: str) -> str:
    """Return why the sandbox did not start, with the options as `watchkeeper run` has them."""
    said = _last_line(error).removeprefix("sandbox: ")
    said = said.replace("--smtp-port", "--sandbox-smtp-port").replace("--port", "--sandbox-port")
    return f"the sandbox did not start: {said}"


def _last_line(text: str) -> str:
    return (text.strip().splitlines() or ["it said nothing"])[-1]
