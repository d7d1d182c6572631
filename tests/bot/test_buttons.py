"""Acknowledge, Snooze and Resolve: the message is rewritten, everybody gets a fitting answer."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from core.ledger.tables import Alert
from tests.support.post_office import Json, PostOffice
from tests.support.watch import EMMA, LIN, SUN, Watch, watch_over_http, watch_over_socket

ACKNOWLEDGE, SNOOZE, RESOLVE = "alert_acknowledge", "alert_snooze", "alert_resolve"


@pytest.fixture(params=["socket", "http"])
async def watch(
    request: pytest.FixtureRequest, office: PostOffice, client: AsyncWebClient
) -> AsyncIterator[Watch]:
    """Watchkeeper, connected in either way, with one alert in #reviews."""
    office.find("R1")
    connected = watch_over_socket if request.param == "socket" else watch_over_http
    async with connected(office, client) as watch:
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


async def the_message(watch: Watch) -> Json:
    """The alert's message."""
    return (await watch.messages("C0REVIEWS"))[0]


async def test_acknowledge_says_who_took_it_and_takes_its_button_away(watch: Watch) -> None:
    message = await the_message(watch)
    assert buttons(message) == [ACKNOWLEDGE, SNOOZE, RESOLVE]
    assert (await watch.press(ACKNOWLEDGE, message))["ok"]
    rewritten = await watch.until_said("Emma Clarke took it")
    assert rewritten["ts"] == message["ts"]
    assert buttons(rewritten) == [SNOOZE, RESOLVE]


async def test_resolve_ends_it_and_takes_all_buttons_away(watch: Watch) -> None:
    message = await the_message(watch)
    await watch.press(RESOLVE, message)
    rewritten = await watch.until_said("Resolved by Emma Clarke")
    assert buttons(rewritten) == []
    assert alert(watch).resolved_by == "emma.clarke@harborlane.example"


async def test_a_second_click_changes_nothing_and_is_told_politely(watch: Watch) -> None:
    message = await the_message(watch)
    await watch.press(ACKNOWLEDGE, message)
    await watch.press(ACKNOWLEDGE, message, who=LIN)
    told = await watch.until_said("#1", who=LIN)
    assert alert(watch).acknowledged_by == "emma.clarke@harborlane.example"
    ephemeral = [each for each in await watch.messages("C0REVIEWS", LIN) if each["ephemeral"]]
    assert len(ephemeral) == 1
    assert told is not None


async def test_a_click_on_an_alert_that_is_over_is_told(watch: Watch) -> None:
    message = await the_message(watch)
    watch.office.find()  # the check finds nothing any more
    await watch.press(RESOLVE, message)
    await watch.until_said("Alert #1 is no longer waiting for that")


async def test_snooze_asks_until_when_and_puts_it_aside(watch: Watch) -> None:
    await watch.press(SNOOZE, await the_message(watch))
    await snooze_dialog(watch, "3600")
    rewritten = await watch.until_said("Put aside until")
    assert buttons(rewritten) == [ACKNOWLEDGE, SNOOZE, RESOLVE]
    until = alert(watch).snoozed_until
    assert until is not None
    assert abs(until - watch.office.clock() - timedelta(hours=1)) < timedelta(seconds=10)


async def test_tomorrow_is_nine_oclock_where_the_store_is(watch: Watch) -> None:
    await watch.press(SNOOZE, await the_message(watch))
    await snooze_dialog(watch, "tomorrow")
    await watch.until_said("Put aside until")
    zone = watch.office.settings.stores[0].zone
    until = (alert(watch).snoozed_until or watch.office.clock()).astimezone(zone)
    today = watch.office.clock().astimezone(zone).date()
    assert (until.date(), f"{until:%H:%M}") == (today + timedelta(days=1), "09:00")


async def test_a_snooze_that_comes_too_late_is_told_to_who_chose_it(watch: Watch) -> None:
    await watch.press(SNOOZE, await the_message(watch))
    watch.office.find()
    await snooze_dialog(watch, "3600")
    await watch.until_said("Alert #1 is no longer waiting for that")


async def snooze_dialog(watch: Watch, chosen: str) -> None:
    """Choose in the dialog that is open before Emma, and submit it."""
    (view,) = (await watch.window.get("/sandbox/views", params={"as": EMMA})).json()["modals"]
    options = view["blocks"][0]["element"]["options"]
    option = next(each for each in options if each["value"] == chosen)
    body = {"as": EMMA, "values": {"until": {"until": {"selected_option": option}}}}
    done = (await watch.window.post(f"/sandbox/views/{view['id']}/submit", json=body)).json()
    assert done["ok"], done


@pytest.mark.parametrize("action", [ACKNOWLEDGE, SNOOZE, RESOLVE])
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
