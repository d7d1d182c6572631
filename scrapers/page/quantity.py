"""Quantities in texts: minimum orders, tiers, units and delivery terms (Incoterms 2020)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from scrapers.page.model import Tier, ladder
from scrapers.page.numbers import plain
from scrapers.page.prices import Line, PriceText

_UNITS: dict[str, str] = {
    "piece": "piece pieces pc pcs unit units 件 个 只 pieza piezas unidad unidade unidades stück",
    "set": "set sets 套 juego juegos",
    "pair": "pair pairs 双 对 par pares",
    "box": "box boxes 盒 caja cajas",
    "carton": "carton cartons ctn ctns 箱",
    "bag": "bag bags 袋",
    "pack": "pack packs 包",
    "roll": "roll rolls 卷",
    "dozen": "dozen dozens 打",
    "kilogram": "kg kgs kilogram kilograms 公斤 千克",
    "ton": "ton tons tonne tonnes 吨",
    "meter": "m meter meters metre metres 米",
    "yard": "yard yards",
    "square meter": "sqm 平方米",
}
_NAME_OF = {word: name for name, words in _UNITS.items() for word in words.split()}
_WORD = "|".join(sorted((re.escape(word) for word in _NAME_OF), key=len, reverse=True))
UNIT = rf"(?P<unit>(?:{_WORD})(?![A-Za-zÀ-ÿ]))"

_COUNT = r"(?<![\d.,])(?:\d{1,3}(?:[,. '](?=\d{3}(?!\d))\d{3})+|\d+)(?![.,]?\d)"
_UPWARD = r"(?:\+|or more\b|and more\b|及?以上)"
_QUANTITY = re.compile(
    rf"(?:(?:≥|>=|\bfrom\b|\bab\b)\s*(?P<least>{_COUNT})"
    rf"|(?P<low>{_COUNT})\s*(?:[-–—~～至]|\bto\b)\s*{_COUNT}"
    rf"|(?P<over>{_COUNT})(?=\s*(?:{_WORD})?\s*{_UPWARD}))\s*(?:{_UPWARD})?\s*{UNIT}?\s*(?:{_UPWARD})?",
    re.IGNORECASE,
)
_MOQ = re.compile(
    r"(?:\bMOQ\b|\bmin(?:imum|\.)?\s*order(?:\s*(?:quantity|qty))?\b\.?|"
    r"(?:最小|最低)?(?:起订|起批|订购)(?:量|数量)|pedido m[ií]nimo|mindestbestellmenge)"
    rf"\s*(?:\(MOQ\))?\s*(?:is\b|of\b)?\s*[:：]?\s*(?:≥|>=)?\s*(?P<count>{_COUNT})\s*{UNIT}?",
    re.IGNORECASE,
)
_MOQ_AFTER = re.compile(
    rf"(?P<count>{_COUNT})\s*{UNIT}?\s*\(?\s*(?:MOQ\b|min(?:imum|\.)? order\b|起订|起批)",
    re.IGNORECASE,
)
_PER = re.compile(rf"\s*(?:/|\bper\b|每)\s*{UNIT}", re.IGNORECASE)
_TERM = r"(?P<term>EXW|FCA|FAS|FOB|CFR|CIF|CPT|CIP|DAP|DPU|DDP)"
_TERM_OF_PRICE = re.compile(
    rf"(?<![A-Za-z]){_TERM}(?:\s+[A-Z][a-z]+)?\s*(?:reference\s*)?(?:(?i:unit\s*)?(?i:price)|价)"
)
_TERM_BEFORE = re.compile(rf"(?<![A-Za-z]){_TERM}(?:\s+[A-Z][a-z]+)?\s*[:：(]?\s*$")
_TERM_AFTER = re.compile(rf"\s*(?:/\s*\w+)?\s*[,(（]?\s*{_TERM}(?![A-Za-z])")
_FEWEST_STEPS = 2
_LONGEST = 500
_IN_TURN = re.compile(r"P?(?:QP)+Q?")
_ROWS = re.compile(r"Q{2,}P{2,}")


_PIECES = r"(?:pcs?|pieces?|pces|count|ct|stück|stk|pièces|pezzi|piezas|unidades|件|个|只|枚)"
_PACK = re.compile(
    rf"\b(?:pack|packs|set|box|case|lot|bundle|bag)\s+of\s+(\d{{1,4}})\b(?!\s*[.,x×]?\d)"
    rf"|(?<![\d.,])(\d{{1,4}})\s*{_PIECES}\s*(?:/|per|per\s)\s*"
    r"(?:set|lot|pack|box|bag|case|套|包|盒|箱)"
    r"|(?<![\d.,])(\d{1,4})[- ]?(?:er[- ])?pack\b(?!\s*of)"
    r"|(?<![\d.,])(\d{1,4})\s*(?:个装|只装|件装|片装|入り)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Ladder:
    """A quantity ladder as printed, with the currency and unit of its prices."""

    tiers: tuple[Tier, ...]
    currency: str | None
    unit: str | None


@dataclass(frozen=True, slots=True)
class _Quantity:
    count: int
    unit: str | None


def count_of(text: str) -> int | None:
    """A whole number of pieces, thousands marks allowed; None when it is not one."""
    digits = re.sub(r"[,. ']", "", plain(text))
    return (int(digits) or None) if re.fullmatch(r"[0-9]{1,12}", digits) else None


def unit_of(text: str) -> str | None:
    """The unit's English singular ("pcs" → "piece"); None for words that are no known unit."""
    return _NAME_OF.get(text.strip().lower())


