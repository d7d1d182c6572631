"""AfterShip: parcels created once, read by number, its three ways to write a day."""

import json
from collections import deque
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import httpx
import pytest

from core.ledger.database import Database
from core.ledger.records import Shipment
from core.settings import Settings, Store
from core.sources import ProblemKind
from scrapers.api.moments import deadline, moment
from scrapers.api.problems import SourceProblem
from scrapers.sources.aftership import URL
from tests.support import trackers
from tests.support.aftership import Account, listed, refused, tracking
from tests.support.intake import everything, facts, stored
from tests.support.schemas import Held, ValidationError, json_schema
from tests.support.sources import NOW, Handler
from tests.support.trackers import Make, tracker

KEY = "asat_s3cret"
known = partial(trackers.known, carrier="YunExpress")


@pytest.fixture
def bench(sqlite_database: Database, settings: Settings, store: Store) -> Make:
    return tracker("aftership", {"AFTERSHIP_API_KEY": KEY}, sqlite_database, settings, store)


async def test_a_new_parcel_is_created_once_and_then_read(bench: Make, store: Store) -> None:
    account = Account()
    after = bench(account)
    known(after.database, store, "YT1001")
    assert await after.sync("parcels") == {"read": 0}
    assert await after.sync("parcels") == {"read": 1, "shipment": 1}
    assert account.created == ["YT1001"]
    assert {r.headers["as-api-key"] for r in after.requests} == {KEY}


async def test_what_aftership_says_is_told_of_our_own_shipment(bench: Make, store: Store) -> None:
    said = tracking(
        "YT1001",
        "Delivered",
        subtag="Delivered_003",
        shipment_pickup_date="2026-02-20T09:00:00+08:00",
        latest_estimated_delivery={"type": "specific", "datetime": "2026-03-09"},
    )
    after = bench(lambda _: listed(said))
    known(after.database, store, "YT1001", shipped_at=None, order_no="1042")
    assert await after.sync("parcels") == {"read": 1, "shipment": 1}
    (parcel,) = stored(after.database, Shipment)
    scanned = datetime(2026, 3, 4, 2, 0, tzinfo=UTC)  # 10:00 at +08:00
    assert facts(parcel, "carrier", "order_no", "status", "sub_status", "last_event") == (
        "YunExpress",
        "1042",
        "delivered",
        "Delivered_003",
        "Departed",
    )
    assert facts(parcel, "last_event_at", "delivered_at") == (scanned, scanned)
    assert parcel.shipped_at == datetime(2026, 2, 20, 1, 0, tzinfo=UTC)
    assert parcel.eta == datetime(2026, 3, 9, 15, 59, 59, tzinfo=UTC)  # the day's end in Shanghai


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("Pending", None),
        ("AttemptFail", "attempt_failed"),
        ("AvailableForPickup", "available_for_pickup"),
        ("Exception", "exception"),
        ("Hovering", "unknown:Hovering"),
    ],
)
async def test_the_word_of_each_tag(
    bench: Make, store: Store, theirs: str, ours: str | None
) -> None:
    after = bench(lambda _: listed(tracking("YT1001", theirs)))
    known(after.database, store, "YT1001")
    await after.sync("parcels")
    assert stored(after.database, Shipment)[0].status == ours


@pytest.mark.parametrize(
    ("told", "until"),
    [
        ("2026-03-09", datetime(2026, 3, 9, 15, 59, 59, tzinfo=UTC)),
        ("2026-03-09T12:00:00", datetime(2026, 3, 9, 15, 59, 59, tzinfo=UTC)),
        ("2026-03-09T12:00:00Z", datetime(2026, 3, 9, 12, 0, tzinfo=UTC)),
        ("2026-03-09T12:00:00-08:00", datetime(2026, 3, 9, 20, 0, tzinfo=UTC)),
        ("soon", None),
        ("", None),
        (None, None),
        (20260309, None),
        ("9999-12-31T23:59:59-23:00", None),
    ],
)
def test_a_promise_is_good_until_the_days_end(
    store: Store, told: object, until: datetime | None
) -> None:
    assert deadline(told, store.zone) == until


