"""What config.yaml says of everything the clock runs: jobs, and the checks among them."""

from datetime import timedelta
from typing import Self

from pydantic import Field, model_validator

from core.schedule import Schedule
from core.stanza import Duration, Misfit, Stanza
from core.values import CatchUp, Channel, Medium, Name, RecordKind, Severity


class JobSettings(Stanza):
    """What the clock needs to know of a job."""

    schedule: Schedule = Field(description="when it runs")
    catch_up: CatchUp = Field(description="what becomes of a fire time that was slept through")


class CheckSettings(JobSettings):
    """What every check has beside its own numbers."""

    role: Name = Field(description="who owns its findings")
    severity: Severity = Field(description="unless the check itself finds it milder or worse")
    channel: Channel | None = Field(default=None, description="instead of slack.channel")
    notify: list[Medium] = Field(min_length=1, description="over what its alerts travel")
    attach: list[Name] = Field(
        default=[], description="files that go with its alerts; their names are those of bot/files"
    )
    answer_within: Duration | dict[Severity, Duration] = Field(
        description="from opened to acknowledged (plan A1, A5); one length, or one per severity"
    )
    escalation: Name | None = Field(
        default=None, description="a chain of escalation.chains, instead of the severity's"
    )
    runs_in_a_row: int = Field(
        default=1, ge=1, description="an alert opens when so many runs have found it"
    )
    stale_after: dict[RecordKind, Duration] = Field(
        default={}, description="per record kind: older facts are not facts"
    )
    optional: list[RecordKind] = Field(
        default=[],
        description="kinds a store may do without: nothing is asked until one, or a feed, is there",
    )

    def answer_time(self, severity: str) -> timedelta:
        """Return how long an alert of a severity may wait for an answer."""
        if isinstance(self.answer_within, timedelta):
            return self.answer_within
        return self.answer_within[Severity(severity)]

    @model_validator(mode="after")
    def _every_severity_has_a_time(self) -> Self:
        missing = set(Severity) - set(
            Severity if isinstance(self.answer_within, timedelta) else self.answer_within
        )
        if missing:
            raise Misfit(("answer_within",), f"says nothing of {', '.join(sorted(missing))}")
        return self
