"""Credentials come from the environment and show nowhere."""

from pathlib import Path

import pytest

from core.secrets import environment, secrets

TOKENS = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1", "SMTP_PASSWORD": "geheim"}


def test_credentials_never_show_when_printed() -> None:
    found = secrets(TOKENS)
    assert (found.slack_bot_token, found.smtp_password) == ("xoxb-1", "geheim")
    assert not any(value in f"{found!r} {found}" for value in TOKENS.values())


@pytest.mark.parametrize(
    ("names", "enough"),
    [
        (["SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"], True),
        (["SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET"], True),
        (["SLACK_BOT_TOKEN"], False),
        (["SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET"], False),
        ([], False),
    ],
)
def test_a_workspace_needs_a_bot_token_and_a_way_in(names: list[str], enough: bool) -> None:
    assert secrets(dict.fromkeys(names, "x")).has_slack is enough


def test_an_empty_variable_is_no_credential() -> None:
    assert secrets({"SLACK_BOT_TOKEN": ""}).slack_bot_token is None


def test_the_environment_wins_over_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".env").write_text("WK_A=file\nWK_B='from file'\nWK_C=\n# WK_D=x\n")
    monkeypatch.setenv("WK_A", "environment")
    found = environment(tmp_path)
    assert (found["WK_A"], found["WK_B"]) == ("environment", "from file")
    assert not {"WK_C", "WK_D"} & found.keys()


def test_no_file_is_no_mistake(tmp_path: Path) -> None:
    assert "WK_A" not in environment(tmp_path)
