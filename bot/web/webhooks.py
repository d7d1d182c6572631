"""`POST /webhooks/SOURCE`: what a service pushes, under its own signature."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.web.problems import Problem, json_answer
from bot.web.receiving import Receiver
from core.pushing import (
    Delivery,
    Malformed,
    NoSuchSource,
    NotSetUp,
    TakeWebhook,
    Tell,
    WronglySigned,
)

log = logging.getLogger(__name__)

STATUSES = {NoSuchSource: 404, NotSetUp: 503, WronglySigned: 401, Malformed: 400}


@dataclass
class SourceWebhooks:
    """Takes the webhooks of sources. `take` verifies and stores; `tell` hears of what is new."""

    receiver: Receiver
    take: TakeWebhook
    tell: Tell
    clock: Callable[[], datetime]

    def route(self) -> Route:
        """Return where webhooks come in."""
        return Route("/webhooks/{source}", self.receive, methods=["POST"])

    async def receive(self, request: Request) -> Response:
        """Answer one delivery as soon as it is stored. Raises Problem."""
        source: str = request.path_params["source"]
        async with self.receiver.body(request) as body:
            delivery = await asyncio.to_thread(self._taken, source, dict(request.headers), body)
        news = [kind for kind, stored in delivery.news.items() if stored]
        if news:
            self.tell(news, delivery.store)
        outcome = "known" if delivery.known else "taken"
        return json_answer(200, {"outcome": outcome, "stored": dict(delivery.news)})

    def _taken(self, source: str, headers: dict[str, str], body: bytes) -> Delivery:
        try:
            return self.take(source, headers, body, self.clock())
        except tuple(STATUSES) as refused:
            if not isinstance(refused, NoSuchSource):  # anybody may ask for what is not there
                log.warning("a webhook for %r was not taken: %s", source, refused)
            raise Problem(STATUSES[type(refused)], str(refused)) from None
