"""`watchkeeper run` without credentials: a sandbox, a demo store, alerts that arrive."""

import json
import subprocess
from collections import Counter
from pathlib import Path

import httpx
import pytest

from tests.support.sandbox_process import PLAIN, Json
from tests.support.service import (
    WATCHKEEPER,
    RunningService,
    clean_environment,
    running_service,
    wait_until,
    write_config,
)

pytestmark = pytest.mark.slow

CHANNELS = {"safety_stock": "C0STOCK", "bad_reviews": "C0REVIEWS", "price_gap": "C0PRICES"}


def alerts(demo: RunningService, channel: str) -> list[Json]:
    """The alerts in a channel, without what is said in their threads."""
    answer = httpx.get(f"{demo.page}sandbox/messages", params={"channel": channel}, verify=PLAIN)
    return [
        message
        for message in answer.json()["messages"]
        if not message["ephemeral"] and message["thread_ts"] in (None, message["ts"])
    ]


def planted(demo: RunningService) -> Counter[str]:
    """How many troubles of each check the demo store holds."""
    text = (demo.folder / "var/sandbox/store/planted.json").read_text(encoding="utf-8")
    return Counter(trouble["check"] for trouble in json.loads(text))


@pytest.mark.parametrize("check", CHANNELS)
def test_every_planted_trouble_arrives_and_mentions_one_person(
    demo: RunningService, check: str
) -> None:
    expected = planted(demo)[check]
    assert expected > 0
    wait_until(lambda: len(alerts(demo, CHANNELS[check])) >= expected, 20)
    arrived = alerts(demo, CHANNELS[check])
    assert all(len(message["notifies"]) == 1 for message in arrived)
    about = {message["metadata"]["event_payload"]["post_id"] for message in arrived}
    assert len(about) == len(arrived)


def second_start(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Try to run another demo."""
    return subprocess.run(
        [WATCHKEEPER, "run", *options],
        cwd=folder,
        env=clean_environment(),
        check=False,
        capture_output=True,
        text=True,
        timeout=30,
    )


def test_a_second_start_in_the_folder_gets_one_line_and_harms_nothing(
    demo: RunningService,
) -> None:
    second = second_start(demo.folder, "--sandbox-port", "0", "--sandbox-smtp-port", "0")
    assert second.stderr.startswith("watchkeeper: a sandbox runs in this folder already")
    assert (second.stderr.count("\n"), second.returncode) == (1, 2)
    assert (demo.folder / "var/sandbox/ledger.db").exists()
    wait_until(lambda: demo.get("/readyz").status_code == 200)


def test_a_second_start_at_its_ports_gets_one_line_that_names_the_option(
    demo: RunningService, tmp_path: Path
) -> None:
    write_config(tmp_path)
    port = str(httpx.URL(demo.page).port)
    second = second_start(tmp_path, "--sandbox-port", port, "--sandbox-smtp-port", "0")
    assert f"port {port} is in use" in second.stderr
    assert "--sandbox-port" in second.stderr
    assert (second.stderr.count("\n"), second.returncode) == (1, 2)
    wait_until(lambda: demo.get("/readyz").status_code == 200)


def test_another_terminal_uses_the_running_sandbox(demo: RunningService) -> None:
    asked = subprocess.run(
        [WATCHKEEPER, "ask", "/stock PS-1000", "--as", "tom.becker@harborlane.example"],
        cwd=demo.folder,
        env=clean_environment(),
        check=False,
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert (asked.returncode, asked.stderr) == (0, "")
    assert "PS-1000" in asked.stdout


def test_it_ends_with_its_sandbox_and_leaves_no_address(tmp_path: Path) -> None:
    write_config(tmp_path)
    options = ("--sandbox-port", "0", "--sandbox-smtp-port", "0")
    with running_service(tmp_path, {}, *options) as service:
        page = service.page
        assert service.end() < 10
    assert service.process.returncode == 0
    assert "Traceback" not in service.output
    assert not (tmp_path / "var/sandbox/environment").exists()
    with pytest.raises(httpx.ConnectError):
        httpx.get(page, verify=PLAIN)
