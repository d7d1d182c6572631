"""watchkeeper pool: the report in the terminal, for scripts, and as a picture."""

import json
import re
from pathlib import Path

import pytest

from core.ledger.database import Database
from core.settings import Store
from scrapers.importing import import_file
from tests.terminal.conftest import DAY, NOW, TODAY, Typed

HEADERS = "竞品,日期,访客数,订单数,买家数,复购买家\n"  # as an export has them


@pytest.fixture
def pool(ledger: Path, store: Store) -> Path:
    """Five stores of which an export tells, and the demo of one page of another."""
    rows = [f"店铺 {n},{TODAY - DAY},{1000 * n},{20 * n},{16 * n},{4 * n}" for n in range(1, 6)]
    export = ledger.with_name("competitor_figures.csv")
    export.write_text(HEADERS + "\n".join(rows), encoding="utf-8")
    database = Database(f"sqlite:///{ledger}")
    taken = import_file(database, store, "competitor_figures", export, now=NOW).taken
    database.close()
    assert (taken.stored, taken.rejected) == (5, 0)
    return ledger


def test_it_says_how_the_store_stands(pool: Path, typed: Typed) -> None:
    said = typed("pool")
    assert (said.code, said.err) == (0, "")
    assert said.out.startswith("Competitor pool: 5 stores, 30 days\n")
    assert "traffic: ours is not known" in said.out
    # 5,000 of 1,000 … 5,000: 2,000 above the mean; √(10,000,000 ÷ 5) = 1,414; 1.4 σ
    assert "店铺 5: 5,000 (+1.4) · 2.00 % (0.0) · 25.00 % (0.0)" in said.out
    assert "No figures of: VoltTrail" in said.out


def test_scripts_get_the_same(pool: Path, typed: Typed) -> None:
    told = json.loads(typed("pool", "--json").out)
    assert told["count"] == 5
    assert told["stores"][1]["name"] == "店铺 5"
    assert told["stores"][1]["figures"]["traffic"] == {"value": "5000.0000", "origin": "figures"}


def test_it_draws_the_radar(pool: Path, typed: Typed) -> None:
    assert typed("pool", "--png", "radar.png").code == 0
    assert (pool.with_name("radar.png")).read_bytes().startswith(b"\x89PNG")


def test_a_moment_in_the_past_knows_what_was_known_then(pool: Path, typed: Typed) -> None:
    said = typed("pool", "--as-of", (NOW - 20 * DAY).isoformat())
    assert said.code == 1
    assert "nothing is known of other stores yet" in said.out


def test_a_file_that_cannot_be_written_is_named(pool: Path, typed: Typed) -> None:
    assert "none/r.png: cannot be written: No such file" in typed("pool", "--png", "none/r.png").err


def test_a_report_that_is_switched_off_says_so(pool: Path, typed: Typed) -> None:
    config = pool.with_name("config.yaml")
    text = config.read_text(encoding="utf-8")
    without = re.sub(r"\n  competitor_pool:.*?\n(?=\n|\S)", "\n", text, flags=re.DOTALL)
    config.write_text(without, encoding="utf-8")
    assert "switched off: jobs.competitor_pool has no stanza" in typed("pool").problem
