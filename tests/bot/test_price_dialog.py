"""The dialog that asks for a new price: what it proposes, says and refuses (plan B1)."""

from collections.abc import AsyncIterator
from datetime import timedelta
from decimal import Decimal

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from tests.support.deciding import (
    CHEN,
    MATCH,
    UNDERCUT,
    block,
    decisions,
    find,
    press,
    said_in,
    submit,
    until_it_says,
    with_prices,
)
from tests.support.intake import take
from tests.support.post_office import PostOffice
from tests.support.price_alerts import SKU
from tests.support.watch import SOFIA, Watch, watch_over_socket


@pytest.fixture
def office(office: PostOffice) -> PostOffice:
    """We ask 10.00 from 100 pieces on and 9.40 from 500 on, VoltTrail 9.30; Sofia is told."""
    return with_prices(office)


@pytest.fixture
async def watch(office: PostOffice, client: AsyncWebClient) -> AsyncIterator[Watch]:
    """Watchkeeper, connected, with the alert's message in #prices."""
    find(office)
    async with watch_over_socket(office, client) as watch:
        await watch.until(office.settled)
        yield watch


async def test_the_dialog_says_what_is_known_and_what_follows(watch: Watch) -> None:
    await press(watch, MATCH)
    view = await watch.window_of(SOFIA)
    assert view["title"]["text"] == "New price"
    assert block(view, "price")["element"]["initial_value"] == "9.30"
    assert block(view, "price")["label"]["text"].startswith("New price of a piece in USD, from 100")
    # (9.30 − 7.50) ÷ 9.30 = 19.35 %; 7.50 ÷ (1 − 0.18) = 9.146… → 9.15
    assert said_in(view).splitlines() == [
        "*PS-1000* Power station 1000",
        "Ours: USD 10.00 from 100 pieces on",
        "VoltTrail: USD 9.30 for as many",
        "Margin at USD 9.30: 19.4 % · 18 % needs USD 9.15 or more",
        "More pieces never cost more each. At USD 9.30 these come down too:",
        "• from 500: USD 9.40 → USD 9.30",
    ]


async def test_undercut_proposes_a_percent_less_and_warns_of_the_floor(watch: Watch) -> None:
    find(watch.office, theirs="9.20")
    await press(watch, UNDERCUT)
    view = await watch.window_of(SOFIA)
    # 9.20 × 0.99 = 9.108, in whole cents 9.10; 7.50 ÷ (1 − 0.18) = 9.146…
    assert block(view, "price")["element"]["initial_value"] == "9.10"
    assert "At USD 9.10 the margin is under the floor of 18 %." in said_in(view)
    await submit(watch, price="9.10")
    await until_it_says(watch, "Resolved by")
    assert decisions(watch)[0].choice == "undercut"


async def test_an_unknown_unit_cost_is_said(watch: Watch) -> None:
    find(watch.office, unit_cost=None, margin_now=None, margin_after=None)
    await press(watch, MATCH)
    said = said_in(await watch.window_of(SOFIA))
    assert "Our unit cost is not known, so neither is the margin." in said


async def test_the_dialog_is_in_the_language_of_who_opened_it(watch: Watch) -> None:
    await press(watch, MATCH, CHEN)
    view = await watch.window_of(CHEN)
    assert view["title"]["text"] == "新价格"
    assert "我们：100 件起 USD 10.00" in said_in(view)
    done = await submit(watch, CHEN, price="0")
    assert done["errors"] == {"price": "价格必须大于 0。"}


SLIPS = {
    "cheap": "cheap is no price: write it like 9.30, with six decimals at most.",
    "9.3000001": "9.3000001 is no price: write it like 9.30, with six decimals at most.",
    "<!channel>": "<!channel> is no price: write it like 9.30, with six decimals at most.",
    "9.30 EUR": "The price list is in USD: write the price in it.",
    "0": "A price is more than 0.",
    "-9.30": "A price is more than 0.",
    "10": "USD 10.00 is our price already.",
    "93": "USD 93.00 is over 2 times our USD 10.00.",
    "0.93": "Our USD 10.00 is over 2 times USD 0.93.",
}


async def test_a_slip_is_told_in_the_dialog_and_nothing_is_stored(watch: Watch) -> None:
    await press(watch, MATCH)
    for written, error in SLIPS.items():
        done = await submit(watch, price=written)
        assert done["errors"]["price"].startswith(error)
    assert decisions(watch) == []
    assert (await submit(watch, price="US$9.30"))["errors"] is None  # the dialog is still there
    await until_it_says(watch, "Resolved by")


async def test_more_pieces_cannot_cost_more_than_fewer(watch: Watch) -> None:
    now = watch.office.clock() - timedelta(days=1)
    tier = {"sku": SKU, "min_quantity": 50, "price": "10.50", "currency": "USD", "valid_from": now}
    take(watch.office.database, "price_list", tier)
    await press(watch, MATCH)
    done = await submit(watch, price="10.60")
    assert done["errors"] == {
        "price": "From 50 pieces on we ask USD 10.50: more pieces cannot cost more each."
    }


async def test_our_price_in_the_dialog_is_the_one_of_now(watch: Watch) -> None:
    now = watch.office.clock() - timedelta(minutes=1)
    tier = {"sku": SKU, "min_quantity": 100, "price": "9.80", "currency": "USD", "valid_from": now}
    take(watch.office.database, "price_list", tier)
    find(watch.office, theirs="9.10")
    await press(watch, MATCH)
    said = said_in(await watch.window_of(SOFIA))
    assert "Ours: USD 9.80" in said
    assert "VoltTrail: USD 9.10" in said


async def test_a_decision_keeps_what_the_person_saw(watch: Watch) -> None:
    await press(watch, MATCH)
    find(watch.office, theirs="9.00")
    await submit(watch, price="9.30")
    await until_it_says(watch, "Resolved by")
    assert (decisions(watch)[0].ours, decisions(watch)[0].theirs) == (
        Decimal("10.00"), Decimal("9.30"),
    )  # fmt: skip
