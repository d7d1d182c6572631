"""The best article of each of many pages."""

import pytest

from core.ledger.proposals import weighing
from core.rules.likeness import Item, Weighing
from core.rules.matching import Match, matches
from core.settings import Settings

OURS = {
    "PS-1000": Item(("Portable Power Station 1000 W",)),
    "PS-1000-EU": Item(("Portable Power Station 1000 W, EU plug",)),
    "PS-2000": Item(("Portable Power Station 2000 W",)),
    "CB-CAR": Item(("Car Charging Cable", "车充线"), gtin="4006381333931"),
}


@pytest.fixture(scope="module")
def rule(settings: Settings) -> Weighing:
    """The numbers of the shipped configuration."""
    return weighing(settings.pairs)


def found(rule: Weighing, title: str, **more: object) -> Match[int] | None:
    gtin = str(more.pop("gtin", ""))
    pages = {1: Item((title,) if title else (), gtin=gtin)}
    options = {"least": 0.6, "lead": 0.1, "never": {}} | more
    return next(matches(OURS, pages, rule, **options), None)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("title", "sku"),
    [
        ("TrailCell 1000 Portable Power Station", "PS-1000"),
        ("TrailCell 1000 Portable Power Station EU plug", "PS-1000-EU"),
        ("Portable power station 2kW", "PS-2000"),
        ("汽车车充线", "CB-CAR"),
    ],
)
def test_each_page_gets_its_article(rule: Weighing, title: str, sku: str) -> None:
    match = found(rule, title)
    assert match
    assert (match.sku, match.rival) == (sku, None)


def test_a_bar_code_finds_what_no_word_would(rule: Weighing) -> None:
    match = found(rule, "", gtin="4006381333931")
    assert match
    assert (match.sku, match.likeness.score, match.rival) == ("CB-CAR", 1, None)


def test_a_page_that_two_articles_fit_alike_has_a_rival(rule: Weighing) -> None:
    match = found(rule, "Portable Power Station")
    assert match
    assert {match.sku, match.rival} == {"PS-1000", "PS-2000"}


@pytest.mark.parametrize("title", ["Garden hose", "", "TrailCell 3600 Portable Power Station"])
def test_what_fits_nothing_is_not_found(rule: Weighing, title: str) -> None:
    assert found(rule, title) is None


def test_an_article_that_a_person_ruled_out_is_not_found_again(rule: Weighing) -> None:
    title = "TrailCell 1000 Portable Power Station"
    match = found(rule, title, never={1: ["PS-1000"]})
    assert match
    assert match.sku == "PS-1000-EU"


def test_without_articles_nothing_is_found(rule: Weighing) -> None:
    pages = {1: Item(("Station",))}
    assert [*matches({}, pages, rule, least=0, lead=0, never={})] == []


def test_hundreds_of_like_articles_do_not_hide_the_right_one(rule: Weighing) -> None:
    kinds = ("Power Station", "Air Conditioner", "Cooler Box")
    ours = {
        f"{kind[0]}-{watts}-{plug}": Item((f"Portable {kind} {watts} W, {plug} plug",))
        for kind in kinds
        for watts in range(100, 5_100, 100)
        for plug in ("EU", "UK", "US")
    }
    pages = {
        sku: Item((f"Best seller 2026! {item.names[0]} factory price free shipping",))
        for sku, item in ours.items()
    }
    pairs = [*matches(ours, pages, rule, least=0.6, lead=0.1, never={})]
    assert len(pairs) == len(ours) == 450
    assert all(pair.page == pair.sku and pair.rival is None for pair in pairs)
