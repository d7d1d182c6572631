"""`watchkeeper run` in a workspace: it is ready, it ends, it is killed and loses nothing."""

import sqlite3
import subprocess
from collections import Counter
from pathlib import Path

import httpx
import pytest

from core.configuration import load
from core.ledger.database import Database
from core.ledger.life.alerts import absorb
from core.ledger.life.watch import watch
from core.ledger.migrate import migrate
from jobs.registry import configuration
from tests.support.post_office import Clock, review
from tests.support.sandbox_process import RunningSandbox
from tests.support.service import (
    WATCHKEEPER,
    clean_environment,
    credentials,
    running_service,
    wait_until,
    write_config,
)

pytestmark = pytest.mark.slow

END_WITHIN = 10.0  # design.md: SIGTERM ends it within 10 s


@pytest.fixture
def folder(tmp_path: Path, sandbox: RunningSandbox) -> Path:
    """A folder with a config.yaml for the sandbox, in a hurry."""
    write_config(
        tmp_path,
        sandbox,
        seconds_between_messages="0.02",
        messages_a_minute=6_000,
        group_over=1_000,
        first_retry="1s",
    )
    return tmp_path


def test_it_says_where_it_is_and_ends_when_told(folder: Path, sandbox: RunningSandbox) -> None:
    with running_service(folder, credentials(sandbox)) as service:
        assert service.get("/healthz").text == "alive\n"
        wait_until(lambda: service.get("/readyz").status_code == 200)
        parts = ("database", "clock", "outbox", "slack")
        assert service.get("/readyz").json() == dict.fromkeys(parts, True)
        assert "watchkeeper_posts" in service.get("/metrics").text
        assert service.end() < END_WITHIN
        assert service.process.returncode == 0
    assert "Traceback" not in service.output
    ledger = sqlite3.connect(folder / "var" / "watchkeeper.db")
    [(ended,)] = ledger.execute("SELECT ended_at IS NOT NULL FROM watcher").fetchall()
    ledger.close()
    assert ended  # so its silence is no alarm


def test_it_ends_in_time_while_a_job_is_stuck_in_a_thread(
    folder: Path, sandbox: RunningSandbox
) -> None:
    with running_service(folder, credentials(sandbox)) as service:
        wait_until(lambda: service.get("/readyz").status_code == 200)
        lock = sqlite3.connect(folder / "var" / "watchkeeper.db", isolation_level=None)
        lock.execute("BEGIN IMMEDIATE")  # whoever wants to write waits 30 s
        body = {"as": "U0LINYUE", "channel": "C0STOCK", "text": "/watch run safety_stock"}
        assert sandbox.post("/sandbox/commands", body)["ok"]
        assert service.end() < END_WITHIN
        lock.close()
    assert service.process.returncode == 0


def test_it_ends_in_time_while_slack_hangs(folder: Path, sandbox: RunningSandbox) -> None:
    storm(folder, 3)
    sandbox.fault("slack", "hang", method="chat.postMessage")
    with running_service(folder, credentials(sandbox)) as service:
        wait_until(lambda: bool(calls(sandbox, "chat.postMessage")))
        assert service.end() < END_WITHIN
    sandbox.clear_faults()


def test_told_to_end_and_then_killed_in_a_storm_it_posts_every_alert_exactly_once(
    folder: Path, sandbox: RunningSandbox
) -> None:
    storm(folder, 24)
    with running_service(folder, credentials(sandbox)) as service:
        wait_until(lambda: len(posted(sandbox)) >= 5)
        assert service.end() < END_WITHIN
    assert service.process.returncode == 0
    with running_service(folder, credentials(sandbox)) as service:
        wait_until(lambda: len(posted(sandbox)) >= 14)
        service.process.kill()
    with running_service(folder, credentials(sandbox)):
        wait_until(lambda: owed(folder) == 0, 30)
    assert Counter(posted(sandbox).values()) == {1: 24}


def test_a_second_one_in_the_way_gets_one_line_and_harms_nothing(
    folder: Path, sandbox: RunningSandbox
) -> None:
    with running_service(folder, credentials(sandbox)) as service:
        port = httpx.URL(service.address).port
        config = folder / "second.yaml"
        text = (folder / "config.yaml").read_text(encoding="utf-8")
        config.write_text(text.replace("port: 0", f"port: {port}"), encoding="utf-8")
        served = "another watchkeeper run serves var/watchkeeper.db already: stop it first, or set "
        assert refused(config, sandbox).startswith(f"watchkeeper: {served}")
        place = f"web.host and web.port: 127.0.0.1:{port}"
        another = {"DATABASE_URL": "sqlite:///another.db"}
        said = f"watchkeeper: {place} cannot be used: Address already in use"
        assert refused(config, sandbox, **another) == said
        wait_until(lambda: service.get("/readyz").status_code == 200)


def refused(config: Path, sandbox: RunningSandbox, **variables: str) -> str:
    """The one line of a start that ends at once."""
    second = subprocess.run(
        [WATCHKEEPER, "--config", config, "run"],
        cwd=config.parent,
        env=clean_environment() | credentials(sandbox) | variables,
        check=False,
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert second.returncode == 2
    (line,) = second.stderr.splitlines()
    return line


def storm(folder: Path, size: int) -> None:
    """Open alerts for so many bad reviews in the folder's ledger."""
    settings = load(folder / "config.yaml", configuration())
    database, now = Database(f"sqlite:///{folder}/var/watchkeeper.db"), Clock()()
    migrate(database)
    found = [review(f"R{number}", now) for number in range(size)]
    with database.write() as ledger:
        at = watch(ledger, settings, now)
        absorb(ledger, at, settings.stores[0], "bad_reviews", found)
    database.close()


def posted(sandbox: RunningSandbox) -> Counter[str]:
    """How often each post stands in #reviews."""
    messages = sandbox.get("/sandbox/messages", channel="C0REVIEWS")["messages"]
    return Counter(
        message["metadata"]["event_payload"]["post_id"]
        for message in messages
        if "2-star review" in message["text"]
    )


def calls(sandbox: RunningSandbox, method: str) -> list[object]:
    """The calls of a Web API method."""
    return [c for c in sandbox.get("/sandbox/calls")["calls"] if c["method"] == method]


def owed(folder: Path) -> int:
    """How many posts are owed or on their way."""
    ledger = sqlite3.connect(folder / "var" / "watchkeeper.db")
    query = "SELECT count(*) FROM post WHERE state IN ('owed', 'sending')"
    (count,) = ledger.execute(query).fetchone()
    ledger.close()
    return int(count)
