"""Google Analytics 4: whole days of the property's zone, pages, and the key that nobody sees."""

import json
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from core.ledger.database import Database
from core.ledger.records import Visit
from core.settings import Settings, Store
from core.sources import ProblemKind
from scrapers.api.problems import SourceProblem
from scrapers.sources import ga4
from scrapers.sources.ga4.access import SCOPE, TOKEN_URL
from tests.support.google import TOKEN, ZONE, Google, report
from tests.support.intake import everything, facts, stored
from tests.support.schemas import Held, ValidationError, google
from tests.support.sources import Bench, Handler, Time, source_settings

FEED = {"schedule": {"at": "09:00"}, "stale_after": "2d", "overlap": "3d", "look_back": "5d"}
SOURCE = source_settings(service="ga4", property_id=1234, feeds={"visits": FEED})
Make = Callable[..., Bench]


@pytest.fixture(scope="module")
def private_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture(scope="module")
def private_pem(private_key: rsa.RSAPrivateKey) -> str:
    pem = private_key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return pem.decode()


@pytest.fixture
def key_file(tmp_path: Path, private_pem: str) -> Path:
    account = {"client_email": "watch@p.iam.gserviceaccount.com", "private_key": private_pem}
    path = tmp_path / "key.json"
    path.write_text(json.dumps(account), encoding="utf-8")
    return path


@pytest.fixture
def bench(sqlite_database: Database, settings: Settings, store: Store, key_file: Path) -> Make:
    def make(answer: Handler, transport: Any = None, key: Path = key_file) -> Bench:
        return Bench(
            sqlite_database,
            settings,
            store,
            SOURCE,
            answer,
            {"GA4_KEY_FILE": str(key)},
            name="ga4",
            transport=transport,
        )

    return make


async def test_visits_are_kept_by_day_and_place(bench: Make) -> None:
    rows = [("20260303", "BR", "São Paulo", "41", "120"), ("20260303", "CN", "(not set)", "7", "9")]
    analytics = bench(Google(report(*rows)))
    assert await analytics.sync("visits") == {"read": 2, "visits": 2}
    kept = [
        facts(v, "day", "channel", "country", "city", "visitors", "page_views", "orders")
        for v in stored(analytics.database, Visit)
    ]
    day = date(2026, 3, 3)
    assert kept == [
        (day, "site", "BR", "São Paulo", 41, 120, None),
        (day, "site", "CN", "", 7, 9, None),
    ]


async def test_only_days_that_are_over_in_the_propertys_zone(bench: Make) -> None:
    google_says = Google(report(), report())
    analytics = bench(google_says)
    await analytics.sync("visits")  # 4 March, 18:30 in Los Angeles
    analytics.time.at += timedelta(hours=6)  # 5 March, 00:30: the 4th is new, three again
    await analytics.sync("visits")
    assert google_says.days == [("2026-02-27", "2026-03-03"), ("2026-03-01", "2026-03-04")]


async def test_no_visits_are_no_rows_rather_than_zeros(bench: Make) -> None:
    analytics = bench(Google(report(emptyReason="NO_DATA")))
    summary = await analytics.sync("visits")
    assert (summary["read"], summary["notes"]) == (0, ["Google gives no figures"])
    assert stored(analytics.database, Visit) == []


async def test_what_google_leaves_out_is_told(bench: Make) -> None:
    told = {"dataLossFromOtherRow": True, "subjectToThresholding": True}
    rows = [("20260303", "BR", "(other)", "41", "120")]
    summary = await bench(Google(report(*rows, **told))).sync("visits")
    assert summary["notes"] == [
        "Google put rare places together as (other)",
        "Google left out groups so small that one could tell who it was",
    ]


def pages() -> list[httpx.Response]:
    cities = ["Lima", "Quito", "Rio"]
    return [report(("20260303", "BR", city, "1", "2"), count=3) for city in cities]


async def test_pages_are_read_by_offset(bench: Make) -> None:
    google_says = Google(*pages())
    analytics = bench(google_says)
    assert await analytics.sync("visits") == {"read": 3, "visits": 3}
    assert [question["offset"] for question in google_says.questions] == ["0", "1", "2"]
    assert {question["limit"] for question in google_says.questions} == {"10000"}


