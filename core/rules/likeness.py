"""How alike an article of ours and a competitor's page are, and why (plan B1).

Bar code numbers decide where both sides have one. Otherwise titles and numbers with units are
weighed; a number that contradicts ours (1000 Wh against 2000 Wh) makes it another product, however
alike the titles are.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple

from core.rules.measures import UNIT, Reading, read

_SHORTEST_GTIN, _LONGEST_GTIN = 8, 14
_YEARS = range(2015, 2040)
"""A bare number of these may be the year of a model, and contradicts nothing."""
_TELLING = 100
"""A smaller bare number counts pieces or plugs, and contradicts nothing."""


@dataclass(frozen=True)
class Weighing:
    """The numbers of the rule, see `core.competitors.PairSettings`."""

    title: float
    numbers: float
    price: float
    tolerance: float
    """Numbers that differ by no more than this share are the same."""
    decisive: Collection[str]
    """What must not contradict, see `core.rules.measures.UNIT`."""
    contradicted: float
    """The most that a pair can reach whose numbers contradict."""
    plausible: float
    """A price so many times as high as the other one is of another product."""


@dataclass(frozen=True)
class Item:
    """What is known of one side: its names (a page has one), bar code and FOB price in USD."""

    names: tuple[str, ...]
    gtin: str | None = None
    specification: str | None = None
    price: Decimal | None = None

    @cached_property
    def readings(self) -> tuple[Reading, ...]:
        """Each name taken apart."""
        return tuple(read(name) for name in self.names)

    @cached_property
    def measures(self) -> Mapping[str, tuple[Decimal, ...]]:
        """What names and specification measure, the names' numbers first."""
        known: dict[str, tuple[Decimal, ...]] = {}
        for reading in (
            *self.readings,
            *([read(self.specification)] if self.specification else []),
        ):
            for kind, values in reading.measures.items():
                known[kind] = (*known.get(kind, ()), *values)
        return known

    @cached_property
    def bare(self) -> tuple[Decimal, ...]:
        """The names' numbers of no unit."""
        return tuple(number for reading in self.readings for number in reading.bare)

    @cached_property
    def code(self) -> str | None:
        """The bar code number as a GTIN of 14 digits; None where it is none."""
        digits = "".join(filter(str.isdecimal, self.gtin or ""))
        is_one = _SHORTEST_GTIN <= len(digits) <= _LONGEST_GTIN and digits.strip("0")
        return digits.zfill(_LONGEST_GTIN) if is_one else None


class Reason(NamedTuple):
    """One thing that speaks for a pair or against it.

    `what` is gtin, other_gtin, title, same, other or price; `value` is the titles' likeness, or the
    number that both have, or that is another one there.
    """

    what: str
    value: str = ""
    unit: str = ""


@dataclass(frozen=True)
class Likeness:
    """How alike two items are, 0 to 1, and why."""

    score: float
    reasons: Sequence[Reason] = ()
    shared: frozenset[str] = frozenset()
    """Words of our name that the page has too."""
    missing: frozenset[str] = frozenset()
    """Words of our name that the page has not."""
    is_exact: bool = False
    """Whether every number that was compared is the same to the last digit."""
    is_certain: bool = False
    """Whether both have the same bar code."""

    def is_ahead_of(self, other: "Likeness", lead: float) -> bool:
        """Tell whether this one is clearly the better of two pairs with one page.

        By the bar code, by points, by the very number, or as the nearer variant: "Station, EU plug"
        is nearer to a page that says EU plug, "Station" to one that does not.
        """
        if self.is_certain != other.is_certain:
            return self.is_certain
        if self.score - other.score >= lead:
            return True
        if self.score <= other.score:
            return False
        nearer = self.shared >= other.shared and self.missing <= other.missing
        differs = (self.shared, self.missing) != (other.shared, other.missing)
        return (self.is_exact and not other.is_exact) or (nearer and differs)


