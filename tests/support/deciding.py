"""People decide on a price gap in the sandbox's Slack: the alert, its buttons, what comes of it."""

import asyncio
import csv
import time
from dataclasses import replace
from datetime import timedelta
from io import StringIO
from typing import Any

import httpx
from sqlmodel import select

from core.finding import Finding
from core.ledger.database import Database
from core.ledger.price_list import fob_ladders
from core.ledger.tables import Alert, PriceDecision
from core.rules.ladder import Tier
from core.values import Medium
from jobs.checks import price_gap as check
from tests.support.intake import STORE, take
from tests.support.post_office import Json, PostOffice, check_with, with_changes
from tests.support.price_alerts import SKU, URL, price_gap
from tests.support.sandbox_process import PLAIN
from tests.support.watch import SOFIA, Watch

MATCH, UNDERCUT, KEEP = "decide_match", "decide_undercut", "decide_keep"
IGNORE, WRONG = "decide_ignore", "decide_wrong_product"
CHEN = "U0CHENWEI"
PRICES = "C0PRICES"
SOFIA_MAIL = "sofia.reyes@harborlane.example"


def with_prices(office: PostOffice) -> PostOffice:
    """We ask 10.00 from 100 pieces on and 9.40 from 500 on, VoltTrail 9.30; Sofia is told."""
    often = {"rewrite_every": timedelta(milliseconds=1)}
    settings = check_with(office.settings, "price_gap", attach=[], notify=[Medium.SLACK])
    office.settings, office.check = with_changes(settings, alerts=often), "price_gap"
    now = office.clock()
    take(office.database, "product", {"sku": SKU, "unit_cost_usd": "7.50"})
    prices = {"sku": SKU, "currency": "USD", "valid_from": now - timedelta(days=9)}
    for at, price in ((100, "10.00"), (500, "9.40")):
        take(office.database, "price_list", prices | {"min_quantity": at, "price": price})
    return office


def find(office: PostOffice, **other: Any) -> None:
    """The check finds the gap; `other` are facts that differ from the usual."""
    office.find(replace(price_gap(office.clock(), **other), owner=SOFIA_MAIL))


async def the_message(watch: Watch) -> Json:
    return (await watch.messages(PRICES))[0]


def rows(message: Json) -> list[list[str]]:
    """The actions of each row of buttons."""
    found = [block for block in message["blocks"] if block["type"] == "actions"]
    return [[element["action_id"] for element in row["elements"]] for row in found]


async def press(watch: Watch, action: str, who: str = SOFIA) -> None:
    done = await watch.press(action, await the_message(watch), who, PRICES)
    assert done["ok"], done


async def submit(watch: Watch, who: str = SOFIA, note: str | None = None, **fields: str) -> Json:
    """Fill in the dialog that is open and submit it."""
    given = {name: {"value": text} for name, text in fields.items()}
    return await watch.submit(who, note={"value": note}, **given)


async def until_it_says(watch: Watch, words: str) -> Json:
    deadline = time.monotonic() + 5
    while words not in str((message := await the_message(watch))["blocks"]):
        assert time.monotonic() < deadline, message
        await asyncio.sleep(0.01)
    return message


def decisions(watch: Watch) -> list[PriceDecision]:
    with watch.office.database.read() as ledger:
        return list(ledger.exec(select(PriceDecision)))


def alert(watch: Watch, number: int = 1) -> Alert:
    with watch.office.database.read() as ledger:
        return ledger.get_one(Alert, number)


def ladder(database: Database, watch: Watch) -> list[Tier]:
    with database.read() as ledger:
        return list(fob_ladders(ledger, STORE.name, watch.office.clock(), [SKU])[SKU])


def said_in(view: Json) -> str:
    """What a dialog says above its fields."""
    return "\n".join(b["text"]["text"] for b in view["blocks"] if b["type"] == "section")


def block(view: Json, name: str) -> Json:
    return dict(next(each for each in view["blocks"] if each.get("block_id") == name))


def the_file(office: PostOffice) -> list[dict[str, str]]:
    """The rows of the file in the alert's thread."""
    (message,) = [m for m in office.said("prices") if m["files"]]
    assert message["thread_ts"] == office.said("prices")[0]["ts"]
    (file,) = message["files"]
    assert file["title"] == "New price list of PS-1000"
    content = httpx.get(file["url"], verify=PLAIN).content.decode("utf-8-sig")
    return list(csv.DictReader(StringIO(content, newline="")))


async def told_only(watch: Watch, who: str) -> list[str]:
    """What only this person was told."""
    seen = await watch.messages(PRICES, who)
    return [message["text"] for message in seen if message["ephemeral"]]


async def until_told(watch: Watch, who: str, count: int, words: str) -> None:
    deadline = time.monotonic() + 5
    while len(told := await told_only(watch, who)) < count:
        assert time.monotonic() < deadline, told
        await asyncio.sleep(0.01)
    assert words in told[-1]


def ask(office: PostOffice) -> None:
    """The check itself asks the ledger, and what it finds becomes alerts."""
    stanza: Any = office.settings.check("price_gap")
    now, store = office.clock(), office.settings.stores[0]
    with office.database.read() as ledger:
        told = list(check.find_with_settings(ledger, now, store, stanza, office.settings))
    office.find(*(each for each in told if isinstance(each, Finding)))


def seen(office: PostOffice, price: str) -> None:
    """Their page says a price."""
    offer = {"competitor": "VoltTrail", "url": URL, "sku": SKU, "observed_at": office.clock()}
    take(office.database, "competitor_offer", offer | {"price": price, "currency": "USD"})
