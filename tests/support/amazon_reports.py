"""A stand-in for Amazon making reports."""

import gzip
import json
from collections.abc import Callable
from typing import Any

import httpx

from core.ledger.database import Database
from core.settings import Settings, Store
from tests.support.amazon import DOCUMENTS, REPORTS, amazon
from tests.support.schemas import json_schema
from tests.support.sources import Bench, Handler

SIGNED = "https://tortuga-prod-na.s3.amazonaws.com/doc{}?X-Amz-Signature=5ec2e7"

Shop = Callable[..., "Making"]


class Making:
    """Amazon making reports: `contents` are handed out one a report, in the order of asking.

    A content that is a word is the status a report ends with; `looks` is how often it is looked at
    before that.
    """

    def __init__(self, contents: list[bytes | str], looks: int = 0, packed: bool = True) -> None:
        self.contents, self.looks, self.packed = contents, looks, packed
        self.asked_for: list[dict[str, Any]] = []
        self.seen: dict[str, int] = {}
        self.answers: dict[str, Handler] = {
            REPORTS: self.report,
            DOCUMENTS: self.document,
            "/doc": self.download,
        }
        self.bench: Bench

    def report(self, request: httpx.Request) -> httpx.Response:
        if request.method == "POST":
            self.asked_for.append(json.loads(request.content))
            return httpx.Response(202, json={"reportId": str(len(self.asked_for))})
        number = request.url.path.rsplit("/", 1)[1]
        content = self.contents[int(number) - 1]
        self.seen[number] = self.seen.get(number, 0) + 1
        if self.seen[number] <= self.looks:
            status = "IN_QUEUE" if self.seen[number] == 1 else "IN_PROGRESS"
        else:
            status = content if isinstance(content, str) else "DONE"
        report = {
            "reportId": number,
            "reportType": "ANY",
            "createdTime": "2026-03-05T02:30:00Z",
            "processingStatus": status,
        }
        document = {"reportDocumentId": f"doc{number}"} if status == "DONE" else {}
        return httpx.Response(200, json=report | document)

    def document(self, request: httpx.Request) -> httpx.Response:
        number = request.url.path.rsplit("doc", 1)[1]
        packing = {"compressionAlgorithm": "GZIP"} if self.packed else {}
        place = {"reportDocumentId": f"doc{number}", "url": SIGNED.format(number)}
        return httpx.Response(200, json=place | packing)

    def download(self, request: httpx.Request) -> httpx.Response:
        content = self.contents[int(request.url.path.removeprefix("/doc")) - 1]
        assert isinstance(content, bytes)
        return httpx.Response(200, content=gzip.compress(content) if self.packed else content)


def shop_of(
    database: Database,
    settings: Settings,
    store: Store,
    *contents: bytes | str,
    stanza: Any = None,
    held: bool = True,
    **how: Any,
) -> Making:
    """Return a stand-in, and in its `bench` the source that asks it."""
    making = Making(list(contents), **how)
    making.bench = amazon(database, settings, store, making.answers, held=held, **(stanza or {}))
    return making


def held_to(schema: str, report: Any) -> bytes:
    """Return a report as bytes, after Amazon's schema has let it pass."""
    json_schema(f"amazon/{schema}").validate(report)
    return json.dumps(report).encode()


HEAD = (
    "Date\tRating\tComments\tYour Response\tArrived on Time\tItem as Described\t"
    "Customer Service\tOrder ID\tRater Email\tRater Role\n"
)


def feedback(*rows: str, head: str = HEAD) -> str:
    return head + "\n".join(rows)


def a_row(day: str = "2/28/26", stars: str = "1", text: str = "Broken", order: str = "") -> str:
    number = order or "112-1234567-1234567"
    return f"{day}\t{stars}\t{text}\t\tYes\tNo\t\t{number}\tx@marketplace.amazon.com\tbuyer"
