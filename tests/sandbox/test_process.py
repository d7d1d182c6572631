"""The process: what it says when ready, how it ends, and how it refuses to start."""

import json
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest

from tests.support.sandbox_process import PLAIN, ROOT, RunningSandbox, running_sandbox


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "sandbox", *arguments]
    return subprocess.run(
        command,
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )


@contextmanager
def taken_port() -> Iterator[str]:
    """A port that somebody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield str(listener.getsockname()[1])


def test_the_ready_line_says_where_everything_is(sandbox: RunningSandbox) -> None:
    ready = sandbox.ready

    assert ready["slack_api_url"] == ready["page"] + "api/"
    assert ready["whatsapp_api_url"] == ready["page"] + "graph/"
    assert ready["shop_url"] == ready["page"] + "shop/"
    assert ready["page"].startswith("http://127.0.0.1:")
    assert (ready["bot_token"], ready["app_token"]) == ("xoxb-sandbox", "xapp-sandbox")
    assert (ready["smtp_host"], type(ready["smtp_port"])) == ("127.0.0.1", int)
    assert {"signing_secret", "whatsapp_phone_number_id", "whatsapp_token"} <= ready.keys()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_cleanly_and_fast_with_people_still_listening(
    number: signal.Signals,
) -> None:
    with running_sandbox() as sandbox, sandbox.http.stream("GET", "/sandbox/stream"):
        sandbox.fault("shop", "hang")
        began = time.monotonic()
        sandbox.process.send_signal(number)

        assert sandbox.process.wait(5) == 0
        assert time.monotonic() - began < 2


def test_it_ends_with_the_process_that_started_it() -> None:
    with running_sandbox() as sandbox:
        assert sandbox.process.stdin is not None
        sandbox.process.stdin.close()

        assert sandbox.process.wait(5) == 0


def test_without_that_option_a_closed_stdin_is_nothing_to_it() -> None:
    command = [sys.executable, "-m", "sandbox", "--port", "0", "--smtp-port", "0"]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        ready = json.loads(process.stdout.readline())
        try:
            sockets = httpx.get(ready["page"] + "sandbox/sockets", verify=PLAIN)
            assert sockets.json() == {"connected": 0}
        finally:
            process.terminate()


@pytest.mark.parametrize("option", ["--port", "--smtp-port"])
def test_a_taken_port_is_reported_in_one_line(option: str) -> None:
    others = {"--port": "0", "--smtp-port": "0"}
    with taken_port() as port:
        ended = run(*(text for pair in {**others, option: port}.items() for text in pair))

    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr.strip() == (
        f"sandbox: port {port} is in use: stop what listens there, or give another with {option}"
    )


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["--port", "70000"], "not a port"),
        (["--port", "http"], "--port"),
        (["--message-rate", "-1"], "not a rate"),
        (["--events-url", "https://slack.example/"], "not an http:// address on this machine"),
    ],
)
def test_wrong_use_is_explained(arguments: list[str], problem: str) -> None:
    ended = run("--smtp-port", "0", *arguments)

    assert ended.returncode == 2
    assert problem in ended.stderr
    assert "Traceback" not in ended.stderr
