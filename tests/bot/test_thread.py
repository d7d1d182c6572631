"""An alert's thread: its history, rewritten in place, and what people write there."""

import asyncio
import hashlib
import hmac
import json
import time
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from slack_sdk.web.async_client import AsyncWebClient
from sqlmodel import select

from core.finding import facts
from core.ledger.life.owing import owe_reply
from core.ledger.life.steps import acknowledge, resolve
from core.ledger.life.watch import watch as watch_at
from core.ledger.tables import Alert, AlertStep
from tests.support.post_office import Json, PostOffice, with_changes
from tests.support.sandbox_process import PLAIN
from tests.support.watch import EMMA, LIN, SUN, Watch, watch_over_http, watch_over_socket

SOFIA_MAIL, DANIEL_MAIL = "sofia.reyes@harborlane.example", "daniel.novak@harborlane.example"


@pytest.fixture
def office(office: PostOffice) -> PostOffice:
    """A post office with one alert of Emma's, that rewrites as often as there is something."""
    often = {"rewrite_every": timedelta(milliseconds=1)}
    office.settings = with_changes(office.settings, alerts=often)
    office.find("R1")
    return office


@pytest.fixture
async def watch(office: PostOffice, client: AsyncWebClient) -> AsyncIterator[Watch]:
    """Watchkeeper, connected, with its message in #reviews."""
    async with watch_over_socket(office, client) as watch:
        await watch.until(office.settled)
        yield watch


def thread(office: PostOffice, channel: str = "reviews") -> list[Json]:
    """The replies in a channel."""
    return [message for message in office.said(channel) if message["thread_ts"]]


async def test_the_history_is_one_reply_that_is_rewritten_and_pings_nobody(
    office: PostOffice,
) -> None:
    await office.deliver()
    assert thread(office) == []  # a new alert has none: its message says it all
    office.step(acknowledge)
    await office.deliver()
    (first,) = thread(office)
    office.step(resolve)
    await office.deliver()
    (history,) = thread(office)
    assert history["ts"] == first["ts"]
    assert history["notifies"] == []
    assert history["thread_ts"] == office.said("reviews")[0]["ts"]
    opened, taken, resolved = history["text"].splitlines()[1:]
    assert opened.endswith("It opened · check")
    assert taken.endswith("Lin Yue 林悦 took it · test")
    assert resolved.endswith("Lin Yue 林悦 resolved it · test")


async def test_a_history_keeps_up_with_steps_while_slack_does_not_answer(
    office: PostOffice,
) -> None:
    office.step(acknowledge)
    office.step(resolve)
    await office.deliver()
    (history,) = thread(office)
    assert "resolved it" in history["text"]
    assert len(office.calls("chat.postMessage")) == 2  # the message, its history


async def test_a_long_history_names_the_last_steps(office: PostOffice) -> None:
    with office.database.write() as ledger:
        for number in range(25):
            asked = {"people": [SOFIA_MAIL], "step": number}
            ledger.add(
                AlertStep(
                    alert_id=1, at=office.clock(), who=None, what="reminded", origin="clock",
                    detail=asked,
                )
            )  # fmt: skip
    office.step(acknowledge)
    await office.deliver()
    (history,) = thread(office)
    assert "7 earlier steps" in history["text"]  # opened + 25 + acknowledged = 27, 20 are named
    assert history["text"].count("Sofia Reyes was reminded") == 19


async def reply(office: PostOffice, template: str, **values: Any) -> Json:
    """Owe a reply and deliver it; the reply."""
    with office.database.write() as ledger:
        now = watch_at(ledger, office.settings, office.clock())
        owe_reply(ledger, now, ledger.get_one(Alert, 1), template, facts(values))
    await office.deliver()
    return thread(office)[-1]


@pytest.mark.parametrize("template", ["worse", "snooze_over", "handed_over", "reopened"])
async def test_a_reply_mentions_the_owner(office: PostOffice, template: str) -> None:
    said = await reply(office, template)
    assert said["text"].startswith("<@U0EMMACLARKE>")
    assert said["notifies"] == [EMMA]


async def test_a_reply_mentions_several_people_and_is_shown_in_the_channel(
    office: PostOffice,
) -> None:
    people = [SOFIA_MAIL, DANIEL_MAIL]
    said = await reply(office, "worse", people=people, broadcast=True)
    assert said["notifies"] == ["U0DANIELNOVAK", "U0SOFIAREYES"]
    assert office.calls("chat.postMessage")[-1]["args"]["reply_broadcast"] is True


async def test_a_direct_message_to_somebody_slack_does_not_know_stops(office: PostOffice) -> None:
    unknown = office.settings.people[3].model_copy(update={"email": "new@harborlane.example"})
    people = [*office.settings.people, unknown]
    office.settings = office.settings.model_copy(update={"people": people})
    office.owe_direct_copy("new@harborlane.example")
    await office.deliver()
    (failed,) = [post for post in office.posts() if post.state == "failed"]
    assert failed.error == "Slack knows nobody of the team with the address new@harborlane.example"


