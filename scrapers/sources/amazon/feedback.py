"""What buyers say of the seller (report GET_SELLER_FEEDBACK_DATA).

Amazon reports 1 to 3 stars only. The report is a table with tabs, in the marketplace's language
and encoding; its columns are known by their place: day, stars, words, our answer, …, and the
order's number. A period that is short, or has an end, is answered with "no data": so the last
while is asked for anew each time. Reviews of products are in no API.
"""

import re
from collections.abc import AsyncIterator, Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from core.ledger.records.base import Row
from scrapers.api.service import Asked, Page
from scrapers.sources.amazon.calls import Amazon
from scrapers.sources.amazon.marketplaces import MARKETPLACES, Marketplace
from scrapers.sources.amazon.order import CHANNEL
from scrapers.sources.amazon.reports import Wanted, fetched

REPORT = "GET_SELLER_FEEDBACK_DATA"
ENCODINGS = {"JP": "cp932"}
"""Where text is not UTF-8; elsewhere cp1252, whatever the report's header claims."""

_LINE_END = re.compile(r"\r\n|\r|\n")
_ORDER_NO = re.compile(r"[0-9]{3}-[0-9]{7}-[0-9]{7}")
_CENTURY = 2_000


async def feedback(asked: Asked) -> AsyncIterator[Page]:
    """Yield the feedback of each marketplace."""
    since = asked.now - asked.stanza.look_back
    wanted = [Wanted(one, REPORT, [one], since) for one in asked.settings.marketplaces]
    async for step in fetched(Amazon(asked), wanted, asked.cursor.get("reports", {})):
        rows = []
        if step.wanted and step.content is not None:
            rows = list(read_feedback(step.content.body, MARKETPLACES[step.wanted.key]))
        yield Page({"review": rows}, {"reports": step.kept})
    yield Page({}, {})


def read_feedback(content: bytes, marketplace: Marketplace) -> Iterator[Row]:
    """Yield a report's rows. What can't be read goes on as it is, and is refused with its words."""
    for line in _LINE_END.split(_text(content, marketplace))[1:]:
        cells = [cell.strip() for cell in line.split("\t")]
        if not any(cells):
            continue
        day, stars, text = (*cells, "", "")[:3]
        order_no = next(filter(_ORDER_NO.fullmatch, cells), None)
        posted = _day(day, marketplace)
        yield {
            "channel": CHANNEL,
            "review_id": order_no and f"{order_no}/{posted.date() if posted else day}",
            "order_no": order_no,
            "stars": stars,
            "text": text,
            "posted_at": posted or day,
        }


def _text(content: bytes, marketplace: Marketplace) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode(ENCODINGS.get(marketplace.country, "cp1252"), "replace")


def _day(cell: str, marketplace: Marketplace) -> datetime | None:
    """Return the beginning of a day, in the marketplace's zone: 2/28/26, 28.02.26, 2026/02/28."""
    parts = re.split(r"[/.-]", cell)
    order = "ymd" if re.fullmatch(r"[0-9]{4}", parts[0]) else marketplace.days
    try:
        named = dict(zip(order, map(int, parts), strict=True))
        year = named["y"] + (_CENTURY if len(str(named["y"])) <= 2 else 0)  # noqa: PLR2004
        return datetime(year, named["m"], named["d"], tzinfo=ZoneInfo(marketplace.zone))
    except ValueError:
        return None
