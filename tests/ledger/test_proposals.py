"""Pairs: which pages are loose, what is proposed, what a person's word does to it."""

from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from core.configuration import load
from core.ledger.database import Database
from core.ledger.pages import article_of, known_by_name
from core.ledger.pairing import confirm_pair, reject_pair
from core.ledger.proposals import (
    Matching,
    find_waiting,
    match_pages,
    name_of,
    propose,
    put_off,
    waiting,
)
from core.ledger.records import CompetitorPage
from core.settings import Settings, Store
from jobs.registry import configuration
from scrapers.importing import import_file
from tests.conftest import CONFIG
from tests.support.intake import NOW, take

DAY = timedelta(days=1)
SOFIA = "sofia.reyes@harborlane.example"
V = "VoltTrail"
P1000, P2000, P3600, HOSE = (f"https://v.example/{name}" for name in (1000, 2000, 3600, "hose"))
PRODUCTS = (
    {"sku": "PS-1000", "name": "Portable Power Station 1000 W", "fob_usd": "455"},
    {"sku": "PS-2000", "name": "Portable Power Station 2000 W", "fob_usd": "865"},
    {"sku": "PS-3600", "name": "Portable Power Station 3600 W", "status": "ended"},
)
"""What we sell, and one that we sell no more."""


@pytest.fixture
def ledger(database: Database) -> Database:
    """A page that discovery found, two that only an offer names, one of something else."""
    take(database, "product", *PRODUCTS)
    page = {"competitor": V, "url": P1000, "title": "TrailCell 1000 Portable Power Station"}
    take(database, "competitor_page", page)
    offers = {P2000: "TrailCell 2000 Portable Power Station", HOSE: "Garden hose",
              P3600: "TrailCell 3600 Portable Power Station"}  # fmt: skip
    take(
        database,
        "competitor_offer",
        *(
            {"competitor": V, "url": url, "title": title, "price": "800", "currency": "USD",
             "observed_at": NOW - DAY}
            for url, title in offers.items()
        ),
    )  # fmt: skip
    return database


def matched(ledger: Database, settings: Settings, competitor: str | None = None) -> Matching:
    with ledger.read() as session:
        return match_pages(session, settings, settings.stores[0], NOW, competitor)


def proposed(ledger: Database, settings: Settings) -> int:
    found = matched(ledger, settings).sure
    with ledger.write() as session:
        return propose(session, "harborlane", found, NOW)


def pages(ledger: Database) -> dict[str, tuple[str | None, str | None]]:
    with ledger.read() as session:
        known = known_by_name(session, "harborlane")
    return {url: (page.sku, page.status) for (_, url), page in known.items()}


def decide(ledger: Database, url: str, sku: str | None) -> None:
    """Say that a page is of an article, or of none."""
    with ledger.write() as session:
        if sku:
            confirm_pair(session, "harborlane", V, url, sku, SOFIA, NOW)
        else:
            reject_pair(session, "harborlane", V, url, SOFIA, NOW)


def test_each_loose_page_gets_its_best_article(ledger: Database, settings: Settings) -> None:
    found = matched(ledger, settings)
    assert len(found.pages) == 4
    assert {(match.page.url, match.sku) for match in found.sure} == {
        (P1000, "PS-1000"),
        (P2000, "PS-2000"),  # PS-3600 is sold no more, and nothing fits a hose
    }


def test_matching_stores_nothing_and_a_competitor_can_be_named(
    ledger: Database, settings: Settings
) -> None:
    assert not matched(ledger, settings, "Sunhaul").pages
    assert pages(ledger) == {P1000: (None, None)}


def test_what_is_proposed_waits_and_is_compared_with_nothing(
    ledger: Database, settings: Settings
) -> None:
    assert proposed(ledger, settings) == 2
    assert pages(ledger) == {P1000: ("PS-1000", "proposed"), P2000: ("PS-2000", "proposed")}
    with ledger.read() as session:
        best, second = waiting(session, "harborlane")
    assert (best.score or 0) >= (second.score or 0) >= Decimal("0.6")
    assert article_of(best) is None


