"""What a push may cost: size, time, pace, places; a ledger that refuses; the same push twice."""

import asyncio
import gzip
import json
import logging
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from threading import Event
from typing import Any

import httpx
import pytest
from sqlalchemy.exc import OperationalError

from core.ledger import pushes
from core.ledger.database import Database
from core.ledger.records import Sale
from core.ledger.tables import PushAnswer, PushToken
from core.pushing import Push, PushReport
from core.settings import Settings
from scrapers.pushing import take_push
from tests.support.intake import stored
from tests.support.pushing import NOW, Doors, open_doors

SALES = [{"sku": "PS-1000", "day": "2026-03-04", "channel": "amazon", "units": 3}]
OTHER = [{"sku": "PS-2000", "day": "2026-03-04", "channel": "amazon", "units": 3}]
BOMB = gzip.compress(b"sku,day,units\n" + b"\0" * 30_000_000)


@pytest.fixture
def database(sqlite_database: Database) -> Database:
    return sqlite_database


def many(rows: int) -> str:
    return "sku,day,units\n" + "".join(f"PS-{n},2026-03-04,1\n" for n in range(rows))


@pytest.mark.parametrize("headers", [{}, {"Content_Encoding": "gzip"}])
async def test_too_much_is_413_packed_or_not(
    database: Database, settings: Settings, headers: dict[str, str]
) -> None:
    body = BOMB if headers else many(2_000).encode()
    async with open_doors(database, settings, on_loopback=True) as doors:
        answer = await doors.push("sales", body, doors.token(), **headers)
    assert answer.status_code == 413
    assert "at most 20,000 bytes" in answer.json()["detail"]
    assert stored(database, Sale) == []


async def test_too_much_without_a_length_is_413_too(database: Database, settings: Settings) -> None:
    async def chunks() -> Any:
        for _ in range(30):
            yield b"x" * 1_000

    async with open_doors(database, settings, on_loopback=True) as doors, doors.client() as client:
        headers = {"Authorization": f"Bearer {doors.token()}", "Content-Type": "text/csv"}
        answer = await client.post("/ingest/sales", content=chunks(), headers=headers)
    assert answer.status_code == 413


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (gzip.compress(b"sku")[:-4], "cut short"),
        (b"sku,day", "not the gzip"),
        (b"", "cut short"),
        (gzip.compress(b"a") + gzip.compress(b"b"), "something follows"),
        (gzip.compress(b"a") + b"\0", "something follows"),
    ],
    ids=["cut", "not packed", "nothing", "two", "a byte more"],
)
async def test_gzip_that_is_none_is_told(
    database: Database, settings: Settings, body: bytes, words: str
) -> None:
    async with open_doors(database, settings) as doors:
        answer = await doors.push("sales", body, doors.token(), Content_Encoding="gzip")
    assert answer.status_code == 400
    assert words in answer.json()["detail"]


async def test_another_packing_is_415(database: Database, settings: Settings) -> None:
    async with open_doors(database, settings) as doors:
        answer = await doors.push("sales", b"x", doors.token(), Content_Encoding="br")
    assert (answer.status_code, answer.headers["accept-encoding"]) == (415, "gzip")


@asynccontextmanager
async def half_sent(doors: Doors) -> AsyncIterator[asyncio.StreamReader]:
    """Begin a push, and send a part of what was declared; what comes back can be read."""
    url = httpx.URL(doors.address)
    reader, writer = await asyncio.open_connection(url.host, url.port)
    head = f"POST /ingest/sales HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {doors.token()}\r\n"
    head += "Content-Type: text/csv\r\nContent-Length: 1000\r\n\r\n"
    writer.write(f"{head}sku,day,units\nA,2026-03-04,1\n".encode())
    await writer.drain()
    try:
        yield reader
    finally:
        writer.close()


async def test_a_client_that_hangs_is_let_go(database: Database, settings: Settings) -> None:
    limits = {"receive_within": timedelta(seconds=0.05)}
    opened = open_doors(database, settings, limits=limits, on_loopback=True)
    async with opened as doors, half_sent(doors) as reader:
        answer = await reader.readuntil(b"\r\n")
    assert answer == b"HTTP/1.1 408 Request Timeout\r\n"
    assert stored(database, Sale) == []


