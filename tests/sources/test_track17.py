"""17TRACK: each parcel registered once, its word taken, what it refuses told."""

from collections import deque
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from openapi_core import Config, OpenAPI
from openapi_core.exceptions import OpenAPIError
from ruamel.yaml import YAML

from core.ledger.database import Database
from core.ledger.records import Shipment
from core.settings import Settings, Store
from core.sources import ProblemKind
from scrapers.api.problems import SourceProblem
from scrapers.sources.track17 import URL
from tests.support.contracts import HeldTo, contract, example
from tests.support.intake import everything, facts, stored
from tests.support.sources import NOW
from tests.support.track17 import KEY, Account, answer, asked, info, refusal
from tests.support.trackers import LEFT, Make, known, tracker


@pytest.fixture
def bench(sqlite_database: Database, settings: Settings, store: Store) -> Make:
    return tracker("track17", {"TRACK17_API_KEY": KEY}, sqlite_database, settings, store)


async def test_a_new_parcel_is_registered_once_and_then_read(bench: Make, store: Store) -> None:
    account = Account()
    track = bench(account)
    known(track.database, store, "YT1001")
    assert await track.sync("parcels") == {"read": 0}
    assert await track.sync("parcels") == {"read": 1, "shipment": 1}
    assert [call for call, _ in account.calls] == ["gettrackinfo", "register", "gettrackinfo"]
    assert {r.headers["17token"] for r in track.requests} == {KEY}


async def test_what_17track_says_is_told_of_our_own_shipment(bench: Make, store: Store) -> None:
    fixture = "17track/fixture_gettrackinfo_yanwen_190012.json"
    number = "YT2616912345678901"
    track = bench(lambda _: httpx.Response(200, json=example(fixture)))
    known(track.database, store, number, order_no="1042")
    summary = await track.sync("parcels")
    (parcel,) = stored(track.database, Shipment)
    assert facts(parcel, "carrier", "order_no", "status", "sub_status", "last_event") == (
        "Yanwen",
        "1042",
        "in_transit",
        "InTransit_Arrival",
        "Arrived at destination country port, LOS ANGELES, US",
    )
    assert parcel.last_event_at == datetime(2026, 6, 29, 13, 5, tzinfo=UTC)
    assert parcel.eta == datetime(2026, 7, 12, 7, 0, tzinfo=UTC)  # midnight at -07:00
    assert parcel.shipped_at == LEFT  # as the shop said, not when it was picked up
    assert summary == {"read": 1, "shipment": 1}  # the refused one was not asked for


async def test_a_local_time_without_its_zone_is_no_moment(bench: Make, store: Store) -> None:
    fixture = example("17track/fixture_gettrackinfo_correios_2151.json")
    track = bench(lambda _: httpx.Response(200, json=fixture))
    known(track.database, store, "AA123456789BR", shipped_at=None, last_event_at=LEFT)
    await track.sync("parcels")
    (parcel,) = stored(track.database, Shipment)
    assert facts(parcel, "status", "sub_status") == ("delivered", "Delivered_Other")
    assert facts(parcel, "delivered_at", "last_event_at", "eta") == (None, None, None)
    assert parcel.shipped_at == datetime(2026, 6, 25, 13, 12, tzinfo=UTC)


async def test_a_parcel_on_its_way_back_keeps_the_finer_word(bench: Make, store: Store) -> None:
    fixture = example("17track/fixture_gettrackinfo_exception_returning.json")
    track = bench(lambda _: httpx.Response(200, json=fixture))
    known(track.database, store, "AA555666777BR")
    await track.sync("parcels")
    (parcel,) = stored(track.database, Shipment)
    assert facts(parcel, "status", "sub_status") == ("exception", "Exception_Returning")


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("NotFound", None),
        ("InfoReceived", "info_received"),
        ("Expired", "expired"),
        ("AvailableForPickup", "available_for_pickup"),
        ("OutForDelivery", "out_for_delivery"),
        ("DeliveryFailure", "attempt_failed"),
        ("Teleported", "unknown:Teleported"),
    ],
)
async def test_the_word_of_each_status(
    bench: Make, store: Store, theirs: str, ours: str | None
) -> None:
    track = bench(lambda _: answer([info("YT1001", theirs)]))
    known(track.database, store, "YT1001")
    await track.sync("parcels")
    assert stored(track.database, Shipment)[0].status == ours


async def test_only_young_parcels_under_way_are_asked_for(bench: Make, store: Store) -> None:
    account = Account()
    track = bench(account)
    known(track.database, store, "UNDERWAY1", "UNDERWAY2")
    known(track.database, store, "ARRIVED01", status="delivered")
    known(track.database, store, "ARRIVED02", delivered_at=NOW)
    known(track.database, store, "GIVENUP01", shipped_at=NOW - timedelta(days=61))
    await track.sync("parcels")
    assert account.calls[0] == ("gettrackinfo", ["UNDERWAY1", "UNDERWAY2"])