def minimum_order(lines: list[Line]) -> tuple[int | None, str | None]:
    """(minimum order, its unit) of lines that name one, like "MOQ: 100 pcs" or "起订量 50件"."""
    named = (pattern.search(line.text) for line in lines for pattern in (_MOQ, _MOQ_AFTER))
    match = next((match for match in named if match), None)
    return (count_of(match["count"]), unit_of(match["unit"] or "")) if match else (None, None)


def pack_of(text: str) -> int | None:
    """How many pieces one price buys: "Pack of 12", "6-pack", "10 pcs/lot"; None for one."""
    counts = {
        int(next(filter(None, match.groups()))) for match in _PACK.finditer(plain(text)[:_LONGEST])
    } - {0, 1}
    return counts.pop() if len(counts) == 1 else None


def unit_of_price(line: Line) -> str | None:
    """The unit a line's price is for: "$2.61 / piece", "€3 per set"; None when none is printed."""
    units = (_PER.match(line.text, price.end) for price in line.prices)
    return next((unit_of(match["unit"]) for match in units if match), None)


def incoterm(lines: list[Line]) -> str | None:
    """The delivery term a price is for: "FOB Price", or a term right beside an amount.

    A page that lists the terms it can deliver under says nothing about its price: None.
    """
    stated = {match["term"] for line in lines for match in _TERM_OF_PRICE.finditer(line.text)}
    beside = {
        match["term"]
        for line in lines
        for price in line.prices
        for match in (
            _TERM_BEFORE.search(line.text, 0, price.start),
            _TERM_AFTER.match(line.text, price.end),
        )
        if match
    }
    terms = stated or beside
    return terms.pop() if len(terms) == 1 else None


def tiers_in(lines: list[Line]) -> Ladder | None:
    """The quantity ladder in lines of text; None when there is none.

    Understood: quantity and price in turn (either first), or a row of quantities over a row of
    prices. Quantities must rise and prices must not; a single step is no ladder.
    """
    marks = [mark for line in lines for mark in _marks(line)]
    order = "".join("Q" if isinstance(mark, _Quantity) else "P" for mark in marks)
    for pattern in (_IN_TURN, _ROWS):
        for run in pattern.finditer(order):
            found = _climb(marks[run.start() : run.end()])
            if found:
                return found
    return None


def _climb(marks: list[_Quantity | PriceText]) -> Ladder | None:
    """The ladder of a run of quantities and prices, None when they don't make one."""
    if isinstance(marks[0], PriceText) and isinstance(marks[-1], PriceText):
        marks = marks[1:]  # the page's main price stands above the ladder
    steps = [mark for mark in marks if isinstance(mark, _Quantity)]
    prices = [mark for mark in marks if isinstance(mark, PriceText)]
    counts = [step.count for step in steps]
    amounts = [price.low for price in prices if price.low is not None]
    if not len(counts) == len(amounts) == len(prices) or len(counts) < _FEWEST_STEPS:
        return None
    if counts != sorted(set(counts)) or amounts != sorted(amounts, reverse=True):
        return None
    currencies = {price.currency for price in prices}
    units = {step.unit for step in steps if step.unit}
    tiers = [
        Tier(min_quantity=count, price=price) for count, price in zip(counts, amounts, strict=True)
    ]
    if len(currencies) != 1:
        return None
    return Ladder(ladder(tiers), currencies.pop(), units.pop() if len(units) == 1 else None)


def _marks(line: Line) -> list[_Quantity | PriceText]:
    """Quantities and single prices of a line, in order."""
    rest = line.text
    for price in line.prices:
        rest = rest[: price.start] + " " * (price.end - price.start) + rest[price.end :]
    found: list[tuple[int, _Quantity | PriceText]] = [
        (price.start, price) for price in line.prices if price.high is None
    ]
    for match in _QUANTITY.finditer(rest):
        count = count_of(match["least"] or match["low"] or match["over"])
        alone = match[0].strip() == rest.strip()
        if count is not None and (match["unit"] or line.prices or alone):
            found.append((match.start(), _Quantity(count, unit_of(match["unit"] or ""))))
    return [mark for _, mark in sorted(found, key=lambda pair: pair[0])]