async def test_a_body_that_is_cut_off_stores_nothing(
    database: Database, settings: Settings
) -> None:
    async with open_doors(database, settings, on_loopback=True) as doors:
        async with half_sent(doors):
            pass
        deadline = time.monotonic() + 5
        while not doors.counts:
            assert time.monotonic() < deadline
            await asyncio.sleep(0.01)
    assert doors.counts == {("rpa", "400"): 1}
    assert stored(database, Sale) == []


async def test_who_pushes_too_often_is_asked_to_wait(
    database: Database, settings: Settings
) -> None:
    async with open_doors(database, settings, limits={"a_minute": 2}) as doors:
        token, other = doors.token(), doors.token("other")
        for _ in range(2):
            assert (await doors.push("sales", SALES, token)).status_code == 200
            doors.now += timedelta(seconds=20)
        refused = await doors.push("sales", SALES, token)
        assert (refused.status_code, refused.headers["retry-after"]) == (429, "20")
        assert (await doors.push("sales", SALES, other)).status_code == 200
        doors.now += timedelta(seconds=20)
        assert (await doors.push("sales", SALES, token)).status_code == 200


class Slow:
    """Takes pushes only when it is let."""

    def __init__(self, database: Database) -> None:
        self.database, self.begun, self.go = database, Event(), Event()

    def __call__(self, push: Push) -> PushReport:
        self.begun.set()
        assert self.go.wait(5)
        return take_push(self.database, push)


async def test_when_all_places_are_taken_others_come_again(
    database: Database, settings: Settings
) -> None:
    slow = Slow(database)
    async with open_doors(database, settings, limits={"at_once": 1}, take=slow) as doors:
        token = doors.token()
        first = asyncio.create_task(doors.push("sales", SALES, token))
        await asyncio.to_thread(slow.begun.wait, 5)
        second = await doors.push("sales", SALES, token)
        slow.go.set()
        assert (await first).status_code == 200
    assert (second.status_code, second.headers["retry-after"]) == (503, "2")


async def test_a_ledger_that_refuses_is_503_and_the_key_is_free_again(
    database: Database, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    refuse = True

    def take(push: Push) -> PushReport:
        if refuse:
            raise OperationalError("INSERT", {}, Exception("database is locked"))
        return take_push(database, push)

    async with open_doors(database, settings, take=take) as doors:
        token = doors.token()
        answer = await doors.push("sales", SALES, token, Idempotency_Key="a")
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "30")
        assert "database is locked" in caplog.text
        assert doors.counts == {("rpa", "503"): 1}
        refuse = False
        again = await doors.push("sales", SALES, token, Idempotency_Key="a")
    assert (again.status_code, again.json()["stored"]) == (200, 1)


# The same push twice.


async def test_the_same_push_is_answered_as_the_first_time(
    database: Database, settings: Settings
) -> None:
    async with open_doors(database, settings) as doors:
        token = doors.token()
        first = await doors.push("sales", SALES, token, Idempotency_Key="a")
        again = await doors.push("sales", SALES, token, Idempotency_Key="a")
        packed = gzip.compress(json.dumps(SALES, separators=(",", ":")).encode())
        kind = {"Content_Type": "application/json", "Content_Encoding": "gzip"}
        in_gzip = await doors.push("sales", packed, token, Idempotency_Key="a", **kind)
        assert len(doors.news) == 1
    assert first.json() == again.json() == in_gzip.json()
    assert first.json()["stored"] == 1  # a second look would say: unchanged
    assert "idempotency-replayed" not in first.headers
    assert again.headers["idempotency-replayed"] == "true"


async def test_a_refusal_is_answered_as_the_first_time(
    database: Database, settings: Settings
) -> None:
    bad = [SALES[0] | {"day": "soon"}]
    async with open_doors(database, settings) as doors:
        token = doors.token()
        first = await doors.push("sales", bad, token, Idempotency_Key="a")
        again = await doors.push("sales", bad, token, Idempotency_Key="a")
    assert (first.status_code, first.json()) == (again.status_code, again.json())
    assert first.status_code == 422


