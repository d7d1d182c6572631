"""What a person sees: the price printed beside the product's heading, its ladder and terms."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from selectolax.lexbor import LexborNode

from scrapers.page import phrases
from scrapers.page.document import Document
from scrapers.page.lines import Line as Printed
from scrapers.page.lines import Text, read_lines
from scrapers.page.model import Availability, Reading, Withheld, span
from scrapers.page.prices import Line, PriceText, bare_price, priced_line
from scrapers.page.quantity import incoterm, minimum_order, pack_of, tiers_in, unit_of_price

_Key = tuple[Decimal | None, Decimal | None, str | None]

_TRUST = 0.6
_LADDER_TRUST = 0.7
_MOST_RIVALS = 4
_LIST_LENGTH = 3
_NEAR_BUTTON = 40
_NEAR_STRUCK = 6
_LONGEST_LABEL = 45
_REACH = 60
_MOST_HEADINGS = 60
_CLEAR = 1.0
_LIKE = 0.5
_APART = 4
_NUMBERED = re.compile(r"[^\s>.]*\d[^\s>]*")
_HEADINGS = (
    "h1, h2, h3, [itemprop='name'], [class*='product-name' i], [class*='product-title' i], "
    "[class*='product_title' i], [class*='productname' i]"
)


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
    tells = chosen.price or chosen.rivals or withheld or state in {"out_of_stock", "preorder"}
    if low is None and (
        not tells or len(chosen.rivals) > _MOST_RIVALS or not page.for_sale(chosen)
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
class Candidate:
    """A price that may be asked for the product, on line `line`, with what speaks for it."""

    price: PriceText
    line: int
    score: float
    labelled: bool

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


class Page:
    """A page's lines, read once: where its heading stands, what is priced, what is struck."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._heading = _heading(document)
        body = document.tree.body
        self.text: Text = read_lines(body, self._heading) if body else Text()

    @cached_property
    def heading_text(self) -> str:
        """Text of the product's heading, "" without one."""
        return " ".join(self._heading.text(separator=" ").split()) if self._heading else ""

    @cached_property
    def start(self) -> int:
        """The line of the heading, the first line when there is none."""
        span = self.text.spans.get(self._heading.mem_id) if self._heading else None
        return span[0] if span else 0

    @cached_property
    def lines(self) -> list[Line]:
        """Every line with its prices."""
        hints = self._document.printed_hints
        return [priced_line(line.text, hints) for line in self.text.lines]

    @cached_property
    def wider(self) -> list[Line]:
        """The lines from the heading on, and the few before it, that are not struck."""
        first, last = max(0, self.start - _REACH // 4), self.start + 3 * _REACH
        printed = self.text.lines[first:last]
        return [
            line
            for line, raw in zip(self.lines[first:last], printed, strict=True)
            if not raw.struck
        ]

    def blocks(self) -> Iterator[tuple[int, int]]:
        """Ever larger ranges of lines around the heading, each larger than the one before."""
        node, seen = self._heading, 0
        while node is not None and node.mem_id in self.text.spans:
            first, last = self.text.spans[node.mem_id]
            if last - first > seen:
                yield first, last
            seen, node = last - first, node.parent
        if len(self.text.lines) > seen:
            yield 0, len(self.text.lines)

    @cached_property
    def candidates(self) -> list[Candidate]:
        """Prices asked for something: not struck, "from", shipping, instalments or savings."""
        return [each for index in range(len(self.lines)) for each in self._asked(index)]

    def _asked(self, index: int) -> Iterator[Candidate]:
        line, raw = self.lines[index], self.text.lines[index]
        if raw.struck:
            return
        prices = line.prices or self._bare(raw)
        end = 0
        for price in prices:
            before = line.text[end : price.start]
            if not end and len(before) < _LONGEST_LABEL:
                before = f"{self._label(index)} {before}"
            end = price.end
            if not phrases.ANOTHER_BEFORE.search(before) and not phrases.ANOTHER_AFTER.match(
                line.text, price.end
            ):
                labelled = bool(phrases.OWN_LABEL.search(before))
                score = self._score(index, raw, price, before) + 2.0 * labelled
                yield Candidate(price, index, score, labelled)

    def place(self, candidate: Candidate) -> str:
        """Where in the tree a price stands, without what numbers its neighbours."""
        return _NUMBERED.sub("", self.text.lines[candidate.line].path)

    def _bare(self, raw: Printed) -> list[PriceText]:
        """A number without a sign in an element named as the price."""
        price = bare_price(raw.text, self._document.printed_hints) if raw.names else None
        return [price] if price else []

    def _label(self, index: int) -> str:
        """The line before, when it only names what stands on this one."""
        if not index or self.lines[index - 1].prices:
            return ""
        text = self.lines[index - 1].text
        return text if len(text) < _LONGEST_LABEL else ""

    def _score(self, index: int, raw: Printed, price: PriceText, before: str) -> float:
        alone = price.end - price.start >= len(raw.text.strip(" *")) - 2
        distance = abs(index - self.start)
        return (
            3.0 * bool(raw.names)
            + 1.0 * bool(phrases.NOW.search(raw.names))
            + 1.0 * alone
            + 1.0 * (index >= self.start)
            + 1.0 * any(index - 2 <= buy <= index + 15 for buy in self.text.buys)
            - min(distance, 2 * _REACH) / _REACH
            - 1.5 * bool(phrases.NET.search(f"{before} {raw.text[price.end : price.end + 20]}"))
        )

    def is_list(self, first: int, last: int) -> bool:
        """Whether the lines sell several things: buttons to buy, with prices between them."""
        sold, at = 0, -_APART
        for buy in sorted(buy for buy in self.text.buys if first <= buy < last):
            between = range(max(at, first), buy + 1)
            if buy - at >= _APART and any(self.lines[i].prices for i in between if i < last):
                sold, at = sold + 1, buy
        return sold >= _LIST_LENGTH

    def for_sale(self, chosen: _Chosen) -> bool:
        """Whether something says that this is a product: a button to buy, markup, a name."""
        html = self._document.html
        if self._document.sells_nothing:
            return False
        if (self._document.meta("og:type") or "").lower() in {"product", "og:product"}:
            return True
        if "schema.org/Product" in html or self.withheld(None):
            return True
        at = self.start if chosen.line is None else chosen.line
        if any(min(self.start, at) - 5 <= buy <= at + _NEAR_BUTTON for buy in self.text.buys):
            return True
        named = chosen.line is not None and bool(self.text.lines[chosen.line].names)
        return (named or chosen.labelled) and self._heading is not None and at - self.start < _REACH

    def availability(self, line: int | None) -> Availability | None:
        """What the short line nearest to the price, or after the heading, says of stock."""
        at = self.start if line is None else line
        before = _REACH if line is None else _REACH // 3
        around = {*range(at - before, at + _REACH), *range(self.start, self.start + _REACH)}
        near = (index for index in around if 0 <= index < len(self.lines))
        for index in sorted(near, key=lambda index: (abs(index - at), index)):
            text, label = self.lines[index].text, self._label(index)
            labelled = f"{label} {text}" if label.rstrip().endswith(":") else text
            if state := phrases.stock_of(text) or phrases.stock_of(labelled):
                return state
        return None

    def withheld(self, line: int | None) -> Withheld | None:
        """Why no price is shown, when a line at the heading says so before `line` does."""
        last = self.start + _REACH // 2 if line is None else line
        texts = (line.text for line in self.lines[self.start : last])
        return next((why for text in texts if (why := phrases.withheld_by(text))), None)

    def list_price(self, line: int | None, price: Decimal) -> Decimal | None:
        """The struck price beside the asked one, when it is one and higher."""
        if line is None:
            return None
        around = range(max(0, line - _NEAR_STRUCK), line + _NEAR_STRUCK)
        amounts = {
            amount.low
            for index in around
            if index < len(self.lines)
            for amount in self.lines[index].prices
            if self.text.lines[index].struck or self._is_list(index, amount)
        }
        higher = {amount for amount in amounts if amount and amount > price}
        return higher.pop() if len(higher) == 1 else None

    def _is_list(self, index: int, price: PriceText) -> bool:
        before = f"{self._label(index)} {self.lines[index].text[: price.start]}"
        return bool(phrases.LIST_LABEL.search(before))


def _heading(document: Document) -> LexborNode | None:
    """The element that names the product: the heading most like the page's title, else `<h1>`."""
    titles = [_words(text) for text in (document.title, document.meta("og:title") or "") if text]
    best, likeness = None, 0.0
    for node in document.tree.css(_HEADINGS)[:_MOST_HEADINGS]:
        words = _words(node.text()[:300])
        like = max((_likeness(words, title) for title in titles), default=0.0)
        like += 0.15 if node.tag == "h1" and words else 0.0
        if like > likeness + 0.01:
            best, likeness = node, like
    first = document.tree.css_first("h1")
    return best if best is not None and likeness >= _LIKE else first


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.lower()))


