"""Whether the reader of a shop's pages still works: what pages say now against before (plan B1)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from statistics import median


@dataclass(frozen=True)
class Reading:
    """What a page was read as. `price` None: none, or none that is believed."""

    price: Decimal | None
    currency: str | None
    certainty: Decimal | None
    jumps: bool = False
    """Its price differs so much from the one before that it is not believed."""


@dataclass(frozen=True)
class Pair:
    """A page that gave a price before, and what it is read as now."""

    url: str
    before: Reading
    now: Reading

    @property
    def is_empty(self) -> bool:
        """Whether it gives no price any more."""
        return self.now.price is None and not self.now.jumps

    def jumped(self, jump: Decimal) -> bool:
        """Tell whether the price is another one by more than a share, or in another currency."""
        before, now = self.before, self.now
        if now.jumps:
            return True
        if before.price is None or now.price is None:
            return False
        too_far = abs(now.price - before.price) > jump * before.price
        return too_far or before.currency != now.currency


@dataclass(frozen=True)
class Limits:
    """From when on a reader is taken for broken; shares but for `least_pages`."""

    least_pages: int
    empty_share: Decimal
    jump: Decimal
    jump_share: Decimal
    certainty_falls: Decimal


@dataclass(frozen=True)
class Broken:
    """Why a reader is taken for broken. `suspects` are the pages that say so, the worst first."""

    pages: int
    empty: int
    jumped: int
    certainty_before: Decimal | None
    certainty_now: Decimal | None
    suspects: Sequence[str]


def broken(pairs: Sequence[Pair], limits: Limits) -> Broken | None:
    """Return why a shop's reader is taken for broken; None: it is not, or too few pages tell."""
    if len(pairs) < limits.least_pages:
        return None
    empty = [pair for pair in pairs if pair.is_empty]
    jumped = [pair for pair in pairs if pair.jumped(limits.jump)]
    unsure = [pair for pair in pairs if _fall(pair) >= limits.certainty_falls]
    before = _median(pair.before.certainty for pair in pairs)
    now = _median(pair.now.certainty for pair in pairs)
    fell = before is not None and now is not None and before - now >= limits.certainty_falls
    too_empty = len(empty) >= limits.empty_share * len(pairs)
    too_jumpy = len(jumped) >= limits.jump_share * len(pairs)
    if not (too_empty or too_jumpy or fell):
        return None
    suspects = dict.fromkeys(pair.url for pair in (*empty, *jumped, *unsure))
    return Broken(len(pairs), len(empty), len(jumped), before, now, list(suspects))


def _fall(pair: Pair) -> Decimal:
    before, now = pair.before.certainty, pair.now.certainty
    return Decimal(0) if before is None or now is None else before - now


def _median(certainties: Iterable[Decimal | None]) -> Decimal | None:
    known = [certainty for certainty in certainties if certainty is not None]
    return median(known) if known else None
