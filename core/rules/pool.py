"""A store against its pool: traffic, conversion and repurchase in standard deviations (plan F3)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import fmean, pstdev
from typing import NamedTuple


class Axis(StrEnum):
    """What stores are compared by."""

    TRAFFIC = "traffic"
    CONVERSION = "conversion"
    REPURCHASE = "repurchase"


class Origin(StrEnum):
    """Where a figure comes from."""

    FIGURES = "figures"
    """Exports about the shop as a whole: the records `competitor_figures`."""
    PAGES = "pages"
    """Its pages that print such a count, added up: not all of the shop."""
    RECORDS = "records"
    """Our own visits and orders."""


@dataclass(frozen=True)
class Figure:
    """One store's figure on one axis: people, or a share of them."""

    value: float
    origin: Origin


Figures = Mapping[Axis, Figure]
"""What is known of one store; an axis that is missing is unknown."""


class Shop(NamedTuple):
    """What an export says of a whole shop over 30 days; None: it does not say."""

    visitors: int | None = None
    orders: int | None = None
    buyers: int | None = None
    repeat_buyers: int | None = None


class PageCount(NamedTuple):
    """What one of its pages tells of 30 days."""

    visitors: int | None
    sold: int | None
    """Pieces, which stand for orders where nothing better is known."""


def figures_of(shop: Shop, pages: Sequence[PageCount]) -> Figures:
    """Return a store's figures: what an export says, else what its pages add up to.

    Buyers who come again are told by exports only. A share over 1 is a mistake, or pieces that do
    not stand for orders, and is left out.
    """
    found: dict[Axis, Figure] = {}
    seen = [page.visitors for page in pages if page.visitors is not None]
    if shop.visitors is not None:
        found[Axis.TRAFFIC] = Figure(float(shop.visitors), Origin.FIGURES)
    elif seen:
        found[Axis.TRAFFIC] = Figure(float(sum(seen)), Origin.PAGES)
    bought = share(shop.orders, shop.visitors)
    on_pages = share(*_both(pages))
    if bought is not None:
        found[Axis.CONVERSION] = Figure(bought, Origin.FIGURES)
    elif on_pages is not None:
        found[Axis.CONVERSION] = Figure(on_pages, Origin.PAGES)
    again = share(shop.repeat_buyers, shop.buyers)
    if again is not None:
        found[Axis.REPURCHASE] = Figure(again, Origin.FIGURES)
    return found


def share(part: int | None, whole: int | None) -> float | None:
    """Return a part of a whole; None where either is unknown, or it is no part of it."""
    if part is None or not whole or not 0 <= part <= whole:
        return None
    return part / whole


def _both(pages: Iterable[PageCount]) -> tuple[int | None, int | None]:
    """Return what sold and who came on the pages that tell both: other sums are not comparable."""
    both = [(page.sold, page.visitors) for page in pages if None not in page]
    if not both:
        return None, None
    return sum(sold or 0 for sold, _ in both), sum(visitors or 0 for _, visitors in both)


@dataclass(frozen=True)
class Standing:
    """One store in the pool. A z-score is missing where it cannot be told."""

    name: str
    figures: Figures
    z: Mapping[Axis, float]
    ours: bool = False


def stand(
    pool: Mapping[str, Figures], our_name: str, ours: Figures, least_stores: int
) -> Sequence[Standing]:
    """Return every store's standing, ours first, then the others by name.

    The mean and the deviation are the pool's, ours left out: so "0.8 σ behind the pool" means the
    pool as it is without us. An axis that fewer than `least_stores` of it have is not compared.
    """
    scales = {axis: scale(_known(pool.values(), axis), least_stores) for axis in Axis}

    def standing(name: str, figures: Figures, *, is_ours: bool) -> Standing:
        scored = {axis: z_score(figure.value, scales[axis]) for axis, figure in figures.items()}
        known = {axis: z for axis, z in scored.items() if z is not None}
        return Standing(name, figures, known, is_ours)

    others = [standing(name, figures, is_ours=False) for name, figures in sorted(pool.items())]
    return [standing(our_name, ours, is_ours=True), *others]


@dataclass(frozen=True)
class Scale:
    """The mean of a pool, and its population standard deviation."""

    mean: float
    deviation: float


def scale(values: Sequence[float], least: int) -> Scale | None:
    """Return the scale of a pool; None where too few have the figure to speak of one."""
    if len(values) < max(least, 1):
        return None
    # of equal values: rounding must not make a deviation of them
    deviation = 0.0 if min(values) == max(values) else pstdev(values)
    return Scale(values[0] if deviation == 0 else fmean(values), deviation)


def z_score(value: float, scale: Scale | None) -> float | None:
    """Return (value − mean) ÷ standard deviation; 0 for a value like all the others.

    None without a scale, and where all the others are equal and this one is not.
    """
    if scale is None:
        return None
    if scale.deviation == 0:
        return 0.0 if value == scale.mean else None
    return (value - scale.mean) / scale.deviation


def _known(stores: Iterable[Figures], axis: Axis) -> list[float]:
    return [figures[axis].value for figures in stores if axis in figures]
