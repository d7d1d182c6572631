"""A page's visible text, line by line, each with what its elements are called."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice

from selectolax.lexbor import LexborNode


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
# What stands beside the product: other products, navigation, baskets, hidden text.
_BESIDE = re.compile(
    r"recommend|related|similar|up-?sell|cross-?sell|carousel|also-?(?:bought|viewed|like)|recently"
    r"|breadcrumb|shipping|instal(?:l?ment|ments)|visually-?hidden|sr-only|mini-?cart|cart-drawer"
    r"|footer|sample|\b(?:top|side|header)-?(?:cart|basket)|cart_block|navbar|nav-menu|main-?menu"
    r"|wishlist|newsletter|cookie|modal|popup|zubeh|accessor(?:y|ies)|frequently|bundle|bestsell",
    re.IGNORECASE,
)
_STRUCK = re.compile(
    r"compare|strike|crossed|old-?_?price|price-?_?old|was-?price|price-?was|list-?_?price"
    r"|original-?price|price-?original|regular-price-old|price-prev|rrp|msrp|uvp|no-?throu?gh",
    re.IGNORECASE,
)
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_PRICE_NAME = re.compile(
    r"price|preis|prix|preco|preço|prezzo|cena|cijena|amount|money|cost", re.IGNORECASE
)
_SMALL_PART = re.compile(r"cent|fraction|decimal|\bfrac", re.IGNORECASE)
_BUY = re.compile(
    r"add[-_ ]?(?:\w+ )?to[-_ ]?(?:my[-_ ]?)?(?:cart|bag|basket|trolley)|buy[-_ ]?(?:it[-_ ]?)?now"
    r"|btn-cart|buy[-_]?button|cart[-_]add|cart_quantity|product[-_]?form|addtocart|add2cart"
    r"|in den (?:waren|einkaufs)korb|ajouter au panier|(?:añadir|agregar) al carrito"
    r"|aggiungi al carrello|nel carrello|(?:in|aan) winkel(?:wagen|mand)|do koszyka|do koš[ií]k"
    r"|kosárba|l[æä]gg? i (?:indkøbs)?(?:kurv|varukorg)|legg i handlek|lisää ostoskoriin"
    r"|adicionar ao carrinho|comprar|sepete ekle|в корзину|купить|до кошика|купити"
    r"|加入购物车|立即购买|加入購物車|カートに入れる|장바구니"
    r"|start order|contact supplier|order sample",
    re.IGNORECASE,
)
_NAMING = ("class", "id", "itemprop")
_LONGEST_NAME = 200
_LONGEST_TEXT = 5000
_LONGEST_BUTTON = 40
_CENTS = re.compile(r"\d\d(?!\d)")
_MOST_LEAVES = 20_000
_MOST_ELEMENTS = 100_000
_MOST_CHILDREN = 10_000
_KEPT_PATH = 3


@dataclass(frozen=True, slots=True)
class _Names:
    """What the class and id of an element say about its text."""

    beside: bool
    struck: bool
    price: bool
    small: bool


@lru_cache(maxsize=8192)
def _names(called: str) -> _Names:
    return _Names(
        beside=bool(_BESIDE.search(called)),
        struck=bool(_STRUCK.search(called)),
        price=bool(_PRICE_NAME.search(called)),
        small=bool(_SMALL_PART.search(called)),
    )


@lru_cache(maxsize=8192)
def _buys(words: str) -> bool:
    return bool(_BUY.search(words))


@dataclass(slots=True)
class Line:
    """One line of text; `names` are its price-named elements, `path` its place in the tree."""

    text: str = ""
    names: str = ""
    path: str = ""
    struck: bool = False


@dataclass(slots=True)
class Text:
    """The lines of a page, the lines of `spans` elements, and where something can be bought."""

    lines: list[Line] = field(default_factory=list)
    spans: dict[int, tuple[int, int]] = field(default_factory=dict)
    buys: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Place:
    struck: bool = False
    names: str = ""
    path: tuple[str, ...] = ()
    small: bool = False


def read_lines(root: LexborNode, heading: LexborNode | None) -> Text:
    """The visible lines below `root`, a line per block; struck text is a line of its own.

    Left out are scripts, hidden and navigating parts and what is named as other products, unless
    the heading stands in it. Bounded: the first 20,000 texts of a page are read.
    """
    walk = _Walk(set(_ancestors(heading)))
    walk.run(root)
    return walk.text


def _ancestors(node: LexborNode | None) -> Iterator[int]:
    while node is not None:
        yield node.mem_id
        node = node.parent


class _Walk:
    """A walk in document order, with its own stack: pages nest deeper than Python does."""

    def __init__(self, kept: set[int]) -> None:
        self.text = Text()
        self._kept = kept
        self._line = Line()
        self._leaves = self._elements = 0

    def run(self, root: LexborNode) -> None:
        stack: list[tuple[LexborNode | int | None, _Place]] = [(root, _Place())]
        while stack and self._leaves < _MOST_LEAVES and self._elements < _MOST_ELEMENTS:
            node, place = stack.pop()
            if node is None:
                self._flush()
            elif isinstance(node, int):
                self._end(node)
            elif node.is_text_node:
                self._add(node.text_content or "", place)
            else:
                self._elements += 1
                stack += self._inside(node, place)
        self._flush()
        while stack:  # cut short: what is open ends here
            node, _ = stack.pop()
            if isinstance(node, int):
                self._end(node)

    def _inside(
        self, node: LexborNode, place: _Place
    ) -> list[tuple[LexborNode | int | None, _Place]]:
        """What to visit for an element, last first; nothing for one that is left out."""
        tag = node.tag or ""
        if tag in _SILENT and node.mem_id not in self._kept:
            return []
        attributes = node.attributes
        called = " ".join(attributes[key] or "" for key in _NAMING if key in attributes)
        called = called[:_LONGEST_NAME]
        kept = node.mem_id in self._kept
        if not kept and (self._hidden(attributes) or _names(called).beside):
            return []
        if tag in _CONTROLS:
            self._control(tag, attributes, called)
        inner = self._place(tag, attributes, called, place, kept=kept)
        todo: list[tuple[LexborNode | int | None, _Place]] = []
        if kept:
            self._flush()
            self.text.spans[node.mem_id] = (len(self.text.lines), -1)
            todo.append((node.mem_id, place))
        if tag in _BLOCKS:
            self._flush()
            todo.append((None, place))
        children = islice(node.iter(include_text=True), _MOST_CHILDREN)
        todo += [(child, inner) for child in children][::-1]
        return todo

    @staticmethod
    def _hidden(attributes: dict[str, str | None]) -> bool:
        style = attributes.get("style")
        return "hidden" in attributes or bool(style and _HIDDEN_STYLE.search(style))

    @staticmethod
    def _place(
        tag: str, attributes: dict[str, str | None], called: str, place: _Place, *, kept: bool
    ) -> _Place:
        step = f"{tag}.{called}" if called else tag
        style = attributes.get("style") or ""
        said = _names(called)
        struck = tag in _STRUCK_TAGS or "line-through" in style or (said.struck and not kept)
        return _Place(
            struck=place.struck or struck,
            names=f"{place.names} {called}" if said.price and not kept else place.names,
            path=(*place.path[-_KEPT_PATH:], step),
            small=tag == "sup" or said.small,
        )

    def _control(self, tag: str, attributes: dict[str, str | None], called: str) -> None:
        """Notes a button, form or link to buy; its words are in attributes."""
        if tag == "input" and attributes.get("type") == "hidden":
            return
        said = " ".join(
            (attributes[key] or "")[:_LONGEST_NAME] for key in _CONTROLS[tag] if key in attributes
        )
        if _buys(called) or (said and _BUY.search(said)):
            self.text.buys.append(len(self.text.lines))

    def _add(self, content: str, place: _Place) -> None:
        words = " ".join(content[:_LONGEST_TEXT].split())
        if not words:
            return
        self._leaves += 1
        if place.struck != self._line.struck:
            self._flush()
            self._line.struck = place.struck
        if len(words) <= _LONGEST_BUTTON and _buys(words):
            self.text.buys.append(len(self.text.lines))
        if not self._line.path or (words[-1].isdigit() and not self._line.names):
            self._line.names, self._line.path = place.names, ">".join(place.path)
        self._line.text = _joined(self._line.text, words, small=place.small)

    def _flush(self) -> None:
        if self._line.text:
            self.text.lines.append(self._line)
        self._line = Line()

    def _end(self, element: int) -> None:
        self._flush()
        start, _ = self.text.spans[element]
        self.text.spans[element] = (start, len(self.text.lines))


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
