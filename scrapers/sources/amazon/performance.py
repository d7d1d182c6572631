"""The figures that Amazon judges an account by (report GET_V2_SELLER_PERFORMANCE_REPORT, plan A7).

There is no feed of A-to-z claims and chargebacks: they are told here as counts only, among the
orders with defects; of each one Amazon sends a mail.
"""

import re
from collections.abc import AsyncIterator, Iterator, Mapping
from typing import Any

from core.ledger.records.base import Row
from core.sources import ProblemKind
from scrapers.api.answer import Answer
from scrapers.api.problems import SourceProblem
from scrapers.api.service import Asked, Page
from scrapers.api.words import Words
from scrapers.sources.amazon.calls import Amazon, at, kept, listed
from scrapers.sources.amazon.order import CHANNEL
from scrapers.sources.amazon.reports import Wanted, fetched

REPORT = "GET_V2_SELLER_PERFORMANCE_REPORT"

STATUS = Words({word: word.lower() for word in ("GOOD", "BAD", "NONE", "GREAT", "WARNED")})
ACCOUNT = Words({word: word.lower() for word in ("NORMAL", "AT_RISK", "DEACTIVATED", "SUSPENDED")})

VALUES = ("rate", "defectsCount")
"""Where a metric's value stands: a share of 1, or a count of violations."""
COUNTED = ("claims", "chargebacks", "negativeFeedback")
"""What makes an order one with a defect."""

_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")


async def performance(asked: Asked) -> AsyncIterator[Page]:
    """Yield the figures of every marketplace as they are today. Raises SourceProblem without."""
    wanted = [Wanted(REPORT, REPORT, asked.settings.marketplaces)]
    async for step in fetched(Amazon(asked), wanted, asked.cursor.get("reports", {})):
        if step.wanted and step.content is None:
            yield Page({}, {})
            told = "Amazon has no figures of the account's health: it cancelled their report"
            raise SourceProblem(ProblemKind.BROKEN, told)
        rows = list(_scores(asked, step.content)) if step.content else []
        yield Page({"score": rows}, {"reports": step.kept})
    yield Page({}, {})


def _scores(asked: Asked, report: Answer) -> Iterator[Row]:
    """Yield the figures of a report: one marketplace after the other."""
    day = asked.now.astimezone(asked.store.zone).date()
    by_place = [(one, _account(one)) for one in listed(report, "accountStatuses")]
    by_place += [(one, _metrics(one)) for one in listed(report, "performanceMetrics")]
    for one, scores in by_place:
        marketplace = at(one, "marketplaceId")
        for metric, score in scores:
            if marketplace in asked.settings.marketplaces:
                name = asked.settings.named(metric, marketplace)
                yield {"channel": CHANNEL, "metric": name, "day": day, **score}


def _account(one: Any) -> Iterator[tuple[str, Row]]:
    yield "account_status", {"status": ACCOUNT.ours(at(one, "status"))}


def _metrics(one: Mapping[str, Any]) -> Iterator[tuple[str, Row]]:
    """Yield every metric with a status: whatever Amazon adds or renames is told all the same."""
    for name, metric in one.items():
        if name == "orderDefectRate":
            yield from _defects(metric)
        elif name == "accountHealthRating":
            rating = at(metric, "ahrStatus") or at(metric, "accountHealthRatingStatus")
            yield _snake(name), {"status": STATUS.ours(rating)}
        elif at(metric, "status") is not None:
            yield _snake(name), _score(metric)


def _defects(rates: Any) -> Iterator[tuple[str, Row]]:
    """Yield the order defect rate of what we send (mfn) and what Amazon sends (afn), and why."""
    for sender in ("mfn", "afn"):
        rate = at(rates, sender)
        if rate is None:
            continue
        yield f"order_defect_rate_{sender}", _score(rate)
        for name in COUNTED:
            cause = at(rate, name)
            score = {"value": at(cause, "count"), "status": STATUS.ours(at(cause, "status"))}
            yield f"order_defects_{sender}_{_snake(name)}", score


def _score(metric: Any) -> Row:
    value = next((at(metric, name) for name in VALUES if at(metric, name) is not None), None)
    target, status = at(metric, "targetValue"), STATUS.ours(at(metric, "status"))
    return {"value": kept(value), "target": kept(target), "status": status}


def _snake(name: str) -> str:
    return _HUMP.sub("_", name).lower()
