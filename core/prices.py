"""The part of config.yaml about what people see of competitors' prices, and decide on them."""

from decimal import Decimal

from pydantic import Field

from core.stanza import Duration, Stanza


class PriceSettings(Stanza):
    """What the buttons of a price alert offer, and its picture shows (plan B1)."""

    undercut_by: Decimal = Field(
        gt=0, lt=1, description="share of their price that Undercut proposes to stay below it"
    )
    ignore_for: list[Duration] = Field(
        min_length=1, max_length=10, description="the choices of the Ignore dialog"
    )
    slip_over: Decimal = Field(
        gt=1,
        le=100,
        description="a new price over so many times ours, or under ours divided by it, is refused",
    )
    chart_over: Duration = Field(description="how far back the picture with a price alert goes")
