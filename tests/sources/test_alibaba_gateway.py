"""Alibaba's gateways: the signature, one renewal of access, and errors as people read them."""

import asyncio
import json
import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from core.ledger.database import Database
from core.settings import Settings, Store
from core.sources import ProblemKind
from scrapers.api.problems import SourceProblem
from scrapers.sources.alibaba.gateway import sign
from tests.support.alibaba import CREDENTIALS, Alibaba, Form, Told, bench, order_list, posted, thin
from tests.support.sources import Bench

LIST, RENEW = "/alibaba/order/list", "/auth/token/refresh"
EXPIRED = {"type": "ISV", "code": "IllegalAccessToken", "message": "The access token is invalid"}
RENEWED = {
    "code": "0",
    "access_token": "access-token-new-77",
    "refresh_token": "refresh-token-new-78",
    "expires_in": "3600",
}
Make = Callable[..., tuple[Bench, Alibaba]]

VECTOR = {
    "app_key": "123456",
    "access_token": "tok",
    "sign_method": "sha256",
    "timestamp": "1760000000000",
    "role": "seller",
    "start_page": "0",
    "page_size": "50",
}


@pytest.fixture
def make(sqlite_database: Database, settings: Settings, store: Store) -> Make:
    def made(answers: dict[str, Told], **more: Any) -> tuple[Bench, Alibaba]:
        alibaba = Alibaba(answers)
        return bench(sqlite_database, settings, store, alibaba, **more), alibaba

    return made


def knows(token: str) -> Callable[[Form], Told]:
    """Answer whoever has an access token, and refuse all others."""
    return lambda form: order_list() if form["access_token"] == token else EXPIRED


def test_a_question_to_the_rest_gateway_is_signed_with_its_path() -> None:
    # the vendor's SDK signs these values so (secret "helloworld")
    signed = sign("helloworld", LIST, VECTOR)
    assert signed == "9A51ECD4F54ACE575FB150F1ED87DA1C5B03D4BB7D5E151759DC0DE294C6525B"


def test_a_question_to_the_sync_gateway_is_signed_without_a_path() -> None:
    method = "alibaba.seller.order.list"
    signed = sign("helloworld", method, {**VECTOR, "method": method})
    assert signed == "F753873C772C14EA9B022C59A983A8DE0C32CDD090E36BF886B3D0BD5CED62D5"


async def test_what_is_posted_is_what_was_signed(make: Make) -> None:
    source, _ = make({LIST: order_list()})
    await source.sync("orders")
    _, form = posted(source.requests[0])
    signed = form.pop("sign")
    # among them JSON with spaces, colons and quotes: signed as it is, encoded on its way
    assert " " in form["modified_date_start"]
    assert "" not in form.values()
    assert signed == sign(CREDENTIALS["ALIBABA_APP_SECRET"], LIST, form)


async def test_the_stamp_is_our_clock_in_milliseconds(make: Make) -> None:
    source, alibaba = make({LIST: order_list()})
    await source.probe()
    # 2026-03-05T02:30:00Z
    assert alibaba.forms(LIST)[0]["timestamp"] == "1772677800000"


async def test_access_that_ended_is_renewed_once(make: Make) -> None:
    source, alibaba = make({LIST: knows("access-token-new-77"), RENEW: RENEWED})
    await source.sync("orders")
    await source.sync("orders")
    assert [name for name, _ in alibaba.asked] == [LIST, RENEW, LIST, LIST]
    form = alibaba.forms(RENEW)[0]
    assert form["refresh_token"] == CREDENTIALS["ALIBABA_REFRESH_TOKEN"]
    assert "access_token" not in form


async def test_access_that_ends_soon_is_renewed_before_it_is_refused(make: Make) -> None:
    source, alibaba = make({LIST: knows("access-token-new-77"), RENEW: RENEWED})
    await source.probe()
    source.time.at += timedelta(minutes=59)
    await source.probe()
    refreshes = [form["refresh_token"] for form in alibaba.forms(RENEW)]
    assert refreshes == [CREDENTIALS["ALIBABA_REFRESH_TOKEN"], "refresh-token-new-78"]


async def test_feeds_that_run_together_use_up_one_refresh_token(
    sqlite_database: Database, settings: Settings, store: Store
) -> None:
    alibaba = Alibaba({LIST: knows("access-token-new-77"), RENEW: RENEWED})

    async def in_turns(request: httpx.Request) -> httpx.Response:
        await asyncio.sleep(0)
        return alibaba(request)

    transport = httpx.MockTransport(in_turns)
    source = bench(sqlite_database, settings, store, alibaba, transport=transport)
    await asyncio.gather(source.probe(), source.probe())
    assert [name for name, _ in alibaba.asked] == [LIST, LIST, RENEW, LIST, LIST]


async def test_access_that_stays_refused_says_what_to_do(make: Make) -> None:
    source, alibaba = make({LIST: EXPIRED, RENEW: RENEWED})
    with pytest.raises(SourceProblem, match=r"authorise the app again.*ALIBABA_ACCESS_TOKEN") as it:
        await source.sync("orders")
    assert it.value.kind is ProblemKind.REFUSED
    assert len(alibaba.forms(RENEW)) == 1


@pytest.mark.parametrize(
    "told",
    [
        {"type": "ISV", "code": "IllegalRefreshToken", "message": "expired"},
        {"code": "0"},
        {"type": "ISV", "code": "IllegalAccessToken", "message": "no"},
    ],
)
async def test_a_refused_renewal_is_one_clear_line(make: Make, told: Told) -> None:
    source, _ = make({LIST: EXPIRED, RENEW: told})
    with pytest.raises(SourceProblem) as it:
        await source.probe()
    assert "\n" not in str(it.value)
    assert it.value.kind in (ProblemKind.REFUSED, ProblemKind.BROKEN)


