"""Finding a shop's products, against shops on loopback: all of them, or a clear word why not."""

import gzip
import json
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

from core.competitors import Discovery
from scrapers.discovery import Listed, Undiscovered, discover, products_json
from scrapers.discovery.found import own_address
from scrapers.discovery.sitemap_file import LARGEST, read_sitemap
from scrapers.fetch import FetchFailed, FetchRefused
from tests.support.fetching import Handler, Shop, changed, each, page, robots, shop

STORE_LIST = (Path(__file__).parents[1] / "pages" / "alibaba_store.html").read_text("utf-8")
WALL = "<html><title>Robot Check</title><div class='g-recaptcha'></div></html>"
NS = "http://www.sitemaps.org/schemas/sitemap/0.9"


def sitemap(*urls: str, item: str = "url", root: str = "urlset") -> str:
    items = "".join(f"<{item}><loc>{url}</loc><lastmod>2026</lastmod></{item}>" for url in urls)
    return f'<?xml version="1.0" encoding="UTF-8"?><{root} xmlns="{NS}">{items}</{root}>'


def index(*urls: str) -> str:
    return sitemap(*urls, item="sitemap", root="sitemapindex")


def later(text: str) -> Handler:
    """A page that names its own host: `@` stands for the shop's address."""

    async def handler(request: web.Request) -> web.StreamResponse:
        return web.Response(text=text.replace("@", f"http://{request.host}"))

    return handler


def packed(text: str) -> Handler:
    async def handler(request: web.Request) -> web.StreamResponse:
        body = gzip.compress(text.replace("@", f"http://{request.host}").encode())
        return web.Response(body=body, content_type="application/gzip")

    return handler


async def find(shop: Shop, way: Discovery, product_pages: str | None = None) -> list[Listed]:
    return await discover(shop.fetcher, shop.url(""), way, product_pages)


async def paths(pages: dict[str, Handler], way: Discovery = "sitemap", **wanted: Any) -> list[str]:
    """The products found, by their paths."""
    async with shop(pages) as there:
        found = await find(there, way, **wanted)
        return [each.url.removeprefix(there.url("")) for each in found]


async def trouble(pages: dict[str, Handler], way: Discovery = "sitemap") -> str:
    """Why a shop's products were not found."""
    async with shop(pages, changed(max_bytes=10_000)) as there:
        with pytest.raises((Undiscovered, FetchFailed, FetchRefused)) as raised:
            await find(there, way)
        return str(raised.value).replace(there.url(""), "@")


async def test_a_sitemap_names_the_products() -> None:
    named = sitemap("@/products/a", "@/about", "@/products/b", "@/products/a", "@/products/")
    assert await paths({"/sitemap.xml": later(named)}) == ["/products/a", "/products/b"]


@pytest.mark.parametrize(
    "path",
    [
        "/products/lamp",
        "/en/product/lamp.html",
        "/product-detail/lamp_160001.html",
        "/gp/dp/B0ABC",
        "/shop/item/77",
        "/produkt/leuchte",
        "/collections/all/products/lamp?variant=1",
    ],
)
async def test_paths_of_products_are_told_from_others(path: str) -> None:
    named = sitemap(
        f"@{path}", "@/", "@/pages/products", "@/blog/our-products", "@/collections/all"
    )
    assert await paths({"/sitemap.xml": later(named)}) == [path]


async def test_a_person_may_say_how_product_pages_look() -> None:
    named = sitemap("@/en/lamp-77", "@/de/lampe-77", "@/products/a")
    found = await paths({"/sitemap.xml": later(named)}, product_pages="*/en/*")
    assert found == ["/en/lamp-77"]


async def test_robots_txt_says_where_the_sitemap_is() -> None:
    rules = "User-agent: *\nDisallow: /cart\nSitemap: @/maps/one.xml\nSitemap: @/maps/two.xml\n"
    pages = {
        "/robots.txt": later(rules),
        "/maps/one.xml": later(sitemap("@/products/a")),
        "/maps/two.xml": later(sitemap("@/products/b")),
        "/sitemap.xml": later(sitemap("@/products/old")),
    }
    assert sorted(await paths(pages)) == ["/products/a", "/products/b"]


