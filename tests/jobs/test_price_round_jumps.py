"""A price that jumps is read twice before it counts (plan B1: a wrong price is worse than none)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import col, select

from core.ledger.database import Database
from core.ledger.records import CompetitorOffer
from core.ledger.tables import Fetch
from core.settings import Settings, Store
from jobs.registry import Work, jobs
from jobs.syncs.price_round.jumps import jumps
from tests.jobs.conftest import NOW, Put
from tests.support.rounds import CAPTCHA, Page, priced, round_at, serving

JUMP = Decimal("0.20")  # config.yaml
AFTER = timedelta(seconds=30)


@pytest.fixture
def database(sqlite_database: Database) -> Database:
    """The kind of database cannot matter here; test_price_round_again.py asks both."""
    return sqlite_database


def last(price: str, highest: str | None = None, currency: str = "USD") -> CompetitorOffer:
    most = Decimal(highest) if highest else None
    return CompetitorOffer(
        store="harborlane",
        intake_id=1,
        intake_row=1,
        competitor="VoltTrail",
        url="https://shop.example/p",
        observed_at=NOW,
        price=Decimal(price),
        price_max=most,
        currency=currency,
    )


def said(price: str | None, highest: str | None = None, currency: str = "USD") -> dict[str, Any]:
    values = [Decimal(each) if each else None for each in (price, highest)]
    return {"price": values[0], "price_max": values[1], "currency": currency}


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        (last("100"), said("120"), False),  # 20 % is not over 20 %
        (last("100"), said("120.01"), True),
        (last("100"), said("80"), False),
        (last("100"), said("79.99"), True),
        (last("100"), said("100", currency="EUR"), True),
        (last("3", "4"), said("3", "4.81"), True),  # 4.81 ÷ 4 = 1.2025
        (last("3", "4"), said("3", "4.8"), False),
        (last("4"), said("3.3", "4"), False),  # 3.3 ÷ 4 = 0.825
        (last("4"), said("3.1", "4"), True),  # 3.1 ÷ 4 = 0.775
        (last("100"), said(None), False),
        (None, said("5"), False),  # nothing to compare with
    ],
)
def test_a_jump_is_over_the_share_at_either_end_or_another_currency(
    before: CompetitorOffer | None, now: dict[str, Any], *, expected: bool
) -> None:
    assert jumps(before, now, JUMP) is expected


@given(st.decimals("0.01", 10_000, places=2), st.decimals("0.001", 5, places=3))
def test_the_same_price_never_jumps(price: Decimal, share: Decimal) -> None:
    assert not jumps(last(str(price)), said(str(price)), share)


@dataclass
class Mirage:
    """A shop that shows one thing after the other; the last one stays."""

    shows: Sequence[Page]
    asked_at: list[datetime] = field(default_factory=list)
    conditions: list[str | None] = field(default_factory=list)
    clock: Callable[[], datetime] = lambda: NOW

    async def serve(self, request: web.Request) -> web.Response:
        if request.path == "/robots.txt":
            return web.Response(status=404)
        self.asked_at.append(self.clock())
        self.conditions.append(request.headers.get("If-None-Match"))
        status, text = self.shows[min(len(self.asked_at), len(self.shows)) - 1]
        headers = {"ETag": '"v1"'}
        return web.Response(status=status, text=text, content_type="text/html", headers=headers)


@dataclass
class Seen:
    """What a round over one page came to."""

    summary: dict[str, Any]
    offer: CompetitorOffer
    shop: Mirage
    copies: list[str | None]


See = Callable[..., Any]


@pytest.fixture
def see(put: Put, database: Database, allowing: Settings, store: Store) -> See:
    """Run a round over a page whose last price was 100 USD, and that shows these now."""

    async def see(*shows: Page) -> Seen:
        shop = Mirage(shows)
        work = round_at(NOW, database, allowing, store)
        shop.clock = work.outside.now
        async with serving(shop.serve) as address:
            url = f"{address}/p/a"
            known = {"competitor": "VoltTrail", "url": url, "price": "100", "currency": "USD"}
            put("competitor_offer", known)
            summary = await jobs()["price_round"].run(work)
        with database.read() as ledger:
            offer = ledger.get_one(CompetitorOffer, (store.name, "VoltTrail", url, NOW))
            rows = ledger.exec(select(Fetch).where(Fetch.url == url).order_by(col(Fetch.at))).all()
        return Seen(summary, offer, shop, [row.saved_as for row in rows])

    return see


async def test_a_jump_that_the_second_reading_confirms_is_a_price(see: See) -> None:
    seen = await see(priced("60"))
    assert (seen.offer.price, seen.offer.problem) == (Decimal(60), None)
    assert seen.summary == {
        "pages": 1, "without_price": 0, "unchanged": 0, "jumps_confirmed": 1
    }  # fmt: skip
    first, second = seen.shop.asked_at
    assert second - first == AFTER
    assert seen.shop.conditions == [None, None]
    assert Path(seen.copies[-1] or "").name.endswith(".good.html.gz")


@pytest.mark.parametrize(
    "second",
    [
        priced("100"),  # back again
        priced("61"),
        priced("60", currency="EUR"),
        CAPTCHA,
        (200, "<p>Hello</p>"),
        (404, "gone"),
        (503, "busy"),  # not read at all
    ],
)
async def test_a_jump_that_the_second_reading_denies_is_no_price(see: See, second: Page) -> None:
    seen = await see(priced("60"), second)
    assert (seen.offer.price, seen.offer.problem) == (None, "jumps")
    assert (seen.offer.tiers, seen.offer.title) == (None, "TrailCell")
    assert seen.summary == {"pages": 1, "without_price": 1, "unchanged": 0}
    assert str(seen.copies[0]).endswith(".bad.html.gz")


async def test_a_page_in_another_currency_is_read_twice(see: See) -> None:
    seen = await see(priced("100", currency="EUR"))
    assert len(seen.shop.asked_at) == 2
    assert (seen.offer.price, seen.offer.currency) == (Decimal(100), "EUR")


@pytest.mark.parametrize("price", ["80", "100", "120"])
async def test_a_price_that_moves_less_is_read_once(see: See, price: str) -> None:
    seen = await see(priced(price))
    assert (len(seen.shop.asked_at), seen.offer.price) == (1, Decimal(price))


async def test_after_a_denied_jump_the_next_round_compares_with_the_last_price_again(
    put: Put, database: Database, allowing: Settings, store: Store
) -> None:
    shop = Mirage([priced("60"), priced("61"), priced("60"), priced("60")])
    async with serving(shop.serve) as address:
        url = f"{address}/p/a"
        known = {"competitor": "VoltTrail", "url": url, "price": "100", "currency": "USD"}
        put("competitor_offer", known)
        for later in (NOW, NOW + 720 * AFTER):
            await jobs()["price_round"].run(round_at(later, database, allowing, store))
    with database.read() as ledger:
        offer = ledger.get_one(CompetitorOffer, (store.name, "VoltTrail", url, later))
    assert (offer.price, offer.problem, len(shop.asked_at)) == (Decimal(60), None, 4)


async def test_many_jumps_wait_together(work: Work, put: Put) -> None:
    shop = Mirage([priced("60")])
    async with serving(shop.serve) as address:
        for number in range(12):
            known = {"competitor": "VoltTrail", "url": f"{address}/p/{number}", "price": "100"}
            put("competitor_offer", known | {"currency": "USD"})
        summary = await jobs()["price_round"].run(work)
    assert summary["jumps_confirmed"] == 12
    assert work.outside.now() == NOW + AFTER  # and not 12 times as long
