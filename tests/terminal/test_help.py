"""`watchkeeper --help`: quick, complete, and the same names everywhere."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bot import cli
from bot.slack.command import commands
from core.texts import TEMPLATES
from jobs.registry import checks, jobs
from tests.conftest import CONFIG
from tests.terminal.conftest import Typed

README = CONFIG.with_name("README.md")
NAMES = cli.Commands().list_commands(cli.watchkeeper.make_context("watchkeeper", ["schema"]))
HEAVY = {"sqlalchemy", "sqlmodel", "pydantic", "slack_sdk", "slack_bolt", "alembic", "pandas"}
HEAVY |= {"aiohttp", "httpx", "jinja2", "babel", "apscheduler"}

WHAT_IS_LOADED = """
import sys
from bot.cli import main
try:
    main()
except SystemExit:
    sys.stderr.write(" ".join(sys.modules))
"""


def test_help_lists_every_command_with_what_it_does(script: Typed) -> None:
    said = script("--help")
    assert (said.code, said.err) == (0, "")
    listed = [line.split() for line in said.out.splitlines()]
    for name in NAMES:
        assert any(words[0] == name and len(words) > 2 for words in listed if words), name


def test_help_loads_nothing_heavy() -> None:
    ended = subprocess.run(
        [sys.executable, "-c", WHAT_IS_LOADED, "--help"],
        capture_output=True,
        text=True,
        check=True,
        cwd=CONFIG.parent,
    )
    assert not HEAVY & set(ended.stderr.split())


def test_a_ledger_that_is_up_to_date_is_opened_without_alembic(
    sqlite_template: Path, tmp_path: Path
) -> None:
    ledger = shutil.copy(sqlite_template, tmp_path / "ledger.db")
    ended = subprocess.run(
        [sys.executable, "-c", WHAT_IS_LOADED, "outbox"],
        capture_output=True,
        text=True,
        check=True,
        cwd=CONFIG.parent,
        env={**os.environ, "DATABASE_URL": f"sqlite:///{ledger}"},
    )
    loaded = set(ended.stderr.split())
    assert "core.ledger.migrate" in loaded
    assert "alembic" not in loaded  # a twentieth of the service's memory


@pytest.mark.parametrize("name", NAMES)
def test_every_command_explains_itself(typed: Typed, name: str) -> None:
    said = typed(name, "--help")
    assert (said.code, said.err) == (0, "")
    assert said.out.startswith(f"Usage: watchkeeper {name}")


def test_the_version(typed: Typed) -> None:
    said = typed("--version")
    assert said.code == 0
    assert "version 0." in said.out


@pytest.mark.parametrize("name", NAMES)
def test_every_terminal_command_stands_in_the_readme(name: str) -> None:
    assert f"`watchkeeper {name}" in README.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", commands())
def test_every_slash_command_stands_in_the_readme_and_has_its_template(name: str) -> None:
    assert f"`{name}" in README.read_text(encoding="utf-8")
    assert (TEMPLATES / f"commands/{name.removeprefix('/')}.j2").exists()


@pytest.mark.parametrize("name", checks())
def test_every_check_has_a_template_a_stanza_and_a_line_in_the_readme(name: str) -> None:
    assert (TEMPLATES / f"alerts/{name}.j2").exists()
    assert f"\n  {name}:" in CONFIG.read_text(encoding="utf-8")
    assert f"`{name}`" in README.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", jobs())
def test_every_job_has_a_stanza_and_a_line_in_the_readme(name: str) -> None:
    assert f"\n  {name}:" in CONFIG.read_text(encoding="utf-8")
    assert f"`{name}`" in README.read_text(encoding="utf-8")