def likeness(ours: Item, theirs: Item, weighing: Weighing) -> Likeness:
    """Compare one article with one page."""
    if ours.code and theirs.code:
        same = ours.code == theirs.code
        reason = Reason("gtin" if same else "other_gtin")
        return Likeness(float(same), [reason], is_certain=same)
    title, shared, missing = _titles(ours, theirs)
    found = list(_numbers(ours, theirs, weighing))
    parts = [(title, weighing.title)]
    reasons = [Reason("title", f"{title:.2f}"), *(reason for reason, _ in found)]
    contradicted = any(not agreement for _, agreement in found)
    if found:
        parts.append((sum(agreement for _, agreement in found) / len(found), weighing.numbers))
    if ours.price and theirs.price:
        plausible = _is_plausible(ours.price, theirs.price, weighing)
        parts.append((float(plausible), weighing.price))
        reasons += [] if plausible else [Reason("price")]
    score = sum(part * weight for part, weight in parts) / sum(weight for _, weight in parts)
    score = min(score, weighing.contradicted) if contradicted else score
    is_exact = bool(found) and all(agreement == 1 for _, agreement in found)
    return Likeness(score, reasons, shared, missing, is_exact)


class _Titles(NamedTuple):
    """How alike two names are, and which words of ours the other one has, and has not."""

    alike: float
    shared: frozenset[str]
    missing: frozenset[str]


def _titles(ours: Item, theirs: Item) -> _Titles:
    """Compare the nearest two names."""
    pairs = [_named(mine, other) for mine in ours.readings for other in theirs.readings]
    return max(pairs, key=lambda pair: pair.alike, default=_Titles(0, frozenset(), frozenset()))


def _named(ours: Reading, theirs: Reading) -> _Titles:
    """Compare two names: by our words that theirs has too (brands and praise are free), and whole.

    Whole they are compared in the alphabet's order: shops put the words in any.
    """
    from rapidfuzz import fuzz  # noqa: PLC0415  (heavy)

    shared = ours.words & theirs.words
    covered = len(shared) / len(ours.words) if ours.words else 0
    whole = fuzz.ratio(ours.in_order, theirs.in_order) / 100
    return _Titles((covered + whole) / 2, shared, ours.words - shared)


Agreement = tuple[Reason, float]
"""What a number says: 1 for the same, a little less within the tolerance, 0 for another."""


def _numbers(ours: Item, theirs: Item, weighing: Weighing) -> Iterator[Agreement]:
    """Yield what the numbers say: those both sides measure, else theirs of no unit."""
    compared = False
    for kind in weighing.decisive:
        mine, other = ours.measures.get(kind, ()), theirs.measures.get(kind, ())
        if not mine or not other:
            continue
        compared = True
        # the first number is the main one: each side must have the other's
        agreement = min(_has(other, mine[0], weighing), _has(mine, other[0], weighing))
        if agreement:
            yield Reason("same", _short(mine[0]), UNIT[kind]), agreement
        elif not set(mine) & set(other):
            yield Reason("other", _short(other[0]), UNIT[kind]), 0
    if not compared:
        yield from _bare_numbers(ours, theirs, weighing)


def _bare_numbers(ours: Item, theirs: Item, weighing: Weighing) -> Iterator[Agreement]:
    """Yield what a number without unit says: "Explorer 1000" against our 1000 W, or the reverse."""
    mine, other = (_all_numbers(item, weighing) for item in (ours, theirs))
    telling = [(number, mine) for number in theirs.bare if number >= _TELLING]
    telling += [(number, other) for number in ours.bare if number >= _TELLING]
    agreements = [(_has(numbers, number, weighing), number) for number, numbers in telling]
    agreement, number = max(agreements, default=(0, Decimal(0)))
    if agreement:
        yield Reason("same", _short(number)), agreement
    elif any(numbers and number not in _YEARS for number, numbers in telling):
        yield Reason("other", _short(other[0])), 0


def _all_numbers(item: Item, weighing: Weighing) -> Sequence[Decimal]:
    measured = (item.measures.get(kind, ()) for kind in weighing.decisive)
    return [*item.bare, *(number for numbers in measured for number in numbers)]


def _has(numbers: Iterable[Decimal], wanted: Decimal, weighing: Weighing) -> float:
    """Return how near the nearest of some numbers is, 1 for the same; 0: none within tolerance."""
    if wanted in numbers:
        return 1
    off = min((float(abs(number - wanted) / wanted) for number in numbers if wanted), default=1)
    return 1 - off if off <= weighing.tolerance else 0


def _is_plausible(ours: Decimal, theirs: Decimal, weighing: Weighing) -> bool:
    return max(ours, theirs) <= min(ours, theirs) * Decimal(str(weighing.plausible))


def _short(number: Decimal) -> str:
    return f"{number.normalize():f}"