async def test_a_run_that_is_cut_off_goes_on_there(bench: Make) -> None:
    first, second, third = pages()
    google_says = Google(first, httpx.Response(200, text='{"rows": [{'), second, third)
    analytics = bench(google_says)
    with pytest.raises(SourceProblem, match="no JSON"):
        await analytics.sync("visits")
    analytics.time.at += timedelta(days=1)
    await analytics.sync("visits")
    assert [q["offset"] for q in google_says.questions] == ["0", "1", "1", "2"]
    assert len(set(google_says.days)) == 1  # the days that were begun
    assert analytics.cursor("visits") == {"until": "2026-03-05T02:30:00+00:00"}


async def test_a_day_that_cannot_be_read_is_told_and_stops_nothing(bench: Make) -> None:
    rows = [("(other)", "BR", "(other)", "41", "120"), ("20260303", "BR", "Rio", "1", "2")]
    summary = await bench(Google(report(*rows))).sync("visits")
    assert (summary["visits"], summary["rejected"]) == (1, 1)


async def test_a_token_is_asked_for_as_google_wants_it(
    bench: Make, private_key: rsa.RSAPrivateKey
) -> None:
    google_says = Google(report(), report())
    analytics = bench(google_says)
    await analytics.sync("visits")
    await analytics.sync("visits")
    (assertion,) = google_says.assertions  # one token for both runs
    claims = jwt.decode(
        assertion,
        private_key.public_key(),
        ["RS256"],
        audience=TOKEN_URL,
        options={"verify_exp": False, "verify_iat": False},
    )
    assert (claims["iss"], claims["scope"]) == ("watch@p.iam.gserviceaccount.com", SCOPE)
    assert claims["exp"] - claims["iat"] == 3600
    assert claims["iat"] == Time().at.timestamp()


async def test_a_token_is_renewed_before_it_ends(bench: Make) -> None:
    google_says = Google(report(), report())
    analytics = bench(google_says)
    await analytics.sync("visits")
    analytics.time.at += timedelta(minutes=59)
    await analytics.sync("visits")
    assert len(google_says.assertions) == 2


def unauthorized() -> httpx.Response:
    return httpx.Response(401, json={"error": {"code": 401, "status": "UNAUTHENTICATED"}})


async def test_a_token_that_google_takes_no_more_is_renewed_once(bench: Make) -> None:
    google_says = Google(unauthorized(), report())
    await bench(google_says).sync("visits")
    assert len(google_says.assertions) == 2
    refusing = Google(unauthorized(), unauthorized())
    with pytest.raises(SourceProblem, match="401") as problem:
        await bench(refusing).sync("visits")
    assert problem.value.kind is ProblemKind.REFUSED


@pytest.mark.parametrize(
    ("reply", "kind", "told"),
    [
        (
            httpx.Response(429, json={"error": {"status": "RESOURCE_EXHAUSTED"}}),
            ProblemKind.THROTTLED,
            "RESOURCE_EXHAUSTED",
        ),
        (
            httpx.Response(403, json={"error": {"message": "no permission for this property"}}),
            ProblemKind.REFUSED,
            "no permission",
        ),
        (httpx.Response(503), ProblemKind.UNREACHABLE, "503"),
        (httpx.Response(200, json={}), ProblemKind.BROKEN, "no such report"),
        (httpx.Response(200, json=ZONE.json()), ProblemKind.BROKEN, "no such report"),
        (
            httpx.Response(200, json=report().json() | {"rowCount": 5}),
            ProblemKind.BROKEN,
            "none of",
        ),
    ],
)
async def test_what_is_wrong_is_one_clear_problem(
    bench: Make, reply: httpx.Response, kind: ProblemKind, told: str
) -> None:
    with pytest.raises(SourceProblem, match=told) as problem:
        await bench(Google(*[reply] * 4)).sync("visits")
    assert problem.value.kind is kind


async def test_other_columns_than_asked_for_are_refused(bench: Make) -> None:
    swapped = report(("20260303", "BR", "Rio", "1", "2")).json()
    swapped["metricHeaders"].reverse()
    with pytest.raises(SourceProblem, match="other columns"):
        await bench(Google(httpx.Response(200, json=swapped))).sync("visits")


