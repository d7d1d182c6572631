"""`watchkeeper doctor`, `manifest`, `schema`: what one needs to connect a workspace."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.slack.command import commands
from bot.slack.manifest import manifest
from tests.conftest import CONFIG
from tests.support.fonts import without_chinese
from tests.support.sandbox_process import RunningSandbox, running_sandbox
from tests.terminal.conftest import Typed


def test_the_schema_of_the_configuration(typed: Typed) -> None:
    schema = json.loads(typed("schema").out)
    assert {"stores", "people", "checks", "jobs"} <= set(schema["properties"])


def test_the_manifest_names_every_command(typed: Typed) -> None:
    features = json.loads(typed("manifest").out)["features"]
    assert [each["command"] for each in features["slash_commands"]] == list(commands())


def test_the_manifest_for_http_has_the_address(typed: Typed) -> None:
    url = "https://watch.harborlane.example/slack/events"
    assert url in typed("manifest", "--request-url", url).out
    assert url not in typed("manifest").out


def test_doctor_says_what_to_do_about_each_thing(typed: Typed) -> None:
    said = typed("doctor")
    assert (said.code, said.err) == (1, "")
    configuration, database, slack, mail, whatsapp, heartbeat, charts = said.out.splitlines()
    assert re.match(r"ok    configuration: \d+ checks and jobs on \(bad_reviews, ", configuration)
    assert database == "ok    database: sqlite:///ledger.db"
    assert slack.startswith("AMISS slack: no credentials; set SLACK_BOT_TOKEN")
    assert mail.startswith("AMISS mail: 127.0.0.1:9: ")
    assert whatsapp == "ok    whatsapp: not used"
    assert heartbeat == "ok    heartbeat: no monitor outside: HEARTBEAT_URL is not set"
    assert charts.startswith(("ok    charts: can be drawn", "AMISS charts: "))  # of fonts here


def test_doctor_says_that_charts_have_no_chinese_font(
    typed: Typed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_chinese(tmp_path, monkeypatch)
    *_, charts = typed("doctor").out.splitlines()
    assert charts.startswith("AMISS charts: the chart could not be drawn: no font with Chinese")
    assert "until then their words are English" in charts


def test_doctor_looks_for_whatsapps_token_and_shows_no_secret(
    typed: Typed, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HEARTBEAT_URL", "https://monitor.example/d2f4c0")
    config = place / "config.yaml"
    whatsapp = 'whatsapp: {phone_number_id: "15550001111", version: v23.0, template: t, '
    text = config.read_text(encoding="utf-8") + whatsapp + "languages: {en: en, zh_CN: zh_CN}}\n"
    config.write_text(text, encoding="utf-8")
    *_, whatsapp, heartbeat, _ = typed("doctor").out.splitlines()
    assert whatsapp.startswith("AMISS whatsapp: no credentials; set WHATSAPP_TOKEN")
    assert heartbeat == "ok    heartbeat: a monitor is told"
    monkeypatch.setenv("WHATSAPP_TOKEN", "EAAG-secret")
    said = typed("doctor").out
    assert "ok    whatsapp: number 15550001111" in said
    assert "EAAG" not in said


@pytest.fixture(scope="module")
def sandbox() -> Iterator[RunningSandbox]:
    with running_sandbox(message_rate=0) as running:
        yield running


@pytest.fixture
def connected(
    sandbox: RunningSandbox, place: Path, monkeypatch: pytest.MonkeyPatch
) -> RunningSandbox:
    """Credentials of a workspace, and its mail server, in the configuration."""
    sandbox.reset()
    sandbox.post("/sandbox/manifest", manifest(None))
    ready = sandbox.ready
    for name in ("bot_token", "app_token"):
        monkeypatch.setenv(f"SLACK_{name.upper()}", ready[name])
    monkeypatch.setenv("SLACK_API_URL", ready["slack_api_url"])
    config = place / "config.yaml"
    text = config.read_text(encoding="utf-8").replace("security: starttls", "security: none")
    config.write_text(text.replace("port: 9\n", f"port: {ready['smtp_port']}\n"), encoding="utf-8")
    return sandbox


@pytest.mark.usefixtures("connected")
def test_doctor_finds_all_well(typed: Typed) -> None:
    said = typed("doctor")
    assert said.code == 0, said.out
    assert all(line.startswith("ok    ") for line in said.out.splitlines())
    assert "ok    channel #stock: there" in said.out
    assert "ok    people: all 14 in Slack" in said.out


@pytest.mark.usefixtures("connected")
def test_doctor_tells_channels_and_people_that_slack_does_not_know(
    typed: Typed, place: Path
) -> None:
    config = place / "config.yaml"
    text = config.read_text(encoding="utf-8").replace("channel: stock", "channel: stocks")
    text = text.replace("sun.hao@", "sun.hau@")
    text = text.replace("answers\n    role: store", "answers\n    channel: large\n    role: store")
    config.write_text(text, encoding="utf-8")
    said = typed("doctor")
    assert said.code == 1
    assert "AMISS channel #stocks: no such channel" in said.out
    assert "AMISS channel #large: no such channel" in said.out
    assert "AMISS people: not in Slack: sun.hau@harborlane.example; " in said.out


@pytest.mark.usefixtures("connected")
def test_doctor_tells_a_token_that_slack_refuses(
    typed: Typed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-wrong")
    said = typed("doctor")
    assert said.code == 1
    assert "AMISS slack: invalid_auth; reinstall the app" in said.out
    assert "xoxb-wrong" not in said.out + said.err


@pytest.mark.usefixtures("connected")
def test_doctor_tells_a_slack_that_does_not_answer(
    typed: Typed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SLACK_API_URL", "http://127.0.0.1:9/api/")
    said = typed("doctor")
    assert (said.code, said.err) == (1, "")
    assert "AMISS slack: no answer: " in said.out


def test_secrets_may_stand_in_a_file_beside_the_configuration(
    sandbox: RunningSandbox, place: Path, typed: Typed
) -> None:
    ready = sandbox.ready
    lines = [f"SLACK_{name.upper()}={ready[name]}" for name in ("bot_token", "app_token")]
    lines.append(f"SLACK_API_URL={ready['slack_api_url']}")
    (place / ".env").write_text("\n".join(lines), encoding="utf-8")
    assert "ok    slack: " in typed("doctor").out


def test_the_shipped_configuration_is_one_that_doctor_accepts(typed: Typed) -> None:
    said = typed("--config", str(CONFIG), "schema")
    assert said.code == 0
