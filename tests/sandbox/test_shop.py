"""The competitor's shop over real HTTP: what a visitor, a crawler and the page's editor meet."""

import json
import re
from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from hypothesis import given
from hypothesis import strategies as st

from sandbox.shop import routes
from sandbox.shop.catalogue import catalogue
from sandbox.shop.edits import EditError, edited

Client = TestClient[web.Request, web.Application]
PAGE = "/shop/products/trailcell-300"
CONTROL = "/sandbox/shop/trailcell-300"


@pytest.fixture
def edits() -> list[str]:
    return []


@pytest.fixture
async def shop(edits: list[str]) -> AsyncIterator[Client]:
    app = web.Application()
    app.add_routes(routes(lambda: edits.append("changed")))
    async with TestClient(TestServer(app)) as client:
        yield client


async def text(shop: Client, path: str) -> str:
    return await (await shop.get(path)).text()


async def state(shop: Client, handle: str) -> dict[str, Any]:
    products = (await (await shop.get("/sandbox/shop")).json())["products"]
    found: dict[str, Any] = next(each for each in products if each["handle"] == handle)
    return found


def json_ld(html: str) -> dict[str, Any]:
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', html, re.DOTALL)
    assert found
    node: dict[str, Any] = json.loads(found[1])
    return node


@pytest.mark.parametrize(
    ("handle", "price"),
    [
        ("trailcell-300", "149.00"),
        ("trailcell-600", "289.00"),
        ("trailcell-1000", "459.00"),
        ("trailcell-2000", "869.00"),
        ("breeze-800", "339.00"),
        ("breeze-1200", "459.00"),
        ("breeze-1600", "569.00"),
        ("breeze-2000", "689.00"),
    ],
)
async def test_opens_with_the_agreed_price_everywhere_it_shows(
    shop: Client, handle: str, price: str
) -> None:
    html = await text(shop, f"/shop/products/{handle}")
    assert f'<span class="now">US${price}</span>' in html
    assert f'product:price:amount" content="{price}"' in html
    assert (await state(shop, handle))["price"] == price


async def test_tiers_take_three_and_six_percent_off(shop: Client) -> None:
    # 149.00 x 0.97 = 144.53; 149.00 x 0.94 = 140.06
    assert (await state(shop, "trailcell-300"))["tiers"] == [
        {"min_quantity": 50, "price": "149.00"},
        {"min_quantity": 200, "price": "144.53"},
        {"min_quantity": 500, "price": "140.06"},
    ]
    html = await text(shop, PAGE)
    assert "<td>50 - 199 pieces</td><td>US$149.00</td>" in html
    assert "<td>≥ 500 pieces</td><td>US$140.06</td>" in html


async def test_a_price_change_scales_the_tiers_and_is_announced(
    shop: Client, edits: list[str]
) -> None:
    answer = await shop.patch(CONTROL, json={"price": "199.00"})
    # 144.53 x 199 / 149 = 193.0300...; 140.06 x 199 / 149 = 187.06
    prices = [tier["price"] for tier in (await state(shop, "trailcell-300"))["tiers"]]
    assert (answer.status, prices, edits) == (200, ["199.00", "193.03", "187.06"], ["changed"])
    assert "US$199.00" in await text(shop, PAGE)


async def test_going_back_to_the_old_price_brings_the_old_tiers_back(shop: Client) -> None:
    before = (await state(shop, "trailcell-300"))["tiers"]
    for price in ("0.37", "7919.13", "149.00"):
        await shop.patch(CONTROL, json={"price": price})
    assert (await state(shop, "trailcell-300"))["tiers"] == before


@given(st.lists(st.decimals("0.01", "99999.99", places=2), min_size=1, max_size=5))
def test_tiers_follow_any_price_and_never_rise_with_quantity(prices: list[Decimal]) -> None:
    product = next(catalogue())
    for price in prices:
        product = edited(product, json.dumps({"price": str(price)}).encode())
    ladder = [tier.price for tier in product.tiers]
    assert ladder[0] == product.price == prices[-1]
    assert ladder == sorted(ladder, reverse=True)
    assert ladder[-1] > 0


@given(st.binary(max_size=60))
def test_no_body_breaks_the_editor(body: bytes) -> None:
    complaint = ""
    try:
        edited(next(catalogue()), body)
    except EditError as error:
        complaint = str(error)
    assert "\n" not in complaint


