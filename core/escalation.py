"""Who is asked next while an alert waits for an answer (plan A1, A5): chains of steps."""

from datetime import timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Self

from pydantic import Field, model_validator

from core.stanza import Duration, Misfit, Stanza
from core.values import Name, Severity

OWNER, EVERYONE = "owner", "everyone"
"""Whom a step may ask beside a role's name: the alert's owner, everybody of the alert's role."""


class Way(StrEnum):
    """How a step reaches people."""

    THREAD = "thread"
    """A reply under the alert's message, with a mention."""
    CHANNEL = "channel"
    """The same, shown in the channel too."""
    DIRECT = "direct"
    """The alert itself, as a direct message in Slack."""
    MAIL = "mail"
    WHATSAPP = "whatsapp"


class EscalationStep(Stanza):
    """One step of a chain: when, whom, by what. Neither `before` nor `after`: when it is due."""

    before: Duration | None = Field(default=None, description="so long before the answer is due")
    after: Duration | None = Field(default=None, description="so long after the answer was due")
    to: Name = Field(description="owner, everyone (of the alert's role), or a role's name")
    by: list[Way] = Field(min_length=1, description="thread, channel, direct, mail, whatsapp")

    @property
    def offset(self) -> timedelta:
        """When the step is due, counted from the moment the answer is."""
        return -self.before if self.before else self.after or timedelta()

    @model_validator(mode="after")
    def _one_time(self) -> Self:
        if self.before and self.after:
            raise ValueError("give `before` or `after`, or neither for the moment it is due")
        return self


class Chain(Stanza):
    """What happens, step by step, until somebody has acknowledged."""

    steps: list[EscalationStep] = Field(min_length=1, description="in the order of their times")
    repeat_every: Duration | None = Field(
        default=None, description="the last step again and again until acknowledged"
    )

    @model_validator(mode="after")
    def _in_order_of_time(self) -> Self:
        for place, (earlier, later) in enumerate(pairwise(self.steps), start=1):
            if later.offset < earlier.offset:
                raise Misfit(("steps", place), "comes sooner than the step above it: swap them")
        return self


class EscalationSettings(Stanza):
    """How an alert nobody answers is followed up."""

    wakes: list[Severity] = Field(description="severities that reach people outside their hours")
    follow_up_every: Duration = Field(
        description="who acknowledged is reminded so often until it is resolved"
    )
    chains: dict[Name, Chain] = Field(min_length=1, description="by name")
    by_severity: dict[Severity, Name] = Field(
        description="the chain of a severity; a severity without one is not escalated"
    )
