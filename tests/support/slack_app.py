"""Slack's own app framework, connected to the sandbox over Socket Mode or HTTP."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import uvicorn
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tests.support.sandbox_process import Json


@asynccontextmanager
async def bolt_app(ready: Json) -> AsyncIterator[AsyncApp]:
    """An app that is not connected yet."""
    async with aiohttp.ClientSession() as session:
        client = AsyncWebClient(
            ready["bot_token"], base_url=ready["slack_api_url"], session=session
        )
        yield AsyncApp(name="test", client=client, signing_secret=ready["signing_secret"])


@asynccontextmanager
async def over_socket_mode(app: AsyncApp, ready: Json) -> AsyncIterator[AsyncSocketModeHandler]:
    """Connect the app over Socket Mode."""
    async with aiohttp.ClientSession() as session:
        client = AsyncWebClient(
            ready["app_token"], base_url=ready["slack_api_url"], session=session
        )
        handler = AsyncSocketModeHandler(
            app, ready["app_token"], web_client=client, ping_interval=1
        )
        await handler.connect_async()  # type: ignore[no-untyped-call]
        try:
            yield handler
        finally:
            await handler.close_async()  # type: ignore[no-untyped-call]


@asynccontextmanager
async def over_http(app: AsyncApp) -> AsyncIterator[str]:
    """Serve the app over HTTP; its URL."""
    adapter = AsyncSlackRequestHandler(app)

    async def events(request: Request) -> Response:
        return await adapter.handle(request)

    web = Starlette(routes=[Route("/slack/events", events, methods=["POST"])])
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = uvicorn.Server(uvicorn.Config(web, log_level="warning"))
        serving = asyncio.create_task(server.serve([listener]))
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}/slack/events"
        finally:
            server.should_exit = True
            await serving
