"""What Google answers to `runReport`; all its values are strings."""

from collections.abc import Sequence
from typing import Any, Self
from zoneinfo import ZoneInfo

from pydantic import BaseModel, Field, ValidationError

from scrapers.api.answer import Answer

DIMENSIONS = ("date", "countryId", "city")
METRICS = ("totalUsers", "screenPageViews")

LIMITS = {
    "dataLossFromOtherRow": "Google put rare places together as (other)",
    "subjectToThresholding": "Google left out groups so small that one could tell who it was",
    "samplingMetadatas": "Google counted a sample only",
    "emptyReason": "Google gives no figures",
}
"""What Google says of a report that does not tell all, and what that means."""


class _Header(BaseModel):
    name: str


class _Value(BaseModel):
    value: str


class _Row(BaseModel):
    dimensions: list[_Value] = Field(
        alias="dimensionValues", min_length=len(DIMENSIONS), max_length=len(DIMENSIONS)
    )
    metrics: list[_Value] = Field(
        alias="metricValues", min_length=len(METRICS), max_length=len(METRICS)
    )


class Report(BaseModel):
    """A page of a report. Without any visit Google leaves out `rows` and `rowCount`."""

    dimensions: list[_Header] = Field(alias="dimensionHeaders")
    metrics: list[_Header] = Field(alias="metricHeaders")
    rows: list[_Row] = []
    row_count: int = Field(default=0, alias="rowCount")
    metadata: dict[str, Any] = {}

    @classmethod
    def of(cls, answer: Answer) -> Self:
        """Return what was answered. Raises SourceProblem for anything but what was asked for."""
        try:
            report = cls.model_validate(answer.json())
        except ValidationError:
            raise answer.puzzle("no such report") from None
        headers = [header.name for header in (*report.dimensions, *report.metrics)]
        if headers != [*DIMENSIONS, *METRICS]:
            raise answer.puzzle("other columns than were asked for")
        return report

    @property
    def values(self) -> Sequence[Sequence[str]]:
        """The cells of each row, in the order of `DIMENSIONS` and `METRICS`."""
        return [[cell.value for cell in (*row.dimensions, *row.metrics)] for row in self.rows]

    @property
    def notes(self) -> Sequence[str]:
        """What the report does not tell."""
        return [note for name, note in LIMITS.items() if self.metadata.get(name)]


def zone_of(answer: Answer) -> ZoneInfo:
    """Return the time zone of a property's days. Raises SourceProblem when none is told."""
    content = answer.json()
    metadata = content.get("metadata") if isinstance(content, dict) else None
    name = metadata.get("timeZone") if isinstance(metadata, dict) else None
    try:
        return ZoneInfo(str(name))
    except (ValueError, OSError, KeyError):
        raise answer.puzzle("no time zone") from None
