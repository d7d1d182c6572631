"""SKUs of which more is promised than there is, over all channels (plan C3)."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from pydantic import Field
from sqlmodel import Session

from core.finding import Blind, Facts, Finding, facts
from core.jobs import CheckSettings
from core.ledger.catalogue import last_counts, products
from core.ledger.life.provenance import came_from
from core.ledger.listings import suspects
from core.ledger.records import Product
from core.ledger.records import Stock as Count
from core.rules.oversell import Place, Stand, stand
from core.settings import Store
from core.values import Severity

SHOWN = 10
"""SKUs that a blind spot names; the rest is counted."""

LOOKED_UP_AT_ONCE = 1_000
"""SKUs looked up in one query."""


class Settings(CheckSettings):
    """The stanza of config.yaml."""

    separate: list[str] = Field(
        default=[],
        description="places whose goods serve one channel only, such as a marketplace's warehouse",
    )
    keep_back: int = Field(ge=0, description="pieces of each SKU that no listing offers")
    overlisted_below: int = Field(
        ge=0,
        description="a listing that offers more than is free is told when less than this is free",
    )


def find(
    ledger: Session, as_of: datetime, store: Store, stanza: Settings
) -> Iterator[Finding | Blind]:
    """Yield a finding for every SKU that is oversold, or soon may be, and what cannot be told."""
    listed_only = []
    skus = suspects(
        ledger,
        store.name,
        as_of,
        separate=stanza.separate,
        keep_back=stanza.keep_back,
        overlisted_below=stanza.overlisted_below,
    )
    for start in range(0, len(skus), LOOKED_UP_AT_ONCE):
        some = skus[start : start + LOOKED_UP_AT_ONCE]
        known = products(ledger, store.name, some)
        for sku, counts in _by_sku(last_counts(ledger, store.name, as_of, some)).items():
            places = [_place(count) for count in counts]
            found = stand(places, stanza.separate, stanza.keep_back)
            if found is None:
                listed_only.append(sku)
            elif found.is_oversold or (found.to_lower and found.free < stanza.overlisted_below):
                yield _finding(sku, known.get(sku), found, counts)
    if listed_only:
        named = {"skus": sorted(listed_only)[:SHOWN], "count": len(listed_only)}
        hidden = frozenset(listed_only)
        yield Blind(what="stock level", problem="missing", hides=hidden, facts=named)


def _by_sku(counts: Sequence[Count]) -> dict[str, list[Count]]:
    by_sku: dict[str, list[Count]] = {}
    for count in counts:
        by_sku.setdefault(count.sku, []).append(count)
    return by_sku


def _place(count: Count) -> Place:
    return Place(count.location, count.on_hand, count.committed or 0, count.listed)


def _finding(sku: str, product: Product | None, found: Stand, counts: Sequence[Count]) -> Finding:
    told: dict[str, Any] = {
        "sku": sku,
        "name": product and product.name,
        "name_zh": product and product.name_zh,
        "category": product and product.category,
        "oversold": found.is_oversold,
        "on_hand": found.on_hand,
        "committed": found.committed,
        "free": found.free,
        "allowed": found.allowed,
        "overdrawn": [_overdrawn(place) for place in found.overdrawn],
        "to_lower": [{"listing": p.location, "listed": p.listed} for p in found.to_lower],
        "observed_at": min(count.observed_at for count in counts),
    }
    return Finding(
        subject=sku,
        facts=facts(told),
        since=max(count.observed_at for count in counts),
        severity=None if found.is_oversold else Severity.WARNING,
        provenance=[came_from(count) for count in counts],
    )


def _overdrawn(place: Place) -> Facts:
    return {"location": place.location, "on_hand": place.on_hand, "committed": place.committed}
