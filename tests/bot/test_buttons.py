"""The buttons of an alert: the message is rewritten, everybody gets a fitting answer."""

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from slack_sdk.web.async_client import AsyncWebClient
from sqlmodel import select

from core.duty import Change
from core.ledger.life.duty_changes import add
from core.ledger.tables import Alert, AlertStep
from tests.support.post_office import Json, PostOffice, with_changes
from tests.support.watch import (
    EMMA,
    LIN,
    SOFIA,
    SUN,
    Watch,
    watch_over_http,
    watch_over_socket,
)

ACKNOWLEDGE, SNOOZE, HAND_OVER = "alert_acknowledge", "alert_snooze", "alert_hand_over"
RESOLVE, REOPEN, WHY = "alert_resolve", "alert_reopen", "alert_why"
DANIEL = "daniel.novak@harborlane.example"
DAY = timedelta(days=1)
CLICKS = [ACKNOWLEDGE, SNOOZE, HAND_OVER, RESOLVE, REOPEN]


@pytest.fixture
def office(office: PostOffice) -> PostOffice:
    """A post office that rewrites as often as there is something to say."""
    often = {"rewrite_every": timedelta(milliseconds=1)}
    office.settings = with_changes(office.settings, alerts=often)
    return office


@pytest.fixture
async def watch(office: PostOffice, client: AsyncWebClient) -> AsyncIterator[Watch]:
    """Watchkeeper, connected over Socket Mode, with one alert of Emma's in #reviews."""
    office.find("R1")
    async with watch_over_socket(office, client) as watch:
        await watch.until(office.settled)
        yield watch


def buttons(message: Json) -> list[str]:
    """The actions that a message offers."""
    rows = [block for block in message["blocks"] if block["type"] == "actions"]
    return [element["action_id"] for row in rows for element in row["elements"]]


def alert(watch: Watch) -> Alert:
    """The alert as the ledger has it."""
    with watch.office.database.read() as ledger:
        return ledger.get_one(Alert, 1)


def steps(watch: Watch) -> list[AlertStep]:
    """What happened to it."""
    with watch.office.database.read() as ledger:
        return list(ledger.exec(select(AlertStep)))


async def the_message(watch: Watch) -> Json:
    """The alert's message."""
    return (await watch.messages("C0REVIEWS"))[0]


async def until_it_says(watch: Watch, words: str) -> Json:
    """Wait until the alert's message is rewritten; the message."""
    deadline = time.monotonic() + 5
    while words not in str((message := await the_message(watch))["blocks"]):
        assert time.monotonic() < deadline, message
        await asyncio.sleep(0.01)
    return message


async def told_only(watch: Watch, who: str) -> list[str]:
    """What only this person was told."""
    seen = await watch.messages("C0REVIEWS", who)
    return [message["text"] for message in seen if message["ephemeral"]]


@pytest.mark.parametrize("connected", [watch_over_socket, watch_over_http])
async def test_acknowledge_says_who_took_it_within_a_second(
    office: PostOffice, client: AsyncWebClient, connected: Any
) -> None:
    office.find("R1")
    async with connected(office, client) as watch:
        await watch.until(office.settled)
        message = await the_message(watch)
        assert buttons(message) == [ACKNOWLEDGE, SNOOZE, HAND_OVER, RESOLVE, WHY]
        began = time.monotonic()
        assert (await watch.press(ACKNOWLEDGE, message))["ok"]
        rewritten = await until_it_says(watch, "Emma Clarke took it")
    assert time.monotonic() - began < 1
    assert rewritten["ts"] == message["ts"]
    assert buttons(rewritten) == [SNOOZE, HAND_OVER, RESOLVE, WHY]


async def test_resolve_asks_why_and_says_how_long_it_took(watch: Watch) -> None:
    watch.office.clock.ahead(minutes=31)
    await watch.press(RESOLVE, await the_message(watch))
    note = {"value": "Refunded <!channel> & sorry"}
    done = await watch.submit(reason={"selected_option": "false_alarm"}, note=note)
    assert done["ok"], done
    message = await until_it_says(watch, "Resolved by Emma Clarke")
    assert ", after 31 minutes · A false alarm · Harbor Lane" in str(message["blocks"])
    assert buttons(message) == [REOPEN, WHY]
    assert (alert(watch).reason, alert(watch).resolved_by) == (
        "false_alarm",
        "emma.clarke@harborlane.example",
    )
    history = await watch.until_said("Emma Clarke resolved it")
    assert "A false alarm (Refunded &lt;!channel&gt; &amp; sorry) · Slack" in history["text"]


async def test_a_note_is_not_asked_for(watch: Watch) -> None:
    await watch.press(RESOLVE, await the_message(watch))
    await watch.submit(reason={"selected_option": "fixed"})
    await until_it_says(watch, "Resolved by Emma Clarke")
    detail = steps(watch)[-1].detail
    assert (detail["reason"], "note" in detail) == ("fixed", False)


