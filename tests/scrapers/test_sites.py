"""Readers of single kinds of shops, and how they are found."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from scrapers import sites
from scrapers.offer import Offer, read_offer

PAGES = Path(__file__).parents[1] / "pages"
ALIBABA = "https://www.alibaba.com/product-detail/_1600123.html"
SHOP = "https://some-shop.example/products/tote"


def page_of(name: str, url: str, **options: Any) -> Offer:
    return read_offer((PAGES / name).read_bytes(), url, **options)


def detail_page(product: Any) -> str:
    return (
        f"<script>window.detailData = {json.dumps({'globalData': {'product': product}})};</script>"
    )


def tiers_of(offer: Offer) -> list[tuple[int, str]]:
    return [(tier.min_quantity, str(tier.price)) for tier in offer.tiers]


def test_every_file_in_the_folder_is_a_reader() -> None:
    readers = sites.discover()
    assert {"alibaba", "shopify"} <= set(readers)
    assert all(callable(site.matches) and callable(site.read) for site in readers.values())


def test_an_unknown_site_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ValueError, match=r"'ebay' is not known; known sites: alibaba, .*shopify"):
        read_offer("<html>", SHOP, site="ebay")


def test_a_site_can_be_forced_on_a_saved_page() -> None:
    assert page_of("alibaba_ladder.html", "file:saved.html", site="alibaba").currency == "USD"


def test_alibabas_ladder_is_read_in_dollars_whatever_the_visitors_currency() -> None:
    offer = page_of("alibaba_ladder.html", ALIBABA)
    assert tiers_of(offer) == [(6, "3.87"), (500, "3.65"), (2500, "3.55"), (500_000, "2.99")]
    assert (str(offer.price), str(offer.price_max), offer.currency) == ("2.99", "3.87", "USD")
    assert (offer.moq, offer.unit, offer.incoterm, offer.sku) == (6, "piece", "FOB", "1600123")
    assert offer.title == "Silicone Cup 350ml {food grade}"


def test_alibabas_range_is_neither_a_promotion_nor_a_sample() -> None:
    offer = page_of("alibaba_skus.html", ALIBABA)
    assert (str(offer.price), str(offer.price_max), offer.currency) == ("3.17", "4.10", "USD")
    assert (offer.moq, offer.unit, offer.tiers) == (50, "piece", ())


@pytest.mark.parametrize(
    ("pattern", "currency"),
    [("€{0}", "EUR"), ("ARS {0}", "ARS"), ("US$ {0}", "USD"), ("${0}", None), (None, None)],
)
def test_an_older_alibaba_ladder_is_in_the_currency_of_the_pages_pattern(
    pattern: str | None, currency: str | None
) -> None:
    steps = [
        {"minQuantity": 1, "maxQuantity": 9, "price": "3.38"},
        {"minQuantity": 10, "price": "3.19"},
    ]
    price = {"productLadderPrices": steps, "currencyRule": {"currencyPattern": pattern}}
    offer = read_offer(detail_page({"productId": 1, "price": price}), ALIBABA)
    assert (tiers_of(offer), offer.currency) == ([(1, "3.38"), (10, "3.19")], currency)


def test_variants_stand_in_for_a_missing_range() -> None:
    variants = {"1:1;": {"dollarPrice": 3.1}, "1:2;": {"dollarPrice": "2.9"}, "1:3;": {"id": 5}}
    page = detail_page({"productId": 1, "price": {}, "sku": {"skuInfoMap": variants}})
    offer = read_offer(page, ALIBABA)
    assert (str(offer.price), str(offer.price_max), offer.currency) == ("2.9", "3.1", "USD")


@pytest.mark.parametrize("product", [{}, {"productId": None}, [], "x", None])
def test_alibaba_data_without_a_product_is_a_gone_product(product: Any) -> None:
    assert read_offer(detail_page(product), ALIBABA).kind == "not_found"


@pytest.mark.parametrize(
    "product",
    [
        {"productId": 1},
        {"productId": 1, "price": {"productLadderPrices": [{"min": 1}, 5, None]}},
        {"productId": 1, "price": {"productLadderPrices": "3"}, "moq": "many"},
        {"productId": 1, "price": {"productRangePrices": {"dollarPriceRangeLow": -1}}},
    ],
)
def test_alibaba_data_without_a_readable_price_has_none(product: Any) -> None:
    offer = read_offer(detail_page(product), ALIBABA)
    assert (offer.kind, offer.price, offer.tiers) == ("product", None, ())


def test_torn_alibaba_data_is_no_product() -> None:
    whole = (PAGES / "alibaba_ladder.html").read_text(encoding="utf-8")
    assert read_offer(whole[: whole.index('"skuSample"')], ALIBABA).currency != "USD"


def test_a_shopify_page_gives_the_range_of_its_variants() -> None:
    offer = page_of("shopify_product.html", SHOP)
    assert (str(offer.price), str(offer.price_max), offer.currency) == ("24", "29", "CAD")


@pytest.mark.parametrize(("variant", "price", "sku"), [("11", 24, "T-S"), ("12", 29, "T-L")])
def test_the_selected_shopify_variant_is_read_not_the_one_in_og_price(
    variant: str, price: int, sku: str
) -> None:
    offer = page_of("shopify_product.html", f"{SHOP}?variant={variant}")
    assert offer.price == price
    assert (offer.price_max, offer.sku) == (None, sku)


def test_a_shopify_page_without_json_ld_gets_its_currency_from_the_theme() -> None:
    page = (
        '<script>Shopify.shop="a.myshopify.com";Shopify.currency = {"active":"NZD","rate":"1"};'
        'var meta = {"product":{"variants":[{"id":1,"price":12900,"name":"Cup"}]}};</script>'
    )
    offer = read_offer(page, SHOP)
    assert (str(offer.price), offer.currency, offer.title) == ("129", "NZD", "Cup")


VARIANTS = [
    {"id": 1, "price": 6500, "available": False},
    {"id": 2, "price": 7000, "available": True},
]
DECIMALS = [{"id": 1, "price": "65.00", "compare_at_price": "90.00"}]


@pytest.mark.parametrize(
    ("path", "body", "price", "price_max"),
    [
        ("/products/cup.js", {"title": "Cup", "price": 6500, "variants": VARIANTS}, "65", "70"),
        ("/products/cup.js?variant=2", {"title": "Cup", "variants": VARIANTS}, "70", None),
        ("/products/cup.json", {"product": {"title": "Cup", "variants": DECIMALS}}, "65.00", None),
        ("/products.json", {"products": [{"title": "Cup", "variants": DECIMALS}]}, "65.00", None),
    ],
)
def test_shopify_product_json_is_cents_when_whole_and_amounts_when_text(
    path: str, body: Any, price: str, price_max: str | None
) -> None:
    offer = read_offer(json.dumps(body), f"https://a.example{path}")
    assert (offer.kind, offer.title, offer.currency) == ("product", "Cup", None)
    assert offer.price == Decimal(price)
    assert offer.price_max == (Decimal(price_max) if price_max else None)


def test_a_list_of_shopify_products_is_one_product_only_when_its_handle_is_named() -> None:
    products = [{"handle": name, "title": name, "variants": DECIMALS} for name in ("cup", "mug")]
    body, url = json.dumps({"products": products}), "https://a.example/products.json"
    assert read_offer(body, url).kind == "no_product"
    assert read_offer(body, f"{url}#mug").title == "mug"


def test_availability_of_shopify_variants() -> None:
    body = json.dumps({"title": "Cup", "variants": VARIANTS})
    assert read_offer(body, f"{SHOP}.js").availability == "in_stock"
    assert read_offer(body, f"{SHOP}.js?variant=1").availability == "out_of_stock"


@pytest.mark.parametrize(
    "body", ["{", "{}", '{"products": 5}', '{"product": []}', "[]", '{"variants": 1}']
)
def test_broken_shopify_json_has_no_price(body: str) -> None:
    assert read_offer(body, f"{SHOP}.js").price is None
