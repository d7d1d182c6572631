"""Reviews in six languages; all bad ones of the past are settled, three fresh ones aren't (A1)."""

import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import cycle
from pathlib import Path
from typing import TypeVar

from sandbox.demo.catalogue import ACCESSORY
from sandbox.demo.deals import Deal
from sandbox.demo.records import Product, Review, Trouble
from sandbox.demo.scene import HISTORY_DAYS, Scene

BAD_STARS = 3
HOSTILE = "<!channel> <@U123> & <https://evil.example|refund here>"

_PHRASES = Path(__file__).with_name("phrases.json")
_UNVERIFIED = 155  # without an order number, as most platforms show them
_VERIFIED = 45
_STARS = {5: 62, 4: 23, 3: 7, 2: 5, 1: 3}
_STARS_NOW = {5: 3, 4: 1}
_LANGUAGES = {"en": 40, "de": 18, "es": 14, "ja": 10, "zh": 8, "pt": 10}
_CHANNELS = {"amazon": 64, "shopify": 36}
_SETTLED_AFTER = timedelta(hours=60)
_FRESH = ((0.4, 1, "de"), (2.5, 2, "en"), (6, 3, "ja"))  # hours, stars, language
_OFFERS = ("reship", "discount", "warranty")
_OUTCOMES = ("removed", "changed", "changed", "unchanged", "removed", "changed", "unchanged")

_Choice = TypeVar("_Choice")


@dataclass(frozen=True)
class _Occasion:
    """What a review is about, and when it was posted."""

    posted_at: datetime
    channel: str
    sku: str
    order_no: str | None = None


def reviews(
    scene: Scene, products: Sequence[Product], deals: Sequence[Deal]
) -> tuple[list[Review], list[Trouble]]:
    """About 200 in 90 days, oldest first, and three bad ones of the last hours."""
    rng = scene.rng("reviews")
    writer = _Writer(rng)
    occasions = [*_unverified(scene, products, rng), *_verified(scene, deals, rng)]
    endings = cycle(zip(cycle(_OFFERS), _OUTCOMES, strict=False))
    rows = []
    for occasion in sorted(occasions, key=lambda each: each.posted_at):
        settled = scene.today - occasion.posted_at > _SETTLED_AFTER
        stars = _drawn(_STARS if settled else _STARS_NOW, rng)
        row = writer.review(occasion, stars, _drawn(_LANGUAGES, rng))
        if stars <= BAD_STARS:
            offer, outcome = next(endings)
            contacted = row.posted_at + timedelta(minutes=rng.randint(20, 2400))
            row = replace(row, contacted_at=contacted, offer=offer, outcome=outcome)
        rows.append(row)
    fresh = list(_fresh(scene, products, writer))
    return rows + fresh, [_trouble(scene, row) for row in fresh]


class _Writer:
    """Finds the words; numbers the reviews."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._number = 60_000
        self._phrases = json.loads(_PHRASES.read_text("utf-8"))

    def review(self, occasion: _Occasion, stars: int, language: str) -> Review:
        """A review whose words fit its stars."""
        voice = self._phrases[language]
        title, text = self._rng.choice(voice["bad" if stars <= BAD_STARS else "good"])
        self._number += 1
        return Review(
            review_id=f"RV{self._number}",
            channel=occasion.channel,
            stars=stars,
            posted_at=occasion.posted_at,
            sku=occasion.sku,
            order_no=occasion.order_no,
            title=title,
            text=text,
            language=language,
            buyer_name=self._rng.choice(voice["names"]),
            url=f"https://reviews.{occasion.channel}.example/RV{self._number}",
        )


def _unverified(
    scene: Scene, products: Sequence[Product], rng: random.Random
) -> Iterator[_Occasion]:
    for _ in range(_UNVERIFIED):
        posted = scene.ago(hours=rng.uniform(7, 24 * HISTORY_DAYS))
        yield _Occasion(posted, _drawn(_CHANNELS, rng), rng.choice(products).sku)


def _verified(scene: Scene, deals: Sequence[Deal], rng: random.Random) -> Iterator[_Occasion]:
    wait = timedelta(hours=30)
    arrived = [d for d in deals if d.channel == "alibaba" and d.arrives_at + wait < scene.today]
    for deal in rng.sample(arrived, _VERIFIED):
        product, _ = deal.lines[0]
        yield _Occasion(deal.arrives_at + wait, deal.channel, product.sku, deal.order_no)


def _fresh(scene: Scene, products: Sequence[Product], writer: _Writer) -> Iterator[Review]:
    goods = [product.sku for product in products if product.category != ACCESSORY]
    for (hours, stars, language), sku in zip(_FRESH, goods, strict=False):
        row = writer.review(_Occasion(scene.ago(hours=hours), "amazon", sku), stars, language)
        yield replace(row, text=f"{row.text} {HOSTILE}") if language == "en" else row


def _trouble(scene: Scene, row: Review) -> Trouble:
    minutes = (scene.today - row.posted_at) // timedelta(minutes=1)
    why = f"{row.stars} of 5 stars, {minutes} min ago; nobody has contacted the buyer"
    return Trouble("A1", "bad_reviews", row.review_id, why)


def _drawn(weights: dict[_Choice, int], rng: random.Random) -> _Choice:
    return rng.choices(list(weights), list(weights.values()))[0]
