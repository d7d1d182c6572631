"""The visible page: which of its prices is the product's, and when none is."""

import json
import time
from decimal import Decimal
from pathlib import Path

import pytest

from scrapers.offer import Offer, read_offer
from scrapers.page.currency import Hints
from scrapers.page.prices import find_prices, read_price

PAGES = Path(__file__).parents[1] / "pages"
URL = "https://shop.example/p/cup"
BUY = "<button>Add to cart</button>"


def visible(body: str, url: str = URL, **options: dict[str, str]) -> Offer:
    page = f"<html lang=en-US><title>Cup | Shop</title><h1>Cup</h1>{body}"
    return read_offer(page, url, **options)  # type: ignore[arg-type]


def test_a_real_looking_page_gives_its_price_its_list_price_and_its_stock() -> None:
    offer = read_offer((PAGES / "real_life.html").read_bytes(), "https://werkstatt.example/p/1")
    assert (offer.price, offer.list_price) == (Decimal("129.90"), Decimal("149.00"))
    assert (offer.currency, offer.availability) == ("EUR", "in_stock")
    assert offer.discount == Decimal("12.8")  # 1 - 129.90 / 149.00


@pytest.mark.parametrize(
    "another",
    [
        "<del>$12.00</del>",
        "<p>List price: $12.00</p>",
        "<p>RRP $12.00</p>",
        "<p>from $2.00</p>",
        "<p>Shipping: $4.00</p>",
        "<p>4 payments of $1.25</p>",
        "<p>$2.50 / month</p>",
        "<p>($1.43 / 100 ml)</p>",
        "<p>Members $4.50</p>",
        "<p>Subscribe & save $4.75</p>",
        "<p>Deposit: $1.00</p>",
        "<p>$1.00 down</p>",
        "<p>$3.00 / user / month</p>",
        "<p>$2.5 million raised</p>",
        "<span class=text-decoration-line-through>$9.00</span>",
        "<p>You save $7.00</p>",
        "<p>Free delivery over $50</p>",
        "<p>Sample $9.00</p>",
        "<div class=recommended><span class=price>$1.99</span></div>",
        "<ul><li><b class=t>$7</b><li><b class=t>$8</b><li><b class=t>$9</b></ul>",
        "<div style='display:none'><span class=price>$1</span></div>",
    ],
)
def test_another_amount_beside_the_price_is_not_the_price(another: str) -> None:
    price = f"<span class=price>$5.00</span>{BUY}"
    for body in (f"{another}{price}", f"{price}{another}"):
        assert visible(body).price == Decimal("5.00"), body


@pytest.mark.parametrize(
    ("printed", "price"),
    [
        ("$69.<sup>99</sup>", "69.99"),
        ("$69<sup>99</sup>", "69.99"),
        ("<i>$</i><b>69</b><b class=cents>99</b>", "69.99"),
        ("$ 69. 99", "69.99"),
        ("<b>69.99</b>", "69.99"),
    ],
)
def test_a_price_in_pieces_is_put_together(printed: str, price: str) -> None:
    assert visible(f"<span class=price>{printed}</span>{BUY}").price == Decimal(price)


@pytest.mark.parametrize(
    "body",
    [
        "<p>I paid $5.00 for mine, says a forum</p>",
        "<p>Win $100!</p>",
        "<p>Model: X200 is what the raffle is about</p><p>Win $100!</p>",
        f"<p class=a>$5</p>{BUY}<p class=b>$6</p><p>-</p><p>-</p><p>-</p>{BUY}<p class=c>$7</p>"
        f"<p>-</p><p>-</p><p>-</p>{BUY}<p class=d>$8</p><p>-</p><p>-</p><p>-</p>{BUY}",
    ],
)
def test_a_page_that_sells_no_single_product_has_no_price(body: str) -> None:
    assert visible(body).price is None