async def test_a_property_without_zone_is_refused(bench: Make) -> None:
    google_says = Google()

    def no_zone(request: httpx.Request) -> httpx.Response:
        answer = google_says(request)
        return httpx.Response(200, json={"metadata": {}}) if answer is ZONE else answer

    with pytest.raises(SourceProblem, match="no time zone"):
        await bench(no_zone).sync("visits")


async def test_a_key_that_google_refuses(bench: Make) -> None:
    reply = httpx.Response(400, json={"error": "invalid_grant"})
    with pytest.raises(SourceProblem, match=r"does not take the key.*invalid_grant") as problem:
        await bench(lambda _: reply).probe()
    assert problem.value.kind is ProblemKind.REFUSED


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (None, r"the file that GA4_KEY_FILE names cannot be read \(No such file"),
        ("s3cret", "is no JSON"),
        ("[]", "is not the key of a service account"),
        ('{"client_email": "a@b", "private_key": "s3cret"}', "no RSA key"),
    ],
)
async def test_a_bad_key_file_is_named_but_never_quoted(
    bench: Make, tmp_path: Path, content: str | None, told: str
) -> None:
    path = tmp_path / "bad.json"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    with pytest.raises(SourceProblem, match=told) as problem:
        await bench(Google(), key=path).probe()
    assert problem.value.kind is ProblemKind.NO_CREDENTIALS
    assert "s3cret" not in str(problem.value)


async def test_nothing_repeats_key_or_token(
    bench: Make, private_pem: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    google_says = Google()

    def echo(request: httpx.Request) -> httpx.Response:
        echoed = request.headers.get("authorization", "")
        return httpx.Response(403, text=echoed) if echoed else google_says(request)

    analytics = bench(echo)
    with pytest.raises(SourceProblem, match="Bearer …") as problem:
        await analytics.sync("visits")
    told = f"{problem.value} {caplog.text} {[r.url for r in analytics.requests]}"
    told += everything(analytics.database)
    for word in (TOKEN, private_pem, private_pem[40:80], google_says.assertions[0]):
        assert word not in told


async def test_the_doctor_hears_of_the_zone(bench: Make) -> None:
    assert "days of America/Los_Angeles" in await bench(Google()).probe()


# The contract: Google's discovery document.

REPORTS = "ga4/analyticsdata.v1beta.json"


def held(handle: Handler) -> Held:
    def request(asked: httpx.Request, body: Any) -> None:
        google(REPORTS, "RunReportRequest").validate(body)

    def answer(asked: httpx.Request, body: Any) -> None:
        google(REPORTS, "RunReportResponse").validate(body)

    return Held(request, answer, handle)


async def test_questions_and_answers_are_as_described(bench: Make) -> None:
    google_says = Google(report(("20260303", "BR", "Rio", "1", "2"), subjectToThresholding=True))
    checked = held(google_says)

    class Both(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            if str(request.url) == TOKEN_URL:
                return google_says(request)
            return await checked.handle_async_request(request)

    assert await bench(google_says, Both()).sync("visits") == {
        "read": 1,
        "visits": 1,
        "notes": ["Google left out groups so small that one could tell who it was"],
        "noted": 1,
    }
    assert len(checked.requests) == 2
    assert all(r.url.path == "/v1beta/properties/1234:runReport" for r in checked.requests)


@pytest.mark.parametrize(
    "bad", [{"dimension": []}, {"limit": 10}, {"dateRanges": [{"from": "2026-03-03"}]}]
)
async def test_the_description_refuses_a_bad_question(bad: Any) -> None:
    async with httpx.AsyncClient(transport=held(lambda _: report())) as client:
        with pytest.raises(ValidationError):
            await client.post(f"{ga4.URL}/1234:runReport", json=bad)


@pytest.mark.parametrize("bad", [{"rowCount": "1"}, {"surprise": 1}, {"rows": [{"values": []}]}])
async def test_the_description_refuses_a_bad_answer(bad: Any) -> None:
    transport = held(lambda _: httpx.Response(200, json=report().json() | bad))
    async with httpx.AsyncClient(transport=transport) as client:
        with pytest.raises(ValidationError):
            await client.post(f"{ga4.URL}/1234:runReport", json={})
