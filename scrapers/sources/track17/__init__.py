"""Parcels on their way by 17TRACK (API v2.4).

Registering a parcel costs a credit, asking for it nothing; an answer with HTTP 200 may refuse some
parcels, or all of them.
"""

import hashlib
import hmac
import json
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any, ClassVar, Literal

from pydantic import Field

from core.sources import ProblemKind, SourceSettings
from scrapers.api.answer import Answer
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
from scrapers.api.tracking import Feeds, Parcel, Seen, Shape, follow, note
from scrapers.sources.track17.reading import Item, shipment

URL = "https://api.17track.net/track/v2.4"

MOST = 40
"""Parcels in one call."""

A_SECOND = 3.0
"""Calls that 17TRACK allows."""

NUMBER = re.compile("[0-9A-Z]{5,50}")

ALREADY_REGISTERED = -18019901
NOT_REGISTERED = -18019902
NO_QUOTA = frozenset({-18019907, -18019908})
NO_EVENTS_YET = -18019909
BAD_KEY = frozenset({-18010001, -18010002, -18010004, -18010005})
"""Address not allowed, wrong key, account switched off, not permitted."""


class Settings(SourceSettings):
    """The source's part of config.yaml."""

    service: Literal["track17"] = Field(description="parcels by 17TRACK")
    carriers: dict[str, int | None] | None = Field(
        default=None,
        description="only parcels of these carriers, as the ledger calls them, with 17TRACK's"
        " number for each or nothing where it finds that out; otherwise every parcel",
    )
    feeds: Feeds = Field(description="what is asked for, and when")

    brings: ClassVar[Mapping[str, frozenset[str]]] = {"parcels": frozenset({"shipment"})}


class _Why(Shape):
    code: int
    message: str = ""


class _Refusal(Shape):
    number: str = "a parcel without a number"
    error: _Why

    @property
    def note(self) -> str:
        return note(self.number, f"{self.error.message} ({self.error.code})")


class _Data(Shape):
    accepted: list[Any]
    rejected: list[_Refusal]


class _Envelope(Shape):
    data: _Data


class _Quota(Shape):
    quota_remain: int


async def parcels(asked: Asked) -> AsyncIterator[Page]:
    """Yield what is known of the parcels on their way; those not registered yet are."""
    async for page in follow(asked, MOST, _look):
        yield page


async def _look(asked: Asked, wanted: Sequence[Parcel]) -> Seen:
    seen = Seen()
    good = {parcel.number: parcel for parcel in wanted if NUMBER.fullmatch(parcel.number)}
    for parcel in wanted:
        if parcel.number not in good:
            seen.refused.append(note(parcel.number, "is no tracking number for 17TRACK"))
    if not good:
        return seen
    told = await _call(asked, "gettrackinfo", list(good.values()))
    for raw in told.accepted:
        if item := Item.of(raw):
            seen.rows.append(shipment(item, asked.store.zone))
        else:
            seen.refused.append(note("not understood", raw))
    unregistered = [why.number for why in told.rejected if why.error.code == NOT_REGISTERED]
    seen.refused += [
        why.note for why in told.rejected if why.error.code not in (NOT_REGISTERED, NO_EVENTS_YET)
    ]
    await _register(asked, [good[number] for number in unregistered if number in good], seen)
    return seen


async def _register(asked: Asked, wanted: Sequence[Parcel], seen: Seen) -> None:
    """Register parcels; their events come some minutes later."""
    if not wanted:
        return
    for why in (await _call(asked, "register", wanted)).rejected:
        if why.error.code in NO_QUOTA:
            seen.unpaid.append(why.number)
            seen.unpaid_why = f"{why.error.message} ({why.error.code})"
        elif why.error.code != ALREADY_REGISTERED:
            seen.refused.append(why.note)


async def _call(asked: Asked, verb: str, wanted: Sequence[Parcel]) -> _Data:
    answer = await _ask(asked, verb, [_item(parcel) for parcel in wanted])
    read = _Envelope.of(answer.json())
    if read is None:
        raise answer.puzzle("something of another shape")
    return read.data


def _item(parcel: Parcel) -> dict[str, object]:
    item: dict[str, object] = {"number": parcel.number}
    return item if parcel.carrier is None else item | {"carrier": parcel.carrier}


async def _ask(source: Connection, verb: str, body: object) -> Answer:
    api = source.api
    return await api.ask(
        "POST",
        f"{URL}/{verb}",
        json=body,
        headers={"17token": source.credentials["api_key"]},
        pace=api.memory.pace("calls", api.now(), per_second=A_SECOND, burst=1),
        judge=_refusal,
    )


def _refusal(answer: Answer) -> SourceProblem | None:
    """Return the problem of a call that was refused as a whole, with HTTP 200 as without."""
    if not answer.is_success:
        return None
    content = answer.json()
    code = content.get("code") if isinstance(content, dict) else None
    if code == 0:
        return None
    problem = answer.puzzle(f"that it refuses the call ({code})")
    return SourceProblem(ProblemKind.REFUSED, str(problem)) if code in BAD_KEY else problem


async def probe(source: Connection) -> str:
    """Return how many parcels the account may still register."""
    answer = await _ask(source, "getquota", None)
    read = _Quota.of(answer.json().get("data"))
    if read is None:
        raise answer.puzzle("no quota")
    return f"{read.quota_remain} parcels may still be registered"


def webhook(pushed: Webhook) -> Pushed:
    """Return what a push says of a parcel. Raises WrongSignature or ValueError.

    A push is signed with the account's key: SHA-256 of body, stroke and key. It has no number of
    its own, so the same body is taken for the same push.
    """
    key = pushed.credentials["api_key"].encode()
    signature = hashlib.sha256(pushed.body + b"/" + key).hexdigest()
    if not hmac.compare_digest(signature.encode(), pushed.headers.get("sign", "").encode()):
        raise WrongSignature
    content = json.loads(pushed.body)
    item = Item.of(content.get("data")) if isinstance(content, dict) else None
    if item is None:
        raise ValueError("no parcel of 17TRACK")
    rows = [shipment(item, pushed.store.zone)] if item.track_info else []
    return Pushed({"shipment": rows} if rows else {}, hashlib.sha256(pushed.body).hexdigest())


SERVICE = Service(
    settings=Settings,
    feeds={"parcels": parcels},
    probe=probe,
    credentials=(("api_key",),),
    webhook=webhook,
    webhook_credentials=("api_key",),
)
