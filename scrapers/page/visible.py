"""Which of the printed prices is asked for the product, and what else its lines say."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from scrapers.page import phrases
from scrapers.page.document import Document
from scrapers.page.lines import Line as Printed
from scrapers.page.model import Reading, span
from scrapers.page.prices import PriceText, bare_price, find_prices
from scrapers.page.quantity import incoterm, minimum_order, pack_of, tiers_in, unit_of_price
from scrapers.page.shown import REACH, Page

_Key = tuple[Decimal | None, Decimal | None, str | None]

_TRUST = 0.6
_LADDER_TRUST = 0.7
_MOST_RIVALS = 4
_LIST_LENGTH = 3
_LONGEST_LABEL = 45
_LONGEST_PRICED = 120
_CLEAR = 1.0
_APART = 4
_NUMBERED = re.compile(r"[^\s>.]*\d[^\s>]*")


def read(document: Document) -> Reading | None:
    """The product's printed price; None when the page sells no product that can be told.

    Looked for in the smallest block around the heading that prints one. Two different prices
    there that nothing tells apart are no price, and neither is one in a list of products.
    """
    page = Page(document)
    chosen = _chosen(page)
    ladder = None if chosen.listed or document.sells_nothing else tiers_in(page.wider)
    price = None if ladder else chosen.price
    low, high = span([tier.price for tier in ladder.tiers]) if ladder else _ends(price)
    state = page.availability(chosen.line)
    withheld = page.withheld(chosen.line) if chosen.line is None or not ladder else None
    tells = chosen.price or chosen.rivals or withheld or (state and not chosen.listed)
    if low is None and (
        not tells or len(chosen.rivals) > _MOST_RIVALS or not _for_sale(page, chosen)
    ):
        return None
    moq, moq_unit = minimum_order(page.wider)
    line = page.lines[chosen.line] if price and chosen.line is not None else None
    title = page.heading_text or document.meta("og:title") or document.title or None
    return Reading(
        source="visible text",
        trust=_LADDER_TRUST if ladder else _TRUST,
        title=title,
        price=None if withheld else low,
        price_max=None if withheld else high,
        currency=ladder.currency if ladder else (price.currency if price else None),
        availability=state,
        tiers=ladder.tiers if ladder else (),
        moq=moq,
        unit=(ladder and ladder.unit) or (line and unit_of_price(line)) or moq_unit,
        pack_size=pack_of(title or ""),
        incoterm=incoterm(page.wider),
        list_price=page.list_price(chosen.line, low) if low and not ladder else None,
        withheld=withheld,
        rivals=() if low else chosen.rivals,
        where={"price": f"visible text: {line.text[:80]}"} if line else {},
    )


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A price that may be asked for the product, on line `line`, with what speaks for it."""

    price: PriceText
    line: int
    score: float
    labelled: bool
    place: str

    @property
    def key(self) -> _Key:
        """What two statements of one price have in common."""
        return self.price.low, self.price.high, self.price.currency


@dataclass(frozen=True, slots=True)
class _Chosen:
    price: PriceText | None = None
    line: int | None = None
    labelled: bool = False
    listed: bool = False
    rivals: tuple[Decimal, ...] = ()


def _chosen(page: Page) -> _Chosen:
    """The price of the smallest block around the heading that prints one."""
    candidates = [each for index in range(len(page.lines)) for each in _asked(page, index)]
    places = Counter(each.place for each in candidates)
    for first, last in page.blocks():
        inside = [each for each in candidates if first <= each.line < last]
        if inside:
            return _Chosen(listed=True) if _is_list(page, first, last) else _best(
                page, inside, places
            )  # fmt: skip
    return _Chosen()


def _best(page: Page, candidates: list[_Candidate], places: Counter[str]) -> _Chosen:
    """The price they agree on, else the one that most speaks for, when it is clear.

    Prices that stand in a row of like places are other products'.
    """
    single = [each for each in candidates if places[each.place] < _LIST_LENGTH]
    rivals = tuple(dict.fromkeys(each.price.low for each in candidates if each.price.low))
    ranked = sorted(single, key=lambda each: each.score, reverse=True)
    if not ranked:
        return _Chosen(rivals=rivals)
    best = ranked[0]
    second = next((each for each in ranked if each.key != best.key), None)
    unclear = second is not None and best.score - second.score < _CLEAR
    chosen = _Chosen(best.price, best.line, best.labelled, rivals=rivals)
    return _Chosen(rivals=rivals) if unclear or not _for_sale(page, chosen) else chosen