async def test_reopen_takes_it_back_and_the_owner_hears_of_it(watch: Watch) -> None:
    await watch.press(RESOLVE, await the_message(watch))
    await watch.submit(reason={"selected_option": "fixed"})
    await watch.press(REOPEN, await until_it_says(watch, "Resolved by"), who=LIN)
    said = await watch.until_said("this is open again. Lin Yue 林悦 opened it.")
    assert said["notifies"] == [EMMA]
    assert buttons(await until_it_says(watch, "Open since"))[0] == ACKNOWLEDGE


async def test_hand_over_offers_colleagues_of_the_role_first(watch: Watch) -> None:
    await watch.press(HAND_OVER, await the_message(watch))
    (block,) = (await watch.window_of())["blocks"]
    names = [option["text"]["text"] for option in block["element"]["options"]]
    assert names[:3] == ["Wang Fang 王芳", "Liu Yang 刘洋", "Daniel Novak"]
    assert len(names) == 13
    assert "Emma Clarke" not in names


async def test_hand_over_does_not_offer_who_is_away(watch: Watch) -> None:
    today = watch.office.clock().date()
    away = Change("wang.fang@harborlane.example", None, today - DAY, today + DAY)
    with watch.office.database.write() as ledger:
        settings, now = watch.office.settings, watch.office.clock()
        add(ledger, settings, away, said_by=away.person, at=now, today=today)
    await watch.press(HAND_OVER, await the_message(watch))
    (block,) = (await watch.window_of())["blocks"]
    names = [option["text"]["text"] for option in block["element"]["options"]]
    assert names[:2] == ["Liu Yang 刘洋", "Daniel Novak"]
    assert "Wang Fang 王芳" not in names


async def test_hand_over_gives_it_to_somebody_who_is_told(watch: Watch) -> None:
    await watch.press(HAND_OVER, await the_message(watch))
    await watch.submit(to={"selected_option": DANIEL})
    said = await watch.until_said("this is yours now. Emma Clarke handed it over.")
    assert said["notifies"] == ["U0DANIELNOVAK"]
    message = await until_it_says(watch, "handed over by Emma Clarke")
    assert "Daniel Novak answers by" in str(message["blocks"])
    assert alert(watch).owner == DANIEL


async def test_a_second_click_changes_nothing_and_is_told_politely(watch: Watch) -> None:
    message = await the_message(watch)
    await watch.press(ACKNOWLEDGE, message)
    await watch.press(ACKNOWLEDGE, message, who=LIN)
    await watch.until_said("#1", who=LIN)
    await watch.until(watch.office.settled)
    assert alert(watch).acknowledged_by == "emma.clarke@harborlane.example"
    (told,) = await told_only(watch, LIN)
    assert told.startswith("#1: Emma Clarke")
    assert len(await watch.messages("C0REVIEWS", SUN)) == 2  # the alert and its history


@pytest.mark.parametrize("action", CLICKS)
async def test_an_old_button_of_an_alert_that_is_over_says_how_it_ended(
    watch: Watch, action: str
) -> None:
    message = await the_message(watch)
    watch.office.clock.ahead(minutes=31)
    watch.office.find()  # the check finds nothing any more
    assert buttons(await until_it_says(watch, "✅")) == [WHY]
    before = steps(watch)
    await press_old(watch, action, message)
    await watch.until_said("#1: The trouble was gone at")
    assert "after 31 minutes" in (await told_only(watch, EMMA))[0]
    assert steps(watch) == before


async def press_old(watch: Watch, action: str, message: Json, value: str = "1") -> None:
    """Press a button that the message has no more: a window that was not refreshed."""
    old = {"type": "button", "action_id": action, "text": {"type": "plain_text", "text": "x"}}
    blocks = [{"type": "actions", "elements": [old | {"value": value}]}]
    sender: Any = watch.office.senders["slack"]
    posted = await sender._client.chat_postMessage(channel="C0REVIEWS", text="x", blocks=blocks)
    await watch.press(action, {"ts": posted["ts"]})


@pytest.mark.parametrize("action", [*CLICKS, WHY])
async def test_a_button_of_an_alert_that_is_not_known_says_so(watch: Watch, action: str) -> None:
    await press_old(watch, action, await the_message(watch), value="4711")
    await watch.until_said("There is no alert #4711.")


@pytest.mark.parametrize("action", [ACKNOWLEDGE, SNOOZE, HAND_OVER, RESOLVE])
async def test_who_may_not_act_is_told_who_may(watch: Watch, action: str) -> None:
    message = await the_message(watch)
    before = steps(watch)
    await watch.press(action, message, who=SUN)
    await watch.until_said("Emma Clarke", who=SUN)
    (told,) = await told_only(watch, SUN)
    assert "Lin Yue 林悦" in told  # the store manager
    assert "Chen Wei" not in told
    assert steps(watch) == before


