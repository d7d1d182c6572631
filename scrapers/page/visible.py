"""What a person sees: the price printed beside the product's heading, its ladder and terms."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from selectolax.lexbor import LexborNode

from scrapers.page.currency import Hints
from scrapers.page.document import Document, lines_of
from scrapers.page.model import Availability, Reading, span
from scrapers.page.prices import Line, PriceText, find_prices, priced
from scrapers.page.quantity import incoterm, minimum_order, tiers_in, unit_of_price

_Key = tuple[Decimal | None, Decimal | None, str | None]

_TRUST = 0.6
_LADDER_TRUST = 0.7
_MOST_RIVALS = 4
_LONGEST_STOCK_LINE = 40
_LADDER_WORDS = ("iece", "pcs", "PCS", " Set", " set", " Pair", " pair", "≥", "件", "个", "套")
# Words just before an amount that make it another kind of amount.
_NOT_BEFORE = re.compile(
    r"(?:\bfrom|\bstarting at|\bas low as|\bab|\bdesde"
    r"|\bwas|\breg(?:ular)?\.?|\blist|\bmsrp|\brrp|\buvp|原价|市场价"
    r"|\bsaves?|\bsaving|\bcoupon|\bdeposit|定金|\binstal\w*|\d ?[x×]|\bpayments? of|\bmonthly"
    r"|\bship\w*|\bdelivery|\bfreight|运费|\bfee|\btax|\bvat|\bsample\w*|样品\w*"
    r"|\bover|\bspend|\babove|\bunder|\bup to|满|\bof|\bsubtotal|\btotal|\bcart)"
    r"\s*(?:price|preis|价)?\s*[:：]?\s*\(?\s*$",
    re.IGNORECASE,
)
_NOT_AFTER = re.compile(
    r"\s*(?:/\s*mo\b|/\s*month|per month|a month|monthly|pro monat|off\b|discount|coupon|shipping"
    r"|delivery|x \d|deposit|/\s*\d* ?(?:g|ml|oz|lb|l)\b|起|/?\s*sample)",
    re.IGNORECASE,
)
_PRICE = re.compile("price", re.IGNORECASE)
_NAMING = ("class", "id", "data-testid")
_NOW = re.compile(r"sale|current|final|now|our-?price|special", re.IGNORECASE)
_STOCK: dict[Availability, re.Pattern[str]] = {
    "out_of_stock": re.compile(
        r"(?:currently )?(?:out of stock|sold out|unavailable)|缺货|已售罄|无货"
        r"|ausverkauft|agotado",
        re.IGNORECASE,
    ),
    "preorder": re.compile(r"pre-?order(?: now)?|backorder|预售|预订", re.IGNORECASE),
    "in_stock": re.compile(
        r"(?:\d+ )?in stock|有货|现货|auf lager|en stock|ready to ship", re.IGNORECASE
    ),
}


def read(document: Document) -> Reading | None:
    """The product's printed price; None when the page prints no price of a product.

    Looked for in the smallest block around the heading that prints one. Two different prices
    there that nothing tells apart are no price.
    """
    block = _product_block(document)
    if block is None:
        return None
    asked = [price for line in block.lines for price in _asked(line)]
    steps = tiers_in(block.lines)
    price = None if steps else _one(asked, block.root, document.hints())
    rivals = tuple(dict.fromkeys(each.low for each in asked if each.low is not None))
    if not steps and not price and len(rivals) > _MOST_RIVALS:
        return None  # a list of products
    source = next((line for line in block.lines if price in _asked(line)), None)
    low, high = span([tier.price for tier in steps.tiers]) if steps else _ends(price)
    moq, moq_unit = minimum_order(block.lines)
    return Reading(
        source="visible text",
        trust=_LADDER_TRUST if steps else _TRUST,
        title=document.heading or document.meta("og:title") or document.title or None,
        price=low,
        price_max=high,
        currency=steps.currency if steps else (price.currency if price else None),
        availability=_availability(block.texts),
        tiers=steps.tiers if steps else (),
        moq=moq,
        unit=(steps and steps.unit) or (source and unit_of_price(source)) or moq_unit,
        incoterm=incoterm(block.lines),
        rivals=() if steps or price else rivals,
        where={"price": f"visible text: {source.text[:80]}"} if source else {},
    )


@dataclass(frozen=True, slots=True)
class _Block:
    """A part of the page: its lines as text, those with digits read, and its element."""

    texts: list[str]
    lines: list[Line]
    root: LexborNode


def _product_block(document: Document) -> _Block | None:
    """The smallest block around the heading with a price, or the main content with its ladder."""
    for block in _around_heading(document):
        if any(_asked(line) for line in block.lines):
            wider = _main_block(document, block) if _may_hold_ladder(document) else None
            return wider if wider and tiers_in(wider.lines) else block
    return None


def _around_heading(document: Document) -> Iterator[_Block]:
    """Ever larger blocks from the heading outwards; each has more text than the one before."""
    tree = document.tree
    node = tree.css_first("h1") or tree.css_first("main, article") or tree.body
    seen = 0
    while node is not None and node.tag != "html":
        texts = lines_of(node)
        if len(texts) > seen:
            yield _Block(texts, priced(texts, document.hints()), node)
        seen = len(texts)
        node = node.parent


def _may_hold_ladder(document: Document) -> bool:
    """A cheap look before reading the whole page: ladders are printed with units or "≥"."""
    return any(word in document.html for word in _LADDER_WORDS)


def _main_block(document: Document, block: _Block) -> _Block | None:
    """The main content around `block`: quantity tables often stand beside the heading's part."""
    main = document.tree.css_first("main, article, [role='main']") or document.tree.body
    if main is None or main.mem_id == block.root.mem_id:
        return None
    texts = lines_of(main)
    return _Block(texts, priced(texts, document.hints()), main)


def _asked(line: Line) -> list[PriceText]:
    """Prices asked for the product: not "from", shipping, instalments or savings."""
    ends = [0, *(price.end for price in line.prices)]
    return [
        price
        for price, end in zip(line.prices, ends, strict=False)
        if not _NOT_BEFORE.search(line.text[end : price.start])
        and not _NOT_AFTER.match(line.text, price.end)
    ]


def _one(prices: list[PriceText], root: LexborNode, hints: Hints) -> PriceText | None:
    """The price they agree on, else the one in an element named as the (current) price."""
    known = {_key(price): price for price in prices}
    if len(known) == 1:
        return prices[0]
    for names in (_PRICE, _NOW):
        marked = _marked(root, hints, names) & set(known)
        if len(marked) == 1:
            return known[marked.pop()]
    return None


def _marked(root: LexborNode, hints: Hints, names: re.Pattern[str]) -> set[_Key]:
    """Prices in elements whose class or id says price and matches `names`."""
    return {
        _key(price)
        for node in root.css("[class*='price' i], [id*='price' i], [data-testid*='price' i]")
        if names.search(" ".join(node.attributes.get(key) or "" for key in _NAMING))
        for price in find_prices(" ".join(node.text().split()), hints)
    }


def _ends(price: PriceText | None) -> tuple[Decimal | None, Decimal | None]:
    return (price.low, price.high) if price else (None, None)


def _key(price: PriceText) -> _Key:
    return price.low, price.high, price.currency


def _availability(lines: list[str]) -> Availability | None:
    """What a line that says nothing else says of stock; words within sentences don't count."""
    short = (line.strip(" .!:✓") for line in lines if len(line) <= _LONGEST_STOCK_LINE)
    said = (state for line in short for state, words in _STOCK.items() if words.fullmatch(line))
    return next(said, None)
