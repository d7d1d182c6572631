"""`POST /ingest/KIND`: stored as an imported file is, told row by row, and nothing half-way."""

import gzip
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.web.incoming import incoming
from core.ledger.database import Database
from core.ledger.records import Intake, Review, Sale
from core.settings import Settings
from tests.support.intake import facts, stored
from tests.support.pushing import Doors, open_doors

SALES = [
    {"sku": "PS-1000", "day": "2026-03-04", "channel": "amazon", "units": 3},
    {"sku": "PS-2000", "day": "2026-03-04", "channel": "amazon", "units": "1,000"},
]
BAD = {"sku": "PS-3000", "day": "soon", "units": 1}
NDJSON = {"Content_Type": "application/x-ndjson"}
JSON = {"Content_Type": "application/json"}
DEEP = b"[" * 100_000
TOKEN = "wk_" + "x" * 43


@pytest.fixture
async def doors(sqlite_database: Database, settings: Settings) -> AsyncIterator[Doors]:
    async with open_doors(sqlite_database, settings) as doors:
        yield doors


def sold(doors: Doors) -> list[tuple[Any, ...]]:
    return [facts(sale, "sku", "units") for sale in stored(doors.database, Sale)]


async def test_a_list_of_records_is_stored(doors: Doors) -> None:
    answer = await doors.push("sales", SALES, doors.token())
    assert answer.status_code == 200
    assert answer.json() == {
        "kind": "sales", "read": 2, "stored": 2, "unchanged": 0, "rejected": [],
        "unknown_columns": [],
    }  # fmt: skip
    assert sold(doors) == [("PS-1000", 3), ("PS-2000", 1000)]
    assert doors.news == [(["sales"], "harborlane")]


async def test_an_object_with_records_is_the_same_and_nothing_new(doors: Doors) -> None:
    token = doors.token()
    await doors.push("sales", SALES, token)
    answer = await doors.push("sales", {"records": SALES}, token)
    assert (answer.json()["stored"], answer.json()["unchanged"]) == (0, 2)
    assert len(doors.news) == 1  # what is not new, nobody is asked about


async def test_the_intake_names_who_pushed(doors: Doors) -> None:
    await doors.push("sales", [*SALES, BAD], doors.token("mango"))
    (intake,) = stored(doors.database, Intake)
    assert facts(intake, "source", "read", "stored", "rejected") == ("push:mango", 3, 2, 1)


async def test_bad_rows_are_told_and_the_good_ones_stored(doors: Doors) -> None:
    answer = await doors.push("sales", [BAD, *SALES, 7], doors.token())
    assert answer.status_code == 200
    first, second = answer.json()["rejected"]
    assert (first["row"], first["column"]) == (1, "day")
    assert "'soon' isn't a day" in first["problem"]
    assert (second["row"], second["problem"][:19]) == (4, "isn't a JSON object")
    assert len(sold(doors)) == 2


async def test_nothing_but_bad_rows_is_422_with_the_rows(doors: Doors) -> None:
    answer = await doors.push("sales", [BAD], doors.token())
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    told = answer.json()
    assert (told["status"], told["stored"], told["rejected"][0]["row"]) == (422, 0, 1)
    assert doors.news == []


@pytest.mark.parametrize("body", [[], {"records": []}])
async def test_an_empty_list_says_that_there_was_nothing(doors: Doors, body: Any) -> None:
    answer = await doors.push("review", body, doors.token())
    assert (answer.status_code, answer.json()["read"]) == (200, 0)
    (intake,) = stored(doors.database, Intake)
    assert intake.finished_at is not None


CSV = "商品编码,日期,销量,备注\r\nPS-1000,2026年3月4日,５,好\r\n"


@pytest.mark.parametrize(
    ("charset", "named"),
    [
        ("utf-8", "text/csv"),
        ("utf-8-sig", "text/csv; charset=utf-8"),
        ("gb18030", "text/csv"),
        ("gb18030", "text/csv; charset=GB2312"),
        ("gbk", 'text/csv; header=present; charset="gbk"'),
        ("utf-16", "text/csv"),
        ("big5", "text/csv; charset=big5"),
    ],
)
async def test_csv_with_chinese_headers(doors: Doors, charset: str, named: str) -> None:
    text = CSV.replace("销", "銷").replace("编码", "編碼") if charset == "big5" else CSV
    headers = {"銷量": "units", "商品編碼": "sku", "備註": "x", "备注": "x"}
    for theirs, ours in headers.items():
        text = text.replace(theirs, ours) if charset == "big5" else text
    answer = await doors.push("sales", text.encode(charset), doors.token(), Content_Type=named)
    assert answer.status_code == 200, answer.text
    assert len(answer.json()["unknown_columns"]) == 1
    assert sold(doors) == [("PS-1000", 5)]