async def test_carriers_can_be_chosen_and_named(bench: Make, store: Store) -> None:
    track = bench(lambda _: answer(), carriers={"YANWEN": 190012, "Cainiao": None})
    known(track.database, store, "YT1001")
    known(track.database, store, "LP2002", carrier="Cainiao")
    known(track.database, store, "DH3003", carrier="DHL")
    await track.sync("parcels")
    assert asked(track.requests[0]) == [
        {"number": "LP2002"},
        {"number": "YT1001", "carrier": 190012},
    ]


async def test_the_ledgers_spelling_stays(bench: Make, store: Store) -> None:
    account = Account()
    account.registered = {"1Z999AA1": None}
    track = bench(account)
    known(track.database, store, "1z 999-aa1")
    known(track.database, store, "1Z999AA1", carrier="UPS")
    assert await track.sync("parcels") == {"read": 2, "shipment": 2}
    assert account.calls == [("gettrackinfo", ["1Z999AA1"])]


async def test_many_parcels_go_forty_at_a_time_in_17tracks_pace(bench: Make, store: Store) -> None:
    account = Account()
    account.registered = dict.fromkeys(numbers := [f"YT{n:05}" for n in range(95)])
    track = bench(account)
    known(track.database, store, *numbers)
    assert await track.sync("parcels") == {"read": 95, "shipment": 95}
    assert [len(numbers) for _, numbers in account.calls] == [40, 40, 15]
    assert track.time.slept == pytest.approx(2 / 3)  # the second and third wait a third each


async def test_a_run_that_is_cut_off_goes_on_there(bench: Make, store: Store) -> None:
    account, broken = Account(), deque([False, True])
    account.registered = dict.fromkeys(numbers := [f"YT{n:05}" for n in range(95)])

    def breaks(request: httpx.Request) -> httpx.Response:
        torn = broken and broken.popleft()
        return httpx.Response(200, text='{"code":0,"data":{"acc') if torn else account(request)

    track = bench(breaks)
    known(track.database, store, *numbers)
    with pytest.raises(SourceProblem, match="no JSON") as problem:
        await track.sync("parcels")
    assert problem.value.kind is ProblemKind.BROKEN
    await track.sync("parcels")
    assert [n for _, part in account.calls for n in part] == numbers  # each once
    assert track.cursor("parcels") == {}


async def test_a_used_up_quota_is_told_after_the_rest_was_read(bench: Make, store: Store) -> None:
    account = Account(quota=1)
    account.registered = {"YT00001": None}
    track = bench(account)
    known(track.database, store, "YT00001", "YT00002", "YT00003", "YT00004")
    with pytest.raises(SourceProblem, match=r"2 parcels.*quota.*-18019908") as problem:
        await track.sync("parcels")
    assert problem.value.kind is ProblemKind.REFUSED
    assert [p.status for p in stored(track.database, Shipment)] == ["in_transit", None, None, None]


async def test_what_is_registered_already_is_no_trouble(bench: Make, store: Store) -> None:
    replies = deque(
        [
            answer(rejected=[refusal("AA123456789BR", -18019902)]),
            httpx.Response(200, json=example("17track/fixture_register_already_registered.json")),
        ]
    )
    track = bench(lambda _: replies.popleft())
    known(track.database, store, "AA123456789BR")
    assert await track.sync("parcels") == {"read": 0}


async def test_a_parcel_that_is_refused_is_named_with_the_reason(bench: Make, store: Store) -> None:
    replies = deque(
        [
            answer(rejected=[refusal("ABC12345", -18019902), refusal("QUIET123", -18019909)]),
            answer(rejected=[refusal("ABC12345", -18019903, "Carrier cannot\nbe detected.")]),
        ]
    )
    track = bench(lambda _: replies.popleft())
    known(track.database, store, "ABC12345", "QUIET123", "№1")
    summary = await track.sync("parcels")
    assert summary["notes"] == [
        "1: is no tracking number for 17TRACK",
        "ABC12345: Carrier cannot be detected. (-18019903)",
    ]


async def test_an_odd_answer_about_one_parcel_spoils_no_other(bench: Make, store: Store) -> None:
    odd = {"number": "YT1001", "track_info": {"latest_status": ["InTransit"]}}
    track = bench(lambda _: answer([odd, info("YT1002")]))
    known(track.database, store, "YT1001", "YT1002")
    summary = await track.sync("parcels")
    assert facts(stored(track.database, Shipment)[1], "tracking_no", "status") == (
        "YT1002",
        "in_transit",
    )
    assert "not understood: " in summary["notes"][0]


