"""Following parcels with a tracker: which ones, some at a time, and under whose spelling.

Nothing is remembered of what was registered: the tracker itself says of each parcel whether it
knows it, so none is registered (and paid) twice, and none is forgotten.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

from pydantic import BaseModel, Field, ValidationError

from core.ledger import parcels
from core.ledger.records.base import Row
from core.sources import FeedSettings, ProblemKind
from core.stanza import Duration, Stanza
from scrapers.api.problems import SourceProblem
from scrapers.api.service import Asked, Page

LONGEST_NOTE = 200


class ParcelSettings(FeedSettings):
    """The parcels on their way."""

    give_up_after: Duration = Field(
        description="a parcel that did not arrive is followed for so long after it left"
    )


class Feeds(Stanza):
    """What a tracker is asked for."""

    parcels: ParcelSettings | None = Field(default=None, description="the parcels on their way")


@dataclass(frozen=True)
class Parcel:
    """A parcel as a tracker is asked for it.

    `number` has capital letters and digits only, `spelled` is what the ledger calls it, `carrier`
    the tracker's word for its carrier; None: the tracker finds it out.
    """

    number: str
    spelled: frozenset[str]
    carrier: Any = None


@dataclass
class Seen:
    """What a tracker knows of some parcels: rows of shipments without a carrier.

    `refused` says of parcels, one line each, why they are not followed; `unpaid` are those that
    the account has no quota for, and `unpaid_why` is what the tracker says of that.
    """

    rows: list[Row] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    unpaid: list[str] = field(default_factory=list)
    unpaid_why: str = ""


Look = Callable[[Asked, Sequence[Parcel]], Awaitable[Seen]]


async def follow(asked: Asked, most: int, look: Look) -> AsyncIterator[Page]:
    """Yield what a tracker says of the parcels on their way, `most` at a time.

    Raises SourceProblem, after all were asked for, when the account's quota did not suffice.
    """
    wanted = await asyncio.to_thread(_wanted, asked)
    after = str(asked.cursor.get("after", ""))
    remaining = [parcel for parcel in wanted if parcel.number > after]
    unpaid, why = 0, ""
    for first in range(0, len(remaining), most):
        part = remaining[first : first + most]
        seen = await look(asked, part)
        unpaid, why = unpaid + len(seen.unpaid), seen.unpaid_why or why
        rows = list(_spelled(seen.rows, part))
        yield Page({"shipment": rows}, {"after": part[-1].number}, seen.refused)
    yield Page({}, {})
    if unpaid:
        told = f"{asked.source} does not follow {unpaid} parcels, its quota is used up: {why}"
        raise SourceProblem(ProblemKind.REFUSED, told)


def _wanted(asked: Asked) -> list[Parcel]:
    """Return the parcels to ask for, each once, by number."""
    carriers = asked.settings.carriers
    words = None if carriers is None else {ours.casefold(): word for ours, word in carriers.items()}
    with asked.database.read() as ledger:
        found = parcels.on_their_way(
            ledger, asked.store.name, asked.now, asked.stanza.give_up_after
        )
    wanted: dict[str, Parcel] = {}
    for carrier, spelled in found:
        if words is not None and carrier.casefold() not in words:
            continue
        number, word = plain(spelled), (words or {}).get(carrier.casefold())
        before = wanted.get(number, Parcel(number, frozenset()))
        wanted[number] = Parcel(number, before.spelled | {spelled}, before.carrier or word)
    return [wanted[number] for number in sorted(wanted) if number]


def plain(number: str) -> str:
    """Return a tracking number as trackers write it."""
    return re.sub("[^0-9A-Z]", "", number.upper())


def _spelled(rows: Sequence[Row], asked_for: Sequence[Parcel]) -> Iterator[Row]:
    """Yield rows under the ledger's spelling; what was not asked for is left out."""
    spelled = {parcel.number: parcel.spelled for parcel in asked_for}
    for row in rows:
        for number in sorted(spelled.get(plain(str(row["tracking_no"])), ())):
            yield {**row, "tracking_no": number}


def note(number: object, why: object) -> str:
    """Return in one line why a parcel is not followed."""
    return " ".join(f"{number}: {why}".split())[:LONGEST_NOTE]


class Shape(BaseModel):
    """A part of a tracker's answer; what is not asked of it is left out."""

    @classmethod
    def of(cls, item: object) -> Self | None:
        """Return an item as it should be; None when it is of another shape."""
        try:
            return cls.model_validate(item)
        except ValidationError:
            return None
