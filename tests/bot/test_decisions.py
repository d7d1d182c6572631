"""What people decide on a competitor's price in Slack: button, dialog, ledger, message, file."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient
from sqlmodel import select

from core.ledger.deciding import set_price
from core.ledger.records import CompetitorPage
from core.ledger.tables import Alert, AlertStep, Choice
from core.rules.ladder import Tier
from tests.support.deciding import (
    CHEN,
    IGNORE,
    KEEP,
    MATCH,
    PRICES,
    SOFIA_MAIL,
    UNDERCUT,
    WRONG,
    alert,
    ask,
    block,
    decisions,
    find,
    ladder,
    press,
    rows,
    said_in,
    seen,
    submit,
    the_file,
    the_message,
    told_only,
    until_it_says,
    until_told,
    with_prices,
)
from tests.support.intake import stored
from tests.support.post_office import PostOffice, with_changes
from tests.support.price_alerts import URL, price_gap
from tests.support.watch import LIN, SOFIA, SUN, Watch, watch_over_http, watch_over_socket

HOSTILE = "<!channel> *now* <https://evil.example|look> & =cmd()"


@pytest.fixture
def office(office: PostOffice) -> PostOffice:
    """We ask 10.00 from 100 pieces on and 9.40 from 500 on, VoltTrail 9.30; Sofia is told."""
    return with_prices(office)


@pytest.fixture
async def watch(office: PostOffice, client: AsyncWebClient) -> AsyncIterator[Watch]:
    """Watchkeeper, connected, with the alert's message in #prices."""
    find(office)
    async with watch_over_socket(office, client) as watch:
        await watch.until(office.settled)
        yield watch


async def test_the_checks_own_buttons_stand_in_a_row_above_the_usual_ones(watch: Watch) -> None:
    own, usual = rows(await the_message(watch))
    assert own == [MATCH, UNDERCUT, KEEP, IGNORE, WRONG]
    assert usual[0] == "alert_acknowledge"
    await watch.press("alert_acknowledge", await the_message(watch), SOFIA, PRICES)
    taken = await until_it_says(watch, "Sofia Reyes took it")
    assert rows(taken)[0] == own


@pytest.mark.parametrize("connected", [watch_over_socket, watch_over_http])
async def test_a_match_rewrites_the_message_and_brings_the_file(
    office: PostOffice, client: AsyncWebClient, connected: Any
) -> None:
    find(office)
    async with connected(office, client) as watch:
        await watch.until(office.settled)
        await press(watch, MATCH)
        done = await submit(watch, price="9.30", note="their new season")
        assert done["ok"], done
        message = await until_it_says(watch, "Fixed – price list: USD 9.30 from 100 pieces on")
        assert rows(message) == [["alert_reopen", "alert_why"]]
        await watch.until(office.settled)
        (decided,) = decisions(watch)
        assert (decided.choice, decided.new_price, decided.who) == (
            "match", Decimal("9.30"), SOFIA_MAIL,
        )  # fmt: skip
        now = ladder(office.database, watch)
    # 500 pieces at 9.40 would be dearer than 100 at 9.30
    assert now == [Tier(100, Decimal("9.30")), Tier(500, Decimal("9.30"))]
    told = [[row["min_quantity"], row["price"], row["old_price"]] for row in the_file(office)]
    assert told == [["100", "9.30", "10.00"], ["500", "9.30", "9.40"]]


async def test_of_two_people_one_decides_and_the_other_is_told(watch: Watch) -> None:
    await press(watch, MATCH, SOFIA)
    await press(watch, MATCH, LIN)
    await submit(watch, SOFIA, price="9.30")
    done = await submit(watch, LIN, price="9.30")
    assert done["errors"] is None
    told = await watch.until_said("#1: Sofia Reyes 于", PRICES, LIN)  # Lin reads Chinese
    assert told["ephemeral"]
    assert [decided.who for decided in decisions(watch)] == [SOFIA_MAIL]


