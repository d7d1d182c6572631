"""A monitor outside, which takes signs of life."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.health.heartbeat import Heartbeat
from core.sections import HeartbeatSettings
from tests.support.post_office import Clock
from tests.support.watch import served

EVERY = HeartbeatSettings(every=timedelta(minutes=1))
SECRET = "d2f4c0"


@dataclass
class Monitor:
    """What the monitor answers, and how many signs of life it took."""

    address: str = ""
    answers: int = 200
    beats: int = field(default=0, init=False)

    async def ping(self, _: Request) -> Response:
        """Take a sign of life."""
        self.beats += 1
        return Response(status_code=self.answers, headers={"Location": "/elsewhere"})


@asynccontextmanager
async def listening_monitor() -> AsyncIterator[Monitor]:
    """A monitor on a page of its own."""
    monitor = Monitor()
    app = Starlette(routes=[Route(f"/{SECRET}", monitor.ping, methods=["GET"])])
    async with served(app) as address:
        monitor.address = f"{address}/{SECRET}"
        yield monitor


@asynccontextmanager
async def beating(address: str | None, clock: Clock) -> AsyncIterator[Heartbeat]:
    """A heartbeat for it."""
    heartbeat = Heartbeat(address, EVERY, clock)
    try:
        yield heartbeat
    finally:
        await heartbeat.close()
