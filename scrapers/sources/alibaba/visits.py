"""How many people saw the store, by week.

Alibaba tells a week's visitors as one figure, without country or source. It stands on the week's
last day, so that sums over whole weeks are right; a single day's figure is none.
"""

from collections.abc import AsyncIterator

from scrapers.api.service import Asked, Connection, Page
from scrapers.api.values import Item, known, whole
from scrapers.sources.alibaba.fields import CHANNEL, having
from scrapers.sources.alibaba.gateway import ask

WEEKS = "alibaba.mydata.overview.date.get"
INDUSTRIES = "alibaba.mydata.overview.industry.get"
FIGURES = "alibaba.mydata.overview.indicator.basic.get"


async def visits(asked: Asked) -> AsyncIterator[Page]:
    """Yield the weeks that are new, oldest first."""
    reply = await ask(asked, WEEKS, {})
    weeks = sorted((str(w["end_date"]), w) for w in having(reply.value, "start_date", "end_date"))
    if not weeks:
        raise reply.puzzle("no weeks")
    for end, week in weeks:
        if end > asked.cursor.get("until", ""):
            span = {"start_date": week["start_date"], "end_date": end}
            yield Page({"visits": [await _week(asked, span)]}, {"until": end})


async def _week(source: Connection, span: Item) -> dict[str, object]:
    params = {"date_range": span, "industry": await _industry(source, span)}
    reply = await ask(source, FIGURES, params)
    figures = next(having(reply.value, "visitor"), None)
    visitors = whole(figures["visitor"]) if figures else None
    if figures is None or visitors is None:
        raise reply.puzzle("no visitors")
    inquiries = whole(figures.get("fb"))
    return known(channel=CHANNEL, day=span["end_date"], visitors=visitors, inquiries=inquiries)


async def _industry(source: Connection, span: Item) -> Item:
    """Return the store's main industry, which Alibaba wants to be asked with."""
    reply = await ask(source, INDUSTRIES, {"date_range": span})
    found = list(having(reply.value, "industry_id"))
    if not found:
        raise reply.puzzle("no industry")
    main = (item for item in found if str(item.get("main_category")).lower() == "true")
    chosen = next(main, found[0])
    return {name: chosen.get(name) for name in ("industry_id", "industry_desc", "main_category")}