async def test_hostile_words_are_kept_as_words(bench: Make, store: Store) -> None:
    hostile = info("YT1001", "InTransit")
    hostile["track_info"]["latest_event"]["description"] = "<!channel>\x00 =HYPERLINK(1) " * 2_000
    track = bench(lambda _: answer([hostile]))
    known(track.database, store, "YT1001")
    assert await track.sync("parcels") == {"read": 1, "shipment": 1}
    event = stored(track.database, Shipment)[0].last_event
    assert event is not None
    assert event.startswith("<!channel> =")
    assert "\x00" not in event


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (httpx.Response(200, json={"code": -18010002, "data": {}}), ProblemKind.REFUSED),
        (httpx.Response(401, json={"code": 401}), ProblemKind.REFUSED),
        (httpx.Response(200, json={"code": -18010003}), ProblemKind.BROKEN),
        (httpx.Response(200, json={"code": 0, "data": []}), ProblemKind.BROKEN),
        (httpx.Response(200, json=[]), ProblemKind.BROKEN),
        (httpx.Response(429, json={"code": 429}), ProblemKind.THROTTLED),
        (httpx.Response(503), ProblemKind.UNREACHABLE),
    ],
)
async def test_what_is_wrong_is_one_clear_problem(
    bench: Make, store: Store, reply: httpx.Response, kind: ProblemKind
) -> None:
    track = bench(lambda _: reply)
    known(track.database, store, "YT1001")
    with pytest.raises(SourceProblem, match=r"gettrackinfo answered") as problem:
        await track.sync("parcels")
    assert problem.value.kind is kind


async def test_nothing_under_way_asks_nothing(bench: Make) -> None:
    track = bench(lambda _: httpx.Response(500))
    assert await track.sync("parcels") == {"read": 0}
    assert track.requests == []


async def test_no_error_log_or_record_repeats_the_key(
    bench: Make, store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    track = bench(lambda request: httpx.Response(403, text=f"bad {request.headers['17token']}"))
    known(track.database, store, "YT1001")
    with pytest.raises(SourceProblem) as problem:
        await track.sync("parcels")
    with pytest.raises(SourceProblem) as probed:
        await track.probe()
    told = f"{problem.value} {probed.value} {caplog.text} {[r.url for r in track.requests]}"
    assert "bad …" in told
    assert KEY not in told + everything(track.database)


async def test_the_doctor_hears_of_the_quota(bench: Make) -> None:
    track = bench(lambda _: httpx.Response(200, json=example("17track/fixture_getquota.json")))
    assert await track.probe() == "1098 parcels may still be registered"


# The contract is a third party's, of version 1: its paths and requests are those of 2.4.


@pytest.fixture(scope="module")
def service() -> OpenAPI:
    described = contract("17track/thirdparty_17track-tracking-openapi.yml").read_text("utf-8")
    at = described.replace("https://api.17track.net/track/v1", URL)
    return OpenAPI.from_dict(YAML(typ="safe").load(at), Config(spec_validator_cls=None))


async def test_calls_and_answers_are_as_described(
    bench: Make, store: Store, service: OpenAPI
) -> None:
    account = Account()
    track = bench(account, HeldTo(service, account), carriers={"Yanwen": 190012})
    known(track.database, store, *[f"YT{n:05}" for n in range(41)])
    await track.sync("parcels")
    await track.sync("parcels")
    verbs = [call for call, _ in account.calls]
    assert verbs == ["gettrackinfo", "register"] * 2 + ["gettrackinfo"] * 2


@pytest.mark.parametrize("bad", [[{"number": "A"}], [{"number": "YT00001"}] * 41, [{"carrier": 1}]])
async def test_the_description_refuses_a_bad_call(service: OpenAPI, bad: Any) -> None:
    async with httpx.AsyncClient(transport=HeldTo(service, lambda _: answer())) as client:
        with pytest.raises(OpenAPIError):
            await client.post(f"{URL}/register", json=bad, headers={"17token": KEY})


async def test_the_description_refuses_a_call_without_key(service: OpenAPI) -> None:
    async with httpx.AsyncClient(transport=HeldTo(service, lambda _: answer())) as client:
        with pytest.raises(OpenAPIError):
            await client.post(f"{URL}/register", json=[{"number": "YT00001"}])


async def test_the_description_refuses_a_bad_answer(
    bench: Make, store: Store, service: OpenAPI
) -> None:
    bad = HeldTo(service, lambda _: answer([{"number": 1001}]))
    track = bench(lambda _: answer(), bad)
    known(track.database, store, "YT1001")
    with pytest.raises(OpenAPIError):
        await track.sync("parcels")