def test_a_local_time_without_its_zone_is_no_moment() -> None:
    assert moment("2026-03-09T12:00:00") is None
    assert moment("2026-03-09T12:00:00+08:00") == datetime(2026, 3, 9, 4, 0, tzinfo=UTC)


async def test_an_event_without_zone_forgets_when_the_last_was(bench: Make, store: Store) -> None:
    local = {"checkpoint_time": "2026-03-05T08:00:00", "message": "Out", "location": "Lyon"}
    earlier = {"checkpoint_time": "2026-03-04T08:00:00Z", "message": "Arrived"}
    after = bench(lambda _: listed(tracking("YT1001", checkpoints=[earlier, local])))
    known(after.database, store, "YT1001", last_event_at=NOW - timedelta(days=2))
    await after.sync("parcels")
    assert facts(stored(after.database, Shipment)[0], "last_event", "last_event_at") == (
        "Out, Lyon",
        None,
    )


async def test_the_latest_checkpoint_counts_wherever_it_stands(bench: Make, store: Store) -> None:
    times = ["2026-03-02T08:00:00Z", "2026-03-04T08:00:00Z", "2026-03-03T08:00:00Z"]
    passed = [{"checkpoint_time": at, "message": at[:10]} for at in times]
    after = bench(lambda _: listed(tracking("YT1001", checkpoints=passed)))
    known(after.database, store, "YT1001")
    await after.sync("parcels")
    assert stored(after.database, Shipment)[0].last_event == "2026-03-04"


async def test_of_a_number_that_carriers_share_ours_counts(bench: Make, store: Store) -> None:
    other = tracking("YT1001", "Exception", slug="dhl")
    after = bench(
        lambda _: listed(other, tracking("YT1001")), carriers={"yunexpress": "yunexpress"}
    )
    known(after.database, store, "YT1001")
    known(after.database, store, "DH3003", carrier="DHL")
    assert await after.sync("parcels") == {"read": 1, "shipment": 1}
    assert after.requests[0].url.params["tracking_numbers"] == "YT1001"


async def test_a_chosen_slug_is_created(bench: Make, store: Store) -> None:
    after = bench(lambda _: listed(), carriers={"YunExpress": "yunexpress"})
    known(after.database, store, "YT1001")
    await after.sync("parcels")
    body = json.loads(after.requests[1].content)
    assert body == {"tracking_number": "YT1001", "slug": "yunexpress"}


async def test_every_page_is_read_once(bench: Make, store: Store) -> None:
    pages = {None: listed(tracking("YT1"), following="p2"), "p2": listed(tracking("YT2"))}
    after = bench(lambda request: pages[request.url.params.get("cursor")])
    known(after.database, store, "YT1", "YT2")
    assert await after.sync("parcels") == {"read": 2, "shipment": 2}
    assert len(after.requests) == 2


async def test_a_run_that_is_cut_off_goes_on_there(bench: Make, store: Store) -> None:
    numbers = [f"YT{n:05}" for n in range(120)]
    account, cuts = Account(*numbers), deque([False, True])

    def breaks(request: httpx.Request) -> httpx.Response:
        cut = cuts and cuts.popleft()
        return httpx.Response(200, text='{"meta":') if cut else account(request)

    after = bench(breaks)
    known(after.database, store, *numbers)
    with pytest.raises(SourceProblem, match="no JSON"):
        await after.sync("parcels")
    assert await after.sync("parcels") == {"read": 70, "shipment": 70}
    asked = [r.url.params["tracking_numbers"].split(",")[0] for r in after.requests]
    assert asked == ["YT00000", "YT00050", "YT00050", "YT00100"]
    assert after.cursor("parcels") == {}


async def test_a_parcel_that_exists_already_is_no_trouble(bench: Make, store: Store) -> None:
    after = bench(lambda r: refused(4003) if r.method == "POST" else listed())
    known(after.database, store, "YT1001")
    assert await after.sync("parcels") == {"read": 0}


async def test_a_refused_parcel_is_named_with_the_reason(bench: Make, store: Store) -> None:
    no = refused(4012, "Cannot detect courier.")
    after = bench(lambda r: no if r.method == "POST" else listed())
    known(after.database, store, "YT1001")
    assert (await after.sync("parcels"))["notes"] == ["YT1001: Cannot detect courier. (4012)"]


