"""Lingxing: its signature against openssl's, tokens, codes, stock, orders, what ads cost."""

import json
import logging
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from core.ledger.database import Database
from core.ledger.records import Order, OrderLine, Spend, Stock
from core.settings import Settings, Store
from core.sources import ProblemKind
from scrapers.api.problems import SourceProblem
from scrapers.sources.lingxing.gateway import sign
from tests.support.intake import facts, stored
from tests.support.sources import Bench, source_settings

WINDOW = {"schedule": {"every": "15m"}, "stale_after": "1h", "overlap": "1h", "look_back": "2d"}
PLAIN = {"schedule": {"every": "15m"}, "stale_after": "1h"}
SOURCE = source_settings(
    service="lingxing", feeds={"stock": PLAIN, "orders": WINDOW, "spend": WINDOW}
)
APP_ID = "ak_1234567890abc"
CREDENTIALS = {"LINGXING_APP_ID": APP_ID, "LINGXING_APP_SECRET": "lingxing-secret-3e"}

TOKEN = "/api/auth-server/oauth/access-token"
SELLERS, FBA = "/erp/sc/data/seller/lists", "/erp/sc/routing/fba/fbaStock/fbaList"
WAREHOUSES = "/erp/sc/data/local_inventory/warehouse"
OWN = "/erp/sc/routing/data/local_inventory/inventoryDetails"
ORDERS, ACCOUNTS = "/erp/sc/data/mws/orders", "/basicOpen/baseData/account/list"
SP, SB, SD = (f"/pb/openapi/newad/{kind}CampaignReports" for kind in ("sp", "hsa", "sd"))

Told = Any
Make = Callable[..., Bench]


def told(*rows: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"code": 0, "message": "success", "data": list(rows), "total": len(rows), **more}


def token(value: str = "token-one-4d") -> dict[str, Any]:
    return {"code": "200", "msg": "OK", "data": {"access_token": value, "expires_in": 7200}}


EMPTY = {TOKEN: token(), SELLERS: told({"sid": 1}, {"sid": 2}), **dict.fromkeys([FBA, OWN], told())}
SHELVES = {WAREHOUSES: lambda body: told({"wid": body["type"], "name": f"仓{body['type']}"})}


@pytest.fixture
def make(sqlite_database: Database, settings: Settings, store: Store) -> Make:
    def made(answers: dict[str, Told], **credentials: str) -> Bench:
        everything = {**EMPTY, **SHELVES, **answers}

        def answer(request: httpx.Request) -> httpx.Response:
            found = everything[request.url.path]
            is_form = request.url.path == TOKEN or not request.content
            said = (
                found({} if is_form else json.loads(request.content)) if callable(found) else found
            )
            return said if isinstance(said, httpx.Response) else httpx.Response(200, json=said)

        all_credentials = {**CREDENTIALS, **credentials}
        return Bench(sqlite_database, settings, store, SOURCE, answer, all_credentials, "lingxing")

    return made


def asked(source: Bench, path: str) -> list[httpx.Request]:
    return [request for request in source.requests if request.url.path == path]


def bodies(source: Bench, path: str) -> list[dict[str, Any]]:
    return [json.loads(request.content) for request in asked(source, path)]


def test_the_signature_is_openssls() -> None:
    # the line "access_token=tok-1&app_key=ak_1234567890abc&end_date=2026-03-05 10:30:00&
    # length=100&offset=0&sid_list=[1,2]&timestamp=1772677800" (without this break) has by md5sum,
    # in capitals, 0067191DF5C191A10417A57CEA7752AA, and of that
    # `openssl enc -aes-128-ecb -K <the app id in hexadecimal> -base64 -A` makes what is expected
    params = {
        "timestamp": "1772677800",
        "app_key": APP_ID,
        "access_token": "tok-1",
        "offset": 0,
        "length": 100,
        "sid_list": [1, 2],
        "end_date": "2026-03-05 10:30:00",
        "empty": "",
        "nothing": None,
    }
    expected = "VrvcNp3ptEFzc5uhdnZH3LiiS+HamaJd9INn8j5LqS01wT2hBSl5zHlyI9nscDdR"
    assert sign(APP_ID, params) == expected


