"""Numbers with units in product titles and specifications: 2 kWh is 2048 Wh, 1000 W is not."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

_UNITS: Mapping[str, tuple[tuple[str, str], ...]] = {
    # what is measured: (unit, in how many of the first one)
    "energy": (("wh", "1"), ("kwh", "1000"), ("瓦时", "1"), ("千瓦时", "1000"), ("度电", "1000")),
    "power": (
        *(("w", "1"), ("watt", "1"), ("watts", "1"), ("kw", "1000"), ("hp", "745.7")),
        *(("瓦", "1"), ("瓦特", "1"), ("千瓦", "1000")),
    ),
    "cooling": (("btu", "1"), ("btu/h", "1"), ("btus", "1")),
    "charge": (("mah", "1"), ("ah", "1000"), ("毫安时", "1"), ("安时", "1000")),
    "voltage": (("v", "1"), ("volt", "1"), ("volts", "1"), ("kv", "1000"), ("伏", "1")),
    "volume": (
        *(("ml", "0.001"), ("cl", "0.01"), ("l", "1"), ("litre", "1"), ("liter", "1")),
        *(("litres", "1"), ("liters", "1"), ("qt", "0.946353"), ("quart", "0.946353")),
        *(("gal", "3.785412"), ("gallon", "3.785412"), ("oz", "0.0295735")),
        *(("升", "1"), ("毫升", "0.001")),
    ),
    "mass": (
        *(("g", "0.001"), ("kg", "1"), ("kgs", "1"), ("lb", "0.453592"), ("lbs", "0.453592")),
        *(("克", "0.001"), ("千克", "1"), ("公斤", "1"), ("斤", "0.5")),
    ),
    "length": (
        *(("mm", "0.001"), ("cm", "0.01"), ("m", "1"), ("ft", "0.3048"), ("feet", "0.3048")),
        *(("in", "0.0254"), ("inch", "0.0254"), ("inches", "0.0254"), ('"', "0.0254")),
        *(("毫米", "0.001"), ("厘米", "0.01"), ("米", "1"), ("英寸", "0.0254"), ("寸", "0.0254")),
    ),
}
_MEANING = {
    unit: (kind, Decimal(factor)) for kind, units in _UNITS.items() for unit, factor in units
}
UNIT = {
    "energy": "Wh",
    "power": "W",
    "cooling": "BTU",
    "charge": "mAh",
    "voltage": "V",
    "volume": "L",
    "mass": "kg",
    "length": "m",
}
"""What can be measured, and what the numbers of a `Reading` are in."""

_UNIT = "|".join(re.escape(unit) for unit in sorted(_MEANING, key=len, reverse=True))
_NUMBER = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_MEASURE = re.compile(rf"(?<![\w.,])({_NUMBER})[\s-]?({_UNIT})(?![a-z0-9])")
_BARE = re.compile(rf"(?<![\w.,-])({_NUMBER})(?![\w.,]*\w)")
_THREE_DECIMALS = re.compile(r"[1-9]\d{0,2}\.\d{3}")
"""Of German writing a thousand, of English one and a bit."""
_KILO = 1000
_PEAK = re.compile(r"\b(?:peak|surge|max\w*|up to|starting)\W*$|(?:峰值|瞬时|最大)\W*$")
_PEAK_BEHIND = re.compile(r"\W*(?:peak|surge|max|峰值|瞬时)")
_CJK = re.compile(r"([\u3400-\u9fff])")
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class Reading:
    """A text taken apart: its words, its numbers by what they measure, and those of no unit.

    `measures` are in the first unit of their kind, the text's first number first.
    """

    words: frozenset[str]
    in_order: str
    """The words in the alphabet's order, with the numbers."""
    measures: Mapping[str, tuple[Decimal, ...]]
    bare: tuple[Decimal, ...]


@lru_cache(maxsize=50_000)
def read(text: str) -> Reading:
    """Take a title, a name or a specification apart.

    A peak is not the main number: "1000 W (2000 W peak)" measures 1000 W. Characters of Chinese
    are words of their own: there is no space to part them.
    """
    folded = unicodedata.normalize("NFKC", text).casefold().replace("″", '"')
    measures: dict[str, list[Decimal]] = {}
    numbers: list[str] = []
    rest: list[str] = []
    end = 0
    for found in _MEASURE.finditer(folded):
        before = folded[end : found.start()]
        rest.append(before)
        peak = _PEAK_BEHIND.match(folded, found.end())
        end = peak.end() if peak else found.end()
        kind, factor = _MEANING[found[2]]
        is_unclear = factor < _KILO and _THREE_DECIMALS.fullmatch(found[1])
        if peak or _PEAK.search(before) or is_unclear:
            continue
        measures.setdefault(kind, []).append(_decimal(found[1]) * factor)
        numbers.append(found[1].replace(",", ""))
    rest.append(folded[end:])
    left = " ".join(rest)
    bare = [_decimal(found[1]) for found in _BARE.finditer(left)]
    words = [word for word in _WORD.findall(_CJK.sub(r" \1 ", left)) if not word.isdecimal()]
    numbers += [str(number) for number in bare]
    return Reading(
        words=frozenset(words),
        in_order=" ".join(sorted({*words, *numbers})),
        measures={kind: tuple(values) for kind, values in measures.items()},
        bare=tuple(bare),
    )


def _decimal(number: str) -> Decimal:
    return Decimal(number.replace(",", ""))
