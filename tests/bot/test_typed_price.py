"""Prices as people type them."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.typed_price import TypedPrice, read


@pytest.mark.parametrize(
    ("text", "price", "currency", "pieces"),
    [
        ("9.30 USD", "9.30", "USD", None),
        ("9.30 usd from 100", "9.30", "USD", 100),
        ("US$1,299.00", "1299.00", "USD", None),
        ("1.299,00 €", "1299.00", "EUR", None),
        ("9,30 eur from 1,000 pcs", "9.30", "EUR", 1000),
        ("FOB USD 9.30 / piece", "9.30", "USD", None),
        ("9.3元 100件起", "9.3", "CNY", 100),
        ("9.30 USD 从 100", "9.30", "USD", 100),
    ],
)
def test_an_amount_its_currency_and_its_quantity(
    text: str, price: str, currency: str, pieces: int | None
) -> None:
    assert read(text) == TypedPrice(Decimal(price), currency, pieces)


@pytest.mark.parametrize(
    "text",
    [
        "9.30",  # of which currency?
        "$9.30",  # of which country?
        "1.299 €",  # 1299 or 1.299?
        "9-12 USD",
        "9.30 USD 8.90 USD",
        "-5 USD",
        "0 USD",
        "about 9.30 USD",
        "9.30 USD from 0",
        "9.30 USD from 99999999999",
        "9.30 USD from many",
        "<!channel>",
        "",
    ],
)
def test_what_is_not_clear_is_no_price(text: str) -> None:
    assert read(text) is None


@given(st.text(max_size=60))
def test_whatever_is_typed_is_a_price_above_zero_or_none(text: str) -> None:
    found = read(text)
    assert found is None or (found.price > 0 and found.currency)
