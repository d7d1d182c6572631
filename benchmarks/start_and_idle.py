"""How long `watchkeeper --help` and a second `make run` take, and what the idle service needs.

`make run` starts the sandbox beside it and imports the demo store. The idle service is one that
serves a workspace, with a ledger that is there already; the demo's is printed beside it.

    python -m benchmarks.start_and_idle [--quick]
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil  # type: ignore[import-untyped]

from benchmarks.service import ROOT, WATCHKEEPER, write_config

HELP_GOAL, READY_GOAL, MEMORY_GOAL = 0.4, 5.0, 130.0
"""Seconds, seconds, MiB."""

IDLE_FOR, QUICK_IDLE_FOR = 10.0, 2.0
ROUNDS = 5
DEMO_PORTS = ("--sandbox-port", "0", "--sandbox-smtp-port", "0")

Process = subprocess.Popen[str]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help=f"{QUICK_IDLE_FOR:.0f} s idle")
    idle_for = QUICK_IDLE_FOR if parser.parse_args().quick else IDLE_FOR
    python = statistics.median(seconds(sys.executable, "-c", "pass") for _ in range(ROUNDS))
    text = statistics.median(seconds(WATCHKEEPER, "--help") for _ in range(ROUNDS))
    print(f"watchkeeper --help: {text:.2f} s (goal: under {HELP_GOAL}; a bare python {python:.2f})")
    with TemporaryDirectory() as folder:
        config = write_config(Path(folder))
        began = time.perf_counter()
        with watchkeeper("run", *DEMO_PORTS, folder=folder) as (process, _):
            ready = time.perf_counter() - began
            demo = idle(process, idle_for)
        with workspace() as variables:
            subprocess.run([WATCHKEEPER, "--config", config, "outbox"], check=True, cwd=folder)
            run = ("--config", str(config), "run")
            with watchkeeper(*run, folder=folder, variables=variables) as (process, _):
                memory = idle(process, idle_for)
    print(f"ready after {ready:.1f} s (goal: under {READY_GOAL})")
    print(f"idle for {idle_for:.0f} s: {memory:.0f} MiB (goal: under {MEMORY_GOAL:.0f})")
    print(f"idle after importing the demo store: {demo:.0f} MiB")
    sys.exit(text > HELP_GOAL or ready > READY_GOAL or memory > MEMORY_GOAL)


def seconds(*command: str) -> float:
    """Return how long a command takes."""
    began = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - began


def idle(process: Process, seconds: float) -> float:
    """Return the MiB a process holds after it had nothing to do for a while."""
    time.sleep(seconds)
    rss: int = psutil.Process(process.pid).memory_info().rss
    return rss / 2**20


@contextmanager
def workspace() -> Iterator[dict[str, str]]:
    """Start a sandbox; yield what connects a service to it."""
    command = ("-m", "sandbox", "--port", "0", "--smtp-port", "0")
    with started(sys.executable, *command, folder=str(ROOT), until="{") as (_, announced):
        ready = json.loads(announced)
        names = {"SLACK_API_URL": "slack_api_url", "SLACK_BOT_TOKEN": "bot_token"}
        names |= {"SLACK_APP_TOKEN": "app_token"}
        yield {name: ready[key] for name, key in names.items()}


def watchkeeper(
    *arguments: str, folder: str, variables: Mapping[str, str] | None = None
) -> AbstractContextManager[tuple[Process, str]]:
    """Run Watchkeeper until it is ready."""
    return started(WATCHKEEPER, *arguments, folder=folder, until="Ready.", variables=variables)


@contextmanager
def started(
    *command: str, folder: str, until: str, variables: Mapping[str, str] | None = None
) -> Iterator[tuple[Process, str]]:
    """Run a program in a folder until it prints a line that begins so; end it afterwards."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("SLACK_")}
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=own | dict(variables or {}),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout
    try:
        line = next((line for line in process.stdout if line.startswith(until)), None)
        if line is None:
            raise SystemExit(f"{command[0]} did not start")
        yield process, line
    finally:
        process.terminate()
        process.wait()


if __name__ == "__main__":
    main()