@pytest.mark.parametrize("path", ["", "/", "/index.html", "/contact", "/account/login", "/cart"])
def test_an_address_that_sells_nothing_has_no_printed_price(path: str) -> None:
    assert visible(f"<span class=price>$5</span>{BUY}", f"https://shop.example{path}").price is None


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("Price on request", "on_request"),
        ("Ask for price", "on_request"),
        ("Preis auf Anfrage", "on_request"),
        ("询价", "on_request"),
        ("Log in to see prices", "login"),
        ("登录查看价格", "login"),
    ],
)
def test_a_withheld_price_is_said_and_never_another_one(said: str, why: str) -> None:
    offer = visible(f"<p>{said}</p>{BUY}<p>Spare lid: $1.99</p>")
    assert (offer.kind, offer.price, offer.withheld) == ("product", None, why)


@pytest.mark.parametrize(
    ("line", "state"),
    [
        ("In Stock", "in_stock"), ("Only 3 left in stock", "in_stock"), ("Auf Lager", "in_stock"),
        ("Availability: In stock.", "in_stock"), ("Есть в наличии", "in_stock"),
        ("Sold out", "out_of_stock"), ("Нет в наличии", "out_of_stock"), ("售罄", "out_of_stock"),
        ("Derzeit nicht verfügbar", "out_of_stock"), ("Pre-order now", "preorder"),
        ("Other sizes are sold out", "unknown"), ('38" sold out', "unknown"),
    ],
)  # fmt: skip
def test_a_stock_line_is_read_and_a_sentence_is_not(line: str, state: str) -> None:
    assert visible(f"<p class=price>$5.00</p><p>{line}</p>{BUY}").availability == state


@pytest.mark.parametrize(
    ("title", "pack"),
    [("Cup, pack of 12", 12), ("Cup 6-pack", 6), ("Cup 10 pcs/lot", 10), ("Cup 350 ml", None),
     ("硅胶杯 6个装", 6), ("Pack of 2 and set of 3", None)],
)  # fmt: skip
def test_the_pieces_of_a_pack_are_read(title: str, pack: int | None) -> None:
    page = f"<html lang=en-US><title>{title}</title><h1>{title}</h1><p class=price>$12</p>{BUY}"
    offer = read_offer(page, URL)
    assert offer.pack_size == pack
    assert offer.piece_price_at(1) == (Decimal(12) / pack if pack else 12)


def test_selectors_of_a_person_come_first() -> None:
    body = f"<b id=a data-p='$4.00'>x</b><span class=price>$5.00</span>{BUY}"
    offer = visible(body, selectors={"price": "#a@data-p"})
    assert (offer.price, offer.currency) == (Decimal("4.00"), "USD")
    assert visible(body, selectors={"price": "#gone"}).price == Decimal("5.00")


