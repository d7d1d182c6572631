"""What config.yaml says of making another shop's price comparable with ours."""

from decimal import Decimal
from typing import Literal

from pydantic import Field

from core.settings import Settings
from core.stanza import Duration, Stanza

PRICE_GAP = "price_gap"
"""The check whose stanza says how prices are compared, for everybody who compares them."""

OtherIncoterm = Literal[
    "EXW", "FCA", "FAS", "CFR", "CIF", "CPT", "CIP", "DAP", "DPU", "DAT", "DDU", "DDP"
]
"""Incoterms 2020 and the older ones still seen; FOB is what the others are corrected to."""


class ToFob(Stanza):
    """What is added to a price under another incoterm to make it FOB; negative: taken off."""

    share: Decimal = Field(default=Decimal(0), gt=-1, le=1, description="of their price")
    per_piece: Decimal = Field(default=Decimal(0), description="USD a piece, after the share")


class PriceTerms(Stanza):
    """When another shop's price is one, and what makes it comparable (plan B1)."""

    price_valid_for: Duration = Field(description="an older price of theirs is no price")
    rate_valid_for: Duration = Field(
        description="a rate of exchange older than this is none; banks give none on holidays"
    )
    to_fob: dict[OtherIncoterm, ToFob] = Field(
        default={}, description="per incoterm, what makes it FOB; the others are not compared"
    )


def terms_of(settings: Settings) -> PriceTerms | None:
    """Return how prices are made comparable; None when the check `price_gap` is switched off."""
    stanza = settings.check(PRICE_GAP)
    return stanza if isinstance(stanza, PriceTerms) else None
