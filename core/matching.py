"""Matchers: which alerts a routing rule, a silence or an inhibition is about."""

import re
from collections.abc import Mapping
from decimal import Decimal
from functools import cached_property
from typing import Any

from pydantic import Field

from core.stanza import Stanza
from core.values import Country, Name, Severity

Traits = Mapping[str, Any]
"""What a matcher can look at: an alert's own words and its facts, by name."""


class Matcher(Stanza):
    """What must be true of an alert; what is not given may be anything.

    A fact that the alert does not have matches nothing: a rule for Amazon is not for an alert
    that knows no channel. Amounts compare in the store's currency: one in another currency is
    none (`core.routing.traits`). Case counts in subjects, as it does in SKUs.
    """

    check: Name | None = Field(default=None, description="the check's name")
    store: Name | None = Field(default=None, description="the store's name")
    severity: Severity | None = Field(default=None, description="notice, warning or critical")
    subject: str | None = Field(default=None, description="of what, with * for anything")
    blind: bool | None = Field(default=None, description="true: only what cannot be told")
    channel: str | None = Field(default=None, description="where the store sells: amazon …")
    category: str | None = Field(default=None, description="the product's category")
    market: Country | None = Field(default=None, description="the buyer's country, two letters")
    amount_over: Decimal | None = Field(default=None, ge=0, description="in the store's currency")

    @cached_property
    def equal(self) -> dict[str, Any]:
        """What an alert must have just so."""
        return self.model_dump(exclude_none=True, exclude={"subject", "amount_over"})

    def matches(self, traits: Traits) -> bool:
        """Tell whether an alert with these traits is meant."""
        if not self.equal.items() <= traits.items():
            return False
        if self.subject is not None and not _fits(self.subject, traits.get("subject")):
            return False
        return self.amount_over is None or _is_over(self.amount_over, traits.get("amount"))


def _fits(pattern: str, subject: str | None) -> bool:
    """Tell whether a subject fits; only * is special: SKUs and addresses have [ and ?."""
    words = ".*".join(map(re.escape, pattern.split("*")))
    return subject is not None and re.fullmatch(words, subject, re.DOTALL) is not None


def _is_over(limit: Decimal, amount: str | int | None) -> bool:
    return amount is not None and Decimal(amount) > limit