async def test_an_index_leads_to_packed_sitemaps_and_only_to_those_of_products() -> None:
    pages = {
        "/sitemap.xml": later(index("@/products_1.xml.gz", "@/products_2.xml", "@/pages_1.xml")),
        "/products_1.xml.gz": packed(sitemap("@/products/a")),
        "/products_2.xml": later(sitemap("@/products/b")),
    }
    assert sorted(await paths(pages)) == ["/products/a", "/products/b"]


async def test_an_index_that_names_itself_comes_to_an_end() -> None:
    pages = {
        "/sitemap.xml": later(index("@/sitemap.xml", "@/deeper.xml")),
        "/deeper.xml": later(index("@/sitemap.xml", "@/last.xml")),
        "/last.xml": later(sitemap("@/products/a")),
    }
    assert await paths(pages) == ["/products/a"]


async def test_only_the_shops_own_addresses_count() -> None:
    foreign = [
        "http://intranet.example/products/a",
        "ftp://shop.example/products/a",
        "javascript:alert(1)//products/a",
        "http://shop.example.evil.example/products/a",
        "http://shop.example:22/products/a",
        "http://[/products/a",
        "@/products/" + "x" * 1_500,
        "",
    ]
    named = sitemap(*foreign, "@/products/mine#top")
    assert await paths({"/sitemap.xml": later(named)}) == ["/products/mine"]


@pytest.mark.parametrize(
    ("url", "own"),
    [
        ("https://www.shop.example/p/1", True),
        ("http://de.shop.example/p/1", True),
        ("https://SHOP.example/p/1", True),
        ("https://notshop.example/p/1", False),
        ("https://shop.example:8443/p/1", False),
        ("https://user@evil.example/shop.example", False),
        ("https://shop.example@evil.example/p", False),
        ("//shop.example/p/1", False),
    ],
)
def test_a_shops_host_and_those_under_it_are_its_own(url: str, *, own: bool) -> None:
    assert (own_address("https://www.shop.example", url) is not None) is own


BOMB = (
    '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;">]>'
    "<urlset><url><loc>&b;</loc></url></urlset>"
)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (page("gone", status=404), "@/sitemap.xml: there is no sitemap"),
        (page("no", status=403), "@/sitemap.xml: the server answered 403"),
        (page("<html><body>Welcome<br></body></html>"), "is no sitemap that can be read"),
        (page(""), "is no sitemap that can be read"),
        (later(sitemap("@/products/a")[:-20]), "is no sitemap that can be read"),  # cut off
        (page(BOMB), "is no sitemap that can be read"),
        (page('<?xml version="1.0" encoding="klingon"?><urlset/>'), "is no sitemap that can be"),
        (page(sitemap()), "names no products"),
        (later(sitemap("@/about")), "names no products"),
        (later(sitemap(*(f"@/products/{n}" for n in range(999)))), "more than 10000"),
    ],
)
async def test_a_bad_sitemap_is_told_and_gives_nothing(answer: Handler, words: str) -> None:
    assert words in await trouble({"/sitemap.xml": answer})


async def test_one_missing_part_is_as_bad_as_none() -> None:
    pages = {
        "/sitemap.xml": later(index("@/products_1.xml", "@/products_2.xml")),
        "/products_1.xml": later(sitemap("@/products/a")),
    }
    assert await trouble(pages) == "@/products_2.xml: there is no sitemap"


async def test_an_index_without_end_is_given_up() -> None:
    pages = {"/sitemap.xml": later(index(*(f"@/{n}.xml" for n in range(101))))}
    assert "its sitemaps have no end" in await trouble(pages)


def test_a_packed_sitemap_is_unpacked_no_further_than_the_limit() -> None:
    bomb = gzip.compress(b"<urlset>" + b" " * (LARGEST + 1) + b"</urlset>")
    for bad in (bomb, gzip.compress(b"<urlset/>")[:-6]):
        with pytest.raises(Undiscovered):
            read_sitemap(bad, "https://shop.example/sitemap.xml.gz")


def test_a_sitemap_of_too_many_addresses_is_given_up() -> None:
    with pytest.raises(Undiscovered, match="names more than 50,000 addresses"):
        read_sitemap(sitemap(*(["a"] * 50_001)).encode(), "https://shop.example/sitemap.xml")


@given(st.binary(max_size=300))
def test_no_body_breaks_the_reader(body: bytes) -> None:
    for start in (b"", b"<urlset><url><loc>", b"\x1f\x8b\x08"):
        with suppress(Undiscovered):
            read_sitemap(start + body, "https://shop.example/sitemap.xml")


