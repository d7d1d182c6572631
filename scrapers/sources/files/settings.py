"""The part of config.yaml that a watched folder has."""

from collections.abc import Iterable
from fnmatch import fnmatchcase
from pathlib import Path
from typing import ClassVar, Literal

from pydantic import Field

from core.sources import Expected, FeedSettings, SourceSettings
from core.stanza import Duration, Stanza
from core.values import Channel, RecordKind


class Rule(Stanza):
    """What files of a name are."""

    match: str = Field(min_length=1, description="their name, with * and ?; capitals do not matter")
    kind: RecordKind = Field(description="the kind of record in them")
    map: Path | None = Field(default=None, description="a file of `watchkeeper import --learn`")
    sheet: str | None = Field(default=None, description="the workbook's; otherwise the best fit")
    stale_after: Duration | None = Field(
        default=None, description="without such a file for so long, it is missed"
    )

    def matches(self, name: str) -> bool:
        """Tell whether a file of this name is meant."""
        return fnmatchcase(name.casefold(), self.match.casefold())


class Feeds(Stanza):
    """What is looked at."""

    folder: FeedSettings | None = Field(default=None, description="a look into the folder")


class Settings(SourceSettings):
    """The source's part of config.yaml."""

    service: Literal["files"] = Field(description="a watched folder")
    folder: Path = Field(description="where people put files")
    channel: Channel = Field(description="the Slack channel told what became of each file")
    settle: Duration = Field(description="a file is read once it has not changed for so long")
    rules: list[Rule] = Field(default=[], description="which files are what; all that match count")
    feeds: Feeds = Field(description="what is asked for, and when")

    tells_of_rows: ClassVar[bool] = True

    def expected(self) -> Iterable[Expected]:
        """Return the files that are missed when they do not come."""
        for rule in self.rules:
            if rule.stale_after:
                yield Expected(rule.match, rule.kind, rule.stale_after)