async def test_the_address_and_the_body_are_signed_together(make: Make) -> None:
    source = make({})
    began = source.time.at
    await source.sync("stock")
    (request,) = asked(source, FBA)
    query = dict(request.url.params)
    signed = query.pop("sign")
    assert signed == sign(APP_ID, {**query, **json.loads(request.content)})
    assert set(query) == {"app_key", "access_token", "timestamp"}
    assert query["timestamp"] == str(int(began.timestamp()))


def test_an_app_id_that_is_no_key_is_told() -> None:
    with pytest.raises(SourceProblem, match="16 characters") as it:
        sign("short", {})
    assert it.value.kind is ProblemKind.REFUSED


async def test_a_token_is_got_once_with_a_form(make: Make) -> None:
    source = make({})
    await source.probe()
    assert await source.probe() == "2 Amazon shops"
    (request,) = asked(source, TOKEN)
    assert not request.url.query
    assert b"appSecret=lingxing-secret-3e" in request.content


@pytest.mark.parametrize("code", [2001003, "2001005", "2001007"])
async def test_a_token_that_ended_is_got_anew_once(make: Make, code: object) -> None:
    refusals = iter([{"code": code, "message": "expired"}])
    tokens = iter(["token-one-4d", "token-two-5e"])
    source = make({SELLERS: lambda _: next(refusals, told()), TOKEN: lambda _: token(next(tokens))})
    await source.probe()
    used = [request.url.params["access_token"] for request in asked(source, SELLERS)]
    assert used == ["token-one-4d", "token-two-5e"]


async def test_a_token_that_stays_refused_is_told(make: Make) -> None:
    source = make({SELLERS: {"code": 2001003, "message": "expired"}})
    with pytest.raises(SourceProblem, match=r"expired.*id and secret") as it:
        await source.probe()
    assert it.value.kind is ProblemKind.REFUSED
    assert len(asked(source, TOKEN)) == 2


async def test_throttling_is_waited_for(make: Make) -> None:
    answers = iter([{"code": 3001008, "msg": "slow"}, {"code": "103", "msg": "slow"}, told()])
    source = make({SELLERS: lambda _: next(answers)})
    assert await source.probe() == "0 Amazon shops"
    assert source.time.slept >= 3  # one second, then two


@pytest.mark.parametrize(
    ("answer", "kind", "says"),
    [
        ({"code": 2001004, "message": "no"}, ProblemKind.REFUSED, "grant this interface"),
        ({"code": 3001002, "message": "ip"}, ProblemKind.REFUSED, "whitelist"),
        ({"code": "103", "message": "slow"}, ProblemKind.THROTTLED, "slow"),
        ({"code": 500, "message": "x"}, ProblemKind.UNREACHABLE, "500"),
        ({"code": 102, "message": "a\nb"}, ProblemKind.BROKEN, r"a b \(102\)"),
        ({"code": 0, "data": None, "total": 4}, ProblemKind.BROKEN, "no list"),
        ({"data": []}, ProblemKind.BROKEN, "no code"),
        ([], ProblemKind.BROKEN, "no code"),
        (httpx.Response(200, html="<html>"), ProblemKind.BROKEN, "no JSON"),
        (httpx.Response(200, content=b'{"code":0,"da'), ProblemKind.BROKEN, "no JSON"),
    ],
)
async def test_what_lingxing_says_is_told(
    make: Make, answer: Told, kind: ProblemKind, says: str
) -> None:
    source = make({SELLERS: answer})
    with pytest.raises(SourceProblem, match=says) as it:
        await source.probe()
    assert it.value.kind is kind
    assert len(str(it.value).splitlines()) == 1


@pytest.mark.parametrize(
    "answer", [{"code": 2001002, "msg": "wrong secret"}, {"code": "200", "data": {}}]
)
async def test_no_token_is_told(make: Make, answer: Told) -> None:
    source = make({TOKEN: answer})
    with pytest.raises(SourceProblem, match="access-token"):
        await source.probe()


