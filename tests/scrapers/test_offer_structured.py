"""JSON-LD, microdata and meta tags, as shops really write them."""

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrapers.offer import Offer, read_offer

URL = "https://shop.example/products/cup"
PRODUCT = {"@context": "https://schema.org", "@type": "Product", "name": "Cup"}


def offer_with(offers: Any, *, url: str = URL, body: str = "", **product: Any) -> Offer:
    return read_offer(ld(PRODUCT | {"offers": offers} | product) + body, url)


def ld(value: Any) -> str:
    return f'<script type="application/ld+json">{json.dumps(value)}</script>'


def og_price(currency: str) -> str:
    """Meta tags with a place for the amount."""
    return (
        '<meta property="og:price:amount" content="{}">'
        f'<meta property="og:price:currency" content="{currency}">'
    )


def bid(price: Any, **fields: Any) -> dict[str, Any]:
    return {"@type": "Offer", "price": price, "priceCurrency": "USD", **fields}


@pytest.mark.parametrize(
    ("offers", "price", "price_max"),
    [
        (bid("12.50"), "12.50", None),
        (bid(12.5), "12.5", None),
        (bid("1,299.00"), "1299.00", None),  # against the standard, yet it can mean one thing only
        (bid("US$ 12.50"), "12.50", None),
        ([bid("24"), bid("29")], "24", "29"),
        ([bid("24"), bid("24.00")], "24", None),
        ({"lowPrice": "2.61", "highPrice": 3.38, "priceCurrency": "USD"}, "2.61", "3.38"),
        ({"@type": "AggregateOffer", "priceCurrency": "USD", "offers": [bid(3), bid(5)]}, "3", "5"),
        ({"@type": "Offer", "priceSpecification": bid("7.20")}, "7.20", None),
        (bid(0), None, None),
        (bid("0.00"), None, None),
        (bid(""), None, None),
        (bid(None), None, None),
        (bid("call us"), None, None),
        (bid(True), None, None),
        (bid(-5), None, None),
        (bid("1e999999"), None, None),
    ],
)  # fmt: skip
def test_the_price_of_an_offer(offers: Any, price: str | None, price_max: str | None) -> None:
    read = offer_with(offers)
    assert read.kind == "product"
    assert read.price == (Decimal(price) if price else None)
    assert read.price_max == (Decimal(price_max) if price_max else None)


def test_list_member_and_instalment_prices_are_not_the_price() -> None:
    others: list[dict[str, Any]] = [
        {"priceType": "https://schema.org/ListPrice"},
        {"priceType": "StrikethroughPrice"},
        {"validForMemberTier": {"name": "Gold"}},
        {"billingDuration": 12},
        {"referenceQuantity": {"value": 100, "unitCode": "GRM"}},
    ]
    specifications = [bid(index + 1) | other for index, other in enumerate(others)]
    read = offer_with({"@type": "Offer", "priceSpecification": [*specifications, bid("79.00")]})
    assert (read.price, read.price_max) == (Decimal("79.00"), None)


def test_a_used_offer_does_not_undercut_the_new_one() -> None:
    used = bid("9.00", itemCondition="https://schema.org/UsedCondition")
    assert offer_with([used, bid("20.00")]).price == 20


@pytest.mark.parametrize(
    ("states", "availability"),
    [
        (["https://schema.org/InStock"], "in_stock"),
        (["OutOfStock"], "out_of_stock"),
        (["http://schema.org/PreOrder"], "preorder"),
        (["OutOfStock", "InStock"], "in_stock"),
        (["MadeToOrder"], "unknown"),
        (["nonsense"], "unknown"),
    ],
)
def test_availability_has_a_third_state(states: list[str], availability: str) -> None:
    assert offer_with([bid(1, availability=each) for each in states]).availability == availability


def test_the_variant_in_the_address_is_the_one_that_is_read() -> None:
    variants = [bid(str(n), url=f"/products/cup?variant={n}") for n in (24, 29)]
    assert offer_with(variants, url=f"{URL}?variant=29").price == 29
    assert offer_with(variants, url=f"{URL}?variant=7").price_max == 29


def test_variants_of_a_group_make_a_range() -> None:
    group = {
        "@type": "ProductGroup",
        "name": "Cup",
        "hasVariant": [{"@type": "Product", "offers": bid(n)} for n in (24, 29)],
    }
    read = read_offer(ld({"@graph": [{"@type": "WebPage"}, group]}), URL)
    assert read.title == "Cup"
    assert read.price == 24
    assert read.price_max == 29


def test_references_within_the_graph_are_followed() -> None:
    graph = [PRODUCT | {"offers": {"@id": "#offer"}}, bid("5.00") | {"@id": "#offer"}]
    assert read_offer(ld({"@graph": graph}), URL).price == 5


def test_eligible_quantities_make_tiers() -> None:
    specifications = [
        bid(price, eligibleQuantity={"minValue": least})
        for least, price in ((6, "3.87"), (500, "3.65"))
    ]
    read = offer_with({"@type": "Offer", "priceSpecification": specifications})
    assert [(tier.min_quantity, str(tier.price)) for tier in read.tiers] == [
        (6, "3.87"),
        (500, "3.65"),
    ]


def test_of_several_products_only_the_pages_own_counts() -> None:
    others = ld(PRODUCT | {"name": "Plate", "offers": bid(3)}) + ld(PRODUCT | {"offers": bid(12)})
    assert read_offer(f"{others}<h1>Cup</h1>", URL).price == 12
    assert read_offer(f"{others}<h1>Fork</h1>", URL).price is None


