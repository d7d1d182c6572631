"""`/price`: ours beside theirs, as people read it."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any, cast

import pytest
from sqlmodel import select

from bot.slack.command import Asked, answer, commands
from core.engine import Engine
from core.ledger.database import Database
from core.ledger.records import CompetitorOffer, Intake
from core.ledger.tables import PriceDecision
from core.markup import to_plain, to_slack
from core.settings import Settings
from tests.support.intake import NOW, stored, take
from tests.support.post_office import with_changes

EMMA, LIN, SOFIA = (
    f"{name}@harborlane.example" for name in ("emma.clarke", "lin.yue", "sofia.reyes")
)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
PAGE = "https://volttrail.example/p"

Ask = Callable[..., str]


@pytest.fixture
def ledger(sqlite_database: Database) -> Database:
    """PS-1000 at 9.90 from 100 and 9.50 from 500; VoltTrail asks 9.90, then 9.30."""
    product = {"sku": "PS-1000", "name": "Power station", "name_zh": "储能电源", "moq": 100,
               "category": "power_station", "fob_usd": "12", "unit_cost_usd": "7.70"}  # fmt: skip
    ours = {"sku": "PS-1000", "currency": "USD", "decided_by": SOFIA}
    theirs = {"competitor": "VoltTrail", "url": PAGE, "currency": "USD", "sku": "PS-1000",
              "title": "TrailCell <!channel>", "min_quantity": 100}  # fmt: skip
    take(sqlite_database, "product", product, {"sku": "AC-20", "name": "Cooler"})
    take(
        sqlite_database,
        "price_list",
        ours | {"min_quantity": 100, "price": "10.40", "valid_from": NOW - 9 * DAY},
        ours | {"min_quantity": 100, "price": "9.90", "valid_from": NOW - 2 * DAY},
        ours | {"min_quantity": 500, "price": "9.50", "valid_from": NOW - 9 * DAY},
    )
    take(
        sqlite_database,
        "competitor_offer",
        theirs | {"price": "9.90", "observed_at": NOW - 5 * DAY},
        theirs | {"price": "9.30", "observed_at": NOW - DAY},
        theirs | {"price": "9.30", "observed_at": NOW - HOUR, "availability": "in_stock"},
    )
    return sqlite_database


@pytest.fixture
def price(ledger: Database, settings: Settings) -> Ask:
    """What a person reads after typing `/price TEXT`."""

    def price(text: str = "", who: str = EMMA, settings: Settings = settings) -> str:
        person = settings.person(who)
        assert person
        asked = Asked(
            person=person,
            arguments={},
            database=ledger,
            settings=settings,
            store=settings.stores[0],
            engine=cast(Engine, SimpleNamespace()),
            now=NOW,
        )
        said: Any = answer(commands()["/price"], text, asked)
        return said if isinstance(said, str) else str(asyncio.run(said))

    return price


def lines(said: str) -> list[str]:
    return [line for line in to_plain(said).splitlines() if line]


def test_a_sku_shows_ours_theirs_the_gap_and_what_moved(price: Ask) -> None:
    # (9.90 − 9.30) ÷ 9.30 = 6.45 %; (9.50 − 9.30) ÷ 9.30 = 2.15 %
    assert lines(price("ps-1000")) == [
        "PS-1000 Power station",
        "Ours: USD 9.90 from 100 · since 2026-03-03 10:30 · Sofia Reyes",
        "Ours: USD 9.50 from 500 · since 2026-02-24 10:30 · Sofia Reyes",
        "VoltTrail",
        "• 100: USD 9.30, we are 6.45 % above",
        "• 500: USD 9.30, we are 2.15 % above",
        "TrailCell <!channel>: https://volttrail.example/p · seen 1 hour ago · in stock",
        "Printed: USD 9.30 from 100 · FOB",
        "What moved",
        "• 2026-03-04 VoltTrail from 100: 9.90 → 9.30 USD",
        "• 2026-03-03 ours from 100: 10.40 → 9.90 USD",
    ]


def test_what_an_article_costs_us_is_for_price_people_only(price: Ask) -> None:
    said = lines(price("PS-1000", SOFIA))
    # (9.90 − 7.70) ÷ 9.90 = 22.2 %; (9.30 − 7.70) ÷ 9.30 = 17.2 %
    assert "Unit cost: USD 7.70" in said
    assert said[1].endswith("Sofia Reyes · margin 22.2 %")
    assert "• 100: USD 9.30, we are 6.45 % above · matching leaves 17.2 %" in said
    assert "7.70" not in price("PS-1000", EMMA)
    assert "margin" not in price("PS-1000", EMMA)


def test_it_is_said_in_the_readers_language(price: Ask) -> None:
    said = lines(price("PS-1000", LIN))
    assert said[0] == "PS-1000 储能电源"
    assert "• 100：USD 9.30，我方高 6.45 % · 跟价后毛利率 17.2 %" in said


def test_a_page_that_cannot_be_compared_says_why(ledger: Database, price: Ask) -> None:
    page = {"competitor": "VoltTrail", "url": PAGE, "observed_at": NOW, "sku": "PS-1000"}
    take(ledger, "competitor_offer", page | {"price": "9.30", "currency": "USD", "incoterm": "DDP"})
    said = lines(price("PS-1000"))
    assert "Not compared: The price is under another incoterm than ours." in said
    assert not any("we are" in line for line in said)


def test_a_price_in_another_currency_is_shown_with_its_rate(ledger: Database, price: Ask) -> None:
    page = {"competitor": "VoltTrail", "url": PAGE, "observed_at": NOW, "min_quantity": 100}
    take(ledger, "competitor_offer", page | {"sku": "PS-1000", "price": "1350", "currency": "JPY"})
    take(ledger, "rate", {"day": NOW.date(), "base": "USD", "quote": "JPY", "rate": "150"})
    said = lines(price("PS-1000"))
    assert "• 100: USD 9.00, we are 10.0 % above" in said  # 1350 ÷ 150; (9.90 − 9.00) ÷ 9.00
    assert f"Printed: JPY 1,350 from 100 · FOB · rate 0.006667 of {NOW:%Y-%m-%d}" in said


def test_what_strangers_write_pings_nobody(price: Ask) -> None:
    assert "&lt;!channel&gt;" in to_slack(price("PS-1000"))
    assert "<!channel>" not in to_slack(price("seen <!channel> PS-1000 <!here>"))


def test_without_a_page_it_says_how_to_get_one(price: Ask) -> None:
    said = lines(price("AC-20"))
    assert said[0] == "AC-20 Cooler"
    assert said[1].startswith("No price of ours is known")
    assert "`/price pairs`" in said[2]


def test_the_last_decision_and_our_listings_are_told(ledger: Database, price: Ask) -> None:
    listing = {"channel": "amazon", "listing_id": "B01", "min_quantity": 1, "sku": "PS-1000"}
    shown = {"observed_at": NOW - HOUR, "price": "12.50", "currency": "USD"}
    take(ledger, "listing", listing | shown)
    with ledger.write() as session:
        session.add(
            PriceDecision(
                store="harborlane", sku="PS-1000", competitor="VoltTrail", url=PAGE, quantity=100,
                choice="keep", ours=Decimal("9.90"), theirs=Decimal("9.30"), currency="USD",
                note="<!here> quality", who=SOFIA, at=NOW - 10 * HOUR,  # 00:30 in Shanghai
            )
        )  # fmt: skip
    said = lines(price("PS-1000"))
    assert "amazon: USD 12.50 (listed, 1 hour ago)" in said
    assert said[-1] == (
        "Last decision: 2026-03-05 Sofia Reyes kept our price against VoltTrail: <!here> quality"
    )


def test_without_a_word_the_largest_gaps_are_listed(ledger: Database, price: Ask) -> None:
    take(ledger, "product", {"sku": "AC-20", "fob_usd": "90"})
    take(ledger, "competitor_offer", {"competitor": "Sunhaul", "url": "https://s.example/1",
         "sku": "AC-20", "price": "100", "currency": "USD", "observed_at": NOW})  # fmt: skip
    # (90 − 100) ÷ 100 = −10 %
    expected = [
        "They are cheaper: 1",
        "• PS-1000 VoltTrail +6.45 %: USD 9.90 / USD 9.30 from 100",
        "They are dearer: 1",
        "• AC-20 Sunhaul -10.0 %: USD 90.00 / USD 100.00 from 1",
    ]
    assert lines(price()) == expected
    assert lines(price("power station")) == expected[:2]


def test_an_unknown_sku_names_the_nearest(price: Ask) -> None:
    assert lines(price("PS-100O")) == [
        "There is no SKU and no category PS-100O. Did you mean PS-1000?"
    ]


def test_without_the_check_nothing_is_compared(price: Ask, settings: Settings) -> None:
    off = with_changes(settings, checks={"price_gap": None})
    assert "price_gap is switched off" in price("PS-1000", settings=off)
    assert "price_gap is switched off" in price(settings=off)


def offers(database: Database) -> list[CompetitorOffer]:
    """What was stored last, last."""
    return sorted(stored(database, CompetitorOffer), key=lambda offer: offer.intake_id)


def test_a_price_somebody_saw_counts_from_now_on(ledger: Database, price: Ask) -> None:
    # (9.90 − 9.00) ÷ 9.00 = 10 %; (9.50 − 9.00) ÷ 9.00 = 5.56 %
    assert lines(price("seen volttrail ps-1000 9.00 usd from 100")) == [
        "Kept: VoltTrail asks USD 9.00 a piece for PS-1000 from 100",
        "• 100: USD 9.90 / USD 9.00, we are 10.0 % above",
        "• 500: USD 9.50 / USD 9.00, we are 5.56 % above",
    ]
    last = offers(ledger)[-1]
    assert (last.url, last.title, last.observed_at) == (PAGE, "TrailCell <!channel>", NOW)
    with ledger.read() as session:
        intake = session.exec(select(Intake).order_by(Intake.id.desc())).first()  # type: ignore[union-attr]
    assert intake
    assert intake.source == f"typed:{EMMA}"
    assert "• 100: USD 9.00, we are 10.0 % above" in lines(price("PS-1000"))


def test_where_no_page_is_known_the_price_is_kept_all_the_same(
    ledger: Database, price: Ask, settings: Settings
) -> None:
    take(ledger, "product", {"sku": "AC-20", "fob_usd": "90"})
    said = lines(price("seen VoltTrail AC-20 US$1,100.00"))
    assert said[1] == "• 1: USD 90.00 / USD 1,100.00, we are 91.82 % below"  # −1,010 ÷ 1,100
    assert offers(ledger)[-1].url == "typed:VoltTrail/AC-20"


def test_a_competitors_name_may_be_of_several_words(ledger: Database, price: Ask) -> None:
    take(ledger, "competitor_offer", {"competitor": "Peak Grid", "url": "https://p.example/1",
         "observed_at": NOW - HOUR, "price": "1", "currency": "USD"})  # fmt: skip
    assert "Kept: Peak Grid asks EUR 9.30" in to_plain(price("seen Peak Grid PS-1000 9,30 €"))


def test_an_incoterm_that_their_page_names_holds_for_a_typed_price(
    ledger: Database, price: Ask
) -> None:
    page = {"competitor": "VoltTrail", "url": PAGE, "observed_at": NOW - HOUR, "sku": "PS-1000"}
    take(ledger, "competitor_offer", page | {"incoterm": "DDP"})
    said = price("seen VoltTrail PS-1000 9.00 USD from 100")
    assert "It cannot be compared with ours: The price is under another incoterm" in said


@pytest.mark.parametrize(
    ("typed", "asks"),
    [
        ("VoltTrail PS-1000 9.30", "Which price is 9.30? Write one amount with its currency"),
        ("VoltTrail PS-1000 $9.30", "Which price is $9.30?"),
        ("VoltTrail PS-1000 1.299 €", "Which price is 1.299 €?"),
        ("VoltTrail PS-1000 9-12 USD", "Which price is 9-12 USD?"),
        (
            "VoltTrail PS-1O00 9.30 USD",
            "There is no SKU and no category PS-1O00. Did you mean PS-1000?",
        ),
        ("VoltTrial PS-1000 9.30 USD", "There is no competitor VoltTrial. Did you mean VoltTrail?"),
        ("x PS-1000 9.30 USD", "There is no competitor x. There are VoltTrail."),
    ],
)
def test_what_is_not_clear_is_asked_for_and_not_kept(
    ledger: Database, price: Ask, typed: str, asks: str
) -> None:
    before = len(offers(ledger))
    assert to_plain(price(f"seen {typed}")).startswith(asks)
    assert len(offers(ledger)) == before
