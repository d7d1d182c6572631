"""A page's visible text, line by line, each with what its elements are called."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice, repeat

from selectolax.lexbor import LexborNode

from scrapers.page.naming import buys, names_of


def _set_of(words: str) -> frozenset[str]:
    return frozenset(words.split())


JOINT = "\u2002"
"""Stands between two inline elements of a line: white space, but no thousands mark."""

_BLOCKS = _set_of(
    "address article aside blockquote br dd div dl dt fieldset footer form h1 h2 h3 h4 h5 h6 "
    "header hr li main nav ol option p section table tbody td th tr ul button"
)
_SILENT = _set_of(
    "script style noscript template svg head select textarea nav footer aside -comment iframe"
)
_STRUCK_TAGS = frozenset({"del", "s", "strike"})
# Elements that a button to buy may be, with the attributes that hold its words.
_CONTROLS = {
    "a": ("title", "aria-label"),
    "button": ("name", "title", "value", "aria-label"),
    "input": ("value", "alt", "title", "name", "onclick"),
    "form": ("action", "name"),
    "img": ("alt", "title"),
}
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_NAMING = ("class", "id", "itemprop")
_LONGEST_NAME = 200
_LONGEST_TEXT = 5000
_LONGEST_BUTTON = 40
_CENTS = re.compile(r"\d\d(?!\d)")
_MOST_LEAVES = 20_000
_MOST_ELEMENTS = 100_000
_MOST_CHILDREN = 10_000
_MOST_BELOW_HEADING = 1_000
_KEPT_PATH = 4

_Attributes = dict[str, str | None]


@dataclass(slots=True)
class Place:
    """Where in the tree a text stands, and what its elements say about it."""

    step: str = ""
    within: Place | None = None
    names: str = ""
    struck: bool = False
    small: bool = False


@dataclass(slots=True)
class Line:
    """One line of text; `names` are its price-named elements."""

    text: str = ""
    names: str = ""
    place: Place | None = None
    struck: bool = False

    @property
    def path(self) -> str:
        """The innermost elements that it stands in, outermost first."""
        steps: list[str] = []
        place = self.place
        while place and place.step and len(steps) < _KEPT_PATH:
            steps.append(place.step)
            place = place.within
        return ">".join(reversed(steps))


@dataclass(slots=True)
class Text:
    """The lines of a page, the lines of `spans` elements, and where something can be bought."""

    lines: list[Line] = field(default_factory=list)
    spans: dict[int, tuple[int, int]] = field(default_factory=dict)
    buys: list[int] = field(default_factory=list)


def read_lines(root: LexborNode, heading: LexborNode | None) -> Text:
    """The visible lines below `root`, a line per block; struck text is a line of its own.

    Left out are scripts, hidden and navigating parts and what is named as other products, unless
    the heading stands in it. Bounded: 20,000 texts of a page are read, and 1,000 of them below its
    heading; what is further down are other products and other people's words.
    """
    walk = _Walk([node.mem_id for node in _ancestors(heading)])
    walk.run(root)
    return walk.text


def _ancestors(node: LexborNode | None) -> Iterator[LexborNode]:
    """The node and what it stands in."""
    while node is not None:
        yield node
        node = node.parent


class _Walk:
    """A walk in document order, with its own stack: pages nest deeper than Python does.

    On the stack wait elements and texts with their place, None where a line ends, and the id of
    an element around the heading where that ends.
    """

    def __init__(self, kept: list[int]) -> None:
        self.text = Text()
        self._kept = frozenset(kept)
        self._heading = kept[0] if kept else None
        self._most_leaves = _MOST_LEAVES
        self._line = Line()
        self._leaves = self._elements = 0
        self._stack: list[tuple[LexborNode | int | None, Place]] = []

    def run(self, root: LexborNode) -> None:
        stack = self._stack
        stack.append((root, Place()))
        while stack and self._leaves < self._most_leaves and self._elements < _MOST_ELEMENTS:
            node, place = stack.pop()
            if node is None:
                self._flush()
            elif isinstance(node, int):
                self._end(node)
            elif node.is_text_node:
                self._add(node.text_content or "", place)
            else:
                self._open(node, place)
        self._flush()
        for node, _ in reversed(stack):  # cut short: what is open ends here
            if isinstance(node, int):
                self._end(node)

    def _open(self, node: LexborNode, place: Place) -> None:
        """Put what to visit for an element on the stack, last first; skip what is left out."""
        self._elements += 1
        tag, kept = node.tag or "", node.mem_id in self._kept
        if tag in _SILENT and not kept:
            return
        attributes = node.attributes
        called = _called(attributes) if attributes else ""
        if not kept and (names_of(called).beside or _hidden(attributes)):
            return
        if tag in _CONTROLS:
            self._control(tag, attributes, called)
        inner = _place(tag, attributes, called, place, kept=kept)
        if kept:
            self._begin(node.mem_id)
            self._stack.append((node.mem_id, place))
        if tag in _BLOCKS:
            self._flush()
            self._stack.append((None, place))
        children = list(islice(node.iter(include_text=True, skip_empty=True), _MOST_CHILDREN))
        self._stack += zip(reversed(children), repeat(inner))

    def _control(self, tag: str, attributes: _Attributes, called: str) -> None:
        """Notes a button, form or link to buy; its words are in attributes."""
        if tag == "input" and attributes.get("type") == "hidden":
            return
        said = " ".join(
            (attributes[key] or "")[:_LONGEST_NAME] for key in _CONTROLS[tag] if key in attributes
        )
        if buys(called) or buys(said):
            self.text.buys.append(len(self.text.lines))

    def _add(self, content: str, place: Place) -> None:
        words = " ".join(content[:_LONGEST_TEXT].split())
        if not words:
            return
        self._leaves += 1
        if place.struck != self._line.struck:
            self._flush()
            self._line.struck = place.struck
        if len(words) <= _LONGEST_BUTTON and buys(words):
            self.text.buys.append(len(self.text.lines))
        if not self._line.place or (words[-1].isdigit() and not self._line.names):
            self._line.names, self._line.place = place.names, place
        self._line.text = _joined(self._line.text, words, small=place.small)

    def _flush(self) -> None:
        if self._line.text:
            self.text.lines.append(self._line)
            self._line = Line()
        else:
            self._line.struck = False

    def _begin(self, element: int) -> None:
        self._flush()
        self.text.spans[element] = (len(self.text.lines), -1)
        if element == self._heading:
            self._most_leaves = min(_MOST_LEAVES, self._leaves + _MOST_BELOW_HEADING)

    def _end(self, element: int) -> None:
        self._flush()
        start, _ = self.text.spans[element]
        self.text.spans[element] = (start, len(self.text.lines))


def _called(attributes: _Attributes) -> str:
    """The element's class, id and itemprop."""
    return " ".join([attributes[key] or "" for key in _NAMING if key in attributes])[:_LONGEST_NAME]


def _hidden(attributes: _Attributes) -> bool:
    style = attributes.get("style")
    return "hidden" in attributes or bool(style and _HIDDEN_STYLE.search(style))


def _place(tag: str, attributes: _Attributes, called: str, within: Place, *, kept: bool) -> Place:
    said, style = names_of(called), attributes.get("style") or ""
    struck = tag in _STRUCK_TAGS or "line-through" in style or (said.struck and not kept)
    return Place(
        step=f"{tag}.{called}" if called else tag,
        within=within,
        names=f"{within.names} {called}" if said.price and not kept else within.names,
        struck=within.struck or struck,
        small=tag == "sup" or said.small,
    )


def _joined(line: str, words: str, *, small: bool) -> str:
    """The line with the next element's words: "69." + "99" is one number, "12" + "99" is not.

    Cents are often printed small, in an element of their own, with or without the point.
    """
    if len(line) > _LONGEST_TEXT:
        return line
    if line and _CENTS.match(words):
        if line[-1] in ".," and line[-2:-1].isdigit():
            return line + words
        if small and line[-1].isdigit():
            return f"{line}.{words}"
    return f"{line}{JOINT}{words}" if line else words
