"""Units sold, reviews, ratings and visitors: read where a page states them, else unknown."""

import json
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrapers.offer import Offer, read_offer, read_offers
from scrapers.page.counts import Sold, count_in, rating, rating_in, sold_in, tally

PAGES = Path(__file__).parents[1] / "pages"


def offer_of(name: str, url: str) -> Offer:
    return read_offer((PAGES / name).read_bytes(), url)


def sales(offer: Offer) -> tuple[int | None, str | None, bool]:
    return offer.sold, offer.sold_over, offer.sold_at_least


@pytest.mark.parametrize(
    ("text", "number", "over", "at_least"),
    [
        ("13062 sold", 13062, None, False),
        ("3555 satıldı", 3555, None, False),
        ("13,062 sold", 13062, None, False),
        ("13.062 vendidos", 13062, None, False),
        ("5,000+ sold", 5000, None, True),
        ("1.2K sold", 1200, None, False),
        ("已售 1.2万+", 12000, None, True),
        ("1K+ bought in past month", 1000, "30d", True),
        ("Über 1000 Mal im letzten Monat gekauft", 1000, "30d", True),
        ("过去30天已售500件", 500, "30d", False),
        ("過去1か月で1000点以上購入されました", 1000, "30d", True),
        ("240 sold in the last 6 months", 240, "180d", False),
        ("240 sold in the last 180 days", 240, "180d", False),
        ("月销1000+", 1000, "30d", True),
        ("累计已售 88", 88, "all_time", False),
        ("0 sold", 0, None, False),
    ],
)
def test_units_sold_are_read_with_their_window_and_bucket(
    text: str, number: int, over: str | None, at_least: bool
) -> None:
    assert sold_in(text) == Sold(number, over, at_least)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "text",
    [
        "", "sold", "sold 12 of 40", "1.234K sold", "12.5 sold", "年销 1000+",
        "9" * 13 + " sold", "1 sold " * 40, "30 sold in the last 24 hours",
        "12 sold in the last 7 days", "12 sold today", None, 12,
    ],
)  # fmt: skip
def test_what_is_no_one_count_over_a_known_window_is_unknown(text: object) -> None:
    assert sold_in(text) is None


@given(st.integers(0, 10**9), st.sampled_from([",", ".", " ", "'", ""]))
def test_a_count_is_read_with_every_thousands_mark(number: int, mark: str) -> None:
    assert count_in(f"({number:,} ratings)".replace(",", mark)) == number


@given(st.text(max_size=60))
def test_no_text_breaks_the_reading_of_counts(text: str) -> None:
    sold = sold_in(text)
    assert sold is None or sold.number >= 0
    assert (count_in(text) or 0) >= 0


@pytest.mark.parametrize(
    ("text", "stars"),
    [
        ("4.5 out of 5 stars", "4.5"), ("4,5 von 5 Sternen", "4.5"), ("5つ星のうち4.5", "4.5"),
        ("5 out of 5 stars", "5"), ("4.9", "4.9"), ("7 out of 10", None), ("", None), (None, None),
    ],
)  # fmt: skip
def test_a_rating_is_told_of_five(text: object, stars: str | None) -> None:
    assert rating_in(text) == (Decimal(stars) if stars else None)


def test_a_rating_of_another_best_is_brought_to_five() -> None:
    assert rating("92", "100") == Decimal("4.60")  # 92 x 5 / 100
    assert rating("8,4", 10) == Decimal("4.20")  # 8.4 x 5 / 10
    assert [rating(value) for value in ("0", "6", "NaN", "", True, None)] == [None] * 6


def test_a_machines_count_is_whole_and_not_negative() -> None:
    assert [tally(value) for value in (0, 12, "34", Decimal("5.0"))] == [0, 12, 34, 5]
    assert [tally(value) for value in (-1, "1,2", True, None, Decimal("1.5"), 10**12)] == [None] * 6


def test_alibaba_tells_what_was_sold_but_not_over_which_time() -> None:
    offer = offer_of("alibaba_ladder.html", "https://www.alibaba.com/product-detail/_1600123.html")
    assert sales(offer) == (13062, None, False)
    assert (offer.reviews, offer.rating) == (4, Decimal("4.7"))


def test_an_alibaba_store_tells_180_days_of_sales_and_30_of_visitors() -> None:
    url = "https://cupfactory.en.alibaba.com/productlist.html"
    cup, steel, custom = read_offers((PAGES / "alibaba_store.html").read_bytes(), url)
    assert (sales(cup), cup.visitors_30d) == ((1250, "180d", False), 310)
    assert (sales(steel), steel.visitors_30d) == ((0, "180d", False), None)  # a stated 0 is a 0
    assert (sales(custom), custom.visitors_30d) == ((None, None, False), None)
    assert "sold_over" not in {found.field for found in custom.found}


def test_amazon_tells_at_least_how_many_were_bought_in_the_past_month() -> None:
    offer = offer_of("amazon_de.html", "https://www.amazon.de/dp/B0ABCDEFGH")
    assert sales(offer) == (1000, "30d", True)
    assert (offer.reviews, offer.rating) == (1234, Decimal("4.5"))


