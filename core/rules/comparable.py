"""Making another shop's price comparable with ours: for a piece, without tax, FOB, in USD."""

from dataclasses import dataclass
from decimal import Decimal
from functools import cache, lru_cache
from typing import Self

from babel.numbers import get_currency_precision

CURRENCY, INCOTERM = "USD", "FOB"
"""What our own prices, the price list and `fob_usd`, are in; the like is compared (plan B1)."""

SHOWN_TO = Decimal("0.0001")
"""What is left for people of a converted price, and of a share: hundredths of a percent."""

LEDGER_DECIMALS = 6
REMEMBERED = 4_096
"""Prices whose step is remembered: ours is compared again and again."""

_CENT = Decimal("0.01")


@dataclass(frozen=True)
class Conversion:
    """What makes a printed price comparable: `price × factor + added`."""

    factor: Decimal = Decimal(1)
    added: Decimal = Decimal(0)

    @classmethod
    def of(
        cls,
        *,
        pack_size: int,
        tax_included: Decimal,
        rate: Decimal,
        share: Decimal,
        per_piece: Decimal,
    ) -> Self:
        """Return the conversion of a price for `pack_size` pieces with tax, in a currency.

        `tax_included` is a share of the net price, `rate` what the currency costs in ours.
        `share` of their price and `per_piece` in our currency lie between it and FOB.
        """
        return cls(rate * (1 + share) / (pack_size * (1 + tax_included)), per_piece)

    def __call__(self, printed: Decimal) -> Decimal:
        """Return what a printed price is in ours."""
        return printed * self.factor + self.added

    @property
    def changes(self) -> bool:
        """Whether anything is converted at all."""
        return self != Conversion()


def shown(price: Decimal, *, converted: bool = False) -> Decimal:
    """Return a price for people: to `SHOWN_TO` where it was converted, else as it is.

    Gaps are reckoned with all of it. The ledger keeps six decimals, so no more are shown.
    """
    is_long = converted or _decimals_of(price) > LEDGER_DECIMALS
    rounded = price.quantize(SHOWN_TO) if is_long else price
    cents = rounded.quantize(_CENT)
    return cents if cents == rounded else rounded.normalize()


def shown_share(share: Decimal) -> Decimal:
    """Return a share for people, see `SHOWN_TO`."""
    return share.quantize(SHOWN_TO)


@lru_cache(REMEMBERED)
def tick(price: Decimal, currency: str) -> Decimal:
    """Return the smallest step in which a price as printed could move.

    The currency's minor unit (a cent; a whole yen), or the price's own last digit where that is
    finer: 0.0125 USD moves in steps of 0.0001.
    """
    return Decimal(1).scaleb(-max(_decimals_of(price), _minor_unit(currency)))


_minor_unit = cache(get_currency_precision)
"""How many decimals amounts of a currency have (CLDR); 2 for one that nobody knows."""


def _decimals_of(price: Decimal) -> int:
    """Return how many decimals a price has, without zeros at its end."""
    exponent = price.normalize().as_tuple().exponent
    assert isinstance(exponent, int)  # noqa: S101  (a price is a number)
    return max(-exponent, 0)


def incoterm_of(*named: str | None) -> str:
    """Return the first incoterm that is named, without its place: "fob Ningbo" is FOB."""
    first = next((name.split()[0] for name in named if name and name.strip()), INCOTERM)
    return first.strip(",;:.()").upper()