async def test_without_a_refresh_token_nothing_is_renewed(make: Make) -> None:
    source, alibaba = make({LIST: EXPIRED}, credentials={"ALIBABA_REFRESH_TOKEN": ""})
    with pytest.raises(SourceProblem, match="authorise the app again"):
        await source.probe()
    assert alibaba.forms(RENEW) == []


async def test_a_missing_key_names_its_variable(make: Make) -> None:
    source, _ = make({}, credentials={"ALIBABA_APP_SECRET": ""})
    with pytest.raises(SourceProblem, match="ALIBABA_APP_SECRET") as it:
        await source.probe()
    assert it.value.kind is ProblemKind.NO_CREDENTIALS


PERMISSION = {"code": "15", "sub_code": "isv.permission-api-package-limit", "msg": "limited"}


@pytest.mark.parametrize(
    ("told", "kind", "says"),
    [
        (PERMISSION, ProblemKind.REFUSED, "ask for the package with /alibaba/order/list"),
        ({"error_response": PERMISSION}, ProblemKind.REFUSED, "ask for the package"),
        ({"type": "ISV", "code": "InsufficientPermission"}, ProblemKind.REFUSED, "ask for"),
        ({"type": "ISV", "code": "IncompleteSignature"}, ProblemKind.REFUSED, "key and secret"),
        ({"code": "ApiCallLimit", "message": "slow down"}, ProblemKind.THROTTLED, "slow down"),
        ({"type": "SYSTEM", "code": "ServiceTimeout"}, ProblemKind.UNREACHABLE, "ServiceTimeout"),
        ({"type": "nil", "code": "9"}, ProblemKind.BROKEN, "no reason given"),
        (
            {"result": {"success": False, "error_code": "402", "error_message": "bad request"}},
            ProblemKind.BROKEN,
            r"bad request \(402\)",
        ),
        (
            {"x_response": {"result": {"success": "false", "message": "torn"}}},
            ProblemKind.BROKEN,
            "torn",
        ),
        ({"code": "0", "value": {"total_count": "7"}}, ProblemKind.BROKEN, "no order_list"),
        ([], ProblemKind.BROKEN, "no object"),
        (httpx.Response(200, html="<html>Sorry</html>"), ProblemKind.BROKEN, "no JSON"),
        (httpx.Response(200, content=b'{"code":"0","val'), ProblemKind.BROKEN, "no JSON"),
        (httpx.Response(502, html="bad gateway"), ProblemKind.UNREACHABLE, "HTTP 502"),
    ],
)
async def test_what_alibaba_says_is_told(
    make: Make, told: Told, kind: ProblemKind, says: str
) -> None:
    # a response is read once, and some problems are asked again
    copy = (
        (lambda _: httpx.Response(told.status_code, content=told.content))
        if isinstance(told, httpx.Response)
        else told
    )
    source, _ = make({LIST: copy})
    with pytest.raises(SourceProblem, match=says) as it:
        await source.probe()
    assert it.value.kind is kind


async def test_hostile_words_stay_one_line(make: Make) -> None:
    source, _ = make({LIST: {"code": "9", "message": "line\nline\r\n<!channel>"}})
    with pytest.raises(SourceProblem) as it:
        await source.probe()
    assert len(str(it.value).splitlines()) == 1


async def test_throttling_that_passes_is_waited_for(make: Make) -> None:
    answers = iter([{"code": "ApiCallLimit"}, order_list()])
    source, alibaba = make({LIST: lambda _: next(answers)})
    assert await source.probe() == "0 orders"
    assert len(alibaba.asked) == 2
    assert source.time.slept >= 1


async def test_questions_keep_their_distance(make: Make) -> None:
    numbers = [str(271207727001028893 + n) for n in range(10)]
    detail = {"code": "0", "value": {}}
    rows = order_list(*map(thin, numbers))
    source, alibaba = make({LIST: rows, "/alibaba/order/get": detail})
    await source.sync("orders")
    stamps = [int(form["timestamp"]) for _, form in alibaba.asked]
    # 11 questions are 10 distances of 0.35 s
    assert source.time.slept == pytest.approx(3.5)
    assert len(stamps) == 11


async def test_no_secret_is_written_anywhere(
    make: Make, caplog: pytest.LogCaptureFixture, sqlite_database: Database
) -> None:
    caplog.set_level(logging.DEBUG)
    secrets = {*CREDENTIALS.values(), "access-token-new-77", "refresh-token-new-78"}
    secrets.discard("123456")
    echo = {"code": "9", "message": f"you sent {' '.join(sorted(secrets))}"}
    source, _ = make({LIST: knows("access-token-new-77"), RENEW: RENEWED})
    summary = await source.sync("orders")
    source.answer = Alibaba({LIST: echo})
    with pytest.raises(SourceProblem) as it:
        await source.sync("orders")
    with sqlite_database.read() as ledger:
        names = ledger.execute(text("select name from sqlite_master where type='table'")).scalars()
        rows = [ledger.execute(text(f'select * from "{name}"')).all() for name in names.all()]
    addresses = [str(request.url) for request in source.requests]
    written = " ".join([str(it.value), caplog.text, json.dumps(summary), repr(rows), *addresses])
    assert [secret for secret in secrets if secret in written] == []
