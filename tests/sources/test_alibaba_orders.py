"""Alibaba's orders: what changed, order by order, resumed where a run was cut off."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import select

from core.ledger.database import Database
from core.ledger.records import Order, OrderLine
from core.ledger.tables import UnknownValue
from core.settings import Settings, Store
from core.sources import ProblemKind
from scrapers.api.problems import SourceProblem
from scrapers.api.values import whole
from scrapers.sources.alibaba.fields import LOS_ANGELES, asked_from, moment
from tests.support.alibaba import Alibaba, Form, Told, bench, order_list, thin
from tests.support.intake import facts, stored
from tests.support.sources import Bench

LIST, GET = "/alibaba/order/list", "/alibaba/order/get"
NUMBER = "271207727001028893"  # 18 digits: no float holds it
Make = Callable[..., tuple[Bench, Alibaba]]

PRODUCT = {
    "sku_code": "HL-1",
    "quantity": "2",
    "unit_price": {"amount": "2.4350", "currency": "USD"},
}
DETAIL: dict[str, Any] = {
    "code": "0",
    "value": {
        "trade_id": NUMBER,
        "trade_status": "delivering",
        "total_amount": {"amount": "4.8700", "currency": "USD"},
        "buyer": {"full_name": "Ann <!channel> Lee"},
        "shipping_address": {"country": {"name": "Canada", "code": "CA"}},
        "order_products": [PRODUCT],
    },
}


@pytest.fixture
def make(sqlite_database: Database, settings: Settings, store: Store) -> Make:
    def made(answers: dict[str, Told]) -> tuple[Bench, Alibaba]:
        alibaba = Alibaba(answers)
        return bench(sqlite_database, settings, store, alibaba), alibaba

    return made


def paged(*rows: dict[str, Any]) -> Callable[[Form], Told]:
    """Answer the list page by page."""

    def page(form: Form) -> Told:
        size, start = int(form["page_size"]), int(form["start_page"])
        return order_list(*rows[start * size : (start + 1) * size], total=len(rows))

    return page


def numbers(count: int) -> list[str]:
    return [str(271207727001000000 + n) for n in range(count)]


async def test_an_order_is_stored_with_its_lines(make: Make) -> None:
    source, alibaba = make({LIST: order_list(thin(NUMBER)), GET: DETAIL})
    assert await source.sync("orders") == {"read": 2, "order": 1, "order_line": 1}
    (order,) = stored(source.database, Order)
    assert facts(order, "channel", "order_no", "status", "amount", "currency") == (
        "alibaba",
        NUMBER,
        "delivering",
        Decimal("4.87"),
        "USD",
    )
    assert facts(order, "buyer_name", "buyer_country") == ("Ann <!channel> Lee", "Canada")
    assert order.placed_at == datetime(2026, 3, 1, 8, tzinfo=UTC)
    assert order.trade_assurance is None  # Alibaba does not tell
    (line,) = stored(source.database, OrderLine)
    assert facts(line, "sku", "quantity", "unit_price", "currency") == (
        "HL-1",
        2,
        Decimal("2.435"),
        "USD",
    )
    form = alibaba.forms(LIST)[0]
    assert (form["role"], form["start_page"]) == ("seller", "0")


async def test_a_number_of_18_digits_stays_whole(make: Make) -> None:
    as_number = httpx.Response(200, text=order_list_text(NUMBER))
    source, alibaba = make({LIST: lambda _: as_number, GET: DETAIL})
    await source.sync("orders")
    assert [order.order_no for order in stored(source.database, Order)] == [NUMBER]
    assert alibaba.forms(GET)[0]["e_trade_id"] == NUMBER


def order_list_text(number: str) -> str:
    """Return a page of the list that has an order's number as a number."""
    return json.dumps(order_list(thin(number))).replace(f'"{number}"', number)


