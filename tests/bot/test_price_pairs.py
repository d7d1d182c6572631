"""`/price pairs` in Slack: who may say it, what the buttons do, and what a second click does."""

import asyncio
import time
from collections.abc import AsyncIterator

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from core.ledger.pages import known_by_name
from core.ledger.proposals import match_pages, propose
from tests.support.intake import take
from tests.support.post_office import Json, PostOffice
from tests.support.watch import EMMA, LIN, SOFIA, Watch, watch_over_http, watch_over_socket

CONFIRM, WRONG, SKIP = "pair_confirm", "pair_wrong", "pair_skip"
P1000, P2000 = "https://v.example/1000", "https://v.example/2000"
SOFIA_MAIL = "sofia.reyes@harborlane.example"


@pytest.fixture
def office(office: PostOffice) -> PostOffice:
    """A post office with two proposed pairs; the page of PS-1000 is the likelier one."""
    database, store = office.database, office.settings.stores[0]
    names = {"PS-1000": "Portable Power Station 1000 W", "PS-2000": "Portable Power Station 2000 W"}
    take(database, "product", *({"sku": sku, "name": name} for sku, name in names.items()))
    titles = {P1000: "Portable Power Station 1000 W <!channel>", P2000: "Trail 2000 Power Station"}
    pages = ({"competitor": "VoltTrail", "url": url, "title": t} for url, t in titles.items())
    take(database, "competitor_page", *pages)
    with database.write() as ledger:
        found = match_pages(ledger, office.settings, store, office.clock(), None)
        assert propose(ledger, store.name, found.sure, office.clock()) == 2
    return office


@pytest.fixture(params=["socket", "http"])
async def watch(
    request: pytest.FixtureRequest, office: PostOffice, client: AsyncWebClient
) -> AsyncIterator[Watch]:
    """Watchkeeper, connected in either way."""
    connected = watch_over_socket if request.param == "socket" else watch_over_http
    async with connected(office, client) as watch:
        yield watch


@pytest.fixture
async def socket(office: PostOffice, client: AsyncWebClient) -> AsyncIterator[Watch]:
    """Watchkeeper, connected over Socket Mode."""
    async with watch_over_socket(office, client) as watch:
        yield watch


async def the_list(watch: Watch, who: str = SOFIA) -> Json:
    """The list as the person has it before them; the latest one."""
    return [message for message in await watch.messages(who=who) if message["ephemeral"]][-1]


async def asked(watch: Watch, who: str = SOFIA) -> Json:
    await watch.answer("/price pairs", who)
    return await the_list(watch, who)


async def until_it_says(watch: Watch, words: str, who: str = SOFIA) -> Json:
    deadline = time.monotonic() + 5
    while words not in str((message := await the_list(watch, who))["blocks"]):
        assert time.monotonic() < deadline, message
        await asyncio.sleep(0.01)
    return message


def pair(watch: Watch, url: str) -> tuple[str | None, str | None, str | None]:
    """A page's article, status, and who said so."""
    with watch.office.database.read() as ledger:
        page = known_by_name(ledger, "harborlane")["VoltTrail", url]
        return page.sku, page.status, page.decided_by


def buttons(message: Json) -> int:
    return sum(block["type"] == "actions" for block in message["blocks"])


async def press(watch: Watch, action: str, message: Json, who: str = SOFIA) -> None:
    done = await watch.press(action, message, who, "C0STOCK")
    assert done["ok"], done


async def test_the_list_shows_the_page_our_article_and_why(watch: Watch) -> None:
    answer = await watch.answer("/price pairs", SOFIA)
    assert "Pairs that wait for a word: 2" in answer
    assert (
        "*VoltTrail* <https://v.example/1000|Portable Power Station 1000 W &lt;!channel&gt;>\n"
        "= *PS-1000* Portable Power Station 1000 W?\n"
    ) in answer
    assert ": title 9" in answer
    assert ", 2,000 on both" in answer
    assert buttons(await the_list(watch)) == 2


async def test_confirm_pairs_the_page_and_shows_what_is_left(watch: Watch) -> None:
    await press(watch, CONFIRM, await asked(watch))
    message = await until_it_says(watch, "Confirmed: ")
    assert pair(watch, P1000) == ("PS-1000", "confirmed", SOFIA_MAIL)
    assert buttons(message) == 1
    assert "&lt;!channel&gt; of VoltTrail competes with *PS-1000*" in str(message["blocks"])


async def test_wrong_rejects_it(socket: Watch) -> None:
    await press(socket, WRONG, await asked(socket))
    await until_it_says(socket, "is not *PS-1000*")
    assert pair(socket, P1000) == ("PS-1000", "rejected", SOFIA_MAIL)


async def test_skip_leaves_it_for_later_behind_the_others(socket: Watch) -> None:
    await press(socket, SKIP, await asked(socket))
    message = await until_it_says(socket, "Left for later: ")
    assert pair(socket, P1000)[:2] == ("PS-1000", "proposed")
    rows = [block for block in message["blocks"] if "= *PS-" in str(block)]
    assert "PS-2000" in str(rows[0])
    assert "left for later by Sofia Reyes" in str(rows[1])


async def test_a_second_click_changes_nothing_and_says_who_was_first(socket: Watch) -> None:
    sofias, lins = await asked(socket), await asked(socket, LIN)
    await press(socket, CONFIRM, sofias)
    await until_it_says(socket, "Confirmed: ")
    await press(socket, WRONG, lins, LIN)
    await until_it_says(socket, "Sofia Reyes 于", LIN)
    assert pair(socket, P1000) == ("PS-1000", "confirmed", SOFIA_MAIL)


async def test_two_clicks_at_once_are_one_decision(socket: Watch) -> None:
    sofias, lins = await asked(socket), await asked(socket, LIN)
    await asyncio.gather(press(socket, CONFIRM, sofias), press(socket, WRONG, lins, LIN))
    await until_it_says(socket, "PS-1000", LIN)
    await until_it_says(socket, "PS-1000")
    with socket.office.database.read() as ledger:
        page = known_by_name(ledger, "harborlane")["VoltTrail", P1000]
    assert (page.status, page.decided_by) in {
        ("confirmed", SOFIA_MAIL),
        ("rejected", "lin.yue@harborlane.example"),
    }


async def test_who_does_not_decide_on_prices_sees_the_list_without_buttons(socket: Watch) -> None:
    message = await asked(socket, EMMA)
    assert "These roles say it: store_manager" in str(message["blocks"])
    assert buttons(message) == 0


async def test_it_is_asked_in_the_readers_language(socket: Watch) -> None:
    answer = await socket.answer("/price pairs", LIN)
    assert "等待确认的配对：2 个" in answer
    labels = str((await the_list(socket, LIN))["blocks"])
    assert all(label in labels for label in ("确认", "不对", "跳过"))


async def test_a_pair_that_a_file_proposes_has_no_score(socket: Watch) -> None:
    url = "https://v.example/other"
    row = {"competitor": "VoltTrail", "url": url, "sku": "PS-1000", "status": "proposed"}
    take(socket.office.database, "competitor_page", row)
    shown = str((await asked(socket))["blocks"])
    assert url in shown
    assert "None" not in shown


async def test_when_nothing_waits_it_says_where_pairs_come_from(socket: Watch) -> None:
    with socket.office.database.write() as ledger:
        for page in known_by_name(ledger, "harborlane").values():
            page.status = "confirmed"
            ledger.add(page)
    assert "`watchkeeper match --propose`" in await socket.answer("/price pairs", SOFIA)
