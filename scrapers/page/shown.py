"""What a page prints around its product's heading: its lines, their prices, stock and excuses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import cached_property

from selectolax.lexbor import LexborNode

from scrapers.page import phrases, stock
from scrapers.page.currency import BEHIND, SIGN
from scrapers.page.document import Document
from scrapers.page.lines import Text, read_lines
from scrapers.page.model import Availability, Withheld
from scrapers.page.prices import Line, PriceText, priced_line

REACH = 60
"""How many lines from the heading or the price still speak of the product."""

NEAR_BUTTON = 40
"""How many lines behind the price its button to buy stands at most."""

_NEAR_STRUCK = 6
_LONGEST_LABEL = 45
_MOST_HEADINGS = 60
_LIKE = 0.5
_HEADINGS = (
    "h1, h2, h3, [itemprop='name'], [class*='product-name' i], [class*='product-title' i], "
    "[class*='product_title' i], [class*='productname' i]"
)
_AMOUNT = re.compile(r"\d[\d.,' ]*")
_SIGN_BELOW, _SIGN = re.compile(BEHIND), re.compile(SIGN)


class Page:
    """A page's lines, read once: where its heading stands, what is priced, what is struck."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.heading = _heading(document)
        body = document.tree.body
        self.text: Text = read_lines(body, self.heading) if body else Text()

    @cached_property
    def heading_text(self) -> str:
        """Text of the product's heading, "" without one."""
        return " ".join(self.heading.text(separator=" ").split()) if self.heading else ""

    @cached_property
    def start(self) -> int:
        """The line of the heading, the first line when there is none."""
        span = self.text.spans.get(self.heading.mem_id) if self.heading else None
        return span[0] if span else 0

    @cached_property
    def lines(self) -> list[Line]:
        """Every line with its prices."""
        hints = self.document.printed_hints
        return [priced_line(self._whole(index), hints) for index in range(len(self.text.lines))]

    def _whole(self, index: int) -> str:
        """A line's text; of an amount, with the sign that stands alone on the line below."""
        line, below = self.text.lines[index], self.text.lines[index + 1 : index + 2]
        if not below or not _AMOUNT.fullmatch(line.text):
            return line.text
        sign = (_SIGN if line.names else _SIGN_BELOW).fullmatch(below[0].text)
        return f"{line.text} {sign[0]}" if sign else line.text

    @cached_property
    def wider(self) -> list[Line]:
        """The lines from the heading on, and the few before it, that are not struck."""
        first, last = max(0, self.start - REACH // 4), self.start + 3 * REACH
        printed = self.text.lines[first:last]
        return [
            line
            for line, raw in zip(self.lines[first:last], printed, strict=True)
            if not raw.struck
        ]

    def label(self, index: int) -> str:
        """The line before, when it only names what stands on this one."""
        if not index or self.lines[index - 1].prices:
            return ""
        text = self.lines[index - 1].text
        return text if len(text) < _LONGEST_LABEL else ""

    def blocks(self) -> Iterator[tuple[int, int]]:
        """Ever larger ranges of lines around the heading, each larger than the one before."""
        node, seen = self.heading, 0
        while node is not None and node.mem_id in self.text.spans:
            first, last = self.text.spans[node.mem_id]
            if last - first > seen:
                yield first, last
            seen, node = last - first, node.parent
        if len(self.text.lines) > seen:
            yield 0, len(self.text.lines)

    def sells_at(self, line: int | None) -> bool:
        """Whether a button to buy stands at the price, or at the heading."""
        at = self.start if line is None else line
        return any(min(self.start, at) - 5 <= buy <= at + NEAR_BUTTON for buy in self.text.buys)

    def availability(self, line: int | None) -> Availability | None:
        """What is said of stock, nearest to the price on `line`, or after the heading.

        A line labelled as the availability has the word; when it says something unknown, only a
        nearer line has it. Then short lines that speak of nothing else, choices, marks, buttons.
        """
        near = self._near(line)
        labels = [index for index in near if stock.is_labelled(self.lines[index].text)]
        told = (stock.labelled(self.lines[index].text) for index in labels)
        if known := next((state for state in told if state), None):
            return known
        for index in near:
            if index in labels[:1]:
                return None
            if (said := self._stock(index)) and not self._of_another_choice(index, line, near):
                return said
        return self._beside(line, near)

    def _of_another_choice(self, index: int, line: int | None, near: list[int]) -> bool:
        """Whether a choice without a price says this, in the place where another has its price.

        "New: 22.50 €, used: not available, e-book: not available" speaks of used ones.
        """
        raw = self.text.lines[index]
        if line is None or raw.path != self.text.lines[line].path:
            return False
        alike = (self.text.lines[other] for other in near if other != index)
        return any(other.text == raw.text and other.path == raw.path for other in alike)

    def _beside(self, line: int | None, near: list[int]) -> Availability | None:
        """What choices and marks say of stock, and buttons where nothing can be bought."""
        tree = self.document.tree
        said = stock.of_choices(tree) or stock.marked(tree)
        if said or self.sells_at(line):
            return said
        if any(stock.asks_to_wait(self.lines[index].text) for index in near):
            return "out_of_stock"
        return stock.of_buttons(tree)

    def is_numbered(self) -> bool:
        """Whether a line after the heading states the product's article number."""
        after = self.lines[self.start : self.start + REACH]
        return any(phrases.ARTICLE_NUMBER.search(line.text) for line in after)

    def _near(self, line: int | None) -> list[int]:
        """The lines around the price and after the heading, the nearest to the price first."""
        at = self.start if line is None else line
        before = REACH if line is None else REACH // 3
        around = {*range(at - before, at + REACH), *range(self.start, self.start + REACH)}
        near = (index for index in around if 0 <= index < len(self.lines))
        return sorted(near, key=lambda index: (abs(index - at), index))

    def _stock(self, index: int) -> Availability | None:
        text, label = self.lines[index].text, self.label(index)
        said = stock.stock_of(text)
        return said or (stock.stock_of(f"{label} {text}") if label.rstrip().endswith(":") else None)

    def withheld(self, line: int | None) -> Withheld | None:
        """Why no price is shown, when a line at the heading says so before `line` does."""
        last = self.start + REACH // 2 if line is None else line
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
        before = f"{self.label(index)} {self.lines[index].text[: price.start]}"
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
