"""A page as text and as a tree, decoded once and parsed once."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from html import unescape
from itertools import islice
from urllib.parse import urlsplit

from selectolax.lexbor import LexborHTMLParser

from scrapers.page.currency import Hints, code_of

# Patterns are tried at the openings of tags only, on a piece of the page: none runs away on a
# page that opens a million tags and closes none.
_TITLE_AT = re.compile(r"<title\b", re.IGNORECASE)
_HEADING_AT = re.compile(r"<h1\b", re.IGNORECASE)
_LANGUAGE_AT = re.compile(r"<html\b", re.IGNORECASE)
_META_AT = re.compile(r"<meta\b", re.IGNORECASE)
_TITLE = re.compile(r"<title[^>]*>([^<]*)", re.IGNORECASE)
_HEADING = re.compile(r"<h1[^>]*>(.*?)</h1", re.IGNORECASE | re.DOTALL)
_LANGUAGE = re.compile(r"<html[^>]*?\slang\s*=\s*[\"']?([\w-]+)", re.IGNORECASE)
_META = re.compile(r"<meta((?:[^>\"']|\"[^\"]*\"|'[^']*')*)>", re.IGNORECASE)
_PIECE = 10_000
_MOST_UNCLOSED = 10_000
_SHALLOW = 50_000
_MOST_TAGS = 400
_FRONT = re.compile(r"/?(?:[a-z]{2}(?:[-_][a-z]{2})?/?)?(?:(?:index|default|home)\.\w+)?")
_SERVICE = re.compile(
    r"/(?:[\w-]*[-_./])?(?:contact(?:[-_]?us)?|kontakt|log-?in|sign-?in|sign-?up|register|account|"
    r"cart|basket|checkout|warenkorb|search|password\w*|order-?status|create-?account|faq|about-?us"
    r"|account/\w+)"
    r"(?:[-_.]?\w{0,6})?(?:\.\w{2,5})?/?$",
    re.IGNORECASE,
)
_UNSEEN_AT = re.compile(r"<(script|style|noscript|template)\b", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*>")
_META_NAME = re.compile(
    r"\b(?:property|name|itemprop)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))", re.IGNORECASE
)
_META_CONTENT = re.compile(
    r"\bcontent\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))", re.IGNORECASE
)
_CURRENCY_WORDS = ("currency", "Currency", "CURRENCY")
_CURRENCY = re.compile(
    r"currency(?:(?:_?code)?[\"'\s]{0,3}[:=]\s{0,3}(?:content\s{0,3}=\s{0,3})?"
    r"|[\"']\s{1,3}content=)[\"']([A-Z]{3})[\"']",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Document:
    """One page: address, text, and what follows from them. Torn HTML is read as browsers do."""

    url: str
    html: str

    @cached_property
    def tree(self) -> LexborHTMLParser:
        """The parsed page; only its beginning when ten thousand elements are never closed.

        Parsing takes the square of the depth, and no shop nests like that.
        """
        unclosed = self.html.count("<") - 2 * self.html.count("</")
        return LexborHTMLParser(self.html[:_SHALLOW] if unclosed > _MOST_UNCLOSED else self.html)

    @cached_property
    def host(self) -> str:
        """Lower-case host of the address, "" for a file."""
        try:
            return (urlsplit(self.url).hostname or "").lower()
        except ValueError:
            return ""

    @cached_property
    def sells_nothing(self) -> bool:
        """Whether the address is one that sells no single product: front page, basket, log-in."""
        try:
            parts = urlsplit(self.url)
        except ValueError:
            return False
        front = bool(parts.netloc) and bool(_FRONT.fullmatch(parts.path)) and not parts.query
        return front or bool(_SERVICE.search(parts.path))

    @cached_property
    def seen_text(self) -> str:
        """The page without its tags, scripts and styles, found without parsing it."""
        return unescape(_TAG.sub(" ", "".join(self._seen())))

    def _seen(self) -> Iterator[str]:
        """The parts of the page between its scripts and the like; an unclosed one ends it."""
        at = 0
        while match := _UNSEEN_AT.search(self.html, at):
            yield self.html[at : match.start()]
            at = self.html.find(f"</{match[1]}", match.end())
            if at < 0:
                return
        yield self.html[at:]

    def places(self, words: str) -> Iterator[int]:
        """Where words stand in the page's source; many times faster than a pattern."""
        at = self.html.find(words)
        while at >= 0:
            yield at
            at = self.html.find(words, at + len(words))

    def seen_places(self, words: str) -> Iterator[int]:
        """Where words stand in sight: outside tags, scripts and the like, as in `seen_text`."""
        start = 0
        for at in self.places(words):
            while match := _UNSEEN_AT.search(self.html, start, at):
                start = self.html.find(f"</{match[1]}", match.end())
                if start < 0:
                    return
            if start <= at and self.html.rfind("<", start, at) <= self.html.rfind(">", start, at):
                yield at

    def _tags(self, opening: re.Pattern[str], tag: re.Pattern[str]) -> Iterator[re.Match[str]]:
        """Matches of `tag` at the first 400 openings, each looked at for 10,000 characters."""
        for match in islice(opening.finditer(self.html), _MOST_TAGS):
            if found := tag.match(self.html[match.start() : match.start() + _PIECE]):
                yield found

    def is_named(self, name: str | None) -> bool:
        """Whether a name is the one that the page's heading or title states."""
        plain = _bare_words(name or "")
        if not plain:
            return False
        title = _bare_words(self.title)
        stated = {_bare_words(each) for each in (self.heading, self.meta("og:title")) if each}
        return plain in stated or (plain in title and len(plain) * 3 > len(title))

    @cached_property
    def language(self) -> str | None:
        """Language tag of the page: `<html lang>`, else `og:locale`."""
        match = next(self._tags(_LANGUAGE_AT, _LANGUAGE), None)
        return match[1] if match else self.meta("og:locale")

    @cached_property
    def title(self) -> str:
        """Text of `<title>`, found without parsing the page."""
        match = next(self._tags(_TITLE_AT, _TITLE), None)
        return " ".join(unescape(match[1]).split()) if match else ""

    @cached_property
    def heading(self) -> str:
        """Text of the first `<h1>` that says anything, found without parsing the page."""
        found = self._tags(_HEADING_AT, _HEADING)
        texts = (unescape(_TAG.sub(" ", match[1])) for match in found)
        return next((text for each in texts if (text := " ".join(each.split()))), "")

    @cached_property
    def currency(self) -> str | None:
        """The only currency that fields of the page name, None for none or several."""
        places = (at for word in _CURRENCY_WORDS for at in self.places(word))
        matches = (_CURRENCY.match(self.html, at) for at in places)
        stated = {code_of(match[1]) for match in matches if match} - {None}
        return stated.pop() if len(stated) == 1 else None

    def hints(self, currency: str | None = None) -> Hints:
        """What the page tells about reading its prices; `currency` as the page states it."""
        return Hints(self.language, self.host, currency)

    @cached_property
    def printed_hints(self) -> Hints:
        """Hints for printed prices: a "$" is the dollar that the page's fields name."""
        return self.hints(self.currency)

    @cached_property
    def metas(self) -> Mapping[str, str]:
        """The `<meta>` tags with a content by lower-case name; the first of a name counts."""
        metas: dict[str, str] = {}
        for tag in self._tags(_META_AT, _META):
            name, content = _META_NAME.search(tag[1]), _META_CONTENT.search(tag[1])
            if name and content:
                metas.setdefault(_value(name).lower(), unescape(_value(content)).strip())
        return {name: content for name, content in metas.items() if content}

    def meta(self, name: str) -> str | None:
        """Content of `<meta property|name=…>`, None when absent or empty."""
        return self.metas.get(name)

    def text_of(self, selector: str) -> str:
        """Collapsed text of the first element that matches, "" when there is none."""
        node = self.tree.css_first(selector)
        return " ".join(node.text(separator=" ").split()) if node else ""


def _bare_words(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.lower()))


def _value(match: re.Match[str]) -> str:
    return match[1] or match[2] or match[3] or ""