@pytest.mark.parametrize(
    "block",
    [
        '<!-- {"@type":"Product","offers":{"price":"5","priceCurrency":"USD"}} -->',
        '//<![CDATA[\n{"@type":"Product","offers":{"price":"5","priceCurrency":"USD"}}\n//]]>',
        '{"@type":"Product","offers":{"price":"5","priceCurrency":"USD",},}',
        '{"@type":"Product","description":"two\nlines","offers":{"price":"5","priceCurrency":"USD"}};',
        "{&quot;@type&quot;:&quot;Product&quot;,&quot;offers&quot;:{&quot;price&quot;:5,&quot;priceCurrency&quot;:&quot;USD&quot;}}",
        '{"@type":["Thing","http://schema.org/Product"],"offers":[{"price":"5","priceCurrency":"usd"}]}',
    ],
)  # fmt: skip
def test_sloppy_json_is_still_read(block: str) -> None:
    read = read_offer(f"<script type='application/ld+json'>{block}</script>", URL)
    assert read.price == 5
    assert read.currency == "USD"


def test_sources_that_disagree_lower_the_certainty_and_both_are_shown() -> None:
    meta = og_price("USD")
    alone, same, other = (
        offer_with(bid("12.50"), body=meta.format(price) if price else "")
        for price in (None, "12.5", "11.00")
    )
    assert other.certainty < alone.certainty < same.certainty
    assert other.price == Decimal("12.50")
    assert {each.value for each in other.found if each.field == "price"} == {"12.50", "11.00"}


def test_a_price_in_another_currency_is_no_contradiction() -> None:
    printed = "<h1>Cup</h1><span class=price>€11.20</span>"
    assert offer_with(bid("12.50"), body=printed).certainty == offer_with(bid("12.50")).certainty


def test_a_currency_is_borrowed_only_from_a_source_with_the_same_price() -> None:
    bare = {"@type": "Offer", "price": "12.50"}
    meta = og_price("CAD")
    assert offer_with(bare, body=meta.format("12.50")).currency == "CAD"
    assert offer_with(bare, body=meta.format("13.00")).currency is None


def test_an_ambiguous_machine_price_is_unknown_where_the_locale_reads_it_otherwise() -> None:
    german = "<html lang=de>" + ld(PRODUCT | {"offers": bid("1.299", priceCurrency="EUR")})
    english = german.replace("lang=de", "lang=en-IE")
    assert read_offer(german, URL).price is None
    assert read_offer(english, URL).price == Decimal("1.299")


def test_meta_tags_alone_are_enough() -> None:
    tags = {
        "og:type": "product",
        "og:title": "Cup",
        "product:price:amount": "9.90",
        "product:price:currency": "GBP",
        "product:availability": "out of stock",
    }
    page = "".join(f'<meta property="{name}" content="{value}">' for name, value in tags.items())
    read = read_offer(page, URL)
    assert (read.title, str(read.price), read.currency) == ("Cup", "9.90", "GBP")
    assert read.availability == "out_of_stock"


def test_microdata_reads_content_before_text() -> None:
    read = read_offer(
        '<div itemscope itemtype="http://schema.org/Product"><b itemprop="name">Cup</b>'
        '<div itemprop="offers" itemscope itemtype="http://schema.org/AggregateOffer">'
        '<meta itemprop="lowPrice" content="3.00"><meta itemprop="highPrice" content="4.00">'
        '<meta itemprop="priceCurrency" content="USD"></div></div>',
        URL,
    )
    assert read.price == 3
    assert read.price_max == 4
    assert read.currency == "USD"


def test_a_heading_with_two_prices_and_nothing_to_tell_them_apart_has_none() -> None:
    read = read_offer(
        "<html lang=en-US><h1>Cup</h1><b>$24</b> <b>$30</b><button>Add to cart</button>", URL
    )
    assert (read.kind, read.price) == ("product", None)
    assert [each.value for each in read.found if each.field == "price"] == ["24", "30"]


def test_a_printed_amount_that_could_mean_two_things_is_a_product_without_a_price() -> None:
    read = read_offer("<h1>Cup</h1><p class=price>€1.299</p>", URL)
    assert (read.kind, read.price, read.currency) == ("product", None, None)


@given(st.binary(max_size=400) | st.text(max_size=400))
def test_any_bytes_are_read_without_failing(page: bytes | str) -> None:
    assert 0 <= read_offer(page, URL).certainty <= 1


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["@type", "@id", "@graph", "offers", "price", "lowPrice", "highPrice",
                             "priceCurrency", "hasVariant", "priceSpecification", "sku", "name",
                             "eligibleQuantity", "minValue", "url", "availability"]),
            inner,
            max_size=6,
        )
    ),
    max_leaves=25,
)  # fmt: skip


@given(offers=json_values, extra=json_values)
def test_any_json_ld_is_read_without_failing(offers: Any, extra: Any) -> None:
    page = ld({"@type": "Product", "offers": offers, "hasVariant": extra, "name": extra})
    assert read_offer(page, URL).kind == "product"


@given(language=st.text(max_size=12), url=st.text(max_size=30))
def test_any_language_and_address_are_read_without_failing(language: str, url: str) -> None:
    page = f'<html lang="{language}"><h1>Cup</h1><p class=price>$1.50</p>'
    assert read_offer(page, url).url == url
    assert read_offer(page, f"https://{url}").url == f"https://{url}"


@given(st.integers(0, 400))
def test_a_page_torn_anywhere_never_shows_another_price(end: int) -> None:
    page = ld(PRODUCT | {"offers": bid("123.45")}) + "<h1>Cup</h1><p class=price>US$123.45</p>"
    assert read_offer(page[:end], URL).price in {None, Decimal("123.45")}


def test_deeply_nested_json_does_not_exhaust_the_stack() -> None:
    page = f'<script type="application/ld+json">{"[" * 100_000}</script>'
    assert read_offer(page, URL).kind == "no_product"
