"""The web app: health, metrics, what others push, and `/slack/events` in HTTP mode."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterator, Sequence

import uvicorn
from prometheus_client import CONTENT_TYPE_LATEST
from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncApp
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from bot.health.vitals import Problems
from bot.web.problems import HANDLERS


def site(
    problems: Callable[[], Awaitable[Problems]],
    metrics: Callable[[], bytes],
    slack: AsyncApp | None,
    incoming: Sequence[BaseRoute] = (),
) -> Starlette:
    """Return the web app; `slack` is given in HTTP mode only, `incoming` where pushes are taken."""

    async def healthz(_: Request) -> Response:
        return PlainTextResponse("alive\n")

    async def readyz(_: Request) -> Response:
        states = {part: problem is None for part, problem in (await problems()).items()}
        return JSONResponse(states, status_code=200 if all(states.values()) else 503)

    async def metrics_page(_: Request) -> Response:
        page = await asyncio.to_thread(metrics)
        return Response(page, media_type=CONTENT_TYPE_LATEST)

    routes = [
        Route("/healthz", healthz),
        Route("/readyz", readyz),
        Route("/metrics", metrics_page),
        *incoming,
    ]
    if slack is not None:
        handler = AsyncSlackRequestHandler(slack)

        async def slack_events(request: Request) -> Response:
            return await handler.handle(request)

        routes.append(Route("/slack/events", slack_events, methods=["POST"]))
    return Starlette(routes=routes, exception_handlers=HANDLERS)


class WebServer(uvicorn.Server):
    """Serves an app in the running loop; signals stay the service's business."""

    def __init__(self, app: Starlette) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                log_config=None,
                access_log=False,
                lifespan="off",
            )
        )

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals alone."""
        yield
