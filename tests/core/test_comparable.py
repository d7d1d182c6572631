"""What makes a price comparable: pack, tax, rate, incoterm; and the step that a price moves in."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.rules.comparable import Conversion, incoterm_of, shown, tick

D = Decimal
PRICES = st.decimals("0.01", "100000", places=2)


def conversion(
    pack: int = 1, tax: str = "0", rate: str = "1", share: str = "0", per_piece: str = "0"
) -> Conversion:
    return Conversion.of(
        pack_size=pack,
        tax_included=D(tax),
        rate=D(rate),
        share=D(share),
        per_piece=D(per_piece),
    )


@pytest.mark.parametrize(
    ("how", "price"),
    [
        (conversion(), "119"),
        (conversion(tax="0.19"), "100"),  # 119 / 1.19
        (conversion(pack=7), "17"),  # 119 / 7
        (conversion(rate="1.2"), "142.8"),  # 119 × 1.2
        (conversion(share="0.02", per_piece="0.50"), "121.88"),  # 119 × 1.02 + 0.50
        (conversion(share="-0.1"), "107.1"),  # 119 × 0.9
        # 119 for 7 pieces = 17, without 19 % tax 14.2857…, × 1.19 = 17, × 0.9 + 1 = 16.30
        (conversion(7, "0.19", "1.19", "-0.1", "1"), "16.3"),
    ],
)
def test_a_price_is_made_comparable(how: Conversion, price: str) -> None:
    assert how(D(119)).quantize(D("1E-9")) == D(price)


def test_what_is_comparable_already_is_not_touched() -> None:
    assert not conversion().changes
    assert conversion()(D("9.30")) == D("9.30")
    assert conversion(per_piece="0.5").changes


@given(PRICES, st.integers(1, 100), st.decimals("0", "0.3", places=2))
def test_pack_and_tax_come_off_and_can_be_put_back(price: D, pack: int, tax: D) -> None:
    piece = Conversion.of(pack_size=pack, tax_included=tax, rate=D(1), share=D(0), per_piece=D(0))(
        price
    )
    back = Fraction(piece) * pack * (1 + Fraction(tax))
    assert abs(back - Fraction(price)) < Fraction(1, 10**15)


@given(PRICES, PRICES)
def test_the_dearer_of_two_prices_stays_the_dearer(one: D, other: D) -> None:
    how = conversion(12, "0.19", "7.1234", "-0.08", "-0.03")
    assert (how(one) < how(other)) == (one < other)


@pytest.mark.parametrize(
    ("price", "currency", "step"),
    [
        ("9.30", "USD", "0.01"),
        ("9", "USD", "0.01"),
        ("1200", "USD", "0.01"),
        ("0.0125", "USD", "0.0001"),
        ("1200.00", "JPY", "1"),  # yen have no minor unit
        ("1200.5", "JPY", "0.1"),  # but this one shows a tenth
        ("1.234", "KWD", "0.001"),  # a dinar has a thousand fils
        ("9.30", "XYZ", "0.01"),
        ("9.30", "", "0.01"),
    ],
)
def test_the_step_of_a_price(price: str, currency: str, step: str) -> None:
    assert tick(D(price), currency) == D(step)


@given(st.decimals("0.000001", "100000", places=6), st.sampled_from(["USD", "JPY", "KWD"]))
def test_a_price_is_a_whole_number_of_its_steps(price: D, currency: str) -> None:
    assert price % tick(price, currency) == 0


@pytest.mark.parametrize(
    ("price", "converted", "text"),
    [
        ("96.0000", True, "96.00"),
        ("95.454545454545", True, "95.4545"),
        ("95.45454", True, "95.4545"),
        ("95.45454", False, "95.45454"),  # as it is printed
        ("9.3", False, "9.30"),
        ("0.012345", False, "0.012345"),  # all that the ledger keeps
        ("0.0035", False, "0.0035"),
        ("11.11111111", False, "11.1111"),  # more than the ledger keeps
    ],
)
def test_prices_for_people(price: str, converted: bool, text: str) -> None:
    assert str(shown(D(price), converted=converted)) == text


@pytest.mark.parametrize(
    ("named", "incoterm"),
    [
        ((None, "FOB"), "FOB"),
        (("fob Ningbo", "CIF"), "FOB"),
        (("  ", "EXW"), "EXW"),
        (("(CIF)", "FOB"), "CIF"),
        (("DDP, Hamburg",), "DDP"),
        ((None, ""), "FOB"),
    ],
)
def test_the_first_incoterm_that_is_named(named: tuple[str | None, ...], incoterm: str) -> None:
    assert incoterm_of(*named) == incoterm
