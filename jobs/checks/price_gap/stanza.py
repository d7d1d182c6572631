"""What config.yaml says of `price_gap`."""

from decimal import Decimal
from typing import Literal, Self

from pydantic import Field, model_validator

from core.jobs import CheckSettings
from core.ledger.competing import Pair
from core.price_terms import PriceTerms
from core.rules.price_gap import Gap
from core.stanza import Misfit, Stanza


class GapMatch(Stanza):
    """What must be true of a gap; what is not given may be anything."""

    sku: str | None = Field(default=None, description="of our article")
    category: str | None = Field(default=None, description="the article's")
    competitor: str | None = Field(default=None, description="whose price it is")
    direction: Literal["cheaper", "dearer"] | None = Field(
        default=None, description="what they are"
    )

    def matches(self, pair: Pair, gap: Gap) -> bool:
        """Tell whether a gap is meant."""
        known = {
            "sku": pair.product.sku,
            "category": pair.product.category,
            "competitor": pair.competitor,
            "direction": gap.they_are,
        }
        return self.model_dump(exclude_none=True).items() <= known.items()


class GapLimit(Stanza):
    """A limit for some gaps."""

    match: GapMatch = Field(description="which gaps")
    limit: Decimal = Field(gt=0, lt=10, description="instead of the check's limit")
    critical_limit: Decimal | None = Field(
        default=None, gt=0, lt=10, description="instead of the check's critical_limit"
    )


class Settings(CheckSettings, PriceTerms):
    """The stanza of config.yaml."""

    limit: Decimal = Field(gt=0, lt=1, description="a gap over this share of their price is told")
    critical_limit: Decimal = Field(gt=0, lt=10, description="cheaper by more than this: critical")
    limits: list[GapLimit] = Field(
        default=[], description="other limits for some gaps; the first that matches counts"
    )
    further: Decimal = Field(
        ge=0, lt=10, description="a gap that was kept is told again when it has grown by more"
    )
    least_margin: Decimal = Field(
        gt=0, lt=1, description="a price that leaves less of itself is under the floor (plan E3)"
    )

    def limit_of(self, pair: Pair, gap: Gap) -> Decimal:
        """Return the share over which a gap is told."""
        rule = self._rule(pair, gap)
        return rule.limit if rule else self.limit

    def critical_limit_of(self, pair: Pair, gap: Gap) -> Decimal:
        """Return the share over which it is critical that they are cheaper."""
        rule = self._rule(pair, gap)
        return (rule and rule.critical_limit) or self.critical_limit

    def _rule(self, pair: Pair, gap: Gap) -> GapLimit | None:
        return next((rule for rule in self.limits if rule.match.matches(pair, gap)), None)

    @model_validator(mode="after")
    def _critical_is_worse(self) -> Self:
        if self.critical_limit < self.limit:
            raise Misfit(("critical_limit",), f"is below limit, which is {self.limit}")
        for index, rule in enumerate(self.limits):
            if rule.critical_limit is not None and rule.critical_limit < rule.limit:
                where = ("limits", index, "critical_limit")
                raise Misfit(where, f"is below limit, which is {rule.limit}")
        return self
