"""Whether more of an article is promised than there is, and what listings may offer (plan C3)."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Place:
    """The last count of one article at one place, in pieces.

    `listed` is set for a channel's listing: what it offers. A listing is no goods.
    """

    location: str
    on_hand: int
    committed: int
    listed: int | None = None


@dataclass(frozen=True)
class Stand:
    """How an article stands over all places, in pieces.

    `on_hand` and `committed` are those of the goods that all channels share, `free` what may still
    be promised; `allowed` is what a listing may offer at most.
    """

    on_hand: int
    committed: int
    free: int
    allowed: int
    overdrawn: tuple[Place, ...]
    """The places where more is promised than lies there, the worst first."""
    to_lower: tuple[Place, ...]
    """The listings that offer more than `allowed`, the largest first."""

    @property
    def is_oversold(self) -> bool:
        """Whether more is promised than there is, at one place or in all."""
        return self.free < 0 or bool(self.overdrawn)


def stand(places: Iterable[Place], separate: Collection[str], keep_back: int) -> Stand | None:
    """Return how an article stands; None when nobody says what goods there are.

    Goods in `separate` places (as in a marketplace's own warehouse) serve one channel only: they
    are looked at by themselves. What is committed is the larger of what the warehouses and what
    the channels say: a warehouse's system gathers the channels' orders, and is late at times.
    `keep_back` pieces are never offered.
    """
    known = list(places)
    goods = [place for place in known if place.listed is None]
    listings = [place for place in known if place.listed is not None]
    shared = [place for place in goods if place.location not in separate]
    if not goods or (listings and not shared):
        return None
    on_hand = sum(place.on_hand for place in shared)
    committed = max(sum(p.committed for p in shared), sum(p.committed for p in listings))
    free = on_hand - committed
    allowed = max(free - keep_back, 0)
    overdrawn = [place for place in goods if place.committed > place.on_hand]
    too_much = [place for place in listings if (place.listed or 0) > allowed]
    return Stand(
        on_hand=on_hand,
        committed=committed,
        free=free,
        allowed=allowed,
        overdrawn=tuple(sorted(overdrawn, key=lambda p: (p.on_hand - p.committed, p.location))),
        to_lower=tuple(sorted(too_much, key=lambda p: (-(p.listed or 0), p.location))),
    )