async def test_a_run_asks_for_what_changed_since_the_last_less_an_overlap(make: Make) -> None:
    source, alibaba = make({LIST: order_list()})
    await source.sync("orders")
    source.time.at += timedelta(hours=1)
    await source.sync("orders")
    first, second = (json.loads(form["modified_date_start"]) for form in alibaba.forms(LIST))
    # 2026-03-05T02:30Z less 60 days is 2026-01-04T02:30Z, 18:30 the day before in Los Angeles
    assert first["date_str"] == "2026-01-03 18:30:00"
    # 02:30Z less 15 minutes is 02:15Z, 18:15 on the 4th there: UTC-8 before 8 March
    assert second == {"date_str": "2026-03-04 18:15:00", "date_timestamp": "1772676900000"}
    assert "modified_date_end" not in alibaba.forms(LIST)[0]


@pytest.mark.parametrize(
    ("moment_utc", "there", "asked_utc"),
    [
        # 2026-03-08: from 02:00 PST the clock goes on to 03:00 PDT (10:00Z); 02:xx is never asked
        ("2026-03-08T09:59:59", "2026-03-08 01:59:59", "2026-03-08T09:59:59"),
        ("2026-03-08T10:00:00", "2026-03-08 03:00:00", "2026-03-08T10:00:00"),
        # 2026-11-01: from 02:00 PDT back to 01:00 PST (09:00Z); 01:30 may mean 08:30Z or 09:30Z
        ("2026-11-01T07:59:59", "2026-11-01 00:59:59", "2026-11-01T07:59:59"),
        ("2026-11-01T08:30:00", "2026-11-01 00:30:00", "2026-11-01T07:30:00"),
        ("2026-11-01T09:30:00", "2026-11-01 00:30:00", "2026-11-01T07:30:00"),
        ("2026-11-01T10:00:00", "2026-11-01 02:00:00", "2026-11-01T10:00:00"),
    ],
)
def test_los_angeles_clock_changes_lose_nothing(
    moment_utc: str, there: str, asked_utc: str
) -> None:
    asked = asked_from(datetime.fromisoformat(moment_utc).replace(tzinfo=UTC))
    stamp = datetime.fromisoformat(asked_utc).replace(tzinfo=UTC).timestamp()
    assert asked == {"date_str": there, "date_timestamp": str(int(stamp) * 1000)}