async def test_who_may_not_act_is_told_who_may(watch: Watch) -> None:
    for count, action in enumerate((MATCH, UNDERCUT, KEEP, IGNORE, WRONG), 1):
        await press(watch, action, SUN)
        await until_told(watch, SUN, count, "Sofia Reyes")
    assert "Chen Wei 陈伟" in (await told_only(watch, SUN))[0]  # of the role
    assert decisions(watch) == []


async def test_an_old_button_of_an_alert_that_is_over_says_how_it_ended(watch: Watch) -> None:
    watch.office.find()
    sender: Any = watch.office.senders["slack"]
    for count, action in enumerate((MATCH, UNDERCUT, KEEP, IGNORE, WRONG), 1):
        old = {"type": "button", "action_id": action, "text": {"type": "plain_text", "text": "x"}}
        blocks = [{"type": "actions", "elements": [old | {"value": "1"}]}]
        posted = await sender._client.chat_postMessage(channel=PRICES, text="x", blocks=blocks)
        await watch.press(action, {"ts": posted["ts"]}, SOFIA, PRICES)
        await until_told(watch, SOFIA, count, "#1: The trouble was gone at")
    assert decisions(watch) == []


async def test_a_hostile_note_pings_nobody_and_is_no_formula(watch: Watch) -> None:
    await press(watch, MATCH)
    await submit(watch, price="9.30", note=HOSTILE)
    history = await watch.until_said("Sofia Reyes resolved it", PRICES, SOFIA)
    assert "price list: USD 9.30 from 100 pieces on" in history["text"]
    assert "(&lt;!channel&gt; *now* &lt;https" in history["text"]
    assert history["notifies"] == []
    await watch.until(watch.office.settled)
    assert the_file(watch.office)[0]["reason"] == HOSTILE  # no sign of a formula begins it


async def test_keeping_the_price_says_why_in_the_history(watch: Watch) -> None:
    await press(watch, KEEP)
    assert "*PS-1000* stays at USD 10.00" in said_in(await watch.window_of(SOFIA))
    await submit(watch, note="better battery")
    await until_it_says(watch, "Accepted as it is – our price is kept")
    history = await watch.until_said("our price is kept (", PRICES, SOFIA)
    assert "Accepted as it is – our price is kept (better battery)" in history["text"]
    assert ladder(watch.office.database, watch)[0].price == Decimal("10.00")


async def test_ignoring_it_offers_the_configured_lengths(watch: Watch) -> None:
    await press(watch, IGNORE)
    element = block(await watch.window_of(SOFIA), "length")["element"]
    assert [o["text"]["text"] for o in element["options"]] == [
        "for 7 days", "for 14 days", "for 30 days",
    ]  # fmt: skip
    chosen = element["options"][1]["value"]
    await watch.submit(SOFIA, length={"selected_option": chosen})
    await until_it_says(watch, "Resolved by")
    until = decisions(watch)[0].until
    assert until is not None
    assert abs(until - watch.office.clock() - timedelta(days=14)) < timedelta(seconds=10)
    await watch.until_said("not told until", PRICES, SOFIA)


async def test_wrong_product_is_asked_first_and_then_compared_no_more(watch: Watch) -> None:
    own = (await the_message(watch))["blocks"][-2]["elements"]
    asked = next(each for each in own if each["action_id"] == WRONG)["confirm"]
    assert "something else than our PS-1000" in asked["text"]["text"]
    assert (asked["confirm"]["text"], asked["deny"]["text"]) == ("Yes", "Cancel")
    await press(watch, WRONG)
    await until_it_says(watch, "Resolved by")
    (page,) = stored(watch.office.database, CompetitorPage)
    assert (page.url, page.status, page.decided_by) == (URL, "rejected", SOFIA_MAIL)
    await watch.until_said("A false alarm – not the same product", PRICES, SOFIA)