def _asked(page: Page, index: int) -> Iterator[_Candidate]:
    """The prices a line asks: not struck, "from", shipping, instalments or savings."""
    line, raw = page.lines[index], page.text.lines[index]
    if raw.struck:
        return
    end = 0
    for price in line.prices or _bare(page, raw):
        before = line.text[end : price.start]
        if not end and len(before) < _LONGEST_LABEL:
            before = f"{page.label(index)} {before}"
        end = price.end
        if not phrases.ANOTHER_BEFORE.search(before) and not phrases.ANOTHER_AFTER.match(
            line.text, price.end
        ):
            labelled = bool(phrases.OWN_LABEL.search(before)) and len(line.text) < _LONGEST_PRICED
            score = _score(page, index, price, before) + 2.0 * labelled
            yield _Candidate(price, index, score, labelled, _NUMBERED.sub("", raw.path))


def _bare(page: Page, raw: Printed) -> list[PriceText]:
    """A number without a sign in an element named as the price."""
    price = bare_price(raw.text, page.document.printed_hints) if raw.names else None
    return [price] if price else []


def _score(page: Page, index: int, price: PriceText, before: str) -> float:
    """How much speaks for a price: its element's name, its place, buttons, the page's title."""
    raw = page.text.lines[index]
    distance = abs(index - page.start)
    return (
        3.0 * bool(raw.names)
        + 1.0 * bool(phrases.NOW.search(raw.names))
        + 1.0 * _is_alone(price, raw.text)
        + 1.0 * (index >= page.start)
        + 1.0 * any(index - 2 <= buy <= index + 15 for buy in page.text.buys)
        + 1.0 * (price.low in _titled(page))
        - min(distance, 2 * REACH) / REACH
        - 1.5 * bool(phrases.NET.search(f"{before} {raw.text[price.end : price.end + 20]}"))
    )


def _titled(page: Page) -> set[Decimal | None]:
    """The prices that the page's title names."""
    found = find_prices(page.document.title, page.document.printed_hints)
    return {price.low for price in found if price.low}


def _is_list(page: Page, first: int, last: int) -> bool:
    """Whether the lines sell several things: buttons to buy, with prices between them."""
    sold, at = 0, -_APART
    for buy in sorted(buy for buy in page.text.buys if first <= buy < last):
        between = range(max(at, first), buy + 1)
        if buy - at >= _APART and any(page.lines[i].prices for i in between if i < last):
            sold, at = sold + 1, buy
    return sold >= _LIST_LENGTH


def _for_sale(page: Page, chosen: _Chosen) -> bool:
    """Whether something says that this is a product: a button to buy, markup, a name."""
    document = page.document
    if document.sells_nothing:
        return False
    kind = (document.meta("og:type") or "").lower()
    if kind == "article" and 'Product"' not in document.html:
        return False  # what it advertises
    if kind in {"product", "og:product"}:
        return True
    if "schema.org/Product" in document.html or page.withheld(None):
        return True
    if page.sells_at(chosen.line):
        return True
    at = page.start if chosen.line is None else chosen.line
    named = chosen.line is not None and bool(page.text.lines[chosen.line].names)
    told = named or chosen.labelled or _is_described(page, chosen)
    return told and page.heading is not None and at - page.start < REACH


def _is_described(page: Page, chosen: _Chosen) -> bool:
    """Whether a lone price is one of a thing that has an article number, or is said to be sold."""
    if chosen.line is None or chosen.price is None:
        return False
    if not _is_alone(chosen.price, page.lines[chosen.line].text):
        return False
    return page.is_numbered() or page.availability(chosen.line) is not None


def _is_alone(price: PriceText, text: str) -> bool:
    """Whether a line holds nothing but this price."""
    return price.end - price.start >= len(text.strip(" *")) - 2


def _ends(price: PriceText | None) -> tuple[Decimal | None, Decimal | None]:
    return (price.low, price.high) if price else (None, None)
