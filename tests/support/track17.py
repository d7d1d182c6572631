"""A stand-in for 17TRACK."""

import json
from typing import Any

import httpx

from scrapers.sources.track17 import MOST

KEY = "s3cret-17-key"


def answer(accepted: Any = (), rejected: Any = ()) -> httpx.Response:
    data = {"accepted": list(accepted), "rejected": list(rejected)}
    return httpx.Response(200, json={"code": 0, "data": data})


def refusal(number: str, code: int, message: str = "no") -> dict[str, Any]:
    return {"number": number, "error": {"code": code, "message": message}}


def info(number: str, status: str = "InTransit", at: str | None = None, **more: Any) -> Any:
    event = {"time_utc": at, "description": "Scanned", "location": "LOS ANGELES, US"}
    latest = {"status": status, "sub_status": f"{status}_Other"}
    return {"number": number, "track_info": {"latest_status": latest, "latest_event": event} | more}


def verb(request: httpx.Request) -> str:
    return request.url.path.rpartition("/")[2]


def asked(request: httpx.Request) -> list[Any]:
    body: list[Any] = json.loads(request.content)
    return body


class Account:
    """A stand-in that knows parcels once they are registered, as 17TRACK does."""

    def __init__(self, quota: int = 100) -> None:
        self.quota, self.registered = quota, dict[str, Any]()
        self.calls: list[tuple[str, list[str]]] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        numbers = [item["number"] for item in asked(request)]
        assert len(numbers) <= MOST
        self.calls.append((verb(request), numbers))
        return self.read(numbers) if verb(request) == "gettrackinfo" else self.register(numbers)

    def read(self, numbers: list[str]) -> httpx.Response:
        there = [n for n in numbers if n in self.registered]
        rejected = [refusal(n, -18019902) for n in numbers if n not in self.registered]
        return answer([info(n, at="2026-03-04T10:00:00Z") for n in there], rejected)

    def register(self, numbers: list[str]) -> httpx.Response:
        paid, unpaid = numbers[: self.quota], numbers[self.quota :]
        self.quota -= len(paid)
        self.registered |= dict.fromkeys(paid)
        return answer([{"number": n} for n in paid], [refusal(n, -18019908) for n in unpaid])