async def test_people_of_the_role_and_the_store_manager_may_act(watch: Watch) -> None:
    await watch.press(ACKNOWLEDGE, await the_message(watch), who="U0DANIELNOVAK")
    message = await until_it_says(watch, "Daniel Novak took it")
    await watch.press(RESOLVE, message, who=LIN)
    await watch.submit(LIN, reason={"selected_option": "accepted"})
    await until_it_says(watch, "Resolved by Lin Yue 林悦")


async def test_snooze_asks_until_when_and_puts_it_aside(watch: Watch) -> None:
    await watch.press(SNOOZE, await the_message(watch))
    await watch.submit(until={"selected_option": "3600"})
    rewritten = await until_it_says(watch, "Put aside until")
    assert buttons(rewritten)[0] == ACKNOWLEDGE
    until = alert(watch).snoozed_until
    assert until is not None
    assert abs(until - watch.office.clock() - timedelta(hours=1)) < timedelta(seconds=10)


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "America/Los_Angeles"])
async def test_tomorrow_is_nine_oclock_where_the_person_is(
    office: PostOffice, client: AsyncWebClient, zone: str
) -> None:
    people = [
        person.model_copy(update={"timezone": zone}) if person.email.startswith("emma") else person
        for person in office.settings.people
    ]
    office.settings = office.settings.model_copy(update={"people": people})
    office.find("R1")
    async with watch_over_socket(office, client) as watch:
        await watch.until(office.settled)
        await tomorrow(watch, ZoneInfo(zone))


async def tomorrow(watch: Watch, zone: ZoneInfo) -> None:
    """Somebody puts the alert aside until tomorrow, which begins at 09:00 in their zone."""
    await watch.press(SNOOZE, await the_message(watch))
    options = (await watch.window_of())["blocks"][0]["element"]["options"]
    assert [option["text"]["text"] for option in options] == [
        "in 1 hour", "in 4 hours", "tomorrow at 09:00",
    ]  # fmt: skip
    await watch.submit(until={"selected_option": options[-1]["value"]})
    await until_it_says(watch, "Put aside until")
    until = (alert(watch).snoozed_until or watch.office.clock()).astimezone(zone)
    today = watch.office.clock().astimezone(zone).date()
    assert (until.date(), f"{until:%H:%M}") == (today + timedelta(days=1), "09:00")


async def test_any_moment_to_come_can_be_picked(watch: Watch) -> None:
    moment = int((watch.office.clock() + timedelta(days=3)).timestamp())
    await watch.press(SNOOZE, await the_message(watch))
    usual = {"selected_option": "3600"}
    await watch.submit(until=usual, moment={"selected_date_time": moment})
    await until_it_says(watch, "Put aside until")
    assert (alert(watch).snoozed_until or watch.office.clock()).timestamp() == moment


async def test_a_moment_that_is_past_is_told_in_the_dialog(watch: Watch) -> None:
    moment = int((watch.office.clock() - timedelta(days=3)).timestamp())
    await watch.press(SNOOZE, await the_message(watch))
    usual = {"selected_option": "3600"}
    done = await watch.submit(until=usual, moment={"selected_date_time": moment})
    assert done["errors"] == {"moment": "That is past: choose a time to come."}
    assert alert(watch).snoozed_until is None


async def test_a_dialog_that_comes_too_late_is_told_to_who_chose(watch: Watch) -> None:
    await watch.press(SNOOZE, await the_message(watch))
    watch.office.find()
    await watch.submit(until={"selected_option": "3600"})
    await watch.until_said("#1: The trouble was gone at")


@pytest.mark.parametrize("action", [ACKNOWLEDGE, SNOOZE, HAND_OVER, RESOLVE, WHY])
async def test_a_stranger_changes_nothing_and_is_told_what_to_do(
    office: PostOffice, client: AsyncWebClient, action: str
) -> None:
    people = [person for person in office.settings.people if "sun.hao" not in person.email]
    office.settings = office.settings.model_copy(update={"people": people})
    office.find("R1")
    async with watch_over_socket(office, client) as watch:
        await watch.until(office.settled)
        await watch.press(action, await the_message(watch), who=SUN)
        await watch.until_said("config.yaml", who=SUN)
        assert alert(watch).state == "open"


async def test_a_direct_copy_of_the_alert_has_buttons_and_is_rewritten_too(
    office: PostOffice, client: AsyncWebClient
) -> None:
    office.find("R1")
    office.owe_direct_copy("sofia.reyes@harborlane.example")
    async with watch_over_socket(office, client) as watch:
        await watch.until(office.settled)
        copy = (await watch.messages("D0SOFIAREYES", SOFIA))[0]
        assert buttons(copy) == buttons(await the_message(watch))
        await watch.press(ACKNOWLEDGE, await the_message(watch))
        again = await watch.until_said("Emma Clarke took it", "D0SOFIAREYES", SOFIA)
    assert again["ts"] == copy["ts"]
