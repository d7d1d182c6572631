"""What all connectors stand on: access tokens that are granted, and the lines of an order."""

import asyncio
from datetime import timedelta
from decimal import Decimal

import pytest

from scrapers.api.access import access, with_access
from scrapers.api.client import Api
from scrapers.api.lines import by_sku
from scrapers.api.memory import Memory, Token
from scrapers.api.problems import TokenRefused
from tests.support.sources import NOW


class Desk:
    """Grants tokens by number, and takes only those from `first` on."""

    def __init__(self, first: int = 1) -> None:
        self.granted, self.first = 0, first

    async def grant(self) -> Token:
        await asyncio.sleep(0)
        self.granted += 1
        return Token(str(self.granted), NOW + timedelta(hours=1))

    async def ask(self, token: str) -> str:
        if int(token) < self.first:
            raise TokenRefused(f"{token} is over")
        return f"answered to {token}"


@pytest.fixture
def api() -> Api:
    return Api(Memory(), set(), now=lambda: NOW)


async def test_feeds_that_ask_at_once_share_one_token(api: Api) -> None:
    desk = Desk()
    assert await asyncio.gather(*[access(api, desk.grant) for _ in range(3)]) == ["1", "1", "1"]
    assert desk.granted == 1


async def test_feeds_that_are_refused_at_once_renew_once(api: Api) -> None:
    desk = Desk(first=2)
    asked = [with_access(api, desk.grant, desk.ask) for _ in range(3)]
    assert await asyncio.gather(*asked) == ["answered to 2"] * 3
    assert desk.granted == 2


async def test_a_new_token_that_is_refused_too_is_the_end(api: Api) -> None:
    desk = Desk(first=9)
    with pytest.raises(TokenRefused, match="2 is over"):
        await with_access(api, desk.grant, desk.ask)


@pytest.mark.parametrize(
    ("prices", "price"),
    [(("9.99", "9.99"), "9.99"), (("9.99", "8.00"), None), (("9.99", "8.00", "8.00"), None)],
)
def test_an_article_in_several_lines_is_one(prices: tuple[str, ...], price: str | None) -> None:
    lines = [{"sku": "HL-1", "quantity": "2", "unit_price": told} for told in prices]
    (line,) = by_sku(lines)
    assert (line["quantity"], line["unit_price"]) == (Decimal(2 * len(prices)), price)


def test_pieces_that_are_no_number_leave_the_sum_unknown() -> None:
    lines = [{"sku": "HL-1", "quantity": told} for told in (2, None)]
    assert by_sku([*lines, {"sku": "HL-2", "quantity": 7}]) == [
        {"sku": "HL-1", "quantity": None},
        {"sku": "HL-2", "quantity": 7},
    ]
