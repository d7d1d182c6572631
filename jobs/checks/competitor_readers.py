"""Shops whose pages are read no more as they were: they changed, and their prices are no prices.

It runs before `price_gap`, and explains what that would say of the same competitor (plan B1).
"""

import shlex
from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal

from pydantic import Field
from sqlmodel import Session

from core.finding import Finding, facts
from core.jobs import CheckSettings
from core.ledger.life.provenance import came_from
from core.ledger.records import CompetitorOffer
from core.ledger.shop_rounds import copy_of_any, first_priced, last_rounds, round_of
from core.ledger.unpriced import JUMPS
from core.rules.reader_health import Broken, Limits, Pair, Reading, broken
from core.settings import Store
from core.stanza import Duration

SUSPECTS = 100
"""Suspect pages of which a kept copy is looked for."""


class Settings(CheckSettings):
    """The stanza of config.yaml."""

    compare_with: Duration = Field(description="what pages gave so long before a round")
    round_length: Duration = Field(description="readings so long before the last are one round")
    least_pages: int = Field(ge=1, description="fewer pages that gave a price say nothing")
    empty_share: Decimal = Field(
        gt=0, le=1, description="of them, so many that give no price any more are told"
    )
    jump: Decimal = Field(gt=0, description="a price that changed by more than this share jumped")
    jump_share: Decimal = Field(gt=0, le=1, description="of them, so many that jumped are told")
    certainty_falls: Decimal = Field(
        gt=0, le=1, description="the reader is told when its usual certainty is so much less"
    )

    @property
    def limits(self) -> Limits:
        """What the rule needs of it."""
        names = ("least_pages", "empty_share", "jump", "jump_share", "certainty_falls")
        return Limits(**{name: getattr(self, name) for name in names})


def find(ledger: Session, as_of: datetime, store: Store, stanza: Settings) -> Iterator[Finding]:
    """Yield a finding for every competitor whose pages are read otherwise than before.

    A shop that cannot be read is judged by its last round that could be.
    """
    rounds = last_rounds(ledger, store.name, as_of, as_of - stanza.compare_with)
    for competitor, ended in sorted(rounds.items()):
        began = ended - stanza.round_length
        last = round_of(ledger, store.name, competitor, ended, stanza.round_length)
        before = first_priced(ledger, store.name, competitor, began - stanza.compare_with, began)
        pairs = [_pair(before[offer.url], offer) for offer in last if offer.url in before]
        verdict = broken(pairs, stanza.limits)
        if verdict:
            yield _finding(ledger, as_of, store, verdict, last)


def _pair(before: CompetitorOffer, now: CompetitorOffer) -> Pair:
    return Pair(now.url, _reading(before), _reading(now))


def _reading(offer: CompetitorOffer) -> Reading:
    return Reading(offer.price, offer.currency, offer.certainty, offer.problem == JUMPS)


def _finding(
    ledger: Session,
    as_of: datetime,
    store: Store,
    found: Broken,
    last: Sequence[CompetitorOffer],
) -> Finding:
    suspects = found.suspects[:SUSPECTS]
    kept = copy_of_any(ledger, store.name, suspects, as_of)
    url, saved_as = kept or (next(iter(suspects), last[0].url), None)
    example = next(offer for offer in last if offer.url == url)
    told = {
        "competitor": example.competitor,
        "pages": found.pages,
        "empty": found.empty,
        "jumped": found.jumped,
        "certainty_before": found.certainty_before,
        "certainty_now": found.certainty_now,
        "url": url,
        "problem": example.problem,
        "saved_as": saved_as,
        "command": _command(url, saved_as),
    }
    return Finding(
        subject=example.competitor,
        facts=facts(told),
        since=min(offer.observed_at for offer in last),
        provenance=[came_from(example)],
    )


def _command(url: str, saved_as: str | None) -> str:
    """Return what shows how a page is read, as a shell takes it."""
    words = [saved_as, "--url", url] if saved_as else [url]
    return shlex.join(["watchkeeper", "offer", *words])
