"""Made-in-China.com product pages: one price with its minimum order, or a ladder of blocks."""

from __future__ import annotations

import re
from decimal import Decimal

from scrapers.page.document import Document
from scrapers.page.model import Reading, Tier, ladder, span
from scrapers.page.prices import PriceText, priced_line, read_price
from scrapers.page.quantity import count_of, incoterm, minimum_order, pack_of, unit_of

_HOST = re.compile(r"^https?://(?:[\w-]+\.)*made-in-china\.com(?:[:/]|$)", re.IGNORECASE)
_ONE = ".only-one-priceNum-td-left, .only-one-priceNum-price-left"
_ORDER = ".only-one-priceNum-price, .only-one-priceNum-td-right"
_STEP = ".swiper-slide-div"
_MONEY, _COUNT = ".swiper-money-container", ".swiper-unit-container"
_QUANTITY = re.compile(r"\s*(?:≥|>=)?\s*([\d,. ]*\d)\s*(?:[-–~]\s*[\d,. ]*\d|\+)?\s*(\w*)")
_PATH_ID = re.compile(r"/product/([A-Za-z0-9]{8,})/")
_NAMELESS = re.compile(r"\s*negotiable|get latest price|inquiry", re.IGNORECASE)


def matches(url: str, html: str) -> bool:
    """An address at made-in-china.com, or a saved page with its price blocks."""
    return bool(_HOST.match(url)) or "only-one-priceNum" in html or "swiper-money-container" in html


def read(document: Document) -> Reading | None:
    """Ladder, or the one price or range; minimum order and unit."""
    hints = document.hints()
    tiers, unit, currency = _ladder(document)
    printed = document.text_of(_ONE)
    price = read_price(printed, hints) if not tiers else None
    order = [priced_line(document.text_of(_ORDER), hints)]
    moq, moq_unit = minimum_order(order)
    low, high = _ends(tiers, price)
    if low is None and not _NAMELESS.match(printed):
        return None
    title = document.heading or None
    match = _PATH_ID.search(document.url)
    return Reading(
        source="made-in-china",
        trust=0.9,
        title=title,
        price=low,
        price_max=high,
        currency=currency or (price.currency if price else None),
        tiers=tiers,
        moq=moq or (tiers[0].min_quantity if tiers else None),
        unit=unit or moq_unit,
        pack_size=pack_of(title or ""),
        incoterm=incoterm([priced_line(printed, hints)]),
        sku=match[1] if match else None,
        withheld="on_request" if low is None else None,
        where={"price": "made-in-china price blocks"},
    )


def _ends(
    tiers: tuple[Tier, ...], price: PriceText | None
) -> tuple[Decimal | None, Decimal | None]:
    if tiers:
        return span([tier.price for tier in tiers])
    return (price.low, price.high) if price else (None, None)


def _ladder(document: Document) -> tuple[tuple[Tier, ...], str | None, str | None]:
    """The ladder, its unit and its currency; empty unless every block can be read."""
    hints, blocks = document.hints(), document.tree.css(_STEP)
    steps, units, currencies = [], set(), set()
    for block in blocks:
        money, count = block.css_first(_MONEY), block.css_first(_COUNT)
        price = read_price(money.text(strip=True), hints) if money else None
        match = _QUANTITY.match(count.text(separator=" ", strip=True)) if count else None
        least = count_of(match[1]) if match else None
        if match is None or price is None or price.low is None or least is None:
            return (), None, None
        steps.append(Tier(min_quantity=least, price=price.low))
        units.add(unit_of(match[2]))
        currencies.add(price.currency)
    if len(currencies) != 1:
        return (), None, None
    return ladder(steps), units.pop() if len(units) == 1 else None, currencies.pop()