async def test_new_tiers_bring_their_price_and_minimum_order(shop: Client) -> None:
    tiers = [{"min_quantity": 10, "price": "155.00"}, {"min_quantity": 100, "price": "150.50"}]
    await shop.patch(CONTROL, json={"tiers": tiers})
    now = await state(shop, "trailcell-300")
    assert (now["price"], now["moq"], now["tiers"]) == ("155.00", 10, tiers)


async def test_a_list_price_below_the_price_is_not_crossed_out(shop: Client) -> None:
    assert '<s class="was">US$169.00</s>' in await text(shop, PAGE)
    await shop.patch(CONTROL, json={"price": "175.00"})
    assert '<s class="was">US$169.00</s>' not in await text(shop, PAGE)


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        ({"price": "-1"}, "price: Input should be greater than 0"),
        ({"price": "NaN"}, "price: Input should be a finite number"),
        ({"price": "cheap"}, "price: Input should be a valid decimal"),
        ({"price": None}, "price: Decimal input should be an integer, float, string"),
        ({"price": "1.005"}, "price: Decimal input should have no more than 2 decimal places"),
        ({"currency": "dollars"}, "currency: String should match pattern"),
        ({"mode": "sleepy"}, "mode: Input should be 'normal'"),
        ({"availability": "soon"}, "availability: Input should be 'in_stock'"),
        ({"colour": "red"}, "colour: Extra inputs are not permitted"),
        ({"tiers": []}, "tiers: List should have at least 1 item"),
        ([1], "body: Input should be an object"),
        (
            {"tiers": [{"min_quantity": 50, "price": "2"}, {"min_quantity": 50, "price": "1"}]},
            "tiers: min_quantity must rise from tier to tier",
        ),
        (
            {"price": "3", "tiers": [{"min_quantity": 50, "price": "2"}]},
            "price: must equal the first tier's price when both are given",
        ),
    ],
)
async def test_a_bad_edit_is_refused_in_one_line_and_changes_nothing(
    shop: Client, edits: list[str], body: Any, complaint: str
) -> None:
    before = await state(shop, "trailcell-300")
    answer = await shop.patch(CONTROL, json=body)
    message = (await answer.json())["error"]
    assert (answer.status, message[: len(complaint)]) == (400, complaint)
    assert "\n" not in message
    assert (await state(shop, "trailcell-300"), edits) == (before, [])


async def test_an_edit_that_is_no_json_is_refused(shop: Client) -> None:
    answer = await shop.patch(CONTROL, data=b"{price")
    assert answer.status == 400
    assert (await answer.json())["error"].startswith("body: Invalid JSON")


async def test_an_unknown_product_is_not_found(shop: Client) -> None:
    for answer in (
        await shop.get("/shop/products/teapot"),
        await shop.patch("/sandbox/shop/teapot", json={"price": "1"}),
    ):
        assert (answer.status, await answer.text()) == (
            404,
            "teapot: the shop has no such product\n",
        )


async def test_a_power_station_carries_an_aggregate_offer(shop: Client) -> None:
    offers = json_ld(await text(shop, PAGE))["offers"]
    assert (offers["@type"], offers["lowPrice"], offers["highPrice"], offers["priceCurrency"]) == (
        "AggregateOffer",
        "140.06",
        "149.00",
        "USD",
    )
    assert offers["offers"][1]["eligibleQuantity"] == {
        "@type": "QuantitativeValue",
        "minValue": 200,
        "maxValue": 499,
    }


async def test_an_air_conditioner_carries_one_offer_at_its_minimum_order(shop: Client) -> None:
    offer = json_ld(await text(shop, "/shop/products/breeze-1200"))["offers"]
    assert (offer["@type"], offer["price"]) == ("Offer", "459.00")
    assert offer["eligibleQuantity"]["minValue"] == 50


async def test_every_product_has_a_page_and_a_valid_gtin(shop: Client) -> None:
    products = (await (await shop.get("/sandbox/shop")).json())["products"]
    assert len(products) == 12
    for product in products:
        gtin = json_ld(await text(shop, f"/shop/products/{product['handle']}"))["gtin13"]
        digits = [int(digit) for digit in gtin]
        # GS1 check digit: odd places once, even places three times, the sum divides by ten
        assert sum(d * (3 if place % 2 else 1) for place, d in enumerate(digits)) % 10 == 0


async def test_recommended_products_show_other_prices(shop: Client) -> None:
    html = await text(shop, PAGE)
    recommended = html.split('class="recommended"')[1]
    assert "US$289.00" in recommended
    assert "US$149.00" not in recommended


