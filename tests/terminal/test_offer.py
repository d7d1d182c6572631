"""`watchkeeper offer URL-or-FILE`: what the price reader sees on a page, and where."""

import gzip
import json
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.terminal.conftest import Typed

PAGES = Path(__file__).parents[1] / "pages"
ALIBABA = "https://volt.en.alibaba.com/product/1.html"
FIELDS = {"url", "kind", "title", "price", "price_max", "currency", "availability", "tiers", "moq"}
FIELDS |= {"unit", "incoterm", "sku", "gtin", "certainty", "found"}


def seen(text: str) -> dict[str, Any]:
    offer: dict[str, Any] = json.loads(text)
    return offer


def test_a_saved_page_with_a_price_ladder(typed: Typed) -> None:
    said = typed("offer", str(PAGES / "alibaba_ladder.html"), "--url", ALIBABA, "--json")
    assert (said.code, said.err) == (0, "")
    offer = seen(said.out)
    assert set(offer) >= FIELDS
    assert (offer["url"], offer["kind"], offer["currency"]) == (ALIBABA, "product", "USD")
    assert offer["tiers"]
    assert all(isinstance(tier["price"], str) for tier in offer["tiers"])
    assert {"field", "where", "value"} <= set(offer["found"][0])
    assert 0 < offer["certainty"] <= 1


@pytest.mark.parametrize(
    ("page", "kind"),
    [
        ("amazon_captcha", "captcha"),
        ("cloudflare", "captcha"),
        ("login", "login"),
        ("consent", "consent"),
        ("alibaba_gone", "not_found"),
        ("listing", "no_product"),
    ],
)
def test_a_page_without_an_offer_says_what_it_is(typed: Typed, page: str, kind: str) -> None:
    said = typed("offer", str(PAGES / f"{page}.html"), "--json")
    offer = seen(said.out)
    assert said.code == 1
    assert (offer["kind"], offer["price"], offer["currency"]) == (kind, None, None)
    told = typed("offer", str(PAGES / f"{page}.html")).out
    assert told == f"no offer: the page is {kind.replace('_', ' ')}\n"


def test_what_was_sold_is_told_with_its_time(typed: Typed) -> None:
    said = typed("offer", str(PAGES / "alibaba_ladder.html"), "--url", ALIBABA).out
    assert "sold: 13062 (the page does not say over which time)\n" in said
    asin = "https://www.amazon.de/dp/B0ABCDEFGH"
    said = typed("offer", str(PAGES / "amazon_de.html"), "--url", asin).out
    assert "sold: 1000 or more (in 30 days)\nfound:" in said


def test_what_was_found_and_where_is_told(typed: Typed) -> None:
    said = typed("offer", str(PAGES / "shopify_product.html"))
    assert said.code == 0
    head, _, found = said.out.partition("found:\n")
    assert "price: " in head
    assert "currency: " in head
    assert "  price = " in found


@pytest.fixture
def web() -> Iterator[str]:
    """The saved pages over HTTP, on this machine."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(PAGES))) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture
def allowed(place: Path) -> None:
    """A configuration that lets this machine's pages be read."""
    config = place / "config.yaml"
    text = config.read_text(encoding="utf-8")
    hosts = "fetch:\n  allowed_private_hosts: [127.0.0.1]\n"
    text = text.replace("seconds_between_requests: 1.0", "seconds_between_requests: 0")
    config.write_text(text.replace("fetch:\n", hosts), encoding="utf-8")


@pytest.mark.usefixtures("allowed")
def test_a_page_is_fetched(web: str, typed: Typed) -> None:
    said = typed("offer", f"{web}/shopify_product.html", "--json")
    assert (said.code, said.err) == (0, "")
    assert seen(said.out)["url"] == f"{web}/shopify_product.html"


@pytest.mark.usefixtures("allowed")
def test_a_page_that_is_not_there(web: str, typed: Typed) -> None:
    said = typed("offer", f"{web}/nothing.html", "--json")
    assert (said.code, seen(said.out)["kind"]) == (1, "not_found")


def test_an_address_in_a_private_network_is_refused_in_one_line(web: str, typed: Typed) -> None:
    said = typed("offer", f"{web}/listing.html")
    assert (said.code, said.out) == (1, "")
    assert said.err.startswith("watchkeeper: 127.0.0.1 is not fetched: ")
    assert "allowed_private_hosts" in said.err


@pytest.mark.usefixtures("allowed")
def test_a_host_that_does_not_answer_is_told_in_one_line(typed: Typed) -> None:
    said = typed("offer", "http://127.0.0.1:9/p")
    assert (said.code, said.out) == (1, "")
    assert len(said.err.splitlines()) == 1


@pytest.mark.usefixtures("ledger")
def test_a_saved_page_is_kept_as_an_offer(typed: Typed, place: Path) -> None:
    packed = place / "page.html.gz"
    packed.write_bytes(gzip.compress((PAGES / "alibaba_ladder.html").read_bytes()))
    keep = ("--keep", "PeakGrid", "--sku", "PS-1000")
    said = typed("offer", str(packed), "--url", ALIBABA, *keep)
    assert (said.code, said.err) == (0, "kept as an offer of PeakGrid\n")
    told = json.loads(typed("check", "price_gap", "--json").out)
    assert ("PeakGrid", ALIBABA) in [
        (one["facts"]["competitor"], one["facts"]["url"]) for one in told
    ]


def test_selectors_of_the_configuration_are_tried_on_a_saved_page(
    typed: Typed, place: Path
) -> None:
    config = place / "config.yaml"
    text = config.read_text(encoding="utf-8")
    odd = '  hosts:\n    odd.example: {selectors: {price: ".second"}}\n'
    config.write_text(text.replace("  hosts:", odd + "  #", 1), encoding="utf-8")
    page = "<html><h1>Cell</h1><b>US$ 90.00</b><b class='second'>US$ 80.00</b></html>"
    (place / "page.html").write_text(page)
    offer = seen(typed("offer", "page.html", "--url", "https://odd.example/p/1", "--json").out)
    assert offer["price"] == "80.00"


@pytest.mark.parametrize(
    ("page", "options", "why"),
    [
        ("alibaba_block", ("--url", ALIBABA), "not kept: captcha"),
        ("alibaba_ladder", (), "not kept: give the address of the page by --url"),
    ],
)
def test_what_is_no_price_is_not_kept(
    typed: Typed, page: str, options: tuple[str, ...], why: str
) -> None:
    said = typed("offer", str(PAGES / f"{page}.html"), *options, "--keep", "VoltTrail")
    assert said.code == 2
    assert why in said.err
