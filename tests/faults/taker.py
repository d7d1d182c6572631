"""Everything that takes facts in, again and again, to be ended at a commit.

`python -m tests.faults.taker ADDRESS` lives as `victim.py` does: each life syncs a feed of many
pages from a shop at ADDRESS, looks into a watched folder, takes a push with an idempotency key and
a webhook.
"""

import functools
import gc
import hmac
import json
import sys
from collections.abc import AsyncIterator
from datetime import datetime
from hashlib import sha256
from typing import Any, ClassVar, Literal

from pydantic import Field

from core.configuration import load
from core.ledger.database import Database
from core.settings import Settings
from core.sources import FeedSettings, SourceSettings
from core.stanza import Stanza
from jobs.registry import configuration
from jobs.running import Runner
from scrapers.api.outside import Outside, services
from scrapers.api.service import Asked, Connection, Page, Pushed, Service, Webhook, WrongSignature
from scrapers.sources.files.settings import Settings as FilesSettings
from scrapers.tables import table
from tests.faults.victim import fork, watch_commits
from tests.support.pushing import Doors, open_doors
from tests.support.sandbox_process import ROOT, Json

SECRETS = {"SHOP_SECRET": "whsec"}
KEY, SALES = "once", [{"sku": "PS-1", "day": "2026-03-04", "units": n} for n in (1, "many")]
PARCEL = json.dumps({"carrier": "dhl", "tracking_no": "1Z", "status": "in_transit"}).encode()
PRODUCTS, TOGETHER = 7, 3
"""Rows of the file in the folder, the last of them bad, and how many are stored together."""


class Feeds(Stanza):
    """What is asked for."""

    orders: FeedSettings | None = Field(default=None, description="page by page")


class ShopSettings(SourceSettings):
    """A shop whose pages are numbered."""

    service: Literal["shop"] = Field(description="a shop of the tests")
    address: str = Field(description="where it answers")
    feeds: Feeds = Field(description="what is asked for, and when")

    brings: ClassVar = {"orders": frozenset({"order"})}


async def read(asked: Asked) -> AsyncIterator[Page]:
    """Yield the pages from where the last run was ended."""
    page: int | None = asked.cursor.get("page", 0)
    while page is not None:
        answer = await asked.api.ask("GET", asked.settings.address, params={"page": page})
        found = answer.json()
        page = found["next"]
        yield Page({"order": found["orders"]}, {"page": page})


def webhook(sent: Webhook) -> Pushed:
    """Read a parcel."""
    if sent.headers.get("x-signed") != signature(sent.credentials["secret"], sent.body):
        raise WrongSignature
    return Pushed({"shipment": [json.loads(sent.body)]}, "delivery-1")


def signature(secret: str, body: bytes) -> str:
    """Return what a webhook is signed with."""
    return hmac.new(secret.encode(), body, sha256).hexdigest()


async def probe(_: Connection) -> str:
    """Say nothing."""
    return ""


SHOP = Service(
    settings=ShopSettings,
    feeds={"orders": read},
    probe=probe,
    webhook=webhook,
    webhook_credentials=("secret",),
)


def main() -> None:
    """Live once for every order."""
    services()["shop"] = SHOP
    table.CHUNK = TOGETHER
    settings = load(ROOT / "config.yaml", configuration())
    gc.collect()
    gc.freeze()
    for line in sys.stdin:
        order = json.loads(line)
        sources = {"shop": _shop(sys.argv[1]), "inbox": _inbox(order["folder"])}
        life = functools.partial(_live, order, settings.model_copy(update={"sources": sources}))
        sys.stdout.write(json.dumps(fork(life)) + "\n")
        sys.stdout.flush()


def _shop(address: str) -> ShopSettings:
    return ShopSettings.model_validate(
        {"service": "shop", "address": address, "feeds": {"orders": _every_minute()}}
    )


def _inbox(folder: str) -> FilesSettings:
    stanza = {"service": "files", "folder": folder, "channel": "watch", "settle": "1s"}
    return FilesSettings.model_validate(stanza | {"feeds": {"folder": _every_minute()}})


def _every_minute() -> dict[str, Any]:
    return {"schedule": {"every": "1m"}, "stale_after": "1h"}


async def _live(order: Json, settings: Settings, told: int) -> None:
    database, now = Database(order["database"]), datetime.fromisoformat(order["at"])
    watch_commits(database, order, told)
    runner = Runner(database, settings, lambda: now, lambda: None, outside=Outside(SECRETS))
    for job in ("shop_orders", "inbox_folder"):
        assert await runner.run(job, settings.stores[0], now)
    async with open_doors(database, settings, environment=SECRETS) as doors:
        doors.now = now
        answer = await push(doors, order["token"])
        assert answer.status_code == 200, answer.text
        signed = {"X-Signed": signature(SECRETS["SHOP_SECRET"], PARCEL)}
        answer = await doors.post("/webhooks/shop", PARCEL, signed)
        assert answer.is_success, answer.text


async def push(doors: Doors, token: str) -> Any:
    """Push the sales once more, with the same key."""
    return await doors.push("sales", SALES, token, Idempotency_Key=KEY)


if __name__ == "__main__":
    main()
