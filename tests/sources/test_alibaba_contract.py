"""What we ask Alibaba and what we read of it, held against its contract."""

from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from core.ledger.database import Database
from core.ledger.records import Order
from core.settings import Settings, Store
from tests.support.alibaba import (
    Alibaba,
    ContractBroken,
    HeldToAlibaba,
    Told,
    bench,
    order_list,
    stamp,
    thin,
)
from tests.support.contracts import example
from tests.support.intake import facts, stored, take
from tests.support.sources import Bench

NUMBER = "271207727001028893"
AMOUNT = {"amount": "4.8700", "currency": "USD"}
ANSWERS: dict[str, Told] = {
    "/alibaba/order/list": order_list(thin(NUMBER)),
    "/alibaba/order/get": {
        "code": "0",
        "value": {
            "trade_id": NUMBER,
            "trade_status": "frozen",
            "total_amount": AMOUNT,
            "buyer": {"full_name": "Ann"},
            "order_products": [{"sku_code": "HL-1", "quantity": "1", "unit_price": AMOUNT}],
        },
    },
    "alibaba.seller.order.fund.get": {
        "alibaba_seller_order_fund_get_response": {
            "value": {
                "fund_pay_list": [{"pay_step": "ADVANCE", "pay_status": "PAID"}],
                "refund_list": [{"id": 1, "amount": AMOUNT, "refund_time": {"timestamp": 1}}],
            }
        }
    },
    "/order/logistics/query": {
        "code": "0",
        "value": {
            "logistic_status": "DELIVERED",
            "agreed_shipment_date": {"timestamp": 1},
            "shipping_order_list": [
                {"voucher": {"tracking_number": "1", "service_provider": "EX_ASP_OCEAN_EXPRESS"}}
            ],
        },
    },
    "/order/logistics/tracking/get": {
        "code": "0",
        "tracking_list": [{"carrier": "FEDEX", "tracking_number": "1", "event_list": []}],
    },
    "alibaba.icbu.product.list": {
        "alibaba_icbu_product_list_response": {"total_count": 1, "products": [{"id": 1}]}
    },
    "alibaba.icbu.product.inventory.get": {
        "alibaba_icbu_product_inventory_get_response": {
            "result": {
                "success": True,
                "data_list": [{"sku_id": 123, "inventory_code": "W", "inventory": 0}],
            }
        }
    },
}
FEEDS = ("orders", "refunds", "chargebacks", "logistics", "products", "stock")


def held(database: Database, settings: Settings, store: Store, answers: dict[str, Any]) -> Bench:
    transport = HeldToAlibaba(Alibaba(answers))
    order = {"channel": "alibaba", "order_no": NUMBER, "placed_at": "2026-03-01T08:00:00Z"}
    take(database, "order", order)
    return bench(database, settings, store, Alibaba({}), transport=transport)


@pytest.mark.parametrize("feed", FEEDS)
async def test_a_feed_keeps_to_the_contract(
    sqlite_database: Database, settings: Settings, store: Store, feed: str
) -> None:
    source = held(sqlite_database, settings, store, ANSWERS)
    assert (await source.sync(feed))["read"]


async def test_the_figures_keep_to_the_contract(
    sqlite_database: Database, settings: Settings, store: Store
) -> None:
    told = example("alibaba/icbu_min_contract.json")["operations"]["visits_store"]
    span, industry = (told["params_indicator"][name] for name in ("date_range", "industry"))
    answers = {
        "alibaba.mydata.overview.date.get": span,
        "alibaba.mydata.overview.industry.get": industry,
        "alibaba.mydata.overview.indicator.basic.get": told["value"],
    }
    # the contract has the figures only, not how weeks and industries are answered
    transport = Alibaba({name: {"x_response": value} for name, value in answers.items()})
    source = bench(sqlite_database, settings, store, transport)
    assert await source.sync("visits") == {"read": 1, "visits": 1}
    params = set(transport.forms("alibaba.mydata.overview.indicator.basic.get")[0])
    assert set(told["params_indicator"]) <= params