async def test_a_page_already_known_is_not_sent_again_until_it_changes(shop: Client) -> None:
    first = await shop.get(PAGE)
    known = {"If-None-Match": first.headers["ETag"]}
    again = await shop.get(PAGE, headers=known)
    assert (again.status, await again.read()) == (304, b"")
    await shop.patch(CONTROL, json={"price": "150.00"})
    assert (await shop.get(PAGE, headers=known)).status == 200


async def test_the_price_changes_currency_everywhere(shop: Client) -> None:
    await shop.patch(CONTROL, json={"currency": "EUR"})
    html = await text(shop, PAGE)
    assert "€149.00" in html
    assert 'og:price:currency" content="EUR"' in html
    assert json_ld(html)["offers"]["priceCurrency"] == "EUR"


async def test_the_product_script_counts_in_whole_cents(shop: Client) -> None:
    product = await (await shop.get(PAGE + ".js")).json()
    assert (product["price"], product["compare_at_price"], product["available"]) == (
        14900,
        16900,
        True,
    )


async def test_the_product_feed_is_paged_and_has_prices_as_text(shop: Client) -> None:
    first = await (await shop.get("/shop/products.json?limit=5&page=1")).json()
    last = await (await shop.get("/shop/products.json?limit=5&page=3")).json()
    assert (len(first["products"]), len(last["products"])) == (5, 2)
    assert first["products"][1]["variants"][0]["price"] == "149.00"


async def test_robots_may_read_the_shop(shop: Client) -> None:
    for path in ("/robots.txt", "/shop/robots.txt"):
        assert "Allow: /shop/" in await text(shop, path)


@pytest.mark.parametrize(
    ("mode", "status", "seen"),
    [
        ("sold_out", 200, 'og:availability" content="oos"'),
        ("captcha", 200, "punish-component"),
        ("login", 200, 'type="password"'),
        ("not_found", 200, "<title>Product Not Available</title>"),
        ("price_on_request", 200, "Price on request"),
        ("gone", 404, "gone"),
        ("error500", 500, "trouble"),
    ],
)
@pytest.mark.parametrize("control", [CONTROL, "/sandbox/shop"])
async def test_a_bad_day_shows_on_the_product_page(
    shop: Client, mode: str, status: int, seen: str, control: str
) -> None:
    await shop.patch(control, json={"mode": mode})
    answer = await shop.get(PAGE)
    html = await answer.text()
    assert (answer.status, seen in html) == (status, True)
    if mode != "sold_out":
        assert "149.00" not in html


async def test_a_blocked_page_names_the_asked_path_and_shows_no_price(shop: Client) -> None:
    await shop.patch("/sandbox/shop", json={"mode": "captcha"})
    html = await text(shop, "/shop/")
    assert "/shop/_____tmd_____/punish?x5secdata" in html.replace("//", "/")
    assert "US$" not in html


async def test_a_price_on_request_leaves_no_price_for_machines(shop: Client) -> None:
    await shop.patch(CONTROL, json={"mode": "price_on_request"})
    html = await text(shop, PAGE)
    assert "offers" not in json_ld(html)
    assert "price:amount" not in html
    assert (await (await shop.get(PAGE + ".js")).json())["price"] == 0


async def test_a_garbled_page_claims_a_wrong_encoding(shop: Client) -> None:
    await shop.patch(CONTROL, json={"mode": "garbled"})
    answer = await shop.get(PAGE)
    assert answer.charset == "utf-8"
    assert "便携式" in (await answer.read()).decode("gb18030")


async def test_a_slow_page_outlasts_an_impatient_visitor(shop: Client) -> None:
    await shop.patch(CONTROL, json={"mode": "slow"})
    with pytest.raises(TimeoutError):
        await shop.get(PAGE, timeout=aiohttp.ClientTimeout(total=0.2))


async def test_the_storefront_lists_what_is_there(shop: Client) -> None:
    await shop.patch("/sandbox/shop/breeze-500", json={"mode": "gone"})
    html = await text(shop, "/shop/")
    assert html.count('class="card"') == 11
    assert "Breeze 500" not in html
    assert Decimal("149.00") in {Decimal(price) for price in re.findall(r"US\$([\d.]+)", html)}


async def test_every_picture_is_drawn(shop: Client) -> None:
    for handle in ("trailcell-300", "breeze-800"):
        answer = await shop.get(f"/shop/pictures/{handle}.svg")
        assert answer.content_type == "image/svg+xml"
        assert (await answer.text()).startswith("<svg")
