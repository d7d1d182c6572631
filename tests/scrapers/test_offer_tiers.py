"""Quantities: ladders, minimum orders, units, delivery terms, and the price at a quantity."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrapers.offer import Offer, Tier, read_offer
from scrapers.page.currency import Hints
from scrapers.page.prices import priced
from scrapers.page.quantity import incoterm, minimum_order, tiers_in

# A real ladder in dollars: 6-499 3.87, 500-2,499 3.65, 2,500-499,999 3.55, 500,000+ 2.99.
LADDER = [(6, "3.87"), (500, "3.65"), (2500, "3.55"), (500_000, "2.99")]
ALIBABA = Offer(
    url="https://a.example/",
    kind="product",
    price=Decimal("2.99"),
    price_max=Decimal("3.87"),
    moq=6,
    tiers=tuple(Tier(min_quantity=least, price=Decimal(price)) for least, price in LADDER),
)


@pytest.mark.parametrize(
    ("quantity", "price"),
    [
        (5, None),  # below the minimum order nobody can buy
        (6, "3.87"),
        (499, "3.87"),
        (500, "3.65"),
        (2500, "3.55"),
        (500_000, "2.99"),
        (10**9, "2.99"),
    ],
)
def test_the_price_at_a_quantity_is_its_tiers(quantity: int, price: str | None) -> None:
    assert ALIBABA.price_at(quantity) == (Decimal(price) if price else None)


@pytest.mark.parametrize(
    ("price", "price_max", "moq", "at_ten"),
    [("5", None, None, "5"), ("5", None, 10, "5"), ("5", None, 11, None), ("5", "6", None, None)],
)
def test_without_a_ladder_only_one_price_holds_at_a_quantity(
    price: str, price_max: str | None, moq: int | None, at_ten: str | None
) -> None:
    offer = Offer(
        url="", kind="product", price=Decimal(price), moq=moq,
        price_max=Decimal(price_max) if price_max else None,
    )  # fmt: skip
    assert offer.price_at(10) == (Decimal(at_ten) if at_ten else None)


@given(
    prices=st.dictionaries(st.integers(1, 10**6), st.decimals("0.01", "999", places=2), min_size=1),
    quantities=st.tuples(st.integers(1, 10**7), st.integers(1, 10**7)).map(sorted),
)
def test_more_pieces_never_reach_a_lower_step(
    prices: dict[int, Decimal], quantities: list[int]
) -> None:
    falling = sorted(prices.values(), reverse=True)
    steps = [Tier(min_quantity=q, price=p) for q, p in zip(sorted(prices), falling, strict=True)]
    offer = Offer(url="", kind="product", price=falling[-1], tiers=tuple(steps))
    fewer, more = (offer.price_at(quantity) for quantity in quantities)
    assert fewer is None or (more is not None and more <= fewer)


@pytest.mark.parametrize(
    "lines",
    [
        ["30-99 Pieces", "US$29.80", "100-499 Pieces", "US$27.00", "500+ Pieces", "US$25.10"],
        ["US$29.80", "30-99 Pieces", "US$27.00", "100-499 Pieces", "US$25.10", "500+ Pieces"],
        ["30-99 Pieces US$29.80", "100-499 Pieces US$27.00", "≥ 500 Pieces US$25.10"],
        ["30 - 99", "100 - 499", ">= 500", "US$29.80", "US$27.00", "US$25.10"],
        ["US$31.00", "30-99 pcs: $29.80 USD", "100-499 pcs: $27.00 USD", "500+ pcs: $25.10 USD"],
        ["30-99件", "US$29.80", "100-499件", "US$27.00", "500件以上", "US$25.10"],
        ["US$25.10-29.80", "30~99 Pieces", "US$29.80", "100~499 Pieces", "US$27.00",
         "500 or more pieces", "US$25.10"],
    ],
)  # fmt: skip
def test_a_ladder_is_read_in_every_usual_layout(lines: list[str]) -> None:
    ladder = tiers_in(priced(lines, Hints()))
    assert ladder is not None
    steps = [(tier.min_quantity, str(tier.price)) for tier in ladder.tiers]
    assert steps == [(30, "29.80"), (100, "27.00"), (500, "25.10")]
    assert ladder.currency == "USD"


@pytest.mark.parametrize(
    "lines",
    [
        ["30-99 Pieces", "US$29.80"],  # one step is no ladder
        ["30-99 Pieces", "US$27.00", "100+ Pieces", "US$29.80"],  # dearer by the dozen: misread
        ["500+ Pieces", "US$27.00", "100+ Pieces", "US$25.00"],
        ["Ships in 3-5 days", "US$27.00", "Returns within 10-14 days", "US$5.00"],
        ["30-99 Pieces", "US$29.80", "100+ Pieces", "€27.00"],
        [],
    ],
)
def test_what_is_no_ladder_gives_none(lines: list[str]) -> None:
    assert tiers_in(priced(lines, Hints())) is None


@pytest.mark.parametrize(
    ("text", "moq", "unit"),
    [
        ("MOQ: 100 pcs", 100, "piece"),
        ("Min. order: 10 Sets", 10, "set"),
        ("Minimum Order Quantity: 1,000 Pairs", 1000, "pair"),
        ("10 Sets (Min. Order)", 10, "set"),
        ("100 Pieces (MOQ)", 100, "piece"),
        ("起订量：50件", 50, "piece"),
        ("最小起订量 20 套", 20, "set"),
        ("MOQ 5", 5, None),
        ("Pedido mínimo: 10 unidades", 10, "piece"),
        ("Order 10 pieces today", None, None),
        ("MOQ: negotiable", None, None),
    ],
)
def test_the_minimum_order_is_read(text: str, moq: int | None, unit: str | None) -> None:
    assert minimum_order(priced([text], Hints())) == (moq, unit)


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("FOB Price: US $ 11.99 / Set", "FOB"),
        ("FOB Ningbo price", "FOB"),
        ("US$ 12.00 EXW", "EXW"),
        ("DDP US$ 15.00", "DDP"),
        ("We deliver FOB, CIF, EXW and DDP", None),  # what they can, not what the price is
        ("US$ 5.00. CIF B-12345678 is our tax number" + " " * 20, None),
        ("price US$ 5.00", None),
    ],
)
def test_the_delivery_term_of_a_price_is_read(text: str, term: str | None) -> None:
    assert incoterm(priced([text], Hints())) == term


def test_the_unit_of_a_price_is_read() -> None:
    page = "<html lang=en-US><h1>Cup</h1><p class=price>$2.61 / piece</p>"
    assert read_offer(page, "https://a.example/p/1").unit == "piece"
