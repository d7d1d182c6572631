"""What config.yaml says of `stale_sources`."""

from decimal import Decimal

from pydantic import Field

from core.jobs import CheckSettings
from core.stanza import Duration, Stanza


class Habit(Stanza):
    """How many rows are usual, see `core.rules.habit`."""

    over: Duration = Field(description="looked back so far; no further than database.keep_runs_for")
    needs: int = Field(ge=1, description="so many earlier runs, or days, make a habit")
    least: int = Field(ge=1, description="a habit of fewer rows says nothing")
    snapshots_below: Decimal = Field(
        gt=0, le=1, description="a run that brings all there is: this share of the usual run"
    )
    changes_below: Decimal = Field(
        gt=0, le=1, description="runs that bring what changed: this share of the usual 24 hours"
    )


class Settings(CheckSettings):
    """The stanza of config.yaml."""

    failures_in_a_row: int = Field(
        ge=1, description="what may pass by itself is told after so many failures"
    )
    settle_for: Duration = Field(
        description="after a start, what was slept through is read before it is told"
    )
    tell_strange_for: Duration = Field(
        description="refused rows, unknown words and unmatched mails are told for so long"
    )
    habit: Habit = Field(description="far fewer rows than usual are told")
