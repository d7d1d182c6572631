"""Alibaba.com product pages: `window.detailData`, which holds the ladder in US dollars."""

from __future__ import annotations

import re
from decimal import Decimal

from scrapers.page.counts import of_sold, rating, sold_in, tally
from scrapers.page.currency import Hints
from scrapers.page.document import Document
from scrapers.page.model import Reading, Tier, ladder, span
from scrapers.page.nodes import Node, assigned, at, identity, moment, nodes, text, whole
from scrapers.page.numbers import amount
from scrapers.page.prices import find_prices
from scrapers.page.quantity import pack_of, unit_of

_DATA = re.compile(r"window\.detailData\s*=\s*(?=\{)")
_HOST = re.compile(r"^https?://(?:[\w-]+\.)*alibaba\.com(?:[:/]|$)", re.IGNORECASE)
_TERM = re.compile(r"[A-Z]{3}")
_STORE = "icbu-pc-productListPc"  # a store's list has a reader of its own
_PRINTED = ("formatPrice", "priceRangeText")
_HUNDRED = 100
_WHERE = {
    "incoterm": "detailData tradePriceType",
    "promotion_price": "detailData promotion",
    "promotion_ends_at": "detailData discountInfo endTime",
    "sample_price": "detailData skuSample",
    "sold": "detailData salesVolume",
    "reviews": "detailData productReview",
    "rating": "detailData productReview",
}


def matches(url: str, html: str) -> bool:
    """An address at alibaba.com, or a saved page with its data block."""
    return "window.detailData" in html or (bool(_HOST.match(url)) and _STORE not in html)


def read(document: Document) -> Reading | None:
    """Ladder, range, minimum order and delivery term.

    `dollarPrice` fields are US dollars whatever the visitor's currency; without them the price is
    in the visitor's currency, told by its printed sign. Promotion and sample prices are kept
    apart. A page whose data has no product id is one that Alibaba answers, with status 200, for a
    product that is gone.
    """
    data = assigned(document.html, _DATA)
    if not isinstance(data, dict):
        return None
    product = at(data, "globalData", "product")
    if not product.get("productId"):
        return Reading(source="alibaba", trust=1, kind="not_found", title=document.title or None)
    price = at(product, "price")
    tiers, currency = _ladder(price)
    where = "detailData productLadderPrices"
    amounts = [tier.price for tier in tiers]
    if not amounts:
        amounts, currency = _range(price, at(product, "sku"))
        where = "detailData productRangePrices"
    low, high = span(amounts)
    term = at(data, "globalData", "trade", "tradeInfo").get("tradePriceType")
    discount = at(data, "globalData", "promotion", "discountInfo")
    reviews = at(data, "globalData", "review", "productReview")
    title = text(product.get("subject"))
    return Reading(
        source="alibaba",
        trust=0.95,
        title=title,
        price=low,
        price_max=high,
        currency=currency if amounts else None,
        tiers=tiers,
        moq=whole(product.get("moq")),
        unit=_unit(product),
        pack_size=pack_of(title or ""),
        incoterm=term if isinstance(term, str) and _TERM.fullmatch(term) else None,
        sku=identity(product["productId"]),
        promotion_price=_promotion(price, low, discount, currency),
        promotion_ends_at=moment(discount.get("endTime")),
        sample_price=_sample(product, currency),
        withheld="on_request" if not amounts and product.get("tradable") is False else None,
        **of_sold(sold_in(at(data, "globalData", "trade").get("salesVolume"))),
        reviews=tally(reviews.get("totalReviewCount")),
        rating=rating(reviews.get("averageStar")),
        where={"price": where, "tiers": where, **_WHERE},
    )


def _ladder(price: Node) -> tuple[tuple[Tier, ...], str | None]:
    stated = price.get("productLadderPrices")
    steps = nodes(stated)
    if not isinstance(stated, list) or len(steps) != len(stated):
        return (), None
    dollars = _tiers(steps, "dollarPrice")
    if dollars:
        return dollars, "USD"
    return _tiers(steps, "price"), _visitor_currency(price, steps)


def _tiers(steps: list[Node], key: str) -> tuple[Tier, ...]:
    """The ladder in one currency; empty unless every step states it."""
    read = [
        (whole(step.get("min", step.get("minQuantity"))), amount(step.get(key))) for step in steps
    ]
    tiers = [Tier(min_quantity=least, price=price) for least, price in read if least and price]
    return ladder(tiers) if len(tiers) == len(steps) else ()


def _range(price: Node, sku: Node) -> tuple[list[Decimal], str | None]:
    """Low and high of the range, else of the variants; promotions and samples are no FOB price."""
    ends = at(price, "productRangePrices")
    variants = [each for each in at(sku, "skuInfoMap").values() if isinstance(each, dict)]
    for sources, keys, currency in (
        ([ends], ("dollarPriceRangeLow", "dollarPriceRangeHigh"), "USD"),
        (variants, ("dollarPrice",), "USD"),
        ([ends], ("priceRangeLow", "priceRangeHigh"), _visitor_currency(price, [ends])),
        (variants, ("price",), _visitor_currency(price, variants)),
    ):
        read = [amount(node.get(key)) for node in sources for key in keys]
        if amounts := [each for each in read if each]:
            return amounts, currency
    return [], None


def _promotion(
    price: Node, low: Decimal | None, discount: Node, currency: str | None
) -> Decimal | None:
    """The promotional price in the currency of the ladder, stated or out of its rate."""
    ends = at(price, "productRangePrices")
    as_shown = currency != "USD" or amount(ends.get("priceRangeLow")) == low
    key = "priceRangePromotionLow" if as_shown else "dollarPriceRangePromotionLow"
    if stated := amount(ends.get(key)):
        return stated
    rate = amount(discount.get("discountRate"))
    if low is None or rate is None or rate >= _HUNDRED:
        return None
    return (low * (_HUNDRED - rate) / _HUNDRED).quantize(Decimal("0.01"))


def _sample(product: Node, currency: str | None) -> Decimal | None:
    """The sample's price where it is in the ladder's currency."""
    samples = nodes(at(product, "sku").get("skuSample"))
    key = "dollarPrice" if currency == "USD" else "price"
    return next((price for each in samples if (price := amount(each.get(key)))), None)


def _visitor_currency(price: Node, sources: list[Node]) -> str | None:
    """The currency of `price` fields: the page's pattern ("€{0}"), else a price as printed.

    `productPriceCurrencySimpleName` is the seller's currency and not asked; "$" alone may be any
    dollar.
    """
    pattern = at(price, "currencyRule").get("currencyPattern")
    texts = [pattern.replace("{0}", "1")] if isinstance(pattern, str) else []
    texts += [str(node.get(key) or "") for node in sources for key in _PRINTED]
    currencies = (found.currency for each in texts for found in find_prices(each, Hints()))
    return next((currency for currency in currencies if currency), None)


def _unit(product: Node) -> str | None:
    names = (
        at(product, "price").get("unit"),
        at(product, "price").get("unitEven"),
        at(product, "customPrice").get("unitEven"),
    )
    return next((unit for name in names if isinstance(name, str) and (unit := unit_of(name))), None)