@pytest.mark.parametrize("kind", ["sales", "stock"])
async def test_a_key_with_other_content_is_refused(
    database: Database, settings: Settings, kind: str
) -> None:
    async with open_doors(database, settings) as doors:
        token = doors.token()
        await doors.push("sales", SALES, token, Idempotency_Key="a")
        body = OTHER if kind == "sales" else SALES
        answer = await doors.push(kind, body, token, Idempotency_Key="a")
        assert answer.status_code == 422
        assert "with other content" in answer.json()["detail"]
        others = await doors.push("sales", OTHER, doors.token("other"), Idempotency_Key="a")
        assert others.status_code == 200  # a key belongs to its token


@pytest.mark.parametrize("key", ["", "k" * 256, "ü"])
async def test_a_key_is_1_to_255_ascii_characters(
    database: Database, settings: Settings, key: str
) -> None:
    async with open_doors(database, settings) as doors:
        token = doors.token()
        raw = {b"Authorization": f"Bearer {token}".encode(), b"Idempotency-Key": key.encode()}
        async with doors.client() as client:
            answer = await client.post("/ingest/sales", json=SALES, headers=raw)
    assert answer.status_code == 400


async def test_while_the_first_is_under_way_the_second_is_409(
    database: Database, settings: Settings
) -> None:
    slow = Slow(database)
    async with open_doors(database, settings, take=slow) as doors:
        token = doors.token()
        first = asyncio.create_task(doors.push("sales", SALES, token, Idempotency_Key="a"))
        await asyncio.to_thread(slow.begun.wait, 5)
        second = await doors.push("sales", SALES, token, Idempotency_Key="a")
        slow.go.set()
        assert (await first).json()["stored"] == 1
    assert (second.status_code, second.headers["retry-after"]) == (409, "5")


async def test_what_died_under_way_is_taken_over(database: Database, settings: Settings) -> None:
    slow = Slow(database)
    slow.go.set()
    async with open_doors(database, settings) as doors:
        token = doors.token()
        await doors.push("sales", SALES, token, Idempotency_Key="a")
        with database.write() as ledger:  # as a crash would have left it
            ledger.get_one(PushAnswer, (1, "a")).status = None
        assert (await doors.push("sales", SALES, token, Idempotency_Key="a")).status_code == 409
        doors.now += pushes.LEASE
        assert (await doors.push("sales", SALES, token, Idempotency_Key="a")).status_code == 200


async def test_answers_are_forgotten_in_time(database: Database, settings: Settings) -> None:
    async with open_doors(database, settings) as doors:
        token = doors.token()
        await doors.push("sales", SALES, token, Idempotency_Key="a")
        doors.now += timedelta(days=1, seconds=1)
        again = await doors.push("sales", OTHER, token, Idempotency_Key="b")
        assert again.status_code == 200
    with database.read() as ledger:
        assert [ledger.get(PushAnswer, (1, key)) is None for key in "ab"] == [True, False]


# Secrets, and what is counted.


async def test_a_token_is_in_no_log_and_no_row(
    database: Database, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with open_doors(database, settings) as doors:
        token = doors.token()
        await doors.push("sales", SALES, token, Idempotency_Key="a")
        wrong = await doors.push("sales", SALES, token[:-1])
    with database.engine.connect() as connection:
        dump = "".join(connection.connection.driver_connection.iterdump())  # type: ignore[union-attr]
    secret = token.removeprefix("wk_")
    written = caplog.text + dump + wrong.text
    assert secret not in written
    assert secret[:-1] not in written
    assert pushes.token_hash(token) in dump


async def test_pushes_are_counted_by_token_and_status(
    database: Database, settings: Settings
) -> None:
    async with open_doors(database, settings) as doors:
        token = doors.token()
        bodies: list[Any] = [SALES, SALES, [{}]]
        for body in bodies:
            await doors.push("sales", body, token)
        await doors.push("sales", SALES, "wk_wrong")
        assert doors.counts == {("rpa", "200"): 2, ("rpa", "400"): 1, ("", "401"): 1}
    with database.read() as ledger:
        assert ledger.get_one(PushToken, 1).last_used_at == NOW
