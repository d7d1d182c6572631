"""Wrong use and wrong configuration: exit 2 and one clear line, never a traceback."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from tests.terminal.conftest import Typed

PAGE = Path(__file__).parents[1] / "pages" / "listing.html"


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("chek", "no command 'chek'; did you mean 'check'?"),
        ("zzz", "no command 'zzz'; known are alert, ask, check, doctor"),
        ("--colour", "No such option"),
        ("check", "Missing argument 'NAME'"),
        ("check safety_stok", "no check 'safety_stok'; did you mean 'safety_stock'?"),
        ("check zzz", "no check 'zzz'; known are bad_reviews, "),
        ("check price_gap --jsn", "No such option '--jsn'"),
        ("check price_gap extra", "unexpected extra argument"),
        (
            "check price_gap --store harbourlane",
            "no store 'harbourlane'; did you mean 'harborlane'",
        ),
        ("check price_gap --as-of yesterday", "'yesterday' is no moment; write 2026-11-22T09:00"),
        ("check price_gap --as-of 2026-11-22", "no offset; write 2026-11-22T00:00:00+08:00 or"),
        ("job price_rond", "no job or check switched on 'price_rond'; did you mean 'price_round'?"),
        ("job snoozes --at noon", "'noon' is no moment"),
        ("ask /stok", "no slash command '/stok'; did you mean '/stock'?"),
        ("ask /stock --as x@y.example", "x@y.example is not among `people` in config.yaml"),
        ("import product", "Missing argument 'FILES...'"),
        ("import product none.csv", "none.csv: No such file or directory"),
        ("import product .", "Is a directory"),
        ("import prodct products.csv", "prodct"),
        ("import product products.csv --map none.yaml", "none.yaml can't be read"),
        ("import product products.csv --store x", "no store 'x'; known are harborlane"),
        ("offer none.html", "none.html: cannot be read: No such file or directory"),
        ("offer .", ".: cannot be read: Is a directory"),
        (f"offer {PAGE} --site zzz", "zzz"),
        ("offer http://[bad", "Invalid IPv6 URL"),
        ("outbox --retry 7", "no failed message '7'; see watchkeeper outbox"),
        ("run --sandbox-port 99999", "99999 is not in the range 0<=x<=65535"),
        (
            "--config none.yaml check price_gap",
            "none.yaml: no such file; give another with --config",
        ),
        ("--config . check price_gap", ".: cannot be read"),
    ],
)
def test_wrong_use_gets_one_line(place: Path, typed: Typed, line: str, told: str) -> None:
    (place / "products.csv").write_text("sku\nPS-1\n", encoding="utf-8")
    assert told in typed(*line.split()).problem


def test_nothing_typed_shows_how_to_use_it(typed: Typed) -> None:
    said = typed()
    assert (said.code, said.out) == (2, "")
    assert "Commands:" in said.err


def test_the_program_itself(script: Typed) -> None:
    assert script("chek").problem == "no command 'chek'; did you mean 'check'?"


@pytest.mark.parametrize(
    ("found", "wrong", "told"),
    [
        ("factor: 1.8", "factor: 18", "checks.safety_stock.factor"),
        ("factor: 1.8", "facter: 1.8", "did you mean 'factor'"),
        ('at: ["09:30", "15:30"]', "at: [25:00]", "jobs.price_round.schedule.at"),
        ("timezone: Asia/Shanghai", "timezone: Shanghai", "stores.0.timezone"),
        ("deaf_after: 10m", "deaf_after: ten", "slack.deaf_after"),
    ],
)
def test_a_mistake_in_the_configuration_is_told_with_its_line(
    place: Path, typed: Typed, found: str, wrong: str, told: str
) -> None:
    config = place / "config.yaml"
    lines = config.read_text(encoding="utf-8").splitlines()
    [number] = [n for n, line in enumerate(lines, 1) if found in line]
    config.write_text("\n".join(lines).replace(found, wrong), encoding="utf-8")
    for command in (["check", "price_gap"], ["doctor"], ["import", "stock", "x.csv"]):
        lines_told = typed(*command).err.splitlines()
        assert any(line.startswith(f"watchkeeper: config.yaml:{number}: ") for line in lines_told)
        assert any(told in line for line in lines_told)


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"stores: [", b"- a list", b""])
def test_a_file_that_is_no_configuration(place: Path, typed: Typed, content: bytes) -> None:
    (place / "config.yaml").write_bytes(content)
    assert typed("check", "price_gap").problem.startswith("config.yaml:")


def test_the_configuration_can_be_named_by_the_environment(
    typed: Typed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WATCHKEEPER_CONFIG", "elsewhere.yaml")
    assert typed("check", "price_gap").problem.startswith("elsewhere.yaml: no such file")


@pytest.fixture
def closed_port() -> Iterator[int]:
    """A port that is held and not listened at: connections are refused."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield held.getsockname()[1]


