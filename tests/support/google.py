"""A stand-in for Google: tokens, and a property of Analytics."""

import json
from collections import deque
from typing import Any
from urllib.parse import parse_qs

import httpx

from scrapers.sources.ga4.access import GRANT, TOKEN_URL

TOKEN = "ya29.s3cret-access"


def report(*rows: tuple[str, ...], count: int | None = None, **told: Any) -> httpx.Response:
    """Answer as Google does: strings only, `rows` and `rowCount` left out when there are none."""
    answer: dict[str, Any] = {
        "dimensionHeaders": [{"name": n} for n in ("date", "countryId", "city")],
        "metricHeaders": [
            {"name": n, "type": "TYPE_INTEGER"} for n in ("totalUsers", "screenPageViews")
        ],
        "metadata": {"currencyCode": "USD", "timeZone": "America/Los_Angeles", **told},
        "kind": "analyticsData#runReport",
    }
    if rows:
        answer["rows"] = [
            {
                "dimensionValues": [{"value": cell} for cell in row[:3]],
                "metricValues": [{"value": cell} for cell in row[3:]],
            }
            for row in rows
        ]
        answer["rowCount"] = len(rows) if count is None else count
    return httpx.Response(200, json=answer)


ZONE = httpx.Response(
    200,
    json={
        "metricHeaders": [{"name": "totalUsers", "type": "TYPE_INTEGER"}],
        "metadata": {"timeZone": "America/Los_Angeles"},
        "kind": "analyticsData#runReport",
    },
)


class Google:
    """A stand-in that gives tokens, the property's zone, and then some answers in turn."""

    def __init__(self, *answers: httpx.Response) -> None:
        self.answers = deque(answers)
        self.questions: list[Any] = []
        self.assertions: list[str] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if str(request.url) == TOKEN_URL:
            form = parse_qs(request.content.decode())
            assert form["grant_type"] == [GRANT]
            self.assertions += form["assertion"]
            value = f"{TOKEN}-{len(self.assertions)}"
            return httpx.Response(200, json={"access_token": value, "expires_in": 3600})
        question = json.loads(request.content)
        if "dimensions" not in question:
            return ZONE
        self.questions.append(question)
        return self.answers.popleft()

    @property
    def days(self) -> list[tuple[str, str]]:
        ranges = [question["dateRanges"][0] for question in self.questions]
        return [(span["startDate"], span["endDate"]) for span in ranges]