async def test_a_full_plan_is_told_after_the_rest_was_read(bench: Make, store: Store) -> None:
    after = bench(Account("YT1", room=1))
    known(after.database, store, "YT1", "YT2", "YT3", "YT4")
    with pytest.raises(SourceProblem, match=r"2 parcels.*no room for more") as problem:
        await after.sync("parcels")
    assert problem.value.kind is ProblemKind.REFUSED
    assert stored(after.database, Shipment)[0].status == "in_transit"


async def test_throttling_waits_until_the_moment_that_is_told(bench: Make, store: Store) -> None:
    reset = {"x-ratelimit-reset": str(int(NOW.timestamp()) + 7)}
    replies = deque([httpx.Response(429, headers=reset), listed(tracking("YT1001"))])
    after = bench(lambda _: replies.popleft())
    known(after.database, store, "YT1001")
    await after.sync("parcels")
    assert 7 <= after.time.slept < 8


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (refused(401, "Invalid API key.", 401), ProblemKind.REFUSED),
        (httpx.Response(200, json={"data": {"trackings": {}}}), ProblemKind.BROKEN),
        (httpx.Response(200, json=7), ProblemKind.BROKEN),
        (httpx.Response(429, headers={"x-ratelimit-reset": "soon"}), ProblemKind.THROTTLED),
        (httpx.Response(502), ProblemKind.UNREACHABLE),
    ],
)
async def test_what_is_wrong_is_one_clear_problem(
    bench: Make, store: Store, reply: httpx.Response, kind: ProblemKind
) -> None:
    after = bench(lambda _: reply)
    known(after.database, store, "YT1001")
    with pytest.raises(SourceProblem, match=r"trackings answered") as problem:
        await after.sync("parcels")
    assert problem.value.kind is kind


async def test_no_error_log_or_address_repeats_the_key(
    bench: Make, store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    after = bench(lambda request: httpx.Response(403, text=f"bad {request.headers['as-api-key']}"))
    known(after.database, store, "YT1001")
    with pytest.raises(SourceProblem, match="bad …") as problem:
        await after.sync("parcels")
    told = f"{problem.value} {caplog.text} {[r.url for r in after.requests]}"
    assert KEY not in told + everything(after.database)


async def test_the_doctor_hears_how_many_there_are(bench: Make) -> None:
    after = bench(lambda _: listed(tracking("YT1001")))
    assert await after.probe() == "1 parcels are registered"


# The contract: schemas made from AfterShip's own types.

LIST = "aftership/GetTrackingsResponse.schema.json"
CREATE = "aftership/CreateTrackingRequest.schema.json"
CREATED = "aftership/CreateTrackingResponse.schema.json"


def held(handle: Handler) -> Held:
    def request(asked: httpx.Request, body: Any) -> None:
        if asked.method == "POST":
            json_schema(CREATE).validate(body)

    def answer(asked: httpx.Request, body: Any) -> None:
        schema = json_schema(CREATED if asked.method == "POST" else LIST)
        schema.validate({"response_headers": {}, "data": body["data"]})

    return Held(request, answer, handle)


async def test_questions_and_answers_are_as_described(bench: Make, store: Store) -> None:
    account = Account("YT1001")
    after = bench(account, held(account), carriers={"YunExpress": "yunexpress", "DHL": None})
    known(after.database, store, "YT1001", "YT1002")
    known(after.database, store, "DH3003", carrier="DHL")
    await after.sync("parcels")
    assert await after.sync("parcels") == {"read": 3, "shipment": 2}  # one of them as before


@pytest.mark.parametrize("bad", [{}, {"tracking_number": 1}, {"tracking": {}}])
async def test_the_description_refuses_a_bad_question(bad: Any) -> None:
    async with httpx.AsyncClient(transport=held(lambda _: listed())) as client:
        with pytest.raises(ValidationError):
            await client.post(URL, json=bad)


@pytest.mark.parametrize("bad", [{"tag": "Hovering"}, {"slug": 7}, {"surprise": 1}])
async def test_the_description_refuses_a_bad_answer(bad: dict[str, Any]) -> None:
    transport = held(lambda _: listed(tracking("YT1001") | bad))
    async with httpx.AsyncClient(transport=transport) as client:
        with pytest.raises(ValidationError):
            await client.get(URL)
