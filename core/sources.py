"""Where facts come from: what config.yaml says of a source, whatever its service.

A source is one account of one service, and belongs to one store. Each of its feeds is a job of its
own, called SOURCE_FEED (`shopify_stock`), on its own schedule.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from enum import StrEnum
from typing import Any, ClassVar, NamedTuple

from pydantic import Field

from core.jobs import JobSettings
from core.stanza import Duration, Stanza
from core.values import CatchUp, Name


class ProblemKind(StrEnum):
    """Why a source brought nothing: each has its own thing to do about it."""

    NO_CREDENTIALS = "no_credentials"
    """The environment does not hold what the service asks for."""
    REFUSED = "refused"
    """The service knows us and says no: expired or revoked credentials, a missing permission."""
    MISCONFIGURED = "misconfigured"
    """What config.yaml says, or a file that it names, is wrong."""
    THROTTLED = "throttled"
    """The service asks us to come later than a run can wait."""
    UNREACHABLE = "unreachable"
    """No answer, or an answer that the service itself is broken."""
    BROKEN = "broken"
    """An answer that we do not understand: torn, of another shape, or a page instead of data."""


class FeedSettings(JobSettings):
    """One feed of a source."""

    catch_up: CatchUp = Field(
        default=CatchUp.RUN_LATE, description="what becomes of a fire time that was slept through"
    )
    stale_after: Duration = Field(
        description="without a complete run for so long, the source is told as stale"
    )


class WindowSettings(FeedSettings):
    """A feed that asks for what changed since its last complete run."""

    overlap: Duration = Field(
        description="asked again each time: what the service shows late is not missed"
    )
    look_back: Duration = Field(description="how far back the first run asks")


class Expected(NamedTuple):
    """A file that people bring again and again, and that is missed when it does not come."""

    name: str
    """Its name, with * and ? for what changes."""
    kind: str
    stale_after: timedelta


class SourceSettings(Stanza):
    """What every source has beside what its service needs."""

    service: str = Field(description="the kind of source")
    store: Name | None = Field(
        default=None, description="whose records these are; otherwise the first store's"
    )
    feeds: Any = Field(description="what is asked for, and when")

    brings: ClassVar[Mapping[str, frozenset[str]]] = {}
    """Per feed, the kinds of record of which a complete run brings all that is new.

    After such a run facts of that kind are fresh, even when there was nothing new. A feed that only
    passes on what people put somewhere names none.
    """

    tells_of_rows: ClassVar[bool] = False
    """Whether people are told of refused rows when they come, so that no check tells them again."""

    def brought_by(self, feed: str) -> frozenset[str]:
        """Return what `brings` says of a feed; a service whose settings decide says it here."""
        return self.brings.get(feed, frozenset())

    def expected(self) -> Iterable[Expected]:
        """Return the files that are missed when they do not come (`core.ledger.arrivals`)."""
        return ()

    def running_feeds(self) -> Iterator[tuple[str, FeedSettings]]:
        """Yield the feeds that have a stanza."""
        yield from ((name, stanza) for name, stanza in self.feeds if stanza)


class Feed(NamedTuple):
    """A feed that is switched on, as a job of the clock."""

    job: str
    source: str
    name: str
    stanza: FeedSettings
    settings: SourceSettings

    @property
    def brings(self) -> frozenset[str]:
        """The kinds of record that are fresh after a complete run."""
        return self.settings.brought_by(self.name)
