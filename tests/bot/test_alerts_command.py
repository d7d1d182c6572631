"""`/alerts` and `/watch snooze`: what waits, for whom, and taking it from the list."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from core.ledger.tables import Alert
from core.values import Severity
from tests.support.post_office import Json, PostOffice, review
from tests.support.watch import EMMA, LIN, SOFIA, SUN, Watch, watch_over_socket


@pytest.fixture
async def watch(office: PostOffice, client: AsyncWebClient) -> AsyncIterator[Watch]:
    """Watchkeeper, connected, with three alerts of Emma's; the second is the worst."""
    now = office.clock()
    worst = {"severity": Severity.CRITICAL}
    found: list[Any] = [review("R1", now), review("R2", now), review("R3", now)]
    found[1] = type(found[1])(**(vars(found[1]) | worst))
    office.find(*found)
    async with watch_over_socket(office, client) as watch:
        await watch.until(office.settled)
        yield watch


def alert(watch: Watch, number: int = 1) -> Alert:
    """An alert as the ledger has it."""
    with watch.office.database.read() as ledger:
        return ledger.get_one(Alert, number)


async def blocks(watch: Watch, line: str, who: str = EMMA) -> list[Json]:
    """What somebody sees after typing a command."""
    return list((await watch.type(line, who))["response"]["blocks"])


def buttons(shown: list[Json]) -> list[str]:
    """The alerts that can be taken from a list."""
    return [block["accessory"]["value"] for block in shown if "accessory" in block]


async def test_mine_are_listed_the_worst_first(watch: Watch) -> None:
    answer = await watch.answer("/alerts")
    assert answer.startswith("Yours: 3")
    assert answer.index("#2") < answer.index("#1") < answer.index("#3")
    assert "🔴 *#2* 2-star review on amazon: Power station 1000" in answer
    assert buttons(await blocks(watch, "/alerts")) == ["2", "1", "3"]


async def test_who_has_none_is_told_so(watch: Watch) -> None:
    assert await watch.answer("/alerts", SOFIA) == "Nothing waits for you."


async def test_all_are_for_everybody_but_only_some_may_take_them(watch: Watch) -> None:
    assert (await watch.answer("/alerts all", SOFIA)).startswith("Live alerts: 3")
    assert buttons(await blocks(watch, "/alerts all", SOFIA)) == []
    assert buttons(await blocks(watch, "/alerts all", LIN)) == ["2", "1", "3"]


async def test_those_of_one_check(watch: Watch) -> None:
    assert (await watch.answer("/alerts bad_reviews")).startswith("Live alerts of bad_reviews: 3")
    assert await watch.answer("/alerts price_gap") == "No alert is live."
    assert await watch.answer("/alerts <!here>") == "There is no check &lt;!here&gt;."


async def test_one_with_its_history(watch: Watch) -> None:
    shown = await blocks(watch, "/alerts #1")
    (row,) = [block for block in shown if block["type"] == "actions"]
    assert row["elements"][0]["action_id"] == "alert_acknowledge"
    assert "History of alert #1" in str(shown)
    assert "It opened · check" in await watch.answer("/alerts 1")


@pytest.mark.parametrize("number", ["0", "4711", "99999999999999999999"])
async def test_a_number_that_no_alert_has_is_told(watch: Watch, number: str) -> None:
    assert await watch.answer(f"/alerts {number}") == f"There is no alert #{number}."
    assert await watch.answer(f"/watch snooze {number} 1h") == f"There is no alert #{number}."


async def test_a_button_in_the_list_works_and_the_channels_message_follows(watch: Watch) -> None:
    await watch.type("/alerts")
    listed = (await watch.messages())[-1]
    assert listed["ephemeral"]
    body = {"as": EMMA, "channel": "C0STOCK", "message_ts": listed["ts"]}
    row = next(block for block in listed["blocks"] if "accessory" in block)
    pressed = {"action_id": "alert_acknowledge", "block_id": row["block_id"]}
    await watch.window.post("/sandbox/actions", json=body | {"action": pressed})
    told = await watch.until_said("#2: Emma Clarke took it", "C0STOCK")
    assert told["ephemeral"]  # the list itself does not change
    assert alert(watch, 2).acknowledged_by == "emma.clarke@harborlane.example"
    watch.office.clock.ahead(seconds=5)
    rewritten = await watch.until_said("Emma Clarke took it")
    assert rewritten["thread_ts"] is None or "History" in rewritten["text"]


async def test_more_than_a_screenful_is_counted(office: PostOffice, client: AsyncWebClient) -> None:
    office.find(*(f"R{number}" for number in range(25)))
    async with watch_over_socket(office, client) as watch:
        shown = await blocks(watch, "/alerts all", LIN)
    assert len(buttons(shown)) == 20
    assert shown[-1]["text"]["text"] == "另有 5 个"


async def test_snooze_by_number(watch: Watch) -> None:
    answer = await watch.answer("/watch snooze #1 4h")
    assert answer.startswith("#1: Put aside until")
    until = alert(watch).snoozed_until
    assert until is not None
    hours = (until - watch.office.clock()).total_seconds() / 3600
    assert 3.9 < hours < 4.1


async def test_snooze_is_for_who_may_act_and_for_lengths(watch: Watch) -> None:
    assert "Emma Clarke" in await watch.answer("/watch snooze 1 4h", SUN)
    assert "soon is no length of time" in await watch.answer("/watch snooze 1 soon")
    assert await watch.answer("/watch snooze one 1h") == "There is no alert #one."
    assert alert(watch).snoozed_until is None


async def test_no_words_of_a_buyer_are_markup_in_the_list(
    office: PostOffice, client: AsyncWebClient
) -> None:
    office.find("R1", name="<!channel> <@U0LINYUE> *bold*", text="<https://evil.example|x>")
    async with watch_over_socket(office, client) as watch:
        for line in ("/alerts all", "/alerts 1"):
            shown = str(await blocks(watch, line))
            assert "<!" not in shown
            assert "<@" not in shown
            assert "<https://evil" not in shown
