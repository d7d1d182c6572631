"""What Alibaba's API shows of disputes: orders charged back or frozen, and refunds."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from core.ledger.database import Database
from core.ledger.records import Dispute
from core.settings import Settings, Store
from tests.support.alibaba import Alibaba, Told, bench, order_list, stamp, thin
from tests.support.intake import facts, stored
from tests.support.sources import Bench

LIST, GET, FUNDS = "/alibaba/order/list", "/alibaba/order/get", "alibaba.seller.order.fund.get"
NUMBER = "271207727001028893"
Make = Callable[..., tuple[Bench, Alibaba]]


@pytest.fixture
def make(sqlite_database: Database, settings: Settings, store: Store) -> Make:
    def made(answers: dict[str, Told]) -> tuple[Bench, Alibaba]:
        alibaba = Alibaba(answers)
        return bench(sqlite_database, settings, store, alibaba), alibaba

    return made


def by_status(states: dict[str, list[str]]) -> Callable[[dict[str, str]], Told]:
    """Answer the list of orders of one status."""
    return lambda form: order_list(
        *(thin(number, form["status"]) for number in states.get(form["status"], []))
    )


def now_is(status: str) -> dict[str, Any]:
    return {"code": "0", "value": {"trade_status": status}}


async def test_a_charge_back_opens_and_ends_a_dispute(make: Make) -> None:
    states = {"charge_back": [NUMBER]}
    source, alibaba = make({LIST: by_status(states), GET: now_is("trade_success")})
    await source.sync("chargebacks")
    (dispute,) = stored(source.database, Dispute)
    assert facts(dispute, "order_no", "kind", "status", "closed_at") == (
        NUMBER,
        "chargeback",
        "charge_back",
        None,
    )
    assert dispute.opened_at == datetime(2026, 3, 4, 8, tzinfo=UTC)
    states.clear()
    later = source.time.at = source.time.at + timedelta(hours=1)
    await source.sync("chargebacks")
    (dispute,) = stored(source.database, Dispute)
    assert facts(dispute, "status", "closed_at") == ("trade_success", later)
    assert dispute.opened_at == datetime(2026, 3, 4, 8, tzinfo=UTC)
    assert [form["status"] for form in alibaba.forms(LIST)] == ["charge_back", "frozen"] * 2


async def test_an_order_that_slipped_off_the_list_is_not_closed(make: Make) -> None:
    states = {"frozen": [NUMBER]}
    source, _ = make({LIST: by_status(states), GET: now_is("frozen")})
    await source.sync("chargebacks")
    states.clear()
    await source.sync("chargebacks")
    assert [dispute.closed_at for dispute in stored(source.database, Dispute)] == [None]


async def test_an_order_that_cannot_be_read_is_not_closed(make: Make) -> None:
    states = {"frozen": [NUMBER]}
    gone = {"type": "ISP", "code": "15", "sub_code": "isv.402"}
    source, _ = make({LIST: by_status(states), GET: gone})
    await source.sync("chargebacks")
    states.clear()
    await source.sync("chargebacks")
    assert [dispute.closed_at for dispute in stored(source.database, Dispute)] == [None]


async def test_frozen_again_opens_the_dispute_again(make: Make) -> None:
    states = {"frozen": [NUMBER]}
    source, _ = make({LIST: by_status(states), GET: now_is("delivering")})
    for now in ([], [NUMBER]):
        await source.sync("chargebacks")
        states["frozen"] = now
    assert [dispute.status for dispute in stored(source.database, Dispute)] == ["delivering"]
    await source.sync("chargebacks")
    (dispute,) = stored(source.database, Dispute)
    assert facts(dispute, "status", "closed_at") == ("frozen", None)


async def test_all_pages_of_a_status_are_read(make: Make) -> None:
    rows = [thin(str(10**17 + n), "frozen") for n in range(130)]

    def page(form: dict[str, str]) -> Told:
        first = 100 * int(form["start_page"])
        return order_list(*(rows if form["status"] == "frozen" else [])[first : first + 100])

    source, _ = make({LIST: page})
    await source.sync("chargebacks")
    assert len(stored(source.database, Dispute)) == 130


REFUND = {
    "id": 123432,
    "amount": {"amount": "123.33", "currency": "USD"},
    "refund_time": stamp("2026-03-02T10:00:00+00:00"),
}


async def test_a_refund_is_a_dispute_that_ended(make: Make) -> None:
    funds = {"alibaba_seller_order_fund_get_response": {"value": {"refund_list": [REFUND]}}}
    source, alibaba = make({LIST: order_list(thin(NUMBER)), FUNDS: funds})
    await source.sync("refunds")
    (dispute,) = stored(source.database, Dispute)
    at = datetime(2026, 3, 2, 10, tzinfo=UTC)
    assert facts(dispute, "dispute_id", "order_no", "kind", "opened_at", "closed_at") == (
        "refund-123432",
        NUMBER,
        "refund",
        at,
        at,
    )
    assert facts(dispute, "amount", "currency") == (Decimal("123.33"), "USD")
    # without data_select Alibaba leaves refunds out (document 41074)
    assert alibaba.forms(FUNDS)[0]["data_select"] == "fund_refund"


async def test_no_refund_is_no_dispute(make: Make) -> None:
    funds: Told = {"alibaba_seller_order_fund_get_response": {"value": {}}}
    rows = order_list(thin(NUMBER), thin("271207727001028894", "unpay"))
    source, alibaba = make({LIST: rows, FUNDS: funds})
    await source.sync("refunds")
    assert stored(source.database, Dispute) == []
    assert len(alibaba.forms(FUNDS)) == 1  # nothing was paid for the other