async def test_tab_separated_values(doors: Doors) -> None:
    body = "sku\tday\tunits\nPS-1000\t2026-03-04\t3\n"
    kind = {"Content_Type": "text/tab-separated-values"}
    assert (await doors.push("sales", body, doors.token(), **kind)).status_code == 200
    assert sold(doors) == [("PS-1000", 3)]


async def test_json_lines_a_bad_one_is_a_row(doors: Doors) -> None:
    lines = [json.dumps(SALES[0]), '{"sku": NaN}', '{"sku": "A", "sku": "B"}', '{"sku": ']
    answer = await doors.push("sales", "\n".join(lines), doors.token(), **NDJSON)
    assert answer.json()["stored"] == 1
    told = [(row["row"], row["problem"]) for row in answer.json()["rejected"]]
    assert [number for number, _ in told] == [2, 3, 4]
    assert told[1][1] == "gives 'sku' twice"


async def test_chinese_json_keys_and_exact_amounts(doors: Doors) -> None:
    body = b'[{"\xe5\xb9\xb3\xe5\x8f\xb0": "amazon", "review_id": 123456789012345678, "stars": 2,'
    body += b'"posted_at": "2026-03-04T10:00:00+08:00", "text": "a\\ud83d\\ude00"}]'
    answer = await doors.push("review", body, doors.token(), **JSON)
    assert answer.status_code == 200, answer.text
    (kept,) = stored(doors.database, Review)
    assert facts(kept, "channel", "review_id", "text") == ("amazon", "123456789012345678", "a😀")


async def test_gzip_is_unpacked(doors: Doors) -> None:
    body = gzip.compress(json.dumps(SALES).encode())
    answer = await doors.push("sales", body, doors.token(), Content_Encoding="gzip", **JSON)
    assert answer.json()["stored"] == 2


# What cannot be read: nothing is stored, and it is said why.

TORN: dict[str, tuple[str, bytes, int, str]] = {
    "torn": ("application/json", b'[{"sku": "A"}, {"sk', 400, "Unterminated string"),
    "a list that never ends": ("application/json", b'[{"sku": "A"}', 400, "']' is missing"),
    "more after the end": ("application/json", b"[] []", 400, "something follows"),
    "no brace at the end": ("application/json", b'{"records": []', 400, "'}' is missing"),
    "another object": ("application/json", b'{"sku": "A"}', 400, "not a list of objects"),
    "other members": ("application/json", b'{"records": [], "a": 1}', 400, "'}' is missing"),
    "a text": ("application/json", b'"hello"', 400, "not a list of objects"),
    "no text": ("application/json", b"", 400, "Expecting value"),
    "NaN": ("application/json", b'[{"units": NaN}]', 400, "NaN is no JSON"),
    "deep": ("application/json", DEEP[:19_000], 400, "nested too deeply"),
    "deep object": ("application/json", b'{"a":' * 3_900, 400, "nested too deeply"),
    "not UTF-8": ("application/json", b'[{"sku": "\xff"}]', 400, "is not utf-8: see its byte 11"),
    "no JSON": ("application/json", b"<html>", 400, "Expecting value"),
    "no lines": ("application/x-ndjson", b"", 400, "is empty"),
    "lines of nothing": ("application/x-ndjson", b"1\n2\n", 400, "no JSON objects"),
    "no CSV": ("text/csv", b"", 400, "is empty"),
    "a web page": ("text/csv", b"<!doctype html><p>Log in", 400, "is a web page"),
    "a picture": ("text/csv", b"\x89PNG\r\n\x1a\n\0\0\0", 400, "is no text file"),
    "another charset": ("text/csv; charset=utf-8", "销量".encode("gbk"), 400, "is not utf-8"),
    "a strange charset": ("text/csv; charset=idna", b"sku,day", 400, "'idna' is not known"),
    "no charset": ("text/csv; charset=klingon", b"sku,day", 400, "'klingon' is not known"),
    "no such columns": ("text/csv", b"a,b\n1,2\n", 422, "has no column sku, day, units"),
    "one column twice": ("text/csv", b"sku,SKU,day,units\n", 422, "two columns mean sku"),
    "no such keys": ("application/json", b'[{"a": 1}]', 422, "has no column sku, day, units"),
}  # fmt: skip


