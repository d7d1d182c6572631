"""What a page says of stock, in the languages of the markets that are watched."""

from __future__ import annotations

import re
from collections.abc import Iterable

from selectolax.lexbor import LexborHTMLParser, LexborNode

from scrapers.page import stock_words as words
from scrapers.page.lines import JOINT
from scrapers.page.model import Availability
from scrapers.page.schema import availability_of


def _of(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


def _any(patterns: tuple[str, ...], before: str = "") -> re.Pattern[str]:
    """A pattern of a whole line: one of the patterns, behind a label or none, and `before`."""
    either = "|".join(patterns).replace("#", _COUNT)
    return _of(rf"{_LABEL}{before}(?:{either})")


_LABEL = rf"(?:(?:{words.NAMES}|stock|status)\s*[:：]?\s*)?"
_COUNT = rf"(?:(?:{words.ONLY})[,!:]? )*(?:(?:more than |over |> ?)?\d{{1,6}}\+?)"
_STOCK: dict[Availability, re.Pattern[str]] = {
    "out_of_stock": _any(words.OUT_OF_STOCK, words.THIS),
    "preorder": _any(words.PREORDER),
    "in_stock": _any(words.IN_STOCK),
}
_LABELLED = _of(rf"\s*(?:{words.NAMES})\s*[:：]\s*(?P<said>\S.*)")
_COUNTED = _of(r">?\s?(\d{1,9})\+?\s?(?:件|个|個|点|개|pcs|pieces|units|items|st|ks|szt|шт)?\.?\s*")
_BARE_YES = _of(words.BARE_YES)
_WAIT = _of("|".join(words.WAIT))
_CHOOSE = _of(words.CHOOSE)
_LONGEST = 60
_ASIDE = re.compile(r"\s*[(（](?!\s*0\b)[^()（）]{1,30}[)）]\s*$")
_BESIDE = re.compile(r"\s+[-–—|·•]\s+")
_IN_BRACKETS = re.compile(r"(?:[\[(（]|\s[-–—:|]\s)\s*([^\[\](（）)]{2,40}?)\s*[\])）]?\s*$")
_MARKED = "[class*='availab' i], [id*='availab' i], [itemprop~='availability']"
_MACHINE = re.compile(r"(?:https?://schema\.org/)?[A-Za-z]+(?:_[a-z]+)*")
_BUTTONS = "input[type=submit][value], input[type=button][value]"
_MOST, _MOST_OPTIONS = 40, 200


def stock_of(text: str) -> Availability | None:
    """What a short line, or the element that begins a line, says of stock and of nothing else.

    Words within sentences don't count.
    """
    for part in _parts(text):
        said = " ".join(part.split()).strip(" .!:✓✔•*()[]")
        if _BARE_YES.fullmatch(said):
            continue  # "Available" is a word of many lines; with its label it is read
        for state, pattern in _STOCK.items():
            if pattern.fullmatch(said):
                return state
    return None


def _parts(text: str) -> list[str]:
    """What of a line may be a statement of stock: the whole of a short one, then its parts.

    "In stock (22 available)" is one, without its aside; "Add to cart — In stock" has two. More
    than two are a menu.
    """
    parts = text.split(JOINT)
    if len(text) > _LONGEST:
        return parts[:1] if len(parts[0]) <= _LONGEST else []
    whole = text.replace(JOINT, " ")
    without_aside = _ASIDE.sub("", whole)
    first, *rest = _BESIDE.split(whole)
    halves = [first, *rest] if len(rest) == 1 else []
    return list(dict.fromkeys([whole, without_aside, *parts, *halves]))


def is_labelled(text: str) -> bool:
    """Whether a line says something behind a label of its own: "Availability: 10 work days"."""
    return bool(_LABELLED.match(text))


def labelled(text: str) -> Availability | None:
    """What a labelled line says of stock; None when it says something else."""
    match = _LABELLED.match(text)
    if not match:
        return None
    if count := _COUNTED.fullmatch(match["said"]):
        return "in_stock" if int(count[1]) else "out_of_stock"
    first = re.split(r"[.,;(!]", match["said"])[0]
    return stock_of(text) or stock_of(f"{match[0][: match.start('said')]}{first}")


def asks_to_wait(text: str) -> bool:
    """Whether a button or short line offers to tell when the product is back."""
    return len(text) <= _LONGEST and bool(_WAIT.fullmatch(text.strip(" .!")))


def of_choices(tree: LexborHTMLParser) -> Availability | None:
    """What the options of the page's choices say: "4 [In Stock]", "Red - sold out".

    In stock when one option is; out of stock when every option of one choice is.
    """
    choices = [
        [
            _of_option(option)
            for option in choice.css("option")[:_MOST_OPTIONS]
            if _is_choice(option)
        ]
        for choice in tree.css("select")[:_MOST]
    ]
    if any("in_stock" in states for states in choices):
        return "in_stock"
    sold_out = any(states and set(states) == {"out_of_stock"} for states in choices)
    return "out_of_stock" if sold_out else None


def _is_choice(option: LexborNode) -> bool:
    said = option.text(strip=True)
    return bool(said) and not _CHOOSE.fullmatch(said)


def _of_option(option: LexborNode) -> Availability | None:
    match = _IN_BRACKETS.search(option.text(strip=True)[:100])
    return stock_of(match[1]) if match else None


def marked(tree: LexborHTMLParser) -> Availability | None:
    """What elements named as the availability hold in schema.org's words, seen or not.

    Shops leave "InStock" there for search engines and feeds. Sentences are not asked: hidden
    ones are kept ready for other variants.
    """
    return _agreed(
        availability_of(said)
        for node in tree.css(_MARKED)[:_MOST]
        if _MACHINE.fullmatch(said := node.text(strip=True))
    )


def of_buttons(tree: LexborHTMLParser) -> Availability | None:
    """What stands on the page's buttons in place of "add to cart": "Sold out"."""
    return _agreed(
        stock_of(node.attributes.get("value") or "") for node in tree.css(_BUTTONS)[:_MOST]
    )


def _agreed(states: Iterable[Availability | None]) -> Availability | None:
    known = set(states) - {None}
    return known.pop() if len(known) == 1 else None
