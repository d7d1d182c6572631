"""What campaigns on Amazon cost and brought: Sponsored Products, Brands and Display."""

from collections.abc import AsyncIterator
from datetime import date, timedelta

from core.ledger.records.base import Row
from scrapers.api.service import Asked, Connection, Page
from scrapers.api.values import known, whole
from scrapers.api.window import window
from scrapers.sources.lingxing.gateway import BEIJING, Item, every

ACCOUNTS = "/basicOpen/baseData/account/list"
REPORTS = {
    "SP": "/pb/openapi/newad/spCampaignReports",
    "SB": "/pb/openapi/newad/hsaCampaignReports",
    "SD": "/pb/openapi/newad/sdCampaignReports",
}
CHANNEL = "amazon_ads"


async def spend(asked: Asked) -> AsyncIterator[Page]:
    """Yield what campaigns cost, a day at a time, up to yesterday."""
    span = window(asked)
    day = date.fromisoformat(span.place) if span.place else span.since.astimezone(BEIJING).date()
    accounts = [
        row async for rows, _, _ in every(asked, ACCOUNTS, {"type": "seller"}) for row in rows
    ]
    while day < span.until.astimezone(BEIJING).date():
        rows = [row for account in accounts for row in await _day(asked, account, day)]
        day += timedelta(days=1)
        yield Page({"spend": rows}, span.at(day.isoformat()))
    yield Page({}, span.done())


async def _day(source: Connection, account: Item, day: date) -> list[Row]:
    """Return the campaigns of one advertiser on one day, in the account's currency."""
    body = {"profile_id": account.get("profile_id"), "report_date": day.isoformat()}
    if account.get("sid"):
        body["sid"] = account["sid"]
    return [
        _campaign(kind, account, told, day)
        for kind, path in REPORTS.items()
        async for rows, _, _ in every(source, path, body)
        for told in rows
        if told.get("campaign_id") and told.get("cost") is not None
    ]


def _campaign(kind: str, account: Item, told: Item, day: date) -> Row:
    return {
        "day": day,
        "channel": CHANNEL,
        "campaign": f"{kind} {told['campaign_id']}",
        "spend": told["cost"],
        **known(
            currency=account.get("currency_code") or None,
            impressions=whole(told.get("impressions")),
            clicks=whole(told.get("clicks")),
            orders=whole(told.get("orders")),
            gmv=told.get("sales"),
        ),
    }