def comments(office: PostOffice) -> list[tuple[str | None, str]]:
    """Who wrote what, as the ledger has it."""
    with office.database.read() as ledger:
        found = ledger.exec(select(AlertStep).where(AlertStep.what == "commented")).all()
    return [(step.who, step.detail["text"]) for step in found]


async def until_kept(watch: Watch, count: int = 1) -> None:
    """Wait until so many comments are kept."""
    deadline = time.monotonic() + 5
    while len(comments(watch.office)) < count:
        assert time.monotonic() < deadline, comments(watch.office)
        await asyncio.sleep(0.01)


async def test_what_people_write_in_the_thread_is_kept_as_they_wrote_it(watch: Watch) -> None:
    message = (await watch.messages("C0REVIEWS"))[0]
    await watch.write("She wants a refund &lt;now&gt; &amp; a new one", message["ts"])
    await until_kept(watch)
    said = [("emma.clarke@harborlane.example", "She wants a refund <now> & a new one")]
    assert comments(watch.office) == said
    await watch.until(watch.office.settled)
    assert len(thread(watch.office)) == 1  # only Emma's own words: no history was begun for them


async def test_other_messages_are_nobodys_comments(watch: Watch) -> None:
    message = (await watch.messages("C0REVIEWS"))[0]
    other = await watch.write("Good morning", None)
    await watch.write("in another thread", other)
    await watch.press("alert_acknowledge", message)  # our own reply is none either
    await watch.until_said("History of alert #1")
    await watch.write("in this one", message["ts"], who=LIN)
    await until_kept(watch)
    assert comments(watch.office) == [("lin.yue@harborlane.example", "in this one")]


async def test_an_event_that_slack_sends_again_is_kept_once(
    office: PostOffice, client: AsyncWebClient
) -> None:
    async with watch_over_http(office, client) as watch, httpx.AsyncClient(verify=PLAIN) as slack:
        await watch.until(office.settled)
        message = (await watch.messages("C0REVIEWS"))[0]
        for ts in ("1.000001", "1.000001", "1.000002"):
            event = {"type": "message", "channel": "C0REVIEWS", "user": EMMA, "text": f"at {ts}",
                     "ts": ts, "thread_ts": message["ts"]}  # fmt: skip
            body = json.dumps({"type": "event_callback", "event": event})
            answer = await slack.post(watch.url, content=body, headers=signed(office, body))
            assert answer.status_code == 200
    assert [text for _, text in comments(office)] == ["at 1.000001", "at 1.000002"]


@pytest.mark.parametrize(
    "other",
    [{"subtype": "message_changed"}, {"subtype": "bot_message"}, {"bot_id": "B1"},
     {"channel": "C0STOCK"}, {"thread_ts": "1.5"}],
)  # fmt: skip
async def test_edits_bots_and_other_threads_are_no_comments(
    office: PostOffice, client: AsyncWebClient, other: Json
) -> None:
    async with watch_over_http(office, client) as watch, httpx.AsyncClient(verify=PLAIN) as slack:
        await watch.until(office.settled)
        message = (await watch.messages("C0REVIEWS"))[0]
        event = {"type": "message", "channel": "C0REVIEWS", "user": EMMA, "text": "x",
                 "ts": "2.1", "thread_ts": message["ts"]}  # fmt: skip
        body = json.dumps({"type": "event_callback", "event": event | other})
        answer = await slack.post(watch.url, content=body, headers=signed(office, body))
        assert answer.status_code == 200
    assert comments(office) == []


def signed(office: PostOffice, body: str) -> dict[str, str]:
    """The headers of a request as Slack signs it (v0, HMAC-SHA256)."""
    now = str(int(time.time()))
    key = office.sandbox.ready["signing_secret"].encode()
    digest = hmac.new(key, f"v0:{now}:{body}".encode(), hashlib.sha256).hexdigest()
    return {
        "X-Slack-Request-Timestamp": now,
        "X-Slack-Signature": f"v0={digest}",
        "Content-Type": "application/json",
    }


async def test_what_a_stranger_writes_is_kept_under_their_own_name(
    office: PostOffice, client: AsyncWebClient
) -> None:
    people = [person for person in office.settings.people if "sun.hao" not in person.email]
    office.settings = office.settings.model_copy(update={"people": people})
    async with watch_over_socket(office, client) as watch:
        await watch.until(office.settled)
        message = (await watch.messages("C0REVIEWS"))[0]
        await watch.write("from outside", message["ts"], who=SUN)
        await watch.write("from the team", message["ts"])
        await until_kept(watch, 2)
    assert sorted(comments(office)) == [
        ("emma.clarke@harborlane.example", "from the team"),
        ("sun.hao@harborlane.example", "from outside"),
    ]