def test_proposing_again_is_no_news(ledger: Database, settings: Settings) -> None:
    assert [proposed(ledger, settings) for _ in range(3)] == [2, 0, 0]


def test_a_confirmed_page_is_loose_no_more(ledger: Database, settings: Settings) -> None:
    proposed(ledger, settings)
    decide(ledger, P1000, "PS-1000")
    assert P1000 not in {match.page.url for match in matched(ledger, settings).found}
    assert pages(ledger)[P1000] == ("PS-1000", "confirmed")


def test_a_rejected_pair_is_not_proposed_again_and_another_may_be(
    ledger: Database, settings: Settings
) -> None:
    proposed(ledger, settings)
    decide(ledger, P1000, None)
    assert proposed(ledger, settings) == 0
    assert pages(ledger)[P1000] == ("PS-1000", "rejected")
    take(ledger, "product", {"sku": "PS-1000B", "name": "Portable Power Station 1000 W"})
    assert proposed(ledger, settings) == 1
    assert pages(ledger)[P1000] == ("PS-1000B", "proposed")
    decide(ledger, P1000, None)
    assert proposed(ledger, settings) == 0  # the first no was not forgotten


def test_a_word_said_meanwhile_stays(ledger: Database, settings: Settings) -> None:
    found = matched(ledger, settings).sure
    decide(ledger, P1000, "PS-2000")
    with ledger.write() as session:
        propose(session, "harborlane", found, NOW)
    assert pages(ledger)[P1000] == ("PS-2000", "confirmed")


def test_who_leaves_a_pair_for_later_sees_the_others_first(
    ledger: Database, settings: Settings
) -> None:
    proposed(ledger, settings)
    with ledger.write() as session:
        best, second = waiting(session, "harborlane")
        put_off(best, SOFIA, NOW)
    with ledger.read() as session:
        assert [page.url for page in waiting(session, "harborlane")] == [second.url, best.url]


def test_a_button_finds_its_pair_while_it_waits(ledger: Database, settings: Settings) -> None:
    proposed(ledger, settings)
    with ledger.write() as session:
        page = waiting(session, "harborlane")[0]
        found = find_waiting(session, "harborlane", name_of(page))
        assert found is page
        other = CompetitorPage(**page.model_dump() | {"sku": "PS-9"})
        assert find_waiting(session, "harborlane", name_of(other)) is None


def test_a_file_confirms_pairs(
    ledger: Database, settings: Settings, store: Store, tmp_path: Path
) -> None:
    file = tmp_path / "pairs.csv"
    file.write_text(f"competitor,url,our sku\n{V},{P1000},PS-2000\n", encoding="utf-8")
    assert import_file(ledger, store, "competitor_page", file, now=NOW).taken.stored == 1
    assert P1000 not in {page.url for page in matched(ledger, settings).pages}
    with ledger.read() as session:
        assert article_of(known_by_name(session, "harborlane")[V, P1000]) == "PS-2000"


def test_a_pair_of_the_configuration_is_not_asked_about(ledger: Database) -> None:
    named = {"competitors.VoltTrail": {"products": {"PS-1000": P1000}}}
    settings = load(CONFIG, configuration(), named)
    assert P1000 not in {page.url for page in matched(ledger, settings).pages}


def test_a_bar_code_on_the_page_decides(ledger: Database, settings: Settings) -> None:
    take(ledger, "product", {"sku": "PS-2000", "gtin": "4006381333931"})
    take(ledger, "competitor_page", {"competitor": V, "url": P1000, "gtin": "4006381333931"})
    [match] = [each for each in matched(ledger, settings).sure if each.page.url == P1000]
    assert (match.sku, match.likeness.score) == ("PS-2000", 1)


def test_a_proposed_page_that_only_an_offer_names_has_that_offers_title(
    ledger: Database, settings: Settings
) -> None:
    proposed(ledger, settings)
    with ledger.read() as session:
        titles = {page.url: page.title for page in waiting(session, "harborlane")}
    assert titles[P2000] == "TrailCell 2000 Portable Power Station"
