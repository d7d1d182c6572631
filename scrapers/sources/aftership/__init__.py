"""Parcels on their way by AfterShip (Tracking API 2026-07).

AfterShip forgets a parcel 120 days after it was registered.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from http import HTTPStatus
from typing import Any, ClassVar, Literal

from pydantic import Field

from core.sources import ProblemKind, SourceSettings
from scrapers.api.answer import Answer
from scrapers.api.client import Judge
from scrapers.api.memory import Clock
from scrapers.api.problems import SourceProblem
from scrapers.api.service import (
    Asked,
    Connection,
    Page,
    Pushed,
    Service,
    Webhook,
    WrongSignature,
)
from scrapers.api.tracking import Feeds, Parcel, Seen, Shape, follow, note, plain
from scrapers.sources.aftership.reading import Tracking, shipment

URL = "https://api.aftership.com/tracking/2026-07/trackings"

MOST = 50
"""Parcels that one question may name."""

MOST_TOLD = 200
"""Parcels in one answer: carriers may share a number."""

A_SECOND = 5.0
"""Calls in a second; AfterShip allows 6 questions and more registrations."""

EXISTS = 4003


class Settings(SourceSettings):
    """The source's part of config.yaml."""

    service: Literal["aftership"] = Field(description="parcels by AfterShip")
    carriers: dict[str, str | None] | None = Field(
        default=None,
        description="only parcels of these carriers, as the ledger calls them, with AfterShip's"
        " slug for each or nothing where it finds that out; otherwise every parcel",
    )
    feeds: Feeds = Field(description="what is asked for, and when")

    brings: ClassVar[Mapping[str, frozenset[str]]] = {"parcels": frozenset({"shipment"})}


class _Pagination(Shape):
    next_cursor: str | None = None
    has_next_page: bool = False
    total: int | None = None


class _Data(Shape):
    trackings: list[Any]
    pagination: _Pagination = _Pagination()


class _Envelope(Shape):
    data: _Data


class _Meta(Shape):
    code: int
    message: str = ""


class _Refusal(Shape):
    meta: _Meta


async def parcels(asked: Asked) -> AsyncIterator[Page]:
    """Yield what is known of the parcels on their way; those not registered yet are."""
    async for page in follow(asked, MOST, _look):
        yield page


async def _look(asked: Asked, wanted: Sequence[Parcel]) -> Seen:
    seen = Seen()
    slugs = {parcel.number: parcel.carrier for parcel in wanted}
    found: set[str] = set()
    async for raw in _trackings(asked, wanted):
        tracking = Tracking.of(raw)
        if tracking is None:
            seen.refused.append(note("not understood", raw))
            continue
        number = plain(tracking.tracking_number)
        if slugs.get(number) in (None, tracking.slug):
            found.add(number)
            seen.rows.append(shipment(tracking, asked.store.zone))
    await _register(asked, [parcel for parcel in wanted if parcel.number not in found], seen)
    return seen


async def _trackings(asked: Asked, wanted: Sequence[Parcel]) -> AsyncIterator[Any]:
    """Yield what AfterShip knows of some parcels."""
    numbers = ",".join(parcel.number for parcel in wanted)
    params: dict[str, object] = {"tracking_numbers": numbers, "limit": MOST_TOLD}
    while True:
        data = await _page(asked, params)
        for tracking in data.trackings:
            yield tracking
        following = data.pagination.next_cursor
        if not data.pagination.has_next_page or following in (None, "", params.get("cursor")):
            return
        params["cursor"] = following


async def _page(source: Connection, params: Mapping[str, object]) -> _Data:
    answer = await _ask(source, "GET", params=params)
    read = _Envelope.of(answer.json())
    if read is None:
        raise answer.puzzle("something of another shape")
    return read.data


async def _register(asked: Asked, wanted: Sequence[Parcel], seen: Seen) -> None:
    """Register parcels; their events come some minutes later."""
    for place, parcel in enumerate(wanted):
        slug = {"slug": parcel.carrier} if parcel.carrier else {}
        body = {"tracking_number": parcel.number, **slug}
        try:
            answer = await _ask(asked, "POST", json=body, accept={HTTPStatus.BAD_REQUEST})
        except SourceProblem as problem:
            if problem.kind is not ProblemKind.REFUSED:
                raise
            seen.unpaid = [parcel.number for parcel in wanted[place:]]
            seen.unpaid_why = str(problem)
            return
        why = None if answer.is_success else _Refusal.of(answer.json())
        if why and why.meta.code != EXISTS:
            seen.refused.append(note(parcel.number, f"{why.meta.message} ({why.meta.code})"))
        elif not why and not answer.is_success:
            raise answer.puzzle("a refusal of another shape")


async def _ask(source: Connection, method: str, **question: Any) -> Answer:
    api = source.api
    return await api.ask(
        method,
        URL,
        headers={"as-api-key": source.credentials["api_key"]},
        pace=api.memory.pace("calls", api.now(), per_second=A_SECOND, burst=1),
        judge=_throttling(api.now),
        **question,
    )


def _throttling(now: Clock) -> Judge:
    """Return what reads AfterShip's own way to say when it may be asked again."""

    def judge(answer: Answer) -> SourceProblem | None:
        reset = answer.headers.get("x-ratelimit-reset", "")
        if answer.status != HTTPStatus.TOO_MANY_REQUESTS or not reset.isdecimal():
            return None
        wait = max(int(reset) - now().timestamp(), 0)
        told = f"{answer.place} answered HTTP 429"
        return SourceProblem(ProblemKind.THROTTLED, told, wait=wait)

    return judge


async def probe(source: Connection) -> str:
    """Return how many parcels AfterShip follows."""
    data = await _page(source, {"limit": 1})
    return f"{data.pagination.total} parcels are registered"


def webhook(pushed: Webhook) -> Pushed:
    """Return what a push says of a parcel. Raises WrongSignature or ValueError.

    It is signed with a secret of its own: HMAC-SHA-256 of the body, in Base64.
    """
    secret = pushed.credentials["webhook_secret"].encode()
    signature = base64.b64encode(hmac.digest(secret, pushed.body, hashlib.sha256))
    told = pushed.headers.get("aftership-hmac-sha256", "")
    if not hmac.compare_digest(signature, told.encode()):
        raise WrongSignature
    content = json.loads(pushed.body)
    tracking = Tracking.of(content.get("msg")) if isinstance(content, dict) else None
    if tracking is None:
        raise ValueError("no parcel of AfterShip")
    event = content.get("event_id")
    delivery = event if isinstance(event, str) else hashlib.sha256(pushed.body).hexdigest()
    return Pushed({"shipment": [shipment(tracking, pushed.store.zone)]}, delivery)


SERVICE = Service(
    settings=Settings,
    feeds={"parcels": parcels},
    probe=probe,
    credentials=(("api_key",),),
    webhook=webhook,
    webhook_credentials=("webhook_secret",),
)