@pytest.mark.parametrize(
    ("selectors", "message"),
    [({"price": "b[["}, "'b\\[\\[' is no CSS"), ({"colour": "b"}, "selectors for colour: known")],
)
def test_a_bad_selector_is_told(selectors: dict[str, str], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        visible("", selectors=selectors)


def test_the_currency_that_the_pages_fields_name_is_its_dollar() -> None:
    page = f"<title>Cup</title><h1>Cup</h1><p class=price>$5.00</p>{BUY}"
    assert read_offer(page, URL).currency is None
    script = '<script>var shop = {"currency": "CAD"}</script>'
    assert read_offer(script + page, URL).currency == "CAD"
    assert read_offer(script + script.replace("CAD", "USD") + page, URL).currency is None


@pytest.mark.parametrize(
    "block",
    [
        '<script id="__NEXT_DATA__" type="application/json">%s</script>',
        "<script>window.__INITIAL_STATE__ = %s;</script>",
        "<script>dataLayer.push(%s)</script>",
    ],
)
def test_embedded_state_names_the_product_by_its_heading(block: str) -> None:
    state = {
        "related": [{"name": "Plate", "price": 3.5, "currency": "USD"}],
        "product": {"name": "Cup", "price": {"value": 5.25, "currency": "USD"}, "inStock": False},
    }
    offer = visible(block % json.dumps(state))
    assert (offer.price, offer.currency) == (Decimal("5.25"), "USD")
    assert offer.availability == "out_of_stock"


def test_whole_amounts_of_embedded_state_may_be_cents_and_are_left_alone() -> None:
    state = json.dumps({"name": "Cup", "price": 129900, "currency": "USD"})
    assert visible(f"<script type='application/json'>{state}</script>").price is None


def test_rdfa_is_read() -> None:
    offer = visible(
        '<div vocab="https://schema.org/" typeof="Product"><b property="name">Cup</b>'
        '<div property="offers" typeof="Offer"><span property="price" content="5.25">x</span>'
        '<meta property="priceCurrency" content="EUR"><link property="availability" '
        'href="https://schema.org/InStock"></div></div>'
    )
    assert (offer.price, offer.currency) == (Decimal("5.25"), "EUR")
    assert offer.availability == "in_stock"


def test_a_strikethrough_specification_is_the_list_price_and_not_the_price() -> None:
    offers = {
        "@type": "Offer", "price": "5.00", "priceCurrency": "USD",
        "priceValidUntil": "2026-11-30T23:59:59+08:00",
        "priceSpecification": {"priceType": "https://schema.org/StrikethroughPrice", "price": "8"},
    }  # fmt: skip
    product = json.dumps({"@type": "Product", "name": "Cup", "offers": offers})
    offer = visible(f'<script type="application/ld+json">{product}</script>')
    assert (offer.price, offer.list_price) == (Decimal("5.00"), Decimal("8"))
    assert str(offer.promotion_ends_at) == "2026-11-30 15:59:59+00:00"


def test_meta_tags_do_not_overrule_a_sold_out_page() -> None:
    tags = (
        '<meta property="og:type" content="product"><meta property="og:availability" '
        'content="instock">'
    )
    assert visible(f"{tags}<p class=price>$5</p><p>Sold out</p>").availability == "out_of_stock"


@pytest.mark.parametrize(
    ("page", "kind"),
    [
        ("<title>Pardon Our Interruption</title>", "captcha"),
        ("<script src=/_Incapsula_Resource?x=1></script>", "captcha"),
        ("<title>Access to this page has been denied</title>", "captcha"),
        ("<title>验证码拦截</title>", "captcha"),
        ("<h1>Sorry, we couldn't find that page</h1><p class=price>$5</p>", "not_found"),
        ("<title>该商品已下架</title><h1>x</h1><b class=price>￥5</b>", "not_found"),
        ("<h1>Choose your country</h1>", "consent"),
        ("<title>Age verification</title>", "consent"),
        ("<title>Zaloguj się</title><input type=password>", "login"),
    ],
)
def test_what_stands_before_a_shop_is_recognised(page: str, kind: str) -> None:
    offer = read_offer(page, URL)
    assert (offer.kind, offer.price) == (kind, None)


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("¥12,5 万", "125000.0", None), ("1.2万元", "12000.0", None), ("￥1.2-3万", "1.2万", "3万"),
        ("99¢", "0.99", None), ("1€40", "1.40", None), ("47 405 Р", "47405", None),
        ("3,49 zł", "3.49", None), ("$119. 95", "119.95", None), ("1.837, 32 €", "1837.32", None),
        ("£12.5k", "12500.0", None), ("£10k-12k", "10000", "12000"), ("$20 K-cups", "20", None),
    ],
)  # fmt: skip
def test_amounts_of_more_countries(text: str, low: str, high: str | None) -> None:
    if low.endswith("万"):
        low, high = "12000.0", "30000"
    price = read_price(text, Hints())
    assert price is not None
    assert (price.low, price.high) == (Decimal(low), Decimal(high) if high else None)


def test_two_prices_with_signs_behind_them_stay_two() -> None:
    assert [p.low for p in find_prices("3,49 zł 1,75 zł", Hints())] == [
        Decimal("3.49"),
        Decimal("1.75"),
    ]


@pytest.mark.parametrize(
    "page",
    [
        "<h1>x</h1>" + "a" * 3_000_000,
        "<h1>" * 100_000,
        '<meta "' * 200_000,
        "<script>" * 200_000,
        "<div>" * 100_000 + "<h1>x</h1><p class=price>$5",
        '<script type="application/json">{' * 20_000,
        "<h1>x</h1><p class=price>$" + "1,111" * 200_000,
        "<title>" + "<script>alert(1)</script>" * 1000,
        "window.detailData={" * 20_000,
    ],
    ids=range(9),
)
def test_a_hostile_page_takes_bounded_time(page: str) -> None:
    started = time.process_time()
    assert read_offer(page, URL).price is None
    assert time.process_time() - started < 2
