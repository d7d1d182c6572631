"""Price texts of every common locale, read exactly or not at all."""

from decimal import Decimal

import pytest
from babel.numbers import format_currency
from hypothesis import given
from hypothesis import strategies as st

from scrapers.page.currency import Hints
from scrapers.page.prices import find_prices, read_price

LOCALES = [
    "en_US", "en_GB", "en_IN", "de_DE", "de_CH", "de_AT", "fr_FR", "fr_CH", "es_ES", "es_MX",
    "it_IT", "pt_BR", "pt_PT", "nl_NL", "sv_SE", "da_DK", "nb_NO", "fi_FI", "pl_PL", "cs_CZ",
    "hu_HU", "ro_RO", "bg_BG", "uk_UA", "tr_TR", "el_GR", "ja_JP", "zh_CN", "zh_TW", "ko_KR",
    "hi_IN", "bn_BD", "ar_EG", "ar_AE", "fa_IR", "he_IL", "th_TH", "vi_VN", "id_ID", "mr_IN",
]  # fmt: skip
amounts = st.decimals("0.01", "99999999.99", places=2)


@pytest.mark.parametrize(
    ("text", "low", "high", "currency"),
    [
        ("1.299,00 €", "1299.00", None, "EUR"),
        ("US$ 1,299.00", "1299.00", None, "USD"),
        ("US $ 11.99 - 11.99 / Set", "11.99", None, "USD"),
        ("1 299,00 Kč", "1299.00", None, "CZK"),
        ("1\u202f299,00 €", "1299.00", None, "EUR"),
        ("₹1,29,999.00", "129999.00", None, "INR"),
        ("١٬٢٩٩٫٠٠ ج.م.", "1299.00", None, "EGP"),
        ("CHF 1’299.–", "1299", None, "CHF"),
        ("€2.61-3.38", "2.61", "3.38", "EUR"),
        ("US$20.98-23.95 / piece", "20.98", "23.95", "USD"),
        ("5 € – 10 €", "5", "10", "EUR"),
        ("ARS 237,41- 791,34", "237.41", "791.34", "ARS"),
        ("€ 5,-", "5", None, "EUR"),
        (",75 €", "0.75", None, "EUR"),
        ("€.75", "0.75", None, "EUR"),
        ("3 Ausgaben für nur 14,85 EUR", "14.85", None, "EUR"),
        ("Model 12 - US$ 5.00", "5.00", None, "USD"),
        ("$ 12.00 CAD", "12.00", None, "CAD"),
        ("R$ 1.299,00", "1299.00", None, "BRL"),
        ("KRW 12,900", "12900", None, "KRW"),  # the won has no decimals: not 12.9
        ("₫129.000", "129000", None, "VND"),
    ],
)
def test_one_price_is_read(text: str, low: str, high: str | None, currency: str) -> None:
    (price,) = find_prices(text, Hints())
    expected = (Decimal(low), Decimal(high) if high else None, currency)
    assert (price.low, price.high, price.currency) == expected


@pytest.mark.parametrize(
    "text", ["1.299 €", "€1,299", "1,299 CAD", "12.05.2026 €", "€ 1.2.3", "€9-5", "0 €", "€ 0,00"]
)
def test_what_could_mean_two_things_or_nothing_is_unknown(text: str) -> None:
    assert [price.low for price in find_prices(text, Hints())] == [None]


@pytest.mark.parametrize(
    ("text", "language", "value"),
    [
        ("1.299 €", "de", "1299"),
        ("1,299 €", "de-AT", "1.299"),
        ("1.299 €", "en-IE", "1.299"),
        ("1,299 €", "en-IE", "1299"),
        ("1.299 €", "en", None),  # English of no country, euro of both habits
        ("US$ 1.299", "en-US", "1.299"),
        ("US$ 1.299", "de", None),  # the dollar's habit against the language's
        ("1.299 kr.", "da", "1299"),
        ("¥1,299", "ja", "1299"),
    ],
)
def test_locale_and_currency_settle_an_ambiguous_amount_or_leave_it(
    text: str, language: str, value: str | None
) -> None:
    (price,) = find_prices(text, Hints(language=language))
    assert price.low == (Decimal(value) if value else None)


@pytest.mark.parametrize(
    ("text", "hints", "currency"),
    [
        ("$5", Hints(), None),
        ("$5", Hints(language="en"), None),
        ("$5", Hints(language="en-US"), "USD"),
        ("$5", Hints(host="shop.example.ca"), "CAD"),
        ("$5", Hints(language="en-US", host="shop.example.ca"), None),
        ("$5", Hints(currency="AUD"), "AUD"),
        ("£5", Hints(), "GBP"),
        ("￥5", Hints(language="zh-CN"), "CNY"),
        ("￥5", Hints(language="ja"), "JPY"),
        ("¥5", Hints(), None),
        ("5 kr", Hints(language="sv"), "SEK"),
        ("Rs. 500", Hints(host="shop.example.pk"), "PKR"),
    ],
)
def test_a_shared_symbol_means_what_the_page_says_or_nothing(
    text: str, hints: Hints, currency: str | None
) -> None:
    assert find_prices(text, hints)[0].currency == currency


@pytest.mark.parametrize(
    "text", ["kraft 5", "30-99 Pieces", "call 020 7946 0000", "100 %", "TOP 10"]
)
def test_a_number_without_a_currency_is_no_price(text: str) -> None:
    assert find_prices(text, Hints()) == []


@given(amount=amounts, locale=st.sampled_from(LOCALES))
def test_a_price_printed_in_any_locale_reads_back_exactly(amount: Decimal, locale: str) -> None:
    text = format_currency(amount, "EUR", locale=locale)
    price = read_price(text, Hints())
    assert price is not None
    assert (price.low, price.high, price.currency) == (amount, None, "EUR")


@given(amount=st.integers(1, 99_999_999), locale=st.sampled_from(LOCALES))
def test_a_whole_amount_reads_back_exactly_or_as_unknown_without_the_locale(
    amount: int, locale: str
) -> None:
    text = format_currency(amount, "EUR", "#,##0 ¤¤", locale=locale, currency_digits=False)
    blind = read_price(text, Hints())
    told = read_price(text, Hints(language=locale))
    assert blind is not None
    assert blind.low in {amount, None}
    assert told is not None
    assert told.low == amount


@given(
    ends=st.tuples(amounts, amounts).map(sorted),
    dash=st.sampled_from([" - ", "-", " – ", "~", " to "]),
)
def test_a_range_keeps_both_ends(ends: list[Decimal], dash: str) -> None:
    low, high = ends
    price = read_price(f"US${low:,}{dash}{high:,} / piece", Hints())
    assert price is not None
    assert (price.low, price.high) == (low, high if high != low else None)


@given(st.text(max_size=200))
def test_any_text_is_read_without_failing(text: str) -> None:
    for price in find_prices(text, Hints(language="de")):
        assert price.low is None or price.low > 0
