"""Amazon's orders: what they become, page by page, and on from where a run was cut off."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from openapi_core.exceptions import OpenAPIError

from core.ledger.database import Database
from core.ledger.records import Order, OrderLine, Shipment
from core.settings import Settings, Store
from core.sources import ProblemKind
from scrapers.api.problems import SourceProblem
from scrapers.sources.amazon.order import records
from tests.support.amazon import CA, ORDERS, US, ToTheModels, amazon, refusal, told
from tests.support.contracts import example
from tests.support.intake import facts, stored
from tests.support.sources import NOW, Bench, Handler

Asking = Callable[..., Bench]


@pytest.fixture
def asking(sqlite_database: Database, settings: Settings, store: Store) -> Asking:
    def opened(answer: Handler, **stanza: Any) -> Bench:
        return amazon(sqlite_database, settings, store, {ORDERS: answer}, **stanza)

    return opened


NAMES = [
    *("orderId", "salesChannel", "channelName", "fulfillment", "fulfillmentStatus", "packages"),
    *("orderItems", "product", "sellerSku", "price", "unitPrice", "amount", "quantityOrdered"),
    *("carrier", "trackingNumber", "packageStatus", "status", "detailedStatus", "shipTime"),
    *("proceeds", "grandTotal", "buyer", "buyerName", "buyerEmail"),
]


def usd(amount: str) -> dict[str, str]:
    return {"amount": amount, "currencyCode": "USD"}


def an_item(sku: str = "TENT-2P", quantity: int = 1, price: str = "49.99") -> dict[str, Any]:
    product = {"asin": "B08N5WRWNW", "sellerSku": sku, "price": {"unitPrice": usd(price)}}
    return {"orderItemId": "12345678901234567", "quantityOrdered": quantity, "product": product}


def an_order(number: str = "112-0000001-0000001", **more: Any) -> dict[str, Any]:
    return {
        "orderId": number,
        "createdTime": "2026-03-01T10:30:00Z",
        "lastUpdatedTime": "2026-03-04T14:45:00Z",
        "salesChannel": {"channelName": "AMAZON", "marketplaceId": US},
        "fulfillment": {
            "fulfillmentStatus": "UNSHIPPED",
            "fulfilledBy": "MERCHANT",
            "shipByWindow": {"latestDateTime": "2026-03-03T07:59:59Z"},
            "deliverByWindow": {"latestDateTime": "2026-03-09T07:59:59Z"},
        },
        "orderItems": [an_item()],
        **more,
    }


def a_page(*orders: Any, token: str | None = None) -> dict[str, Any]:
    return {"orders": list(orders)} | ({"pagination": {"nextToken": token}} if token else {})


def query(request: httpx.Request) -> dict[str, str]:
    return dict(request.url.params)


async def test_amazons_own_example_becomes_an_order(asking: Asking) -> None:
    """The example of the model: 2 + 1 pieces, one parcel that has arrived."""
    answers = example("amazon/orders_2026-01-01.json")["paths"][ORDERS]["get"]["responses"]
    page = answers["200"]["examples"]["application/json"] | {"pagination": {}}
    bench = asking(told(page))
    assert await bench.sync("orders") == {"read": 4, "order": 1, "order_line": 2, "shipment": 1}
    [order] = stored(bench.database, Order)
    assert facts(order, "channel", "order_no", "kind", "status", "amount", "currency") == (
        "amazon", "123-4567890-1234567", "rts", "shipped", Decimal("154.99"), "USD",
    )  # fmt: skip
    assert order.placed_at == datetime(2024, 12, 25, 10, 30, tzinfo=UTC)
    assert order.promised_ship_at == datetime(2024, 12, 27, 23, 59, 59, tzinfo=UTC)
    assert order.shipped_at == datetime(2024, 12, 25, 14, tzinfo=UTC)
    lines = [
        facts(one, "sku", "quantity", "unit_price") for one in stored(bench.database, OrderLine)
    ]
    assert lines == [
        ("ECHO-DOT-4-CHARCOAL", 2, Decimal("49.99")),
        ("FIRE-TV-4K-2021", 1, Decimal("49.99")),
    ]
    [parcel] = stored(bench.database, Shipment)
    assert facts(parcel, "carrier", "tracking_no", "status", "order_no") == (
        "UPS", "1Z999AA1234567890", "delivered", "123-4567890-1234567",
    )  # fmt: skip
    assert parcel.promised_at == datetime(2024, 12, 30, 23, 59, 59, tzinfo=UTC)


async def test_all_marketplaces_are_asked_at_once(asking: Asking) -> None:
    bench = asking(told(a_page()), marketplaces=[US, CA])
    await bench.sync("orders")
    asked = query(bench.requests[-1])
    assert asked["marketplaceIds"] == f"{US},{CA}"
    assert asked["includedData"] == "FULFILLMENT,PACKAGES,PROCEEDS"
    # 60 days back, and the 2 minutes that Amazon holds orders back
    assert asked["lastUpdatedAfter"] == "2026-01-04T02:28:00Z"


@pytest.mark.parametrize(
    ("parameter", "value"),
    [("includedData", "EVERYTHING"), ("maxResultsPerPage", "many"), ("lastUpdatedAfter", "today")],
)
async def test_the_model_refuses_a_bad_question(parameter: str, value: str) -> None:
    """The negative control: what holds the questions does refuse."""
    asked = httpx.Request("GET", f"https://sellingpartnerapi-na.amazon.com{ORDERS}")
    asked.url = asked.url.copy_set_param(parameter, value)
    with pytest.raises(OpenAPIError):
        await ToTheModels(told(a_page())).handle_async_request(asked)


async def test_the_model_refuses_a_bad_answer(asking: Asking) -> None:
    bench = asking(told({"orders": [{"orderId": 112}]}))
    with pytest.raises(OpenAPIError):
        await bench.sync("orders")


async def test_who_bought_is_asked_for_on_demand(asking: Asking) -> None:
    buyer = {"buyerName": "Ann\x07 Lee", "buyerEmail": "x1y2@marketplace.amazon.com"}
    where = {"deliveryAddress": {"countryCode": "US"}}
    bench = asking(told(a_page(an_order(buyer=buyer, recipient=where))), buyers=True)
    await bench.sync("orders")
    assert query(bench.requests[-1])["includedData"].endswith("BUYER,RECIPIENT")
    [order] = stored(bench.database, Order)
    assert facts(order, "buyer_name", "buyer_email", "buyer_country") == (
        "Ann Lee", "x1y2@marketplace.amazon.com", "US",
    )  # fmt: skip


async def test_a_masked_buyer_does_not_cost_the_order(asking: Asking) -> None:
    bench = asking(told(a_page(an_order(buyer={"buyerName": "", "buyerEmail": "*****"}))))
    assert await bench.sync("orders") == {"read": 2, "order": 1, "order_line": 1}
    [order] = stored(bench.database, Order)
    assert order.buyer_email is None


async def test_amazons_promise_is_not_ours(asking: Asking) -> None:
    fulfilment = an_order()["fulfillment"] | {"fulfilledBy": "AMAZON"}
    bench = asking(told(a_page(an_order(fulfillment=fulfilment))))
    await bench.sync("orders")
    [order] = stored(bench.database, Order)
    assert order.promised_ship_at is None
    assert order.promised_delivery_at == datetime(2026, 3, 9, 7, 59, 59, tzinfo=UTC)


async def test_orders_of_other_shops_are_left_to_them(asking: Asking) -> None:
    other = an_order("S02-0000001-0000001", salesChannel={"channelName": "NON_AMAZON"})
    bench = asking(told(a_page(other, an_order())))
    assert (await bench.sync("orders"))["order"] == 1


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("PENDING", "pending"),
        ("CANCELLED", "cancelled"),
        ("PARTIALLY_SHIPPED", "partially_shipped"),
        ("TELEPORTED", "unknown:TELEPORTED"),
    ],
)
async def test_the_words_of_a_status(asking: Asking, theirs: str, ours: str) -> None:
    bench = asking(told(a_page(an_order(fulfillment={"fulfillmentStatus": theirs}))), held=False)
    await bench.sync("orders")
    [order] = stored(bench.database, Order)
    assert order.status == ours


@pytest.mark.parametrize(
    ("status", "finer", "ours"),
    [
        ("PENDING", None, "info_received"),
        ("SHIPPED", "PICKED_UP", "in_transit"),
        ("IN_TRANSIT", "OUT_FOR_DELIVERY", "out_for_delivery"),
        ("IN_TRANSIT", "LOST", "exception"),
        ("UNDELIVERABLE", None, "exception"),
        ("CANCELLED", None, "cancelled"),
    ],
)
async def test_the_words_of_a_parcel(
    asking: Asking, status: str, finer: str | None, ours: str
) -> None:
    state = {"status": status} | ({"detailedStatus": finer} if finer else {})
    parcel = {
        "packageReferenceId": "1", "packageStatus": state, "carrier": "UPS", "trackingNumber": "1Z",
    }  # fmt: skip
    bench = asking(told(a_page(an_order(packages=[parcel, {"packageReferenceId": "2"}]))))
    await bench.sync("orders")
    [kept] = stored(bench.database, Shipment)  # the second has no number yet
    assert facts(kept, "status", "sub_status", "shipped_at") == (ours, finer, None)


async def test_an_article_that_stands_twice_is_added_up(asking: Asking) -> None:
    items = [an_item(quantity=2), an_item(quantity=3), an_item("LAMP", price="5"), an_item("LAMP")]
    bench = asking(told(a_page(an_order(orderItems=items))))
    await bench.sync("orders")
    lines = [
        facts(one, "sku", "quantity", "unit_price") for one in stored(bench.database, OrderLine)
    ]
    # the lamps cost 5 and 49.99: no one price
    assert lines == [("LAMP", 2, None), ("TENT-2P", 5, Decimal("49.99"))]


async def test_an_article_without_our_number_is_told_as_refused(asking: Asking) -> None:
    item = {"orderItemId": "1", "quantityOrdered": 1, "product": {"asin": "B08N5WRWNW"}}
    summary = await asking(told(a_page(an_order(orderItems=[item])))).sync("orders")
    assert summary["rejected"] == 1
    assert summary["order"] == 1


async def test_what_is_not_told_stays_as_it_is_known(asking: Asking) -> None:
    priced = an_order(proceeds={"grandTotal": usd("49.99")})
    bench = asking(told(a_page(priced), a_page(an_order())))
    await bench.sync("orders")
    await bench.sync("orders")
    [order] = stored(bench.database, Order)
    assert order.amount == Decimal("49.99")


async def test_every_page_is_asked_for_with_the_same_question(asking: Asking) -> None:
    bench = asking(told(a_page(an_order("1"), token="next"), a_page(an_order("2"), an_order("1"))))
    assert (await bench.sync("orders"))["order"] == 2
    first, second = map(query, bench.requests[1:])
    assert second == first | {"paginationToken": "next"}
    assert bench.cursor("orders") == {"until": NOW.isoformat()}


async def test_the_next_run_asks_from_where_the_last_one_came(asking: Asking) -> None:
    bench = asking(told(a_page()))
    await bench.sync("orders")
    await bench.sync("orders")
    # 02:30 less 15 minutes of overlap and 2 of settling
    assert query(bench.requests[-1])["lastUpdatedAfter"] == "2026-03-05T02:13:00Z"


async def test_a_cut_run_goes_on_at_its_page(asking: Asking) -> None:
    torn = httpx.Response(200, text='{"orders": [')
    answer = told(a_page(an_order("1"), token="next"), torn, a_page(an_order("2")))
    bench = asking(answer, held=False)
    with pytest.raises(SourceProblem, match="no JSON, or only a part of it"):
        await bench.sync("orders")
    bench.time.at += timedelta(hours=1)
    await bench.sync("orders")
    assert [one.order_no for one in stored(bench.database, Order)] == ["1", "2"]
    assert query(bench.requests[-1])["paginationToken"] == "next"
    assert bench.cursor("orders") == {"until": NOW.isoformat()}  # when the cut run began


async def test_a_page_of_yesterday_is_begun_afresh(asking: Asking) -> None:
    bench = asking(told(a_page(token="old"), refusal(403, "Unauthorized"), a_page()))
    with pytest.raises(SourceProblem):
        await bench.sync("orders")
    bench.time.at += timedelta(hours=25)
    await bench.sync("orders")
    assert "paginationToken" not in query(bench.requests[-1])
    assert bench.cursor("orders") == {"until": bench.time.at.isoformat()}


async def test_a_refused_page_is_begun_afresh_once(asking: Asking) -> None:
    refused = refusal(400, "InvalidInput", "Invalid paginationToken")
    bench = asking(told(a_page(token="odd"), refused, a_page(an_order())))
    assert (await bench.sync("orders"))["order"] == 1
    bench = asking(told(refused))
    with pytest.raises(SourceProblem, match="InvalidInput Invalid paginationToken"):
        await bench.sync("orders")


async def test_after_twenty_pages_a_run_leaves_the_rest_to_the_next(asking: Asking) -> None:
    """Burst 20, one call in 178.6 s (1 / 0.0056): longer than a run waits."""
    bench = asking(told(a_page(token="more")), held=False)
    with pytest.raises(SourceProblem) as problem:
        await bench.sync("orders")
    assert problem.value.kind is ProblemKind.THROTTLED
    assert problem.value.retry_at == NOW + timedelta(seconds=1 / 0.0056)
    assert len(bench.requests) == 21  # and the login
    assert bench.cursor("orders")["part"]["place"]["token"] == "more"


ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(NAMES), inner),
    max_leaves=12,
)


@hypothesis_settings(max_examples=40)
@given(st.lists(st.dictionaries(st.sampled_from(NAMES), ODD), max_size=2))
def test_no_shape_of_an_order_breaks_the_reading(orders: list[Any]) -> None:
    """What does not fit is refused row by row in the ledger, never by a crash."""
    assert set(records(orders)) == {"order", "order_line", "shipment"}