@given(st.datetimes(datetime(2007, 1, 1), datetime(2037, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_what_is_asked_from_is_one_moment_and_never_later(since: datetime) -> None:
    told = asked_from(since)
    local = datetime.fromisoformat(told["date_str"])
    readings = {local.replace(tzinfo=LOS_ANGELES, fold=fold).timestamp() for fold in (0, 1)}
    assert readings == {int(told["date_timestamp"]) / 1000}
    assert timedelta() <= since - datetime.fromtimestamp(readings.pop(), UTC) < timedelta(hours=3)


async def test_a_cut_run_goes_on_at_its_page(make: Make) -> None:
    rows = [thin(number) for number in numbers(45)]
    failing = iter([True, True])

    def detail(form: Form) -> Told:
        if form["e_trade_id"] == rows[25]["trade_id"] and next(failing, False):
            return httpx.Response(400, text="gone")
        return {"code": "0", "value": {}}

    source, alibaba = make({LIST: paged(*rows), GET: detail})
    with pytest.raises(SourceProblem, match="HTTP 400"):
        await source.sync("orders")
    assert len(stored(source.database, Order)) == 20
    next(failing)
    source.time.at += timedelta(minutes=5)
    await source.sync("orders")
    assert [order.order_no for order in stored(source.database, Order)] == numbers(45)
    # two pages of 20 and one of 5; the second is read again, the first is not
    assert [form["start_page"] for form in alibaba.forms(LIST)] == ["0", "1", "1", "2"]
    assert source.cursor("orders") == {"until": "2026-03-05T02:30:00+00:00"}


async def test_hidden_numbers_are_told_and_nothing_is_stored(make: Make) -> None:
    source, alibaba = make({LIST: order_list(thin("21***54")), GET: DETAIL})
    with pytest.raises(SourceProblem, match=r"hides.*21\*\*\*54.*main account") as it:
        await source.sync("orders")
    assert it.value.kind is ProblemKind.REFUSED
    assert stored(source.database, Order) == []
    assert alibaba.forms(GET) == []
    with pytest.raises(SourceProblem, match="hides"):
        await source.probe()


async def test_an_order_that_is_refused_stops_no_other(make: Make) -> None:
    invalid = {"type": "ISP", "code": "15", "sub_code": "isv.402", "sub_msg": "tradeId is invalid"}
    first, second = numbers(2)
    source, _ = make(
        {
            LIST: order_list(thin(first, "trade_close"), thin(second)),
            GET: lambda form: invalid if form["e_trade_id"] == first else DETAIL,
        }
    )
    summary = await source.sync("orders")
    assert first in summary["notes"][0]
    assert "tradeId is invalid" in summary["notes"][0]
    assert [facts(o, "order_no", "status") for o in stored(source.database, Order)] == [
        (first, "trade_close"),
        (second, "delivering"),
    ]


async def test_an_unknown_status_is_kept_and_told_once(make: Make) -> None:
    detail = {"code": "0", "value": {"trade_status": "teleporting"}}
    source, _ = make({LIST: order_list(thin(NUMBER)), GET: detail})
    await source.sync("orders")
    await source.sync("orders")
    assert [order.status for order in stored(source.database, Order)] == ["unknown:teleporting"]
    with source.database.read() as ledger:
        (word,) = ledger.exec(select(UnknownValue)).all()
    assert facts(word, "source", "kind", "column", "value") == (
        "alibaba",
        "order",
        "status",
        "teleporting",
    )


async def test_what_is_not_told_is_not_stored_as_zero(make: Make) -> None:
    bare = {"code": "0", "value": {"total_amount": {"amount": "", "currency": "USD"}}}
    source, _ = make({LIST: order_list(thin(NUMBER)), GET: bare})
    await source.sync("orders")
    (order,) = stored(source.database, Order)
    assert facts(order, "amount", "currency", "buyer_name") == (None, None, None)
    assert stored(source.database, OrderLine) == []


async def test_variants_of_one_article_are_one_line(make: Make) -> None:
    other = {**PRODUCT, "quantity": 3, "unit_price": {"amount": "2.00", "currency": "USD"}}
    bare = {"product_id": 1600000000001, "quantity": "1.0"}
    detail = {"code": "0", "value": {"order_products": {"product": [PRODUCT, other, bare]}}}
    source, _ = make({LIST: order_list(thin(NUMBER)), GET: detail})
    await source.sync("orders")
    lines = [
        facts(line, "sku", "quantity", "unit_price") for line in stored(source.database, OrderLine)
    ]
    # 2 + 3 pieces at two prices have no one price
    assert lines == [("1600000000001", 1, None), ("HL-1", 5, None)]


async def test_half_a_piece_is_refused_and_told(make: Make) -> None:
    detail = {"code": "0", "value": {"order_products": [{**PRODUCT, "quantity": "12.5"}]}}
    source, _ = make({LIST: order_list(thin(NUMBER)), GET: detail})
    summary = await source.sync("orders")
    assert summary["rejected"] == 1
    assert "quantity" in summary["refused"][0]


async def test_an_order_listed_twice_is_stored_once(make: Make) -> None:
    source, _ = make({LIST: order_list(thin(NUMBER), thin(NUMBER)), GET: DETAIL})
    await source.sync("orders")
    assert len(stored(source.database, Order)) == 1


@pytest.mark.parametrize("torn", [None, {}, {"timestamp": "soon"}, {"timestamp": "9" * 30}, "PDT"])
def test_a_torn_stamp_is_no_moment(torn: object) -> None:
    assert moment(torn) is None


@pytest.mark.parametrize(
    ("told", "number"), [("7", 7), (7, 7), ("7.0", 7), ("7.5", None), ("NaN", None), (None, None)]
)
def test_numbers_may_be_texts(told: object, number: int | None) -> None:
    assert whole(told) == number