def label(**more: Any) -> dict[str, Any]:
    row = {
        "wname": "EU欧洲仓",
        "sku": "HL-1",
        "seller_sku": "HL-1-FBA",
        "fnsku": "X001",
        "share_type": 2,
        "afn_fulfillable_quantity": 7,
        "reserved_customerorders": "2",
        "afn_inbound_shipped_quantity": 5,
        "reserved_fc_transfers": 1,
    }
    return {**row, **more}


async def test_stock_with_amazon_is_counted_once(make: Make) -> None:
    shared = label(sid=2, seller_sku="HL-1-DE")  # the same label, seen from another country
    other = label(fnsku="X002", afn_fulfillable_quantity=10, reserved_customerorders=0)
    source = make({FBA: told(label(sid=1), shared, other)})
    await source.sync("stock")
    (level,) = stored(source.database, Stock)
    # 7 + 10 to sell and 2 promised; twice 5 shipped and 1 between Amazon's warehouses
    assert facts(level, "sku", "location", "on_hand", "committed", "inbound") == (
        "HL-1",
        "EU欧洲仓",
        19,
        2,
        12,
    )
    assert bodies(source, FBA) == [{"sid": "1,2", "offset": 0, "length": 100}]


async def test_own_stock_is_by_warehouse(make: Make) -> None:
    row = {"wid": 1, "sku": "HL-1", "product_valid_num": 40, "good_lock_num": 4}
    coming = {"wid": 3, "sku": "HL-1", "product_valid_num": "0", "quantity_receive": 50}
    silent = {"wid": 1, "sku": "HL-2", "product_bad_num": 3}
    nowhere = {"wid": 99, "sku": "HL-1", "product_valid_num": 1}
    source = make({OWN: told(row, coming, silent, nowhere)})
    await source.sync("stock")
    kept = [
        facts(level, "sku", "location", "on_hand", "committed", "inbound")
        for level in stored(source.database, Stock)
    ]
    # what Lingxing does not say is no row, and not zero
    assert kept == [("HL-1", "仓1", 44, 4, None), ("HL-1", "仓3", 0, None, 50)]


@pytest.mark.parametrize("total", [250, None])
async def test_all_pages_are_read(make: Make, total: int | None) -> None:
    def page(body: dict[str, Any]) -> Told:
        numbers = range(body["offset"], min(body["offset"] + body["length"], 250))
        rows = [{"wid": 1, "sku": f"HL-{n}", "product_valid_num": n} for n in numbers]
        return told(*rows, total=total)

    source = make({OWN: page})
    await source.sync("stock")
    assert len(stored(source.database, Stock)) == 250
    assert [body["offset"] for body in bodies(source, OWN)] == [0, 100, 200]


AMAZON = {
    "amazon_order_id": "111-2",
    "order_status": "PartiallyShipped",
    "purchase_date": "2026-03-04T19:39:47Z",
    "shipment_date": "2026-03-05T02:17:27+08:00",
    "order_total_amount": 19.98,
    "order_total_currency_code": "EUR",
    "buyer_name": "",
    "item_list": [
        {"local_sku": "HL-1", "seller_sku": "a", "quantity_ordered": 1},
        {"local_sku": "HL-1", "seller_sku": "b", "quantity_ordered": "2"},
        {"local_sku": "", "seller_sku": "c", "quantity_ordered": 5},
    ],
}


async def test_an_amazon_order_is_stored_with_its_lines(make: Make) -> None:
    source = make({ORDERS: told(AMAZON)})
    await source.sync("orders")
    (order,) = stored(source.database, Order)
    assert facts(order, "channel", "order_no", "status", "amount", "currency", "buyer_name") == (
        "amazon",
        "111-2",
        "partially_shipped",
        Decimal("19.98"),
        "EUR",
        None,
    )
    assert order.placed_at == datetime(2026, 3, 4, 19, 39, 47, tzinfo=UTC)
    assert order.shipped_at == datetime(2026, 3, 4, 18, 17, 27, tzinfo=UTC)
    lines = [facts(line, "sku", "quantity") for line in stored(source.database, OrderLine)]
    assert lines == [("HL-1", 3), ("c", 5)]
    (body,) = bodies(source, ORDERS)
    # 02:30Z is 10:30 in Beijing: two days before it, and a day behind it
    assert (body["start_date"], body["end_date"]) == ("2026-03-03 10:30:00", "2026-03-06 10:30:00")
    assert (body["date_type"], body["sort_desc_by_date_type"]) == (2, 1)