async def test_the_vendors_own_example_is_understood(
    sqlite_database: Database, settings: Settings, store: Store
) -> None:
    listed = example("alibaba/icbu_min_contract.json")["operations"]["order_list"]["example_rest"]
    alibaba = Alibaba({LIST: listed, "/alibaba/order/get": {"code": "0", "value": {}}})
    source = bench(sqlite_database, settings, store, alibaba)
    await source.sync("orders")
    (order,) = stored(sqlite_database, Order)
    assert facts(order, "order_no", "status") == (NUMBER, "unpay")
    # "Jul. 31, 2025, 21:09:36 PDT." is seven hours behind UTC
    assert order.placed_at == datetime(2025, 8, 1, 4, 9, 36, tzinfo=UTC)


LIST = "/alibaba/order/list"


def changed(**form: str) -> httpx.Request:
    """Return a question that is right but for what is changed; "" leaves a parameter out."""
    right = {
        "app_key": "1",
        "access_token": "t",
        "timestamp": "1760000000000",
        "sign_method": "sha256",
        "sign": "A" * 64,
        "role": "seller",
        "start_page": "0",
        "page_size": "20",
    }
    kept = {name: value for name, value in {**right, **form}.items() if value}
    return httpx.Request("POST", f"https://openapi-api.alibaba.com/rest{LIST}", data=kept)


async def test_a_right_question_passes() -> None:
    await HeldToAlibaba(Alibaba(ANSWERS)).handle_async_request(changed())


@pytest.mark.parametrize(
    "wrong",
    [
        {"role": ""},
        {"role": "buyer"},
        {"page_size": "500"},
        {"sign": "a" * 64},
        {"timestamp": "1760000000"},
        {"access_token": ""},
        {"since": "2026-01-01"},
        {"status": "shipped"},
        {"modified_date_start": '{"time": "1"}'},
    ],
)
async def test_a_wrong_question_is_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(ContractBroken):
        await HeldToAlibaba(Alibaba(ANSWERS)).handle_async_request(changed(**wrong))


async def test_a_question_in_the_address_is_refused() -> None:
    request = httpx.Request("GET", f"https://openapi-api.alibaba.com/rest{LIST}?access_token=t")
    with pytest.raises(ContractBroken):
        await HeldToAlibaba(Alibaba(ANSWERS)).handle_async_request(request)


WRONG: list[dict[str, Told]] = [
    {LIST: order_list({**thin(NUMBER), "buyer_email": "a@b.example"})},
    {LIST: order_list({**thin(NUMBER), "trade_id": 2.5})},
    {LIST: order_list({**thin(NUMBER), "create_date": stamp("2026-01-01T00:00:00Z")["timestamp"]})},
    {"/alibaba/order/get": {"code": "0", "value": {"total_amount": {"amount": 4.87}}}},
    {"/alibaba/order/get": {"code": "0", "value": {"status": "paid"}}},
    {"/alibaba/order/get": {"code": "0", "value": {"buyer": {"email": "a@b.example"}}}},
]


@pytest.mark.parametrize("wrong", WRONG)
async def test_a_wrong_answer_is_refused(
    sqlite_database: Database, settings: Settings, store: Store, wrong: dict[str, Told]
) -> None:
    source = held(sqlite_database, settings, store, {**ANSWERS, **wrong})
    with pytest.raises(ContractBroken):
        await source.sync("orders")


@pytest.mark.parametrize(
    ("feed", "name", "told"),
    [
        ("logistics", "/order/logistics/query", {"value": {"logistic_status": "LOST"}}),
        ("logistics", "/order/logistics/query", {"value": {"shipping_order_list": {}}}),
        ("logistics", "/order/logistics/tracking/get", {"tracking_list": [{"where": "?"}]}),
        ("refunds", "alibaba.seller.order.fund.get", {"x_response": {"value": {"refunds": []}}}),
        ("products", "alibaba.icbu.product.list", {"x_response": {"items": []}}),
        ("stock", "alibaba.icbu.product.inventory.get", {"x_response": {"result": {"rows": []}}}),
    ],
)
async def test_wrong_answers_to_other_questions_are_refused(
    sqlite_database: Database, settings: Settings, store: Store, feed: str, name: str, told: Told
) -> None:
    source = held(sqlite_database, settings, store, {**ANSWERS, name: told})
    with pytest.raises(ContractBroken):
        await source.sync(feed)