@pytest.mark.parametrize(
    ("page", "url", "sold", "reviews", "stars"),
    [
        ("aliexpress_2021.html", "https://pl.aliexpress.com/item/4001.html", 1000, 312, "4.8"),
        ("aliexpress_2024.html", "https://www.aliexpress.com/item/1.html", 5000, 1204, "4.9"),
    ],
)
def test_aliexpress_tells_orders_in_buckets(
    page: str, url: str, sold: int, reviews: int, stars: str
) -> None:
    offer = offer_of(page, url)
    assert sales(offer) == (sold, None, True)
    assert (offer.reviews, offer.rating) == (reviews, Decimal(stars))


def test_1688_tells_a_months_sales_and_its_rating_may_be_another_products() -> None:
    url = "https://detail.1688.com/offer/712345678901.html"
    offer = offer_of("1688_ladder.html", url)
    assert sales(offer) == (1000, "30d", True)
    assert (offer.reviews, offer.rating) == (None, None)
    plain = (PAGES / "1688_ladder.html").read_text().replace("月销1000+", "")
    assert sales(read_offer(plain, url)) == (3786, None, False)


def test_jd_tells_its_reviews_in_buckets() -> None:
    assert offer_of("jd.html", "https://item.jd.com/100012043978.html").reviews == 20000


def in_json_ld(ratings: object) -> Offer:
    offers = {"@type": "Offer", "price": "5.00", "priceCurrency": "USD"}
    product = {"@type": "Product", "name": "Cup", "offers": offers, "aggregateRating": ratings}
    page = f'<h1>Cup</h1><script type="application/ld+json">{json.dumps(product)}</script>'
    return read_offer(page, "https://shop.example/p/cup")


@pytest.mark.parametrize(
    ("ratings", "reviews", "stars"),
    [
        ({"ratingValue": 4.4, "reviewCount": 89, "ratingCount": 120}, 89, "4.4"),
        ({"ratingValue": "4,4", "ratingCount": "89"}, 89, "4.4"),
        ({"ratingValue": 88, "bestRating": 100, "reviewCount": 9}, 9, "4.40"),  # 88 x 5 / 100
        ({"ratingValue": 0, "reviewCount": 0}, 0, None),
        ([{"reviewCount": 1}, {"reviewCount": 2}], None, None),
        ({"reviewCount": "many"}, None, None),
        ("4.5", None, None),
        (None, None, None),
    ],
)
def test_json_ld_sums_up_its_ratings(
    ratings: object, reviews: int | None, stars: str | None
) -> None:
    offer = in_json_ld(ratings)
    assert (offer.reviews, offer.rating) == (reviews, Decimal(stars) if stars else None)
    assert offer.price == Decimal("5.00")


def test_microdata_and_rdfa_sum_up_their_ratings() -> None:
    microdata = (
        '<div itemscope itemtype="http://schema.org/Product"><h1 itemprop="name">Cup</h1>'
        '<div itemprop="aggregateRating" itemscope><span itemprop="ratingValue">4.6</span>'
        '<span itemprop="reviewCount">31</span></div><span itemprop="price">$5.00</span></div>'
    )
    rdfa = (
        '<div vocab="http://schema.org/" typeof="Product"><h1 property="name">Cup</h1>'
        '<div property="aggregateRating" typeof="AggregateRating"><i property="ratingValue">4.6</i>'
        '<i property="reviewCount">31</i></div><i property="price" content="5.00">$5</i></div>'
    )
    for page in (microdata, rdfa):
        offer = read_offer(page, "https://shop.example/p/cup")
        assert (offer.reviews, offer.rating) == (31, Decimal("4.6"))


def test_sales_come_from_one_source_with_their_window() -> None:
    offer = offer_of("amazon_de.html", "https://www.amazon.de/dp/B0ABCDEFGH")
    found = {found.field: found for found in offer.found}
    assert {"sold", "sold_over", "sold_at_least", "reviews", "rating"} <= set(found)
    assert found["sold"].where == "amazon bought in past month"


def test_a_page_that_says_nothing_of_sales_leaves_them_unknown() -> None:
    offer = offer_of("german_microdata.html", "https://shop.example/p/1")
    assert sales(offer) == (None, None, False)
    assert (offer.reviews, offer.rating, offer.visitors_30d) == (None, None, None)


def test_the_end_of_a_promotion_is_read_from_meta_tags() -> None:
    tags = {
        "og:type": "product", "product:price:amount": "8.00", "product:price:currency": "USD",
        "product:sale_price:amount": "5.00", "product:sale_price:currency": "USD",
        "product:sale_price_dates:end": "2026-11-30T23:59:59+08:00",
    }  # fmt: skip
    head = "".join(f'<meta property="{name}" content="{value}">' for name, value in tags.items())
    offer = read_offer(f"<head>{head}</head><h1>Cup</h1>", "https://shop.example/p/cup")
    assert (offer.price, offer.list_price) == (Decimal("5.00"), Decimal("8.00"))
    assert str(offer.promotion_ends_at) == "2026-11-30 15:59:59+00:00"  # 23:59:59 less 8 hours
