"""The command line as a person uses it: in a folder, with an environment and a ledger."""

import io
import shutil
import subprocess
import sys
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.cli import main
from core.ledger.database import Database
from core.ledger.migrate import migrate
from core.settings import Store
from scrapers.importing import import_file
from tests.conftest import CONFIG

SCRIPT = Path(sys.executable).with_name("watchkeeper")
NOW = datetime.now(UTC).replace(microsecond=0)
TODAY = NOW.astimezone(ZoneInfo("Asia/Shanghai")).date()
DAY, HOUR = timedelta(days=1), timedelta(hours=1)

RECORDS = {
    "product": "sku,name,name_zh,category,fob_usd,purchase_lead_days,transport_lead_days\n"
    "PS-1000,Power station 1000,储能电源 1000,power_station,105,20,35\n",
    # 552 in 30 days: 18.4 a day, safety stock 18.4 × 55 × 1.8 = 1,821.6 → 1,822
    "sales": "sku,day,channel,units\n"
    f"PS-1000,{TODAY - 30 * DAY},alibaba,200\n"
    f"PS-1000,{TODAY - 11 * DAY},alibaba,76\n"
    f"PS-1000,{TODAY - DAY},shopify,276\n",
    "stock": "sku,location,observed_at,on_hand\n"
    f"PS-1000,LA,{(NOW - 10 * DAY).isoformat()},5000\n"
    f"PS-1000,LA,{(NOW - HOUR).isoformat()},640\n",
    "review": "channel,review_id,stars,posted_at,text\n"
    f"amazon,R1,2,{(NOW - 3 * HOUR).isoformat()},<!channel> 太吵了\n",
    "competitor_offer": "competitor,url,observed_at,sku,price,currency\n"
    f"VoltTrail,http://127.0.0.1:9/p,{(NOW - HOUR).isoformat()},PS-1000,100,USD\n",
}


@dataclass(frozen=True)
class Said:
    """What a command said, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def problem(self) -> str:
        """The one line that says what was used wrongly."""
        assert self.code == 2, self
        assert self.out == ""
        [line] = self.err.splitlines()
        assert line.startswith("watchkeeper: ")
        return line.removeprefix("watchkeeper: ")


Typed = Callable[..., Said]


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to work in, with the shipped configuration; no mail server answers."""
    text = CONFIG.read_text(encoding="utf-8").replace("smtp.harborlane.example", "127.0.0.1")
    (tmp_path / "config.yaml").write_text(text.replace("port: 587", "port: 9"), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    for name in ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET", "SLACK_API_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.delenv("WATCHKEEPER_CONFIG", raising=False)
    monkeypatch.setenv("DATABASE_URL", "sqlite:///ledger.db")
    return tmp_path


@pytest.fixture
def typed(place: Path, monkeypatch: pytest.MonkeyPatch) -> Typed:
    """Type `watchkeeper …`, in this process."""

    def typed(*arguments: str) -> Said:
        monkeypatch.setattr(sys, "argv", ["watchkeeper", *arguments])
        out, err = io.StringIO(), io.StringIO()
        with redirect_stdout(out), redirect_stderr(err), pytest.raises(SystemExit) as ended:
            main()
        code = ended.value.code
        assert isinstance(code, int)
        return Said(code, out.getvalue(), err.getvalue())

    return typed


@pytest.fixture
def script(place: Path) -> Typed:
    """Type `watchkeeper …`, the real program."""

    def script(*arguments: str) -> Said:
        ended = subprocess.run(
            [SCRIPT, *arguments], capture_output=True, text=True, check=False, timeout=60
        )
        return Said(ended.returncode, ended.stdout, ended.stderr)

    return script


@pytest.fixture(scope="session")
def full_ledger(tmp_path_factory: pytest.TempPathFactory, store: Store) -> Path:
    """A ledger that was filled from files, as people do it."""
    folder = tmp_path_factory.mktemp("full")
    database = Database(f"sqlite:///{folder}/ledger.db")
    migrate(database)
    for kind, text in RECORDS.items():
        file = folder / f"{kind}.csv"
        file.write_text(text, encoding="utf-8")
        assert not import_file(database, store, kind, file, now=NOW - HOUR).taken.rejected
    database.close()
    return folder / "ledger.db"


@pytest.fixture
def ledger(full_ledger: Path, place: Path) -> Path:
    """The filled ledger, this test's own copy."""
    return Path(shutil.copyfile(full_ledger, place / "ledger.db"))