def _likeness(words: set[str], title: set[str]) -> float:
    """How much of the heading stands in the title, a little more for a longer one."""
    if not words or not title:
        return 0.0
    return len(words & title) / len(words) * min(1.0, 0.6 + len(words & title) / 10)


def _chosen(page: Page) -> _Chosen:
    """The price of the smallest block around the heading that prints one."""
    candidates = page.candidates
    for first, last in page.blocks():
        inside = [each for each in candidates if first <= each.line < last]
        if inside:
            return _Chosen(listed=True) if page.is_list(first, last) else _best(page, inside)
    return _Chosen()


def _best(page: Page, candidates: list[Candidate]) -> _Chosen:
    """The price they agree on, else the one that most speaks for, when it is clear."""
    single = _without_lists(page, candidates)
    rivals = tuple(dict.fromkeys(each.price.low for each in candidates if each.price.low))
    ranked = sorted(single, key=lambda each: each.score, reverse=True)
    if not ranked:
        return _Chosen(rivals=rivals)
    best = ranked[0]
    second = next((each for each in ranked if each.key != best.key), None)
    unclear = second is not None and best.score - second.score < _CLEAR
    chosen = _Chosen(best.price, best.line, best.labelled, rivals=rivals)
    return _Chosen(rivals=rivals) if unclear or not page.for_sale(chosen) else chosen


def _without_lists(page: Page, candidates: list[Candidate]) -> list[Candidate]:
    """Without prices that stand in a row of like places: those are other products."""
    places = Counter(page.place(each) for each in page.candidates)
    return [each for each in candidates if places[page.place(each)] < _LIST_LENGTH]


def _ends(price: PriceText | None) -> tuple[Decimal | None, Decimal | None]:
    return (price.low, price.high) if price else (None, None)
