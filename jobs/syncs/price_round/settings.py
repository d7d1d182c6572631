"""The stanza of config.yaml."""

from decimal import Decimal
from typing import Self

from pydantic import Field, model_validator

from core.jobs import JobSettings
from core.stanza import Duration, Misfit


class Settings(JobSettings):
    """The stanza of config.yaml."""

    spread_over: Duration = Field(
        description="a round of the clock's is over so long after its fire time …"
    )
    ready_before: Duration = Field(description="… less this, in which the checks answer")
    most_pages: int = Field(
        ge=1, description="pages of a competitor in a round: pairs first, then the longest not read"
    )
    discover_every: Duration = Field(
        description="a shop is asked for its products again in the first round after so long"
    )
    min_certainty: float = Field(
        ge=0, le=1, description="a price less sure is none: a wrong price is worse than none"
    )
    jump: Decimal = Field(
        gt=0, description="a price further than this share from the last one is read twice"
    )
    confirm_after: Duration = Field(description="between the two readings, at least")
    pages_at_once: int = Field(ge=1, le=32, description="requests under way at all hosts together")

    @model_validator(mode="after")
    def _leaves_time_to_read(self) -> Self:
        if self.ready_before >= self.spread_over:
            raise Misfit(("ready_before",), "leaves no time: it is not shorter than spread_over")
        return self
