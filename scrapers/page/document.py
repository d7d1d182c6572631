"""A page as text and as a tree, decoded once and parsed once."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from html import unescape
from urllib.parse import urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from scrapers.page.currency import Hints

_CHARSET = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_TITLE = re.compile(r"<title[^>]*>([^<]*)", re.IGNORECASE)
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SUPERSETS = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "iso-8859-1": "cp1252",
    "latin-1": "cp1252",
    "latin1": "cp1252",
    "us-ascii": "cp1252",
}


def _set_of(words: str) -> frozenset[str]:
    return frozenset(words.split())


_BLOCKS = _set_of(
    "address article aside blockquote br dd div dl dt fieldset footer form h1 h2 h3 h4 h5 h6 "
    "header hr li main nav ol option p section table tbody td th tr ul"
)
_SILENT = frozenset(
    {"script", "style", "noscript", "template", "svg", "head", "select", "textarea"}
)
# What stands beside the product: struck prices, navigation, other products, hidden text.
_ASIDE_NAMES = (
    *("compare", "strike", "crossed", "old-price", "price-old", "oldprice", "was-price"),
    *("price-was", "list-price", "original-price", "recommend", "related", "similar", "upsell"),
    *("cross-sell", "carousel", "also-bought", "recently", "breadcrumb", "shipping", "instal"),
    *("visually-hidden", "sr-only", "minicart", "cart-drawer", "footer", "sample"),
)
_ASIDE_STYLES = ("display:none", "display: none", "line-through")
ASIDE = ", ".join(
    [
        *["del", "s", "strike", "nav", "footer", "aside", "[hidden]"],
        *(f"[style*='{style}']" for style in _ASIDE_STYLES),
        *(f"[class*='{name}' i], [id*='{name}' i]" for name in _ASIDE_NAMES),
    ]
)
"""Selector of the elements that do not speak of the product itself."""

JOINT = "\u2002"
"""Stands between two inline elements of a line: white space, but no thousands mark."""


@dataclass(frozen=True)
class Document:
    """One page: address, text, and what follows from them. Torn HTML is read as browsers do."""

    url: str
    html: str

    @cached_property
    def tree(self) -> LexborHTMLParser:
        """The parsed page."""
        return LexborHTMLParser(self.html)

    @cached_property
    def host(self) -> str:
        """Lower-case host of the address, "" for a file."""
        try:
            return (urlsplit(self.url).hostname or "").lower()
        except ValueError:
            return ""

    @cached_property
    def language(self) -> str | None:
        """Language tag of the page: `<html lang>`, else `og:locale`."""
        root = self.tree.css_first("html")
        lang = root.attributes.get("lang") if root else None
        return lang or self.meta("og:locale")

    @cached_property
    def title(self) -> str:
        """Text of `<title>`, found without parsing the page."""
        match = _TITLE.search(self.html)
        return " ".join(unescape(match[1]).split()) if match else ""

    @cached_property
    def heading(self) -> str:
        """Text of the first `<h1>`."""
        return self.text_of("h1")

    def hints(self, currency: str | None = None) -> Hints:
        """What the page tells about reading its prices; `currency` as the page states it."""
        return Hints(self.language, self.host, currency)

    def meta(self, name: str) -> str | None:
        """Content of `<meta property|name=…>`, None when absent or empty."""
        node = self.tree.css_first(f"meta[property='{name}'], meta[name='{name}']")
        content = (node.attributes.get("content") or "").strip() if node else ""
        return content or None

    def text_of(self, selector: str) -> str:
        """Collapsed text of the first element that matches, "" when there is none."""
        node = self.tree.css_first(selector)
        return " ".join(node.text(separator=" ").split()) if node else ""


def lines_of(root: LexborNode) -> list[str]:
    """Visible text below `root`, a line per block, without struck, hidden and other products."""
    lines: list[list[str]] = [[]]
    for text in _leaves(root):
        if text is None:
            lines.append([])
        elif words := " ".join(text.split()):
            lines[-1].append(words)
    return [JOINT.join(line) for line in lines if line]


def _leaves(root: LexborNode) -> Iterator[str | None]:
    """Texts in document order; None at the borders of block elements."""
    asides = {node.mem_id for node in root.css(ASIDE)}
    stack: list[LexborNode | None] = [root]
    while stack:
        node = stack.pop()
        if node is None:
            yield None
        elif node.is_text_node:
            yield node.text_content
        elif node.tag not in _SILENT and node.mem_id not in asides:
            if node.tag in _BLOCKS:
                yield None
                stack.append(None)
            stack += list(node.iter(include_text=True))[::-1]


def decode(body: bytes, content_type: str | None = None) -> str:
    """The text of a page's bytes.

    Valid UTF-8 is UTF-8 whatever the header says (servers' headers are wrong more often than
    that), else the charset of the header, else of `<meta>`, else windows-1252 as browsers do.
    A byte cut off at the end, or a bad one, never makes the page unreadable.
    """
    for bom, encoding in _BOMS:
        if body.startswith(bom):
            return body.decode(encoding, "replace")
    try:
        return codecs.utf_8_decode(body)[0]
    except UnicodeDecodeError:
        return body.decode(_declared(body, content_type), "replace")


def _declared(body: bytes, content_type: str | None) -> str:
    for text in (content_type or "", body[:4096].decode("ascii", "replace")):
        match = _CHARSET.search(text)
        name = _SUPERSETS.get(match[1].lower(), match[1]) if match else ""
        try:
            codecs.lookup(name)
        except (LookupError, ValueError):
            continue
        return name
    return "cp1252"
