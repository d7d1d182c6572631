"""The sandbox as a real process, for tests to talk to."""

import json
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

ROOT = Path(__file__).parents[2]
STOP_SECONDS = 10.0

PLAIN = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""For clients that talk to this machine: to read all certificates takes each 45 ms."""

Json = dict[str, Any]


@dataclass(frozen=True)
class RunningSandbox:
    """A sandbox that runs: what it printed when ready, a client for it, its process."""

    ready: Json
    http: httpx.Client
    process: subprocess.Popen[str]

    def get(self, path: str, **query: str) -> Json:
        """The JSON at `path`."""
        answer: Json = self.http.get(path, params=query).raise_for_status().json()
        return answer

    def post(self, path: str, body: Json | None = None) -> Json:
        """The JSON answer to `body` at `path`."""
        answer: Json = self.http.post(path, json=body or {}).raise_for_status().json()
        return answer

    def fault(self, target: str, mode: str, **details: Any) -> None:
        """Make a service fail."""
        self.post("/sandbox/faults", {"target": target, "mode": mode, **details})

    def clear_faults(self) -> None:
        """End all faults."""
        self.http.delete("/sandbox/faults").raise_for_status()

    def reset(self) -> None:
        """Forget what happened; go without a limit on messages until told otherwise."""
        self.post("/sandbox/reset")
        self.post("/sandbox/limits", {"message_rate": 0})


@contextmanager
def running_sandbox(**options: object) -> Iterator[RunningSandbox]:
    """Start `python -m sandbox`, on free ports unless given others, and end it afterwards.

    `options` are those of its command line: message_rate=0 is `--message-rate 0`.
    """
    arguments = [
        text
        for name, value in {"port": 0, "smtp_port": 0, **options}.items()
        for text in (f"--{name.replace('_', '-')}", str(value))
    ]
    process = subprocess.Popen(
        [sys.executable, "-m", "sandbox", *arguments, "--until-stdin-closes"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        try:
            assert process.stdout is not None
            ready = json.loads(process.stdout.readline())
            with httpx.Client(base_url=ready["page"], timeout=10, verify=PLAIN) as http:
                yield RunningSandbox(ready, http, process)
        finally:
            process.terminate()
            process.wait(STOP_SECONDS)
