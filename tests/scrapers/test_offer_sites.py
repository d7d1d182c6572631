"""Pages of the marketplaces, in the shapes of several years, languages and currencies."""

from decimal import Decimal
from pathlib import Path

import pytest

from scrapers.offer import Offer, read_offer, read_offers

PAGES = Path(__file__).parents[1] / "pages"
STORE = "https://cupfactory.en.alibaba.com/productlist.html"


def offer_of(name: str, url: str, **options: str) -> Offer:
    return read_offer((PAGES / name).read_bytes(), url, **options)  # type: ignore[arg-type]


def prices(offer: Offer) -> tuple[str | None, str | None, str | None]:
    low, high = (None if end is None else str(end) for end in (offer.price, offer.price_max))
    return low, high, offer.currency


@pytest.mark.parametrize(
    ("page", "url", "price", "list_price", "availability"),
    [
        ("amazon_de.html", "https://www.amazon.de/dp/B0ABCDEFGH", "19.49", "24.99", "in_stock"),
        ("amazon_2016.html", "https://www.amazon.com/dp/B0ABCDEFGH", "19.99", None, "in_stock"),
        (
            "amazon_unavailable.html", "https://www.amazon.com/dp/B0ABCDEFGH",
            None, None, "out_of_stock",
        ),
    ],
)  # fmt: skip
def test_amazons_price_is_the_buy_boxs_not_a_carousels_or_the_subscriptions(
    page: str, url: str, price: str | None, list_price: str | None, availability: str
) -> None:
    offer = offer_of(page, url)
    assert prices(offer)[0] == price
    assert offer.list_price == (Decimal(list_price) if list_price else None)
    assert (offer.availability, offer.sku) == (availability, "B0ABCDEFGH")


def test_a_bare_dollar_is_the_amazon_shops_dollar() -> None:
    page = (PAGES / "amazon_2016.html").read_text().replace('lang="en-us"', 'lang="en"')
    for domain, currency in (("com", "USD"), ("ca", "CAD"), ("com.au", "AUD")):
        url = f"https://www.amazon.{domain}/dp/B0ABCDEFGH"
        assert read_offer(page, url).currency == currency


def test_a_pack_of_two_costs_half_a_piece() -> None:
    offer = offer_of("amazon_de.html", "https://www.amazon.de/dp/B0ABCDEFGH")
    assert (offer.pack_size, offer.price_at(1)) == (2, Decimal("19.49"))
    assert offer.piece_price_at(1) == Decimal("9.745")


def test_made_in_china_has_a_range_with_its_minimum_order() -> None:
    offer = offer_of("made_in_china_range.html", "https://x.en.made-in-china.com/product/a.html")
    assert prices(offer) == ("1.20", "1.50", "USD")
    assert (offer.moq, offer.unit, offer.pack_size) == (100, "set", 12)


def test_made_in_china_has_a_ladder_of_blocks() -> None:
    offer = offer_of("made_in_china_ladder.html", "https://x.made-in-china.com/a.html")
    steps = [(tier.min_quantity, str(tier.price)) for tier in offer.tiers]
    assert steps == [(30, "29.80"), (100, "27.00"), (500, "25.10")]
    assert (offer.moq, offer.currency) == (30, "USD")


def test_1688s_ladder_is_in_yuan_and_variants_are_kept_apart() -> None:
    offer = offer_of("1688_ladder.html", "https://detail.1688.com/offer/712345678901.html")
    steps = [(tier.min_quantity, str(tier.price)) for tier in offer.tiers]
    assert steps == [(2, "18.00"), (200, "15.00"), (2000, "12.50")]
    assert (offer.currency, offer.moq, offer.unit, offer.pack_size) == ("CNY", 2, "piece", 6)
    assert (offer.sku, offer.availability) == ("712345678901", "in_stock")


def test_aliexpress_is_read_in_the_visitors_currency() -> None:
    old = offer_of("aliexpress_2021.html", "https://pl.aliexpress.com/item/4001.html")
    assert (prices(old), old.list_price) == (("41.90", None, "PLN"), Decimal("69.00"))
    assert (old.availability, old.discount) == ("out_of_stock", Decimal("39.3"))
    new = offer_of("aliexpress_2024.html", "https://www.aliexpress.com/item/1005006.html")
    assert (prices(new), new.list_price) == (("4.29", None, "USD"), Decimal("8.58"))


def test_jd_says_what_is_out_of_stock() -> None:
    offer = offer_of("jd.html", "https://item.jd.com/100012043978.html")
    assert (prices(offer), offer.title) == (("199.00", None, "CNY"), "硅胶杯 350ml")
    assert (offer.availability, offer.sku) == ("out_of_stock", "100012043978")


def test_a_jd_page_whose_price_is_fetched_later_has_none() -> None:
    page = (PAGES / "jd.html").read_text().replace("199.00", "")
    assert read_offer(page, "https://item.jd.com/100012043978.html").price is None


def test_an_alibaba_store_lists_its_products_with_printed_prices() -> None:
    cup, steel, custom = read_offers((PAGES / "alibaba_store.html").read_bytes(), STORE)
    assert prices(cup) == ("20.98", "23.95", "USD")
    assert cup.url == "https://www.alibaba.com/product-detail/cup_1600001.html"
    assert (cup.moq, cup.unit, cup.incoterm, cup.sku) == (10, "piece", "FOB", "1600001")
    assert (prices(steel), steel.moq, steel.unit) == (("0.15", None, "USD"), 1000, "set")
    assert (custom.price, custom.withheld) == (None, "on_request")


def test_a_store_seen_from_argentina_is_in_pesos_whatever_its_symbol_field_says() -> None:
    page = (PAGES / "alibaba_store_argentina.html").read_bytes()
    cup, glass = read_offers(page, STORE)
    assert prices(cup) == ("2374.02", None, "ARS")
    assert prices(glass) == ("237.41", "791.34", "ARS")


def test_a_store_page_is_one_product_only_when_its_id_is_named() -> None:
    assert offer_of("alibaba_store.html", STORE).kind == "no_product"
    assert str(offer_of("alibaba_store.html", f"{STORE}#1600002").price) == "0.15"


def test_a_page_of_one_product_is_no_list() -> None:
    assert read_offers((PAGES / "jd.html").read_bytes(), "https://item.jd.com/1.html") == ()
    assert read_offers(b'{"products": [{"handle": "a"}, 5]}', "https://a.example/products.json")


def test_alibabas_promotion_and_sample_are_kept_apart_from_the_range() -> None:
    offer = offer_of("alibaba_skus.html", "https://www.alibaba.com/product-detail/_1.html")
    assert prices(offer) == ("3.17", "4.10", "USD")
    assert offer.promotion_price == Decimal("2.54")


@pytest.mark.parametrize("site", ["amazon", "made_in_china", "aliexpress", "jd", "alibaba_1688"])
@pytest.mark.parametrize(
    "page", [b"", b"<html>", b"{", b"\xff\xfe\x00", b"<script>window.runParams = {"]
)
def test_a_site_forced_on_rubbish_gives_no_price(site: str, page: bytes) -> None:
    assert read_offer(page, "https://a.example/p/1", site=site).price is None
