"""What is found on a page's source without parsing it, and how far down a page is read."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrapers.offer import read_offer
from scrapers.page.document import Document
from scrapers.page.lines import read_lines

URL = "https://shop.example/p/1"
WALL = "<script src='/_Incapsula_Resource?SWJIYLWA=1'></script>"
CUP = "<h1>Steel cup</h1><p class=price>US$12.50</p><button>Add to cart</button>"
JSON_LD = (
    '<script type="application/ld+json">{"@type": "Product", "name": "Steel cup", "offers": '
    '{"price": "12.50", "priceCurrency": "USD", "availability": "InStock"}}</script>'
)

TAGS = ["<b>", "</b>", '<p id="12.50">', "<script>", "</script>", "<STYLE>", "</STYLE>", "<!-- "]
TEXTS = ["12.50", " -->", "a > b", "x <", " "]


@given(st.lists(st.sampled_from(TAGS + TEXTS), max_size=30))
def test_what_is_found_in_sight_stands_in_the_text_that_is_seen(pieces: list[str]) -> None:
    page = Document(URL, "".join(pieces))
    found = sum(1 for _ in page.seen_places("12.50"))
    assert found <= page.seen_text.count("12.50")


@pytest.mark.parametrize(
    ("html", "places"),
    [
        ("<p>12.50</p><b>12.50</b>", 2),
        ("12.50", 1),
        ("<p title='12.50'>a</p>", 0),
        ("<script>12.50</script><p>12.50</p>", 1),
        ("<p>12.50</p><SCRIPT>'12.50'</SCRIPT>", 1),
        ("<script>12.50 that nobody ends <p>12.50</p>", 0),
    ],
)
def test_words_in_tags_and_scripts_are_out_of_sight(html: str, places: int) -> None:
    assert len(list(Document(URL, html).seen_places("12.50"))) == places


@pytest.mark.parametrize(
    ("body", "source"),
    [
        ("<p>$12.50</p>", "printed text"),
        ("<p>12,50 $</p>", "printed text"),
        ("<p>$112.50</p>", None),
        ("<p data-price='12.50'>Ask</p>", None),
        ("<script>var price = 12.50</script>", None),
    ],
)
def test_a_price_is_confirmed_only_by_what_a_visitor_sees(body: str, source: str | None) -> None:
    offer = read_offer(f"{JSON_LD}<h1>Steel cup</h1>{body}", URL)
    assert offer.price == Decimal("12.50")
    assert ("printed text" in {found.where for found in offer.found}) == (source is not None)


@pytest.mark.parametrize(("words", "kind"), [(0, "captcha"), (40_000, "product")])
def test_a_walls_mark_far_down_a_page_is_the_pages_own(words: int, kind: str) -> None:
    assert read_offer(f"{CUP}<!--{'x' * words}-->{WALL}", URL).kind == kind


@pytest.mark.parametrize(("texts", "price"), [(900, Decimal("12.50")), (1100, None)])
def test_a_page_is_read_down_to_a_thousand_texts_below_its_heading(
    texts: int, price: Decimal | None
) -> None:
    between = "".join(f"<li>colour {n}</li>" for n in range(texts))
    title = "<title>Steel cup</title><h1>Steel cup</h1>"
    last = "<div class=price>US$12.50</div><button>Add to cart</button>"
    offer = read_offer(f"{title}<ul>{between}</ul>{last}", URL)
    assert offer.price == price


def test_a_long_menu_before_the_heading_hides_nothing() -> None:
    menu = "".join(f"<li>department {n}</li>" for n in range(3_000))
    offer = read_offer(f"<title>Steel cup</title><ul>{menu}</ul>{CUP}", URL)
    assert offer.price == Decimal("12.50")


def test_a_line_knows_the_four_innermost_elements_it_stands_in() -> None:
    html = "<main><div class=a><div id=b><p class='c d'><b>12.50</b></p></div></div></main>"
    body = Document(URL, html).tree.body
    assert body is not None
    assert [line.path for line in read_lines(body, None).lines] == ["div.a>div.b>p.c d>b"]


@pytest.mark.parametrize(
    ("stated", "currency"),
    [
        ('"currency":"EUR"', "EUR"),
        ("currencyCode: 'EUR'", "EUR"),
        ('CURRENCY = "eur"', "EUR"),
        ('<meta itemprop="priceCurrency" content="EUR">', "EUR"),
        ('"currency":"EUR", "priceCurrency":"USD"', None),
        ('"currency":"euros"', None),
    ],
)
def test_the_only_currency_that_fields_name_is_the_pages(stated: str, currency: str | None) -> None:
    assert Document(URL, f"<script>{stated}</script>").currency == currency
