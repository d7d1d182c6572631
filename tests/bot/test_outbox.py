"""What is owed arrives once, in order, at Slack's pace, and is rewritten where it stands."""

import asyncio
import time
from decimal import Decimal

import pytest
from slack_sdk.web.async_client import AsyncWebClient
from sqlmodel import select

from core.ledger.database import Database
from core.ledger.life.steps import acknowledge, resolve
from core.ledger.posts import Lane, claim_next
from core.ledger.tables import Post, PostState
from core.settings import Settings
from core.values import Medium
from tests.support.post_office import PostOffice, post_office, review, with_changes
from tests.support.sandbox_process import RunningSandbox

EMMA = "U0EMMACLARKE"  # first of sales in duty.order: answers for bad reviews


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Each alert has a message of its own, however many open together."""
    return with_changes(settings, alerts={"group_over": 1000})


async def test_an_alert_is_posted_once_and_notifies_who_answers(office: PostOffice) -> None:
    office.find("R1")
    await office.deliver()
    await office.deliver()
    (message,) = office.told("reviews")
    assert message["notifies"] == [EMMA]
    assert f"<@{EMMA}>" in message["text"]
    assert "2-star review on amazon: Power station 1000" in message["text"]


async def test_a_message_carries_the_id_of_its_post(office: PostOffice) -> None:
    office.find("R1")
    await office.deliver()
    (message,), (post,) = office.told("reviews"), office.posts()
    assert message["metadata"]["event_payload"] == {"post_id": post.id}
    assert post.place == {"channel": "C0REVIEWS", "ts": message["ts"]}


async def test_the_same_finding_again_sends_nothing(office: PostOffice) -> None:
    found = review("R1", office.clock())
    office.find(found)
    await office.deliver()
    office.find(found)
    assert office.settled()


async def test_many_changes_make_one_rewrite_in_place(office: PostOffice) -> None:
    office.find("R1")
    await office.deliver()
    office.step(acknowledge)
    office.step(resolve)
    await office.deliver()
    (message,) = office.told("reviews")
    assert len(office.calls("chat.update")) == 1
    assert "Resolved by Lin Yue" in str(message["blocks"])


async def test_a_rewrite_notifies_nobody_again(office: PostOffice) -> None:
    office.find("R1")
    await office.deliver()
    office.step(acknowledge)
    await office.deliver()
    assert [message["notifies"] for message in office.said("reviews")] == [[EMMA], []]


async def test_a_change_while_the_post_is_on_its_way_is_not_lost(office: PostOffice) -> None:
    office.sandbox.fault("slack", "hang", method="chat.postMessage", times=1, hang_seconds=0.1)
    office.find("R1")
    async with office.open() as outbox:
        await office.until(lambda: bool(office.calls("chat.postMessage")), outbox, hurry=0)
        office.step(acknowledge)
        await office.until(office.settled, outbox)
    (message,) = office.told("reviews")
    assert "took it" in str(message["blocks"])


async def test_opened_and_gone_while_slack_was_away_is_told_as_one_message(
    office: PostOffice,
) -> None:
    office.find("R1")
    office.find()
    await office.deliver()
    (message,) = office.told("reviews")
    assert "✅" in message["blocks"][0]["text"]["text"]


async def test_a_lane_keeps_its_order(office: PostOffice) -> None:
    for number in range(1, 6):
        office.find(*(f"R{n}" for n in range(1, number + 1)))
        office.clock.ahead(seconds=1)
    office.sandbox.fault("slack", "500", method="chat.postMessage", times=2)
    await office.deliver()
    numbers = [message["blocks"][-2]["elements"][0]["text"] for message in office.told("reviews")]
    assert [text.rpartition("#")[2] for text in numbers] == ["1", "2", "3", "4", "5"]


async def test_slack_is_never_asked_faster_than_it_allows(
    ledger: Database, settings: Settings, sandbox: RunningSandbox, client: AsyncWebClient
) -> None:
    # a tenth of the real pace: 10 messages a second, and we keep 1.1 times the distance
    sandbox.post("/sandbox/limits", {"message_rate": 10, "burst": 1})
    slow = with_changes(settings, slack={"seconds_between_messages": Decimal("0.11")})
    office = post_office(ledger, slow, sandbox, client)
    office.find(*(f"R{number}" for number in range(6)))
    began = time.monotonic()
    await office.deliver(hurry=0)
    assert time.monotonic() - began >= 5 * 0.11
    assert {call["status"] for call in office.calls("chat.postMessage")} == {200}


async def test_a_busy_channel_does_not_hold_up_another(office: PostOffice) -> None:
    office.sandbox.fault("slack", "hang", method="chat.postMessage", times=1)
    office.find("R1")
    async with office.open() as outbox:
        await office.until(lambda: bool(office.calls("chat.postMessage")), outbox, hurry=0)
        office.owe_text(Medium.SLACK, "watch", "undeliverable", NOTICE)
        await office.until(lambda: bool(office.told("watch")), outbox, hurry=0)
        office.sandbox.clear_faults()
        await office.until(office.settled, outbox)


NOTICE = {
    "medium": "mail",
    "error": "no such mailbox",
    "count": 1,
    "failed": [{"post_id": "0", "recipient": "a@b.example", "alert": None, "title": None}],
}


async def test_posts_on_their_way_when_the_process_died_are_not_doubled(
    database: Database, settings: Settings, sandbox: RunningSandbox, client: AsyncWebClient
) -> None:
    office = post_office(database, settings, sandbox, client)
    office.find("R1", "R2")
    await office.deliver()
    with database.write() as ledger:  # as a process leaves them that was killed before the answer
        for post in ledger.exec(select(Post)):
            post.state, post.uncertain, post.place = PostState.SENDING, True, None
    await office.deliver()
    assert len(office.told("reviews")) == 2
    assert all(post.place for post in office.posts())


async def test_both_databases_deliver_a_storm_once_each(
    database: Database, settings: Settings, sandbox: RunningSandbox, client: AsyncWebClient
) -> None:
    office = post_office(database, settings, sandbox, client)
    office.find(*(f"R{number}" for number in range(20)))
    await office.deliver()
    assert (
        len({message["metadata"]["event_payload"]["post_id"] for message in office.told("reviews")})
        == 20
    )
    assert len(office.told("reviews")) == 20


async def test_a_workspace_is_never_asked_faster_than_it_allows(
    ledger: Database, settings: Settings, sandbox: RunningSandbox, client: AsyncWebClient
) -> None:
    hurried = with_changes(settings, slack={"messages_a_minute": 1200})  # one in 0.05 s
    office = post_office(ledger, hurried, sandbox, client)
    for number, channel in enumerate(CHANNELS * 2):
        office.owe_text(Medium.SLACK, channel, "undeliverable", NOTICE | {"error": str(number)})
    began = time.monotonic()
    await office.deliver(hurry=0)
    assert time.monotonic() - began >= (14 - 5) * 0.05  # five go at once


CHANNELS = ["stock", "reviews", "prices", "logistics", "disputes", "monday", "watch"]


async def test_a_storm_in_some_channels_does_not_starve_another(
    ledger: Database, settings: Settings, sandbox: RunningSandbox, client: AsyncWebClient
) -> None:
    hurried = with_changes(settings, slack={"messages_a_minute": 1200})
    office = post_office(ledger, hurried, sandbox, client)
    for _ in range(5):
        for channel in CHANNELS[:-1]:
            office.owe_text(Medium.SLACK, channel, "undeliverable", NOTICE)
    office.owe_text(Medium.SLACK, "watch", "undeliverable", NOTICE)  # last in time and alphabet
    await office.deliver(hurry=0)
    by_time = sorted((m["ts"], name) for name in CHANNELS for m in office.told(name))
    assert "watch" in [name for _, name in by_time[: len(CHANNELS) + 2]]


async def test_a_click_shows_while_a_storm_still_goes_out(
    ledger: Database, settings: Settings, sandbox: RunningSandbox, client: AsyncWebClient
) -> None:
    slow = with_changes(settings, slack={"seconds_between_messages": Decimal(30)})
    office = post_office(ledger, slow, sandbox, client)
    office.find("R1")
    await office.deliver()
    office.clock.ahead(minutes=1)
    office.find(*(f"R{number}" for number in range(1, 10)))
    async with office.open() as outbox:
        await office.until(lambda: len(office.told("reviews")) == 2, outbox, hurry=0)
        office.step(acknowledge)
        await office.until(lambda: bool(office.calls("chat.update")), outbox, hurry=0)
        assert len(office.told("reviews")) == 2
        await office.until(office.settled, outbox, hurry=10)


async def test_two_processes_on_one_ledger_send_nothing_twice(
    postgresql_database: Database,
    settings: Settings,
    sandbox: RunningSandbox,
    client: AsyncWebClient,
) -> None:
    office = post_office(postgresql_database, settings, sandbox, client)
    office.find(*(f"R{number}" for number in range(20)))
    async with office.open() as one, office.open():
        await office.until(office.settled, one)
    ids = [m["metadata"]["event_payload"]["post_id"] for m in office.said("reviews")]
    assert len(ids) == len(set(ids)) == 20
    postgresql_database.close()


async def test_another_process_takes_up_what_one_has_lost(
    postgresql_database: Database,
    settings: Settings,
    sandbox: RunningSandbox,
    client: AsyncWebClient,
) -> None:
    office = post_office(postgresql_database, settings, sandbox, client)
    office.find("R1")
    lane, lease = Lane("slack", "reviews"), 2 * settings.outbox.send_timeout
    with postgresql_database.write() as ledger:  # claimed by a process that died
        assert claim_next(ledger, lane, office.clock(), lease)
    async with office.open() as outbox:
        office.clock.ahead(seconds=lease.total_seconds() - 1)
        outbox.wake()
        await asyncio.sleep(0.05)
        assert office.said("reviews") == []
        await office.until(office.settled, outbox)
    assert len(office.said("reviews")) == 1
    assert office.calls("conversations.history")  # it asked first
    postgresql_database.close()
