"""`watchkeeper match`: pairs on the screen, for scripts, and before a person."""

import json
from contextlib import closing
from pathlib import Path

import pytest
from sqlmodel import select

from core.ledger.database import Database
from core.ledger.records import CompetitorPage
from core.ledger.tables import Post
from core.settings import Store
from scrapers.importing import import_file
from tests.terminal.conftest import NOW, Typed

PAGES = (
    "competitor,url,title\n"
    "VoltTrail,https://v.example/1000,TrailCell 1000 Power Station\n"
    "VoltTrail,https://v.example/hose,Garden hose\n"
    "Sunhaul,https://s.example/1,Sun 1000 W power station\n"
)


@pytest.fixture
def ledger(ledger: Path, store: Store) -> Path:
    """The filled ledger, with three pages that nobody has paired."""
    database = Database(f"sqlite:///{ledger}")
    file = ledger.with_name("pages.csv")
    file.write_text(PAGES, encoding="utf-8")
    assert import_file(database, store, "competitor_page", file, now=NOW).taken.stored == 3
    database.close()
    return ledger


def rows(ledger: Path) -> tuple[list[CompetitorPage], list[Post]]:
    """The proposed pages, and the messages that are owed for them."""
    with closing(Database(f"sqlite:///{ledger}")) as database, database.read() as session:
        pages = session.exec(select(CompetitorPage).where(CompetitorPage.status == "proposed"))
        posts = session.exec(select(Post).where(Post.template == "pairs_wait"))
        return [*pages], [*posts]


def test_the_pairs_are_shown_with_score_and_reason(typed: Typed, ledger: Path) -> None:
    said = typed("match")
    assert said.code == 0
    head, *lines = said.out.splitlines()
    assert head.split() == ["SCORE", "COMPETITOR", "SKU", "PAGE", "WHY"]
    assert {tuple(line.split()[1:3]) for line in lines} == {
        ("VoltTrail", "PS-1000"),
        ("Sunhaul", "PS-1000"),
    }
    assert all("1,000 on both" in line for line in lines)
    assert said.err == (
        "watchkeeper: pages without an article: 3; fit one: 2, fit several alike: 0, fit none: 1\n"
    )
    assert rows(ledger) == ([], [])


def test_scripts_read_them(typed: Typed, ledger: Path) -> None:
    [pair] = json.loads(typed("match", "--json", "--competitor", "Sunhaul").out)
    assert (pair["url"], pair["sku"], pair["rival"]) == ("https://s.example/1", "PS-1000", None)
    assert 0.6 <= float(pair["score"]) <= 1
    assert len(pair["why"]) == 2


def test_a_higher_bar_lets_fewer_through(typed: Typed, ledger: Path) -> None:
    assert json.loads(typed("match", "--json", "--least", "1").out) == []
    assert typed("match", "--least", "2").code == 2


def test_proposing_owes_one_message_to_who_is_on_duty(typed: Typed, ledger: Path) -> None:
    assert typed("match", "--propose").err.endswith("new before a person: 2 (/price pairs)\n")
    typed("match", "--propose")
    pages, posts = rows(ledger)
    assert {(page.sku, page.competitor) for page in pages} == {
        ("PS-1000", "VoltTrail"),
        ("PS-1000", "Sunhaul"),
    }
    [post] = posts
    assert (post.recipient, post.facts["count"]) == ("prices", 2)
    [person] = post.facts["people"]
    assert person == "sofia.reyes@harborlane.example"  # the first of operations in config.yaml