def products(*handles: str) -> str:
    listed = [
        {"handle": handle, "title": handle.upper(), "variants": [{"price": "65.00"}]}
        for handle in handles
    ]
    return json.dumps({"products": listed})


async def test_a_shopify_shop_is_read_page_by_page_until_an_empty_one() -> None:
    pages = {"/products.json": each(*map(page, (products("a", "b"), products("c"), products())))}
    async with shop(pages) as there:
        found = await find(there, "products_json")
        asked = [request.query_string for request in there.asked[1:]]
    assert [(each.url.removeprefix(there.url("")), each.title) for each in found] == [
        ("/products/a", "A"),
        ("/products/b", "B"),
        ("/products/c", "C"),
    ]
    assert asked == [f"limit=250&page={number}" for number in (1, 2, 3)]
    assert {each.offer for each in found} == {None}  # the list names no currency


async def test_a_shopify_shop_that_repeats_itself_comes_to_an_end() -> None:
    assert len(await paths({"/products.json": page(products("a"))}, "products_json")) == 1


async def test_a_shopify_list_without_end_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(products_json, "MOST_PAGES", 3)
    endless = [page(products(f"p{number}")) for number in range(9)]
    told = await trouble({"/products.json": each(*endless)}, "products_json")
    assert "its list has more than 3 pages" in told


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ([page("gone", status=404)], "is no list of products"),
        ([page("<html>Welcome</html>")], "is no list of products"),
        ([page('{"errors": "Not Found"}')], "is no list of products"),
        ([page(products("a")), page('{"errors": "throttled"}')], "is no list of products"),
        ([page(products("a")), page("no", status=403)], "the server answered 403"),
        ([page(products())], "names no products"),
    ],
)
async def test_a_shopify_list_that_breaks_off_gives_nothing(
    answers: Sequence[Handler], words: str
) -> None:
    assert words in await trouble({"/products.json": each(*answers)}, "products_json")


def store_list(*numbers: int) -> Handler:
    """A page of an Alibaba store's list; its products' pages are on the store's own host."""
    listed = STORE_LIST.replace("//www.alibaba.com", "").replace("cup_1600001", "cup_{}")
    [first, rest] = listed.split("cup_{}")
    return page(first + f"cup_{numbers[0]}" + rest)


async def test_an_alibaba_stores_list_is_read_until_it_begins_again() -> None:
    pages = {
        "/productlist.html": store_list(1),
        "/productlist-2.html": store_list(2),
        "/productlist-3.html": store_list(1),
        "/productlist-4.html": store_list(4),
    }
    async with shop(pages) as there:
        found = await find(there, "listing")
        assert "/productlist-4.html" not in there.paths()
    named = {each.url.rpartition("_")[2]: each for each in found}
    assert named.keys() == {"1.html", "2.html", "1600002.html", "1600003.html"}
    cup = named["1.html"].offer
    assert cup
    assert (str(cup.price), str(cup.price_max), cup.currency) == ("20.98", "23.95", "USD")


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ([page("")], "@/productlist.html: there is no such store"),
        ([page("<html>Hello</html>")], "is no list of products"),
        ([page(WALL)], "captcha"),
    ],
)
async def test_a_store_that_shows_no_list_is_told(answers: list[Handler], words: str) -> None:
    assert words in await trouble({"/productlist.html": each(*answers)}, "listing")


async def test_a_wall_in_the_middle_of_the_list_gives_nothing() -> None:
    pages = {"/productlist.html": store_list(1), "/productlist-2.html": page(WALL)}
    assert await trouble(pages, "listing") == "@/productlist-2.html: captcha"


@pytest.mark.parametrize("way", ["sitemap", "products_json", "listing"])
async def test_robots_txt_is_obeyed(way: Discovery) -> None:
    assert "robots.txt asks us not to" in await trouble(robots("User-agent: *\nDisallow: /"), way)


async def test_products_of_an_alibaba_store_stand_on_the_marketplace() -> None:
    store = "cups.en.alibaba.com"
    listed = page(STORE_LIST)
    pages = {"/productlist.html": listed, "/productlist-2.html": listed}
    async with shop(pages, changed(allowed_private_hosts=[store])) as there:
        found = await discover(there.fetcher, there.url("", store), "listing")
    assert found[0].url == "http://www.alibaba.com/product-detail/cup_1600001.html"
    assert len(found) == 3