async def test_a_cut_run_goes_on_at_its_place(make: Make) -> None:
    failing = iter([True])

    def page(body: dict[str, Any]) -> Told:
        if body["offset"] == 100 and next(failing, False):
            return httpx.Response(400)
        numbers = range(body["offset"], min(body["offset"] + 100, 150))
        return told(*({**AMAZON, "amazon_order_id": str(n)} for n in numbers), total=150)

    source = make({ORDERS: page})
    with pytest.raises(SourceProblem, match="400"):
        await source.sync("orders")
    await source.sync("orders")
    assert [body["offset"] for body in bodies(source, ORDERS)] == [0, 100, 100]
    assert len(stored(source.database, Order)) == 150


async def test_what_an_order_does_not_say_is_not_zero(make: Make) -> None:
    bare = {"amazon_order_id": "1", "purchase_date": "2026-03-04T19:39:47Z", "order_status": "Odd"}
    source = make({ORDERS: told({**bare, "order_total_amount": "", "item_list": None})})
    await source.sync("orders")
    (order,) = stored(source.database, Order)
    assert facts(order, "amount", "currency", "status") == (None, None, "unknown:Odd")


ACCOUNT = {"profile_id": 494, "sid": 1, "currency_code": "EUR"}
REPORT = {
    "campaign_id": 541,
    "cost": 41.6,
    "impressions": 1569,
    "clicks": 14,
    "orders": 7,
    "sales": 250.5,
}


async def test_what_ads_cost_is_stored_by_day_and_campaign(make: Make) -> None:
    source = make(
        {
            ACCOUNTS: told(ACCOUNT),
            SP: told(REPORT),
            SB: told({"campaign_id": 9}),  # without a cost it is no spend
            SD: told(),
        }
    )
    await source.sync("spend")
    # two days back from the 5th, in Beijing; today is not over
    days = [body["report_date"] for body in bodies(source, SP)]
    assert days == ["2026-03-03", "2026-03-04"]
    names = ("day", "channel", "campaign", "spend", "currency", "clicks", "orders", "gmv")
    assert facts(stored(source.database, Spend)[0], *names) == (
        date(2026, 3, 3),
        "amazon_ads",
        "SP 541",
        Decimal("41.6"),
        "EUR",
        14,
        7,
        Decimal("250.5"),
    )
    assert bodies(source, SP)[0]["profile_id"] == 494


async def test_a_cut_spend_run_goes_on_at_its_day(make: Make) -> None:
    days: list[str] = []
    failing = iter([True])

    def report(body: dict[str, Any]) -> Told:
        days.append(body["report_date"])
        if body["report_date"] == "2026-03-04" and next(failing, False):
            return httpx.Response(400)
        return told(REPORT)

    source = make({ACCOUNTS: told(ACCOUNT), SP: report, SB: told(), SD: told()})
    with pytest.raises(SourceProblem, match="400"):
        await source.sync("spend")
    source.time.at += timedelta(minutes=1)
    await source.sync("spend")
    assert days == ["2026-03-03", "2026-03-04", "2026-03-04"]


async def test_no_secret_is_written_anywhere(
    make: Make, caplog: pytest.LogCaptureFixture, sqlite_database: Database
) -> None:
    caplog.set_level(logging.DEBUG)
    secrets = [CREDENTIALS["LINGXING_APP_SECRET"], "token-one-4d"]
    echo = {"code": 102, "message": f"you sent {' '.join(secrets)}"}
    source = make({ORDERS: echo})
    summary = await source.sync("stock")
    with pytest.raises(SourceProblem) as it:
        await source.sync("orders")
    with sqlite_database.read() as ledger:
        names = ledger.execute(text("select name from sqlite_master where type='table'")).scalars()
        rows = [ledger.execute(text(f'select * from "{name}"')).all() for name in names.all()]
    written = " ".join([str(it.value), caplog.text, json.dumps(summary), repr(rows)])
    assert [secret for secret in secrets if secret in written] == []
    # the vendor wants token and signature in the address: it is not written with them
    assert "sign=" not in written