@pytest.mark.parametrize(
    ("action", "fields"),
    [
        (MATCH, {"price": {"value": "9.30"}, "note": {"value": None}}),
        (KEEP, {"note": {"value": None}}),
        (IGNORE, {"length": {"selected_option": "604800"}}),
        (WRONG, {}),
    ],
)
async def test_the_check_itself_finds_it_no_more_and_it_does_not_come_back(
    office: PostOffice, client: AsyncWebClient, action: str, fields: dict[str, Any]
) -> None:
    seen(office, "9.30")
    ask(office)
    async with watch_over_socket(office, client) as watch:
        await watch.until(office.settled)
        await press(watch, action, CHEN)
        if fields:
            assert (await watch.submit(CHEN, **fields))["errors"] is None
        await watch.until(lambda: alert(watch).state == "resolved")
        office.clock.ahead(hours=25)  # alerts.reopen_after is 24h
        seen(office, "9.30")
        ask(office)
        assert alert(watch).gone_at is not None
        assert alert(watch).resolved_by == "chen.wei@harborlane.example"


async def test_a_gap_that_was_kept_comes_back_when_it_grows(
    office: PostOffice, client: AsyncWebClient
) -> None:
    seen(office, "9.30")
    ask(office)
    async with watch_over_socket(office, client) as watch:
        await watch.until(office.settled)
        await press(watch, KEEP, CHEN)
        await submit(watch, CHEN)
        await watch.until(lambda: alert(watch).state == "resolved")
        office.clock.ahead(hours=1)
        ask(office)
        seen(office, "9.00")  # (10.00 − 9.00) ÷ 9.00 = 11.1 %, it was 7.5 %
        ask(office)
        with office.database.read() as ledger:
            again = ledger.exec(select(Alert).where(Alert.state == "open")).all()
    assert [each.facts["theirs"] for each in again] == ["9.00", "9.00"]  # at 100 and at 500


async def test_a_gap_that_grows_before_the_next_round_is_told_then_and_not_a_day_later(
    office: PostOffice, client: AsyncWebClient
) -> None:
    seen(office, "9.30")
    ask(office)
    async with watch_over_socket(office, client) as watch:
        await watch.until(office.settled)
        await press(watch, KEEP, CHEN)
        await submit(watch, CHEN)
        await watch.until(lambda: alert(watch).state == "resolved")
    office.clock.ahead(hours=6)  # alerts.reopen_after is 24h
    seen(office, "9.00")  # (10.00 − 9.00) ÷ 9.00 = 11.1 %, 3.6 % more than they kept
    ask(office)
    assert alert(watch).state == "open"


async def test_why_shows_the_decision_in_words(watch: Watch) -> None:
    await press(watch, KEEP)
    await submit(watch, note="better battery")
    message = await until_it_says(watch, "Resolved by")
    await watch.press("alert_why", message, CHEN, PRICES)
    window = await watch.window_of(CHEN)
    assert "保持我们的价格" in str(window["blocks"])


async def test_each_decision_is_one_step(watch: Watch) -> None:
    await press(watch, KEEP)
    await submit(watch)
    await until_it_says(watch, "Resolved by")
    with watch.office.database.read() as ledger:
        steps = ledger.exec(select(AlertStep).where(AlertStep.what == "resolved")).all()
    (step,) = steps
    assert (step.origin, step.detail["decided"]["choice"]) == ("slack", "keep")


async def test_where_alerts_share_a_message_the_owner_has_the_file_directly(
    office: PostOffice,
) -> None:
    office.settings = with_changes(office.settings, alerts={"group_over": 1})
    gaps = (price_gap(office.clock(), quantity=quantity) for quantity in (100, 500))
    office.find(*(replace(gap, owner=SOFIA_MAIL) for gap in gaps))
    seen_then = {"ours": "10.00", "theirs": "9.30"}
    office.step(set_price, choice=Choice.MATCH, price=Decimal("9.30"), seen=seen_then)
    await office.deliver()
    direct = office.sandbox.get("/sandbox/messages", channel="D0SOFIAREYES", **{"as": SOFIA})
    (message,) = [m for m in direct["messages"] if m["files"]]
    assert message["files"][0]["title"] == "New price list of PS-1000"
