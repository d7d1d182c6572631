"""`python -m sandbox`: starts the stand-ins, prints one JSON line when they are ready."""

import argparse
import asyncio
import json
import os
import signal
import sys
import threading
from collections.abc import Callable

from sandbox.server import Options, PortTakenError, Sandbox

WRONG_USE = 2


def main() -> int:
    """Run the sandbox until it is told to end; the exit code."""
    given = _arguments()
    options = Options(given.port, given.smtp_port, given.events_url, given.message_rate)
    try:
        asyncio.run(_serve(options, until_stdin_closes=given.until_stdin_closes))
    except (PortTakenError, ValueError) as problem:
        sys.stderr.write(f"sandbox: {problem}\n")
        return WRONG_USE
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m sandbox", description=__doc__)
    parser.add_argument("--port", type=_port, default=8030, help="HTTP port; 0 is any free one")
    parser.add_argument("--smtp-port", type=_port, default=8025, help="SMTP port; 0 is any")
    parser.add_argument("--events-url", help="send to the app by HTTP instead of Socket Mode")
    parser.add_argument(
        "--message-rate", type=_rate, default=1.0, help="messages a second and channel; 0 is any"
    )
    parser.add_argument(
        "--until-stdin-closes", action="store_true", help="end with the process that started it"
    )
    return parser.parse_args()


async def _serve(options: Options, *, until_stdin_closes: bool) -> None:
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ended.set)
    sandbox = Sandbox(options)
    try:
        sys.stdout.write(json.dumps(await sandbox.start()) + "\n")
        sys.stdout.flush()
        if until_stdin_closes:
            _watch_stdin(lambda: loop.call_soon_threadsafe(ended.set))
        await ended.wait()
    finally:
        await sandbox.stop()


def _watch_stdin(closed: Callable[[], object]) -> None:
    """Call `closed` when stdin is at its end."""

    def wait() -> None:
        while os.read(0, 4096):
            pass
        closed()

    threading.Thread(target=wait, daemon=True).start()


def _port(text: str) -> int:
    number = int(text)
    if not 0 <= number < 2**16:
        raise argparse.ArgumentTypeError(f"{text} is not a port (0 to 65535)")
    return number


def _rate(text: str) -> float:
    number = float(text)
    if not 0 <= number < float("inf"):
        raise argparse.ArgumentTypeError(f"{text} is not a rate (0 or more messages a second)")
    return number


if __name__ == "__main__":
    sys.exit(main())
