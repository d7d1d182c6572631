"""Reports (Reports API 2021-06-30): asked for, made by Amazon in its own time, and fetched.

The numbers of reports under way stand in a feed's cursor: a run that is cut off, or that Amazon
keeps waiting, leaves them to the next one.
"""

import asyncio
import zlib
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from core.sources import ProblemKind
from scrapers.api.answer import Answer
from scrapers.api.client import MOST_BYTES
from scrapers.api.problems import SourceProblem
from scrapers.sources.amazon.calls import Amazon, at, iso
from scrapers.sources.amazon.operations import CREATE_REPORT, GET_DOCUMENT, GET_REPORT

LOOK_EVERY = 20.0
"""Seconds between two looks at reports that are being made."""
LOOKS = 10
LATER = timedelta(minutes=5)
AT_A_TIME = 10
"""Reports under way at once: Amazon makes one a minute, after the first 15."""
GIVEN_UP = timedelta(hours=12)
"""A report that is not made within this time is asked for anew."""

Kept = Mapping[str, Mapping[str, str]]
"""By the key of what was asked for: the report's `id` and `at` when; nothing once it is fetched."""


@dataclass(frozen=True)
class Wanted:
    """One report. `key` tells it from the others of its feed."""

    key: str
    report_type: str
    marketplaces: Sequence[str]
    since: datetime | None = None
    until: datetime | None = None
    options: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Step:
    """What came of it: `kept` is for the cursor; `content` is None when there is no data."""

    kept: Kept
    wanted: Wanted | None = None
    content: Answer | None = None


async def fetched(amazon: Amazon, wanted: Sequence[Wanted], kept: Kept) -> AsyncIterator[Step]:
    """Yield every report that is not yet fetched. Raises SourceProblem after those that came."""
    for first in range(0, len(wanted), AT_A_TIME):
        making = _Making(amazon, wanted[first : first + AT_A_TIME], dict(kept))
        async for step in making.steps():
            yield step
        making.complain()
        kept = making.kept


class _Making:
    """Some reports, from asking for them to their documents."""

    def __init__(
        self, amazon: Amazon, wanted: Sequence[Wanted], kept: dict[str, Mapping[str, str]]
    ) -> None:
        self._amazon, self._api, self.kept = amazon, amazon.api, kept
        self._open = {one.key: one for one in wanted if kept.get(one.key) != {}}
        self._problem: SourceProblem | None = None

    async def steps(self) -> AsyncIterator[Step]:
        for one in self._open.values():
            if self._is_lost(one):
                self.kept[one.key] = await self._create(one)
                yield Step(dict(self.kept))
        for look in range(LOOKS):
            if not self._open:
                return
            if look:
                await self._api.pause(LOOK_EVERY)
            for one in list(self._open.values()):
                async for step in self._look(one):
                    yield step

    def complain(self) -> None:
        """Raise what went wrong, or that Amazon is not ready yet."""
        if self._problem:
            raise self._problem
        if self._open:
            at_work = ", ".join(self._open)
            told = f"Amazon is still making reports, the next run fetches them: {at_work}"
            retry_at = self._api.now() + LATER
            raise SourceProblem(ProblemKind.THROTTLED, told, retry_at=retry_at)

    def _is_lost(self, one: Wanted) -> bool:
        asked = self.kept.get(one.key)
        return not asked or self._api.now() - datetime.fromisoformat(asked["at"]) > GIVEN_UP

    async def _create(self, one: Wanted) -> Mapping[str, str]:
        """Ask for a report; return its number and when that was."""
        specification = {
            "reportType": one.report_type,
            "marketplaceIds": list(one.marketplaces),
            **({"dataStartTime": iso(one.since)} if one.since else {}),
            **({"dataEndTime": iso(one.until)} if one.until else {}),
            **({"reportOptions": dict(one.options)} if one.options else {}),
        }
        answer = await self._amazon.ask(CREATE_REPORT, json=specification)
        number = at(answer.json(), "reportId")
        if not isinstance(number, str):
            raise answer.puzzle("no reportId")
        return {"id": number, "at": self._api.now().isoformat()}

    async def _look(self, one: Wanted) -> AsyncIterator[Step]:
        """Yield a report's content when it is made, and what else changes."""
        try:
            answer = await self._amazon.ask(GET_REPORT, self.kept[one.key]["id"])
        except SourceProblem as problem:
            if problem.kind is not ProblemKind.BROKEN:
                raise
            yield self._failed(one, problem)  # a number that Amazon does not know
            return
        match at(answer.json(), "processingStatus"):
            case "IN_QUEUE" | "IN_PROGRESS":
                return
            case "DONE":
                content = await _document(self._amazon, _document_of(answer))
                yield self._came(one, content)
            case "CANCELLED":  # by Amazon itself: there is nothing to report
                yield self._came(one, None)
            case "FATAL":
                yield self._failed(one, await _reason(self._amazon, one, answer))
            case _:
                yield self._failed(one, answer.puzzle("no known processingStatus"))

    def _came(self, one: Wanted, content: Answer | None) -> Step:
        del self._open[one.key]
        self.kept[one.key] = {}
        return Step(dict(self.kept), one, content)

    def _failed(self, one: Wanted, problem: SourceProblem) -> Step:
        """Forget a report, so that the next run asks for it anew."""
        del self._open[one.key], self.kept[one.key]
        self._problem = self._problem or problem
        return Step(dict(self.kept))


def _document_of(answer: Answer) -> str:
    number = at(answer.json(), "reportDocumentId")
    if not isinstance(number, str):
        raise answer.puzzle("no reportDocumentId")
    return number


async def _reason(amazon: Amazon, one: Wanted, answer: Answer) -> SourceProblem:
    """Return why a report was not made: Amazon sometimes writes it into a document."""
    told = f"Amazon could not make the report {one.report_type} ({one.key})"
    if at(answer.json(), "reportDocumentId"):
        said = await _document(amazon, _document_of(answer))
        told += f": {said.quote()}"
    return SourceProblem(ProblemKind.BROKEN, told)


async def _document(amazon: Amazon, number: str) -> Answer:
    """Return a document. It lies at an address that holds for five minutes, on another host.

    That address is the key to it: it gets no token of ours, and stands in no error.
    """
    answer = await amazon.ask(GET_DOCUMENT, number, grants=True)
    told = answer.json()
    address, packed = at(told, "url"), at(told, "compressionAlgorithm")
    if not isinstance(address, str) or not address.startswith("https://"):
        raise answer.puzzle("no address of the document")
    if packed not in (None, "GZIP"):
        raise SourceProblem(ProblemKind.BROKEN, f"{answer.place} packs with {packed}")
    amazon.api.keep_secret(address)
    found = replace(await amazon.api.ask("GET", address), place=f"the document of {answer.place}")
    return await asyncio.to_thread(_unpacked, found) if packed else found


def _unpacked(answer: Answer) -> Answer:
    unpacking = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)  # gzip
    try:
        content = unpacking.decompress(answer.body, MOST_BYTES)
    except zlib.error:
        raise SourceProblem(ProblemKind.BROKEN, f"{answer.place} is not packed by gzip") from None
    if not unpacking.eof:
        told = f"{answer.place} is torn, or has more than {MOST_BYTES:,} bytes"
        raise SourceProblem(ProblemKind.BROKEN, told)
    return replace(answer, body=content)
