"""What a currency cost on a day: as told, turned round, or over the euro; else nobody knows."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.ledger.database import Database
from core.ledger.rates import Known, Quote, rate_on, reckon
from tests.support.intake import STORE, take

FRIDAY, SUNDAY = date(2026, 3, 6), date(2026, 3, 8)
WEEK = timedelta(days=7)
EURO = {"USD": "1.2", "CNY": "8.4", "JPY": "180"}


@pytest.fixture
def rates(database: Database) -> Database:
    tell(database, FRIDAY, EURO)
    return database


def tell(database: Database, day: date, quotes: Mapping[str, str], base: str = "EUR") -> None:
    common = {"day": day, "base": base, "origin": "ecb"}
    take(database, "rate", *({**common, "quote": q, "rate": rate} for q, rate in quotes.items()))


def ask(
    database: Database, base: str, quote: str, day: date = SUNDAY, max_age: timedelta = WEEK
) -> Quote | None:
    with database.read() as ledger:
        return rate_on(ledger, STORE.name, base, quote, day, max_age)


@pytest.mark.parametrize(
    ("base", "quote", "rate"),
    [
        ("EUR", "USD", "1.2"),
        ("USD", "EUR", "0.833333333333"),  # 1 / 1.2
        ("USD", "CNY", "7"),  # 8.4 / 1.2
        ("CNY", "JPY", "21.4285714286"),  # 180 / 8.4
    ],
)
def test_the_last_rate_with_its_day(rates: Database, base: str, quote: str, rate: str) -> None:
    assert ask(rates, base, quote) == Quote(Decimal(rate), FRIDAY, "ecb")


def test_a_currency_is_worth_itself(rates: Database) -> None:
    assert ask(rates, "AED", "AED") == Quote(Decimal(1), SUNDAY, None)


@pytest.mark.parametrize(("base", "quote"), [("EUR", "AED"), ("AED", "USD"), ("NGN", "AED")])
def test_a_currency_without_rate_has_none(rates: Database, base: str, quote: str) -> None:
    assert ask(rates, base, quote) is None


def test_a_rate_that_is_too_old_is_none(rates: Database) -> None:
    assert ask(rates, "EUR", "USD", max_age=timedelta(days=2))
    assert ask(rates, "EUR", "USD", max_age=timedelta(days=1)) is None


def test_a_later_rate_is_not_known_yet(rates: Database) -> None:
    assert ask(rates, "EUR", "USD", day=date(2026, 3, 5)) is None


def test_rates_of_two_days_are_never_mixed(rates: Database) -> None:
    tell(rates, SUNDAY, {"USD": "1.3"})  # none of the yuan on this day
    assert ask(rates, "EUR", "USD") == Quote(Decimal("1.3"), SUNDAY, "ecb")
    assert ask(rates, "USD", "CNY") == Quote(Decimal(7), FRIDAY, "ecb")


def test_a_rate_told_as_asked_wins_over_a_reckoned_one(rates: Database) -> None:
    tell(rates, FRIDAY, {"CNY": "7.1"}, base="USD")
    assert ask(rates, "USD", "CNY") == Quote(Decimal("7.1"), FRIDAY, "ecb")


def test_another_stores_rates_are_not_ours(rates: Database) -> None:
    with rates.read() as ledger:
        assert rate_on(ledger, "other", "EUR", "USD", SUNDAY, WEEK) is None


told = st.decimals("0.000001", "99999", places=6)


@given(told, told)
def test_there_and_back_is_where_it_began(first: Decimal, second: Decimal) -> None:
    day = {("EUR", "USD"): Known(first, None), ("EUR", "CNY"): Known(second, None)}
    for base, quote in (("USD", "CNY"), ("EUR", "USD")):
        there, back = reckon(day, base, quote), reckon(day, quote, base)
        assert there is not None
        assert back is not None
        assert abs(there.rate * back.rate - 1) < Decimal("1e-11")  # twelve digits each
