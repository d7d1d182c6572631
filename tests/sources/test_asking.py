"""Asking any API: a signature is of its moment, and no part of a secret stands in an error."""

import gzip
import json
from collections.abc import Callable, Mapping

import httpx
import pytest

from core.ledger.database import Database
from core.settings import Settings, Store
from scrapers.api.client import Api
from scrapers.api.memory import Memory, Token
from scrapers.api.problems import SourceProblem
from tests.support.sources import NOW, Bench, Time, source_settings

SECRET = "s3cret/of+the=account"
URL = "https://api.example/things"
WINDOW = {"schedule": {"every": "1h"}, "stale_after": "1d", "overlap": "1h", "look_back": "1d"}
KEYS = {"app_id": "ak_1234567890abc", "app_key": "k", "app_secret": SECRET, "access_token": "t"}

Answer = Callable[[httpx.Request], httpx.Response]


def api(answer: Answer, memory: Memory) -> Api:
    time = Time()
    transport = httpx.MockTransport(answer)
    return Api(memory, {SECRET}, now=time.now, sleep=time.sleep, transport=transport)


@pytest.mark.parametrize("before", range(175, 205, 3))
@pytest.mark.parametrize(
    "spelled", [SECRET, "s3cret%2Fof%2Bthe%3Daccount", r"s3cret\/of+the=account"]
)
async def test_no_part_of_a_secret_is_quoted(before: int, spelled: str) -> None:
    said = "x" * before + " " + spelled
    with pytest.raises(SourceProblem, match="HTTP 400") as it:
        await api(lambda _: httpx.Response(400, text=said), Memory()).ask("GET", URL)
    assert "s3cret" not in str(it.value)


async def test_a_token_that_another_feed_renewed_is_still_a_secret() -> None:
    memory = Memory()
    for word in ("first-token", "second-token"):
        memory.keep(Token(word, NOW, refresh=f"{word}-again"))
    said = "first-token first-token-again second-token second-token-again"
    with pytest.raises(SourceProblem) as it:
        await api(lambda _: httpx.Response(400, text=said), memory).ask("GET", URL)
    assert str(it.value).endswith(": … … … …")


async def test_a_wait_of_no_seconds_is_none() -> None:
    time = Time()
    busy = httpx.MockTransport(lambda _: httpx.Response(429, headers={"retry-after": "0"}))
    asking = Api(Memory(), set(), now=time.now, sleep=time.sleep, transport=busy)
    with pytest.raises(SourceProblem):
        await asking.ask("GET", URL)
    assert 7 <= time.slept < 8  # 1 + 2 + 4, and up to a tenth of each


def _alibaba(request: httpx.Request) -> tuple[str, str]:
    form = dict(httpx.QueryParams(request.content.decode()))
    return form["timestamp"], form["sign"]


def _mabang(request: httpx.Request) -> tuple[str, str]:
    return json.loads(request.content)["timestamp"], request.headers["authorization"]


def _lingxing(request: httpx.Request) -> tuple[str, str]:
    return request.url.params["timestamp"], request.url.params["sign"]


GRANT = {"code": "200", "data": {"access_token": "t", "expires_in": 7200}}


@pytest.mark.parametrize(
    ("service", "signature", "busy"),
    [
        ("alibaba", _alibaba, {"type": "SYSTEM", "code": "ApiCallLimit"}),
        ("mabang", _mabang, {"code": "9", "message": "请求频繁"}),
        ("lingxing", _lingxing, {"code": 3001008, "message": "too many"}),
    ],
)
async def test_what_is_asked_again_is_signed_anew(
    sqlite_database: Database,
    settings: Settings,
    store: Store,
    service: str,
    signature: Callable[[httpx.Request], tuple[str, str]],
    busy: Mapping[str, object],
) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        is_login = request.url.path.endswith("access-token")
        return httpx.Response(200, json=GRANT if is_login else busy)

    source = source_settings(service=service, feeds={"orders": WINDOW})
    keys = {f"SHOP_{name}".upper(): key for name, key in KEYS.items()}
    bench = Bench(sqlite_database, settings, store, source, answer, keys)
    with pytest.raises(SourceProblem):
        await bench.sync("orders")
    asked = [r for r in bench.requests if not r.url.path.endswith("access-token")]
    moments, signatures = zip(*map(signature, asked), strict=True)
    assert len(asked) == len(set(moments)) == len(set(signatures)) == 4


async def test_an_answer_packed_twice_is_not_unpacked() -> None:
    packed = gzip.compress(gzip.compress(b"[]"))
    twice = {"Content-Encoding": "gzip, gzip"}

    def answer(_: httpx.Request) -> httpx.Response:
        return httpx.Response(200, headers=twice, stream=httpx.ByteStream(packed))

    with pytest.raises(SourceProblem, match="packed more than once"):
        await api(answer, Memory()).ask("GET", URL)
