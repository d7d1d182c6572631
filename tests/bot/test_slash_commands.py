"""Slash commands over Socket Mode and signed HTTP, as people type them."""

import asyncio
import hashlib
import hmac
import time
from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from core.ledger.intake import store_records
from core.ledger.tables import Member
from tests.support.post_office import PostOffice
from tests.support.sandbox_process import PLAIN
from tests.support.watch import EMMA, LIN, SOFIA, SUN, Watch, watch_over_http, watch_over_socket

PRODUCTS = [
    {"sku": "PS-1000", "name": "Power station 1000", "name_zh": "储能电源",
     "category": "power_station", "purchase_lead_days": 20, "transport_lead_days": 35},
    {"sku": "AC-20", "name": "Camping cooler", "category": "camping_ac",
     "purchase_lead_days": 20, "transport_lead_days": 35},
]  # fmt: skip


@pytest.fixture(params=["socket", "http"])
async def watch(
    request: pytest.FixtureRequest, office: PostOffice, client: AsyncWebClient
) -> AsyncIterator[Watch]:
    """Watchkeeper, connected in either way, with two products, their stock and sales."""
    fill(office)
    connected = watch_over_socket if request.param == "socket" else watch_over_http
    async with connected(office, client) as watch:
        yield watch


@pytest.fixture
async def socket(office: PostOffice, client: AsyncWebClient) -> AsyncIterator[Watch]:
    """The same over Socket Mode only; an answer that takes a tenth of a second is slow."""
    fill(office)
    async with watch_over_socket(office, client, answer_within=0.1) as watch:
        yield watch


def fill(office: PostOffice) -> None:
    """Put in two products: 30 days at 18.4 a day with 640 on hand, and one that sells nothing."""
    now = office.clock()
    today = now.astimezone(office.settings.stores[0].zone).date()
    days = [today - timedelta(days=back) for back in range(1, 31)]
    sales = [
        {"day": day.isoformat(), "sku": "PS-1000", "channel": "alibaba", "units": units,
         "revenue": "100", "currency": "USD"}
        for day, units in zip(days, [18, 18, 18, 19, 19] * 6, strict=True)
    ]  # fmt: skip
    stock = [
        {"sku": sku, "location": "Ningbo", "on_hand": on_hand, "committed": 0, "inbound": 0,
         "observed_at": now.isoformat()}
        for sku, on_hand in (("PS-1000", 640), ("AC-20", 5))
    ]  # fmt: skip
    for kind, rows in {"product": PRODUCTS, "sales": sales, "stock": stock}.items():
        taken, rejected = store_records(
            office.database, store=office.settings.stores[0], kind=kind, source="test", now=now,
            rows=rows,
        )  # fmt: skip
        assert (taken.stored, rejected) == (len(rows), [])


async def test_stock_of_a_sku(watch: Watch) -> None:
    answer = await watch.answer("/stock PS-1000")
    assert "Available *640* = 640 on hand − 0 committed" in answer
    assert "552 sold in the last 30 days" in answer  # 30 × 18.4


async def test_stock_low_and_stock_alone_name_what_is_short(watch: Watch) -> None:
    low = await watch.answer("/stock low")
    # plan C1: 18.4 a day × (20 + 35) days × 1.8 = 1,821.6 → 1,822; 1,822 − 640 = 1,182
    assert "*PS-1000* Power station 1000: 640 of 1,822, order 1,182" in low
    assert "AC-20" not in low
    assert await watch.answer("/stock") == low


async def test_stock_of_a_category(watch: Watch) -> None:
    answer = await watch.answer("/stock power_station")
    assert "*power_station*" in answer
    assert "*PS-1000* Power station 1000: 640" in answer


async def test_an_unknown_sku_is_named_as_text(watch: Watch) -> None:
    answer = await watch.answer("/stock <!channel> & co")
    assert "&lt;!channel&gt; &amp; co" in answer


async def test_the_answer_is_in_the_language_of_who_asks(watch: Watch) -> None:
    assert "可用" in await watch.answer("/stock PS-1000", who=LIN)
    assert "Available" in await watch.answer("/stock PS-1000", who=EMMA)


@pytest.mark.parametrize("line", ["/watch nonsense", "/watch run", "/watch"])
async def test_words_that_fit_nothing_get_help(watch: Watch, line: str) -> None:
    answer = await watch.answer(line)
    assert "*/watch run CHECK* — run a check or job now" in answer


