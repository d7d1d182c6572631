"""`watchkeeper run` as a real process."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread

import httpx

from tests.support.sandbox_process import PLAIN, ROOT, RunningSandbox

WATCHKEEPER = Path(sys.executable).with_name("watchkeeper")
READY_SECONDS = 60.0

# what the machine's own environment must not decide
OURS = re.compile(r"SLACK_|SMTP_|WHATSAPP_|SANDBOX_|DATABASE_URL|WATCHKEEPER_")


@dataclass
class RunningService:
    """A service that runs: its process, what it said, where its pages are."""

    process: subprocess.Popen[str]
    folder: Path
    said: list[str] = field(default_factory=list)

    @property
    def address(self) -> str:
        """Where its pages are."""
        (found,) = re.findall(r"(\S+)/healthz", self.output)
        return str(found)

    @property
    def page(self) -> str:
        """Where the page of its sandbox is."""
        (found,) = re.findall(r"Open (\S+)", self.output)
        return str(found)

    @property
    def output(self) -> str:
        """All it said."""
        return "".join(self.said)

    def get(self, path: str) -> httpx.Response:
        """One of its pages."""
        return httpx.get(self.address + path, verify=PLAIN)

    def end(self) -> float:
        """Send SIGTERM; the seconds until it ended."""
        began = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(20)
        return time.monotonic() - began

    def listen(self) -> None:
        """Take down what it says."""
        assert self.process.stdout is not None
        self.said.extend(self.process.stdout)


@contextmanager
def running_service(
    folder: Path, variables: Mapping[str, str], *options: str
) -> Iterator[RunningService]:
    """Start `watchkeeper run` in a folder that has its config.yaml; yield it when it is ready."""
    process = subprocess.Popen(
        [WATCHKEEPER, "run", *options],
        cwd=folder,
        env=clean_environment() | dict(variables) | {"PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    service = RunningService(process, folder)
    listener = Thread(target=service.listen)
    listener.start()
    try:
        wait_until(lambda: "Ready." in service.output or process.poll() is not None, READY_SECONDS)
        assert process.poll() is None, service.output
        yield service
    finally:
        process.kill()
        process.wait()
        listener.join()
        assert process.stdout is not None
        process.stdout.close()


def clean_environment() -> dict[str, str]:
    """This process's environment without anything that Watchkeeper reads."""
    return {name: value for name, value in os.environ.items() if not OURS.match(name)}


def write_config(folder: Path, sandbox: RunningSandbox | None = None, **values: object) -> None:
    """Write the shipped config.yaml into a folder, with a free port and, at need, a sandbox."""
    changes: dict[str, object] = {"port: 8020": "port: 0"}
    if sandbox:
        changes |= {
            "host: smtp.harborlane.example": f"host: {sandbox.ready['smtp_host']}",
            "port: 587": f"port: {sandbox.ready['smtp_port']}",
            "security: starttls": "security: none",
        }
    text = (ROOT / "config.yaml").read_text(encoding="utf-8")
    # around the clock: nobody's message waits for the morning
    text, found = re.subn(r"(?m)^  working_hours:.*\n(    .*\n)+", "", text)
    assert found == 1
    for old, new in changes.items():
        assert text.count(old) == 1, old
        text = text.replace(old, str(new))
    for name, value in values.items():
        text, found = re.subn(rf"(?m)^( +{name}:).*", rf"\1 {value}", text)
        assert found == 1, name
    folder.joinpath("config.yaml").write_text(text, encoding="utf-8")


def credentials(sandbox: RunningSandbox) -> dict[str, str]:
    """The variables that make a sandbox the real workspace."""
    return {
        "SLACK_API_URL": sandbox.ready["slack_api_url"],
        "SLACK_BOT_TOKEN": sandbox.ready["bot_token"],
        "SLACK_APP_TOKEN": sandbox.ready["app_token"],
    }


def wait_until(true: Callable[[], bool], seconds: float = 10.0) -> None:
    """Wait for something to become true."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "not in time"
        time.sleep(0.02)