@pytest.fixture
def taken_port() -> Iterator[int]:
    """A port that another program listens at."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        yield other.getsockname()[1]


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://me:hunter2@127.0.0.1:{port}/ledger",
        "postgresql+psycopg2://me:hunter2@127.0.0.1/ledger",
        "sqlite:///.",
        "sqlite:///config.yaml",
        "sqlite:///config.yaml/ledger.db",
        "mysql://me:hunter2@127.0.0.1/ledger",
        "hunter2",
    ],
)
@pytest.mark.parametrize("command", [("check", "price_gap"), ("outbox",), ("ask", "/stock")])
def test_a_database_that_is_not_to_be_had(
    typed: Typed, monkeypatch: pytest.MonkeyPatch, closed_port: int, url: str, command: list[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", url.format(port=closed_port))
    problem = typed(*command).problem
    assert "database.url" in problem
    assert "hunter2@" not in problem


def test_doctor_says_what_is_wrong_with_the_database(
    typed: Typed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "sqlite:///config.yaml")
    said = typed("doctor")
    assert said.code == 1
    assert said.out.splitlines()[-1].startswith("AMISS database: ")


def test_a_ledger_of_a_newer_version_is_left_alone(ledger: Path, typed: Typed) -> None:
    import sqlite3  # noqa: PLC0415

    with sqlite3.connect(ledger) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    assert "9999" in typed("check", "price_gap").problem


def test_a_ledger_that_fails_in_the_middle(ledger: Path, typed: Typed) -> None:
    import sqlite3  # noqa: PLC0415

    with sqlite3.connect(ledger) as connection:
        connection.execute("DROP TABLE review")
    connection.close()
    assert "no such table: review" in typed("check", "bad_reviews").problem


def test_run_without_its_web_port(
    place: Path, script: Typed, monkeypatch: pytest.MonkeyPatch, taken_port: int
) -> None:
    config = place / "config.yaml"
    text = config.read_text(encoding="utf-8").replace("port: 8020", f"port: {taken_port}")
    config.write_text(text, encoding="utf-8")
    for name in ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"):
        monkeypatch.setenv(name, "xoxb-none")
    monkeypatch.setenv("SLACK_API_URL", "http://127.0.0.1:9/api/")
    said = script("run")
    problem = said.err.splitlines()[-1]  # below the log
    assert said.code == 2
    assert f"127.0.0.1:{taken_port} cannot be used: Address already in use" in problem
    assert "Traceback" not in said.err
    assert "xoxb-none" not in said.err


WORDS = ["check", "job", "ask", "import", "offer", "outbox", "manifest", "schema", "doctor"]
WORDS += [
    "safety_stock",
    "price_gap",
    "snoozes",
    "product",
    "/stock",
    "/watch",
    "low",
    "config.yaml",
]
WORDS += [
    "--json",
    "--as-of",
    "--at",
    "--dry-run",
    "--retry",
    "--failed",
    "--as",
    "--store",
    "--map",
]
WORDS += ["--site", "--url", "--config", "--help", "-h", "--version", "--", "-", ".", "2026-01-01"]
JUNK = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=12)


@given(arguments=st.lists(st.sampled_from(WORDS) | JUNK, min_size=1, max_size=5))
@hypothesis_settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_no_arguments_whatever_end_in_a_traceback(typed: Typed, arguments: list[str]) -> None:
    if arguments[0] == "run":
        return
    said = typed(*arguments)
    assert said.code in {0, 1, 2}
    assert "Traceback" not in said.out + said.err
