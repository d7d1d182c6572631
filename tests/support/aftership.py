"""A stand-in for AfterShip."""

import json
from typing import Any

import httpx

from scrapers.sources.aftership import MOST


def tracking(number: str, tag: str = "InTransit", **more: Any) -> dict[str, Any]:
    passed = {"checkpoint_time": "2026-03-04T10:00:00+08:00", "message": "Departed", "tag": tag}
    return {
        "id": f"id-{number}",
        "tracking_number": number,
        "slug": "yunexpress",
        "tag": tag,
        "subtag": f"{tag}_001",
        "checkpoints": [passed],
        **more,
    }


def listed(*trackings: Any, following: str | None = None) -> httpx.Response:
    pagination: dict[str, Any] = {"has_next_page": following is not None, "total": len(trackings)}
    if following:
        pagination["next_cursor"] = following
    data = {"pagination": pagination, "trackings": list(trackings)}
    return httpx.Response(200, json={"meta": {"code": 200}, "data": data})


def refused(code: int, message: str = "no", status: int = 400) -> httpx.Response:
    return httpx.Response(status, json={"meta": {"code": code, "message": message}, "data": {}})


class Account:
    """A stand-in that knows parcels once they are created, as AfterShip does."""

    def __init__(self, *numbers: str, room: int = 100) -> None:
        self.numbers, self.room = list(numbers), room
        self.created: list[str] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.method == "POST":
            return self.create(json.loads(request.content))
        asked = request.url.params["tracking_numbers"].split(",")
        assert len(asked) <= MOST
        return listed(*(tracking(number) for number in asked if number in self.numbers))

    def create(self, wanted: dict[str, str]) -> httpx.Response:
        number = wanted["tracking_number"]
        if number in self.numbers:
            return refused(4003, "Tracking already exists.")
        if len(self.created) == self.room:
            return refused(402, "Your plan has no room for more.", 402)
        self.created.append(number)
        self.numbers.append(number)
        return httpx.Response(201, json={"meta": {"code": 201}, "data": tracking(number)})