@pytest.mark.parametrize("case", TORN.values(), ids=TORN)
async def test_what_cannot_be_read_is_refused_whole(
    doors: Doors, case: tuple[str, bytes, int, str]
) -> None:
    content_type, body, status, words = case
    answer = await doors.push("sales", body, doors.token(), Content_Type=content_type)
    assert (answer.status_code, answer.headers["content-type"]) == (
        status, "application/problem+json",
    )  # fmt: skip
    assert words in answer.json()["detail"]
    assert "Traceback" not in answer.text
    assert stored(doors.database, Intake) == []


SURROGATE = b'[{"\\ud800": 1, "sku": "\\ud800", "day": "2026-03-04", "units": 1}]'


async def test_half_a_character_is_a_bad_row_not_a_crash(doors: Doors) -> None:
    answer = await doors.push("sales", SURROGATE, doors.token(), **JSON, Idempotency_Key="k")
    assert (answer.status_code, answer.json()["rejected"][0]["column"]) == (422, "sku")


async def test_many_bad_rows_are_named_up_to_a_thousand(doors: Doors) -> None:
    body = "sku,day,units\n" + "A,x,1\n" * 1_500
    told = (await doors.push("sales", body, doors.token())).json()
    assert (told["read"], len(told["rejected"])) == (1_500, 1_000)


# Who may push, and where.


@pytest.mark.parametrize(
    ("given", "challenge"),
    [
        ({}, 'Bearer realm="watchkeeper"'),
        ({"Authorization": "Basic cnBhOnJwYQ=="}, 'Bearer realm="watchkeeper"'),
        ({"Authorization": "Bearer"}, 'Bearer realm="watchkeeper"'),
        ({"Authorization": f"Bearer {TOKEN}"}, 'Bearer realm="watchkeeper", error="invalid_token"'),
        (
            {"Authorization": b"Bearer \xff\xfe"},
            'Bearer realm="watchkeeper", error="invalid_token"',
        ),
    ],
)
async def test_without_a_token_there_is_no_entry(
    doors: Doors, given: dict[str, Any], challenge: str
) -> None:
    async with doors.client() as client:
        answer = await client.post("/ingest/sales", json=SALES, headers=given)
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, challenge)
    assert sold(doors) == []


async def test_a_kind_that_there_is_not_is_told_with_those_there_are(doors: Doors) -> None:
    answer = await doors.push("orders", SALES, doors.token())
    assert answer.status_code == 404
    assert "there is no kind of record 'orders'; there are " in answer.json()["detail"]


async def test_a_token_may_be_for_some_kinds_only(doors: Doors) -> None:
    answer = await doors.push("sales", SALES, doors.token("rpa", "review", "stock"))
    assert (answer.status_code, sold(doors)) == (403, [])
    assert answer.json()["detail"] == "this token may push review, stock only"


async def test_a_store_that_is_gone_takes_nothing(doors: Doors) -> None:
    answer = await doors.push("sales", SALES, doors.token(store="closed"))
    assert (answer.status_code, sold(doors)) == (403, [])


@pytest.mark.parametrize("content_type", ["", "text/plain", "application/xml", 'a/b;;;="', "x"])
async def test_other_types_are_415_and_told_what_is_taken(doors: Doors, content_type: str) -> None:
    answer = await doors.push("sales", b"x", doors.token(), Content_Type=content_type)
    assert answer.status_code == 415
    assert "application/json" in answer.json()["detail"]


async def test_only_post_is_taken(doors: Doors) -> None:
    answer = await doors.get("/ingest/sales")
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
    assert answer.json()["title"] == "Method Not Allowed"


async def test_without_the_stanza_nothing_can_be_pushed(settings: Settings) -> None:
    web = settings.web.model_copy(update={"push": None})
    nothing: Any = None
    off = settings.model_copy(update={"web": web})
    assert incoming(nothing, off, nothing, nothing, nothing, nothing) == []