@pytest.mark.parametrize("command", ["/alerts", "/duty", "/price", "/stock", "/watch"])
async def test_every_command_helps(watch: Watch, command: str) -> None:
    answer = await watch.answer(f"{command} help")
    assert f"*{command}*" in answer
    assert " — " in answer


async def test_watch_run_runs_a_check_and_its_alert_arrives(watch: Watch) -> None:
    answer = await watch.answer("/watch run safety_stock", who=SOFIA)
    assert "safety_stock ran: 1 opened" in answer
    message = await watch.until_said("PS-1000", "C0STOCK")
    assert message["notifies"] == ["U0TOMBECKER"]  # the first of supply_chain in config.yaml


async def test_only_who_asked_sees_the_answer(watch: Watch) -> None:
    await watch.answer("/stock PS-1000")
    assert len(await watch.messages(who=EMMA)) == 1
    assert await watch.messages(who=SUN) == []


async def test_somebody_who_is_not_in_config_yaml_is_told_so(
    office: PostOffice, client: AsyncWebClient
) -> None:
    people = [person for person in office.settings.people if "sun.hao" not in person.email]
    office.settings = office.settings.model_copy(update={"people": people})
    with office.database.write() as ledger:  # learned when he still was
        ledger.add(
            Member(email="sun.hao@harborlane.example", slack_user_id=SUN, learned_at=office.clock())
        )
    async with watch_over_socket(office, client) as watch:
        answer = await watch.answer("/stock low", who=SUN)
    assert "config.yaml" in answer


async def test_a_slow_answer_is_announced_and_comes_later(socket: Watch) -> None:
    await socket.answer("/stock AC-20", who=SOFIA)  # so that her language is known
    with socket.office.database.write() as ledger:
        ledger.connection()  # as long as somebody else writes, a check waits
        answer = await socket.answer("/watch run safety_stock", who=SOFIA)
        assert "One moment" in answer
    later = await socket.until_said("safety_stock ran", "C0STOCK", who=SOFIA)
    assert later["ephemeral"]


async def test_an_answer_that_cannot_be_made_is_one_line(socket: Watch) -> None:
    with socket.office.database.write() as ledger:
        ledger.connection().exec_driver_sql("ALTER TABLE stock RENAME TO gone")
    assert "the log says why" in await socket.answer("/stock low")


async def test_slack_that_hangs_meanwhile_gets_its_ack_in_time(socket: Watch) -> None:
    socket.office.sandbox.fault("slack", "hang", method="users.info")
    began = time.monotonic()
    assert (await socket.type("/stock low"))["ok"]
    assert time.monotonic() - began < 3
    socket.office.sandbox.clear_faults()


def signed(secret: str, body: str, timestamp: int) -> dict[str, str]:
    """The headers of a request as Slack signs it (v0, HMAC-SHA256)."""
    base = f"v0:{timestamp}:{body}".encode()
    digest = hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()
    return {
        "X-Slack-Request-Timestamp": str(timestamp),
        "X-Slack-Signature": f"v0={digest}",
        "Content-Type": "application/x-www-form-urlencoded",
    }


@pytest.mark.parametrize(
    ("secret", "age", "status"),
    [("right", 0, 200), ("wrong", 0, 401), ("right", 310, 401), ("right", -310, 401)],
)
async def test_a_request_with_a_wrong_signature_or_an_old_one_is_refused(
    office: PostOffice, client: AsyncWebClient, secret: str, age: int, status: int
) -> None:
    fill(office)
    key = office.sandbox.ready["signing_secret"] if secret == "right" else "wrong"
    body = f"command=%2Fstock&text=PS-1000&user_id={EMMA}&team_id=T1&response_url="
    async with watch_over_http(office, client) as watch, httpx.AsyncClient(verify=PLAIN) as slack:
        headers = signed(key, body, int(time.time()) - age)
        answer = await slack.post(watch.url, content=body, headers=headers)
    assert answer.status_code == status
    assert ("640" in answer.text) == (status == 200)


async def test_running_a_check_is_for_some_roles_only(watch: Watch) -> None:
    assert "only: store_manager" in await watch.answer("/watch run safety_stock", who=EMMA)


async def test_people_can_ask_at_the_same_time(watch: Watch) -> None:
    asked = [watch.answer("/stock PS-1000", who) for who in (LIN, EMMA, SUN) * 5]
    answers = await asyncio.gather(*asked)
    assert all("640" in answer for answer in answers)
