"""Whole pages: what kind each is, and the price a person would name."""

from pathlib import Path

import pytest

from scrapers.offer import Offer, read_offer

PAGES = Path(__file__).parents[1] / "pages"


def offer_of(name: str, url: str = "https://shop.example/p/1") -> Offer:
    return read_offer((PAGES / name).read_bytes(), url)


@pytest.mark.parametrize(
    ("page", "kind"),
    [
        ("alibaba_ladder.html", "product"),
        ("alibaba_gone.html", "not_found"),  # status 200, og:availability says instock
        ("alibaba_block.html", "captcha"),  # holds the asked path and a price
        ("amazon_captcha.html", "captcha"),
        ("cloudflare.html", "captcha"),
        ("login.html", "login"),
        ("consent.html", "consent"),
        ("listing.html", "no_product"),
        ("healthy_with_scripts.html", "product"),  # wall words in scripts, log-in form in a corner
    ],
)
def test_the_kind_of_a_page_is_recognised(page: str, kind: str) -> None:
    assert offer_of(page).kind == kind


@pytest.mark.parametrize(
    "page", ["alibaba_gone.html", "alibaba_block.html", "login.html", "listing.html"]
)
def test_a_page_that_is_no_product_has_no_price(page: str) -> None:
    offer = offer_of(page)
    assert (offer.price, offer.currency, offer.availability) == (None, None, "unknown")


@pytest.mark.parametrize(
    ("page", "price", "price_max", "currency"),
    [
        ("alibaba_2020.html", "11.99", None, "USD"),
        ("made_in_china.html", "25.10", "29.80", "USD"),
        ("german_microdata.html", "1299.00", None, "EUR"),
        ("traps.html", "79.99", None, "USD"),
        ("healthy_with_scripts.html", "39.90", None, "USD"),
    ],
)
def test_the_asked_price_is_read(
    page: str, price: str, price_max: str | None, currency: str
) -> None:
    read = offer_of(page).model_dump(mode="json")
    assert (read["price"], read["price_max"], read["currency"]) == (price, price_max, currency)


def test_terms_of_trade_are_read_from_the_text() -> None:
    offer = offer_of("alibaba_2020.html")
    assert (offer.moq, offer.unit, offer.incoterm) == (10, "set", "FOB")


def test_a_printed_ladder_gives_its_tiers() -> None:
    tiers = [(tier.min_quantity, str(tier.price)) for tier in offer_of("made_in_china.html").tiers]
    assert tiers == [(30, "29.80"), (100, "27.00"), (500, "25.10")]


def test_microdata_gives_the_identity_of_the_product_and_not_of_a_related_one() -> None:
    offer = offer_of("german_microdata.html")
    assert (offer.title, offer.sku, offer.gtin) == ("Becher 350 ml", "B-350", "4006381333931")
    assert offer.availability == "in_stock"


def test_every_value_says_where_it_was_found() -> None:
    found = offer_of("healthy_with_scripts.html").found
    prices = {each.where: each.value for each in found if each.field == "price"}
    assert prices == {"json-ld offers": "39.90", "printed text": "39.90"}


def test_the_json_has_the_fields_of_the_contract() -> None:
    fields = (
        "url kind title price price_max currency availability tiers moq unit incoterm sku gtin "
        "certainty found pack_size list_price discount promotion_price promotion_ends_at "
        "sample_price withheld sold sold_over sold_at_least reviews rating visitors_30d"
    )
    assert set(offer_of("made_in_china.html").model_dump(mode="json")) == set(fields.split())


@pytest.mark.parametrize(
    ("status", "kind"), [(404, "not_found"), (410, "not_found"), (401, "login")]
)
def test_the_http_status_decides_when_the_page_looks_healthy(status: int, kind: str) -> None:
    body = (PAGES / "healthy_with_scripts.html").read_bytes()
    assert read_offer(body, "https://shop.example/p/1", status=status).kind == kind


def test_a_page_in_the_wrong_encoding_is_still_read() -> None:
    page = "<html lang=de><h1>Bücher</h1><span class=price>1.299,00 €</span>"
    for encoding in ("utf-8", "cp1252"):
        offer = read_offer(page.encode(encoding), "https://a.example/p/1", content_type="text/html")
        assert (offer.title, str(offer.price), offer.currency) == ("Bücher", "1299.00", "EUR")


def test_a_chinese_page_declared_as_gb2312_is_read() -> None:
    page = "<html lang=zh-CN><meta charset=gb2312><h1>硅胶杯</h1><span class=price>￥12.5</span>"
    offer = read_offer(page.encode("gb18030"), "https://a.example/p/1")
    assert (offer.title, str(offer.price), offer.currency) == ("硅胶杯", "12.5", "CNY")


def test_a_page_cut_off_in_the_middle_of_its_json_keeps_what_is_whole() -> None:
    torn = (
        '<script type="application/ld+json">{"@type":"Product","name":"Cup","offers":'
        '{"@type":"Offer","price":"12.50","priceCurrency":"USD","url":"https://a.exam'
    )
    assert str(read_offer(torn, "https://a.example/").price) == "12.50"


def test_a_price_cut_off_in_the_middle_is_no_price() -> None:
    torn = (
        '<script type="application/ld+json">{"@type":"Product","name":"Cup","offers":'
        '{"@type":"Offer","priceCurrency":"USD","price":12'
    )
    offer = read_offer(torn, "https://a.example/")
    assert (offer.kind, offer.price) == ("product", None)


@pytest.mark.parametrize("page", sorted(path.name for path in PAGES.glob("*.html")))
def test_everything_an_offer_states_says_where_it_was_found_and_how_sure(page: str) -> None:
    offer = offer_of(page)
    told = offer.model_dump(exclude={"url", "kind", "certainty", "found"}, exclude_defaults=True)
    stated = {field for field, value in told.items() if value is not None}
    assert stated - {found.field for found in offer.found} <= (
        {"title"} if not offer.found else set()
    )
    assert all(found.where and 0 <= found.certainty <= 1 for found in offer.found)


def test_what_follows_from_the_page_says_from_what() -> None:
    old = offer_of("aliexpress_2021.html")
    discount = next(found for found in old.found if found.field == "discount")
    # 1 - 41.90 / 69.00 = 39.3 %
    assert (discount.value, discount.where) == ("39.3", "price against list price")
    assert discount.certainty == old.certainty


@pytest.mark.parametrize(
    ("page", "price", "currency", "availability"),
    [
        ("parts_dealer.html", "207.57", "USD", "unknown"),  # no button: a part number tells
        ("sold_out_no_cart.html", "19.99", "USD", "out_of_stock"),  # "Sold out" tells
        ("crossed_by_class.html", "40.00", "USD", "unknown"),  # $45.00 is crossed out by its class
        ("lithuanian.html", "55.00", "EUR", "in_stock"),
        ("choices_without_price.html", "22.50", "EUR", "unknown"),  # used ones are not available
        ("article_with_adverts.html", None, None, "unknown"),
        ("pricing_plans.html", None, None, "unknown"),
    ],
)
def test_pages_of_shops_that_nobody_here_chose_are_read_like_these(
    page: str, price: str | None, currency: str | None, availability: str
) -> None:
    read = offer_of(page).model_dump(mode="json")
    assert (read["price"], read["currency"], read["availability"]) == (
        price,
        currency,
        availability,
    )
