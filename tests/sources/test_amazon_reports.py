"""Amazon's reports: asked for, waited for, fetched from another host."""

import gzip
import logging
from datetime import timedelta
from functools import partial
from typing import Any

import httpx
import pytest
from openapi_core.exceptions import OpenAPIError

from core.ledger.database import Database
from core.ledger.records import Review
from core.settings import Settings, Store
from core.sources import ProblemKind
from scrapers.api.problems import SourceProblem
from tests.support.amazon import (
    CA,
    DOCUMENTS,
    REPORTS,
    US,
    ToTheModels,
    paths,
    refusal,
    told,
)
from tests.support.amazon_reports import SIGNED, Shop, a_row, feedback, shop_of
from tests.support.intake import stored
from tests.support.sources import NOW


@pytest.fixture
def shop(sqlite_database: Database, settings: Settings, store: Store) -> Shop:
    return partial(shop_of, sqlite_database, settings, store)


@pytest.mark.parametrize("packed", [True, False])
async def test_the_document_is_fetched_without_our_token(shop: Shop, packed: bool) -> None:
    making = shop(feedback(a_row()).encode(), packed=packed)
    await making.bench.sync("feedback")
    download = making.bench.requests[-1]
    assert download.url.host == "tortuga-prod-na.s3.amazonaws.com"
    assert "x-amz-access-token" not in download.headers
    assert paths(making.bench) == [REPORTS, f"{REPORTS}/1", f"{DOCUMENTS}doc1", "/doc1"]


async def test_a_report_is_waited_for_a_short_while(shop: Shop) -> None:
    making = shop(feedback(a_row()).encode(), looks=3)
    assert (await making.bench.sync("feedback"))["review"] == 1
    assert making.bench.time.slept == 60  # three times 20 seconds


async def test_a_report_that_takes_longer_is_left_to_the_next_run(shop: Shop) -> None:
    """Ten looks, 20 seconds apart; the number is kept, and no second report asked for."""
    making = shop(feedback(a_row()).encode(), looks=10)
    with pytest.raises(SourceProblem, match="still making reports") as problem:
        await making.bench.sync("feedback")
    assert problem.value.kind is ProblemKind.THROTTLED
    assert problem.value.retry_at == NOW + timedelta(minutes=3 + 5)
    assert making.bench.time.slept == 180
    assert (await making.bench.sync("feedback"))["review"] == 1
    assert len(making.asked_for) == 1
    assert making.bench.cursor("feedback") == {}


async def test_a_report_that_is_never_made_is_asked_for_anew(shop: Shop) -> None:
    making = shop("IN_QUEUE", feedback(a_row()).encode())
    with pytest.raises(SourceProblem, match="still making"):
        await making.bench.sync("feedback")
    making.bench.time.at += timedelta(hours=13)
    assert (await making.bench.sync("feedback"))["review"] == 1
    assert len(making.asked_for) == 2


@pytest.mark.parametrize(("status", "held"), [("FATAL", True), ("PONDERING", False)])
async def test_a_report_that_failed_is_told_and_asked_for_anew(
    shop: Shop, status: str, held: bool
) -> None:
    making = shop(status, feedback(a_row()).encode(), held=held)
    with pytest.raises(SourceProblem, match=r"could not make|no known processingStatus") as problem:
        await making.bench.sync("feedback")
    assert problem.value.kind is ProblemKind.BROKEN
    assert (await making.bench.sync("feedback"))["review"] == 1


async def test_one_marketplace_that_failed_does_not_hide_the_others(shop: Shop) -> None:
    rows = [feedback(a_row(order=f"112-0000000-000000{n}")).encode() for n in (1, 2)]
    making = shop("FATAL", rows[0], rows[1], stanza={"marketplaces": [CA, US]})
    with pytest.raises(SourceProblem, match=CA):
        await making.bench.sync("feedback")
    assert len(stored(making.bench.database, Review)) == 1
    await making.bench.sync("feedback")
    assert [one["marketplaceIds"] for one in making.asked_for] == [[CA], [US], [CA]]


@pytest.mark.parametrize(
    ("document", "problem"),
    [
        (httpx.Response(200, text='{"url": "https://s3/?X-Amz-Signature=5ec2e7'), "no JSON"),
        (httpx.Response(200, json={"url": "http://s3/?X-Amz-Signature=5ec2e7"}), "no address"),
        (httpx.Response(200, json={"url": SIGNED, "compressionAlgorithm": "LZ5ec"}), "LZ5ec"),
    ],
)
async def test_a_document_without_a_safe_address_is_told(
    shop: Shop, document: httpx.Response, problem: str
) -> None:
    making = shop(feedback(a_row()).encode(), held=False)
    making.answers[DOCUMENTS] = told(document)
    with pytest.raises(SourceProblem, match=problem) as raised:
        await making.bench.sync("feedback")
    assert "Signature" not in str(raised.value)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"plain", "not packed by gzip"),
        (gzip.compress(b"a" * 9_000)[:30], "torn"),
        (gzip.compress(b"\0" * 101_000_000, 1), "more than 100,000,000 bytes"),
    ],
    ids=["plain", "torn", "bomb"],
)
async def test_a_document_that_is_packed_badly_is_told(
    shop: Shop, content: bytes, problem: str
) -> None:
    making = shop(feedback(a_row()).encode())
    making.answers["/doc"] = told(httpx.Response(200, content=content))
    with pytest.raises(SourceProblem, match=problem):
        await making.bench.sync("feedback")


async def test_the_address_of_a_document_gets_nowhere(
    shop: Shop, caplog: pytest.LogCaptureFixture
) -> None:
    making = shop(feedback(a_row()).encode())
    gone = httpx.Response(403, text=f"<Error>AccessDenied {SIGNED.format(1)}</Error>")
    making.answers["/doc"] = told(gone)
    with (
        caplog.at_level(logging.DEBUG),
        caplog.at_level(logging.DEBUG, "httpx"),
        pytest.raises(SourceProblem, match="AccessDenied") as problem,
    ):
        await making.bench.sync("feedback")
    assert "5ec2e7" not in str(problem.value) + caplog.text + str(making.bench.cursor("feedback"))


@pytest.mark.parametrize(
    "bad",
    [{"reportType": "X"}, {"reportType": "X", "marketplaceIds": []}, {"marketplaceIds": [US]}],
)
async def test_the_model_refuses_a_bad_order_of_a_report(bad: Any) -> None:
    """The negative control: what holds the questions does refuse."""
    asked = httpx.Request("POST", f"https://sellingpartnerapi-na.amazon.com{REPORTS}", json=bad)
    with pytest.raises(OpenAPIError):
        await ToTheModels(told({"reportId": "1"})).handle_async_request(asked)


async def test_the_model_refuses_a_bad_answer(shop: Shop) -> None:
    making = shop("PONDERING")
    with pytest.raises(OpenAPIError):
        await making.bench.sync("feedback")


async def test_a_number_that_amazon_forgot_is_asked_for_anew(shop: Shop) -> None:
    making = shop("IN_QUEUE", feedback(a_row()).encode())
    with pytest.raises(SourceProblem, match="still making"):
        await making.bench.sync("feedback")
    forgetful = making.report

    def forgotten(request: httpx.Request) -> httpx.Response:
        return refusal(404, "NotFound") if request.url.path.endswith("/1") else forgetful(request)

    making.answers[REPORTS] = forgotten
    with pytest.raises(SourceProblem, match="NotFound"):
        await making.bench.sync("feedback")
    assert (await making.bench.sync("feedback"))["review"] == 1
