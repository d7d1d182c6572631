"""The sandbox, once a module, emptied before each test."""

from collections.abc import AsyncIterator, Iterator

import aiohttp
import httpx
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from tests.support.sandbox_process import PLAIN, RunningSandbox, running_sandbox
from tests.support.slack_app import bolt_app, over_http, over_socket_mode
from tests.support.slack_desk import Desk, modal


@pytest.fixture(scope="module")
def sandbox_process() -> Iterator[RunningSandbox]:
    """A sandbox that runs."""
    with running_sandbox(message_rate=0) as running:
        yield running


@pytest.fixture
def sandbox(sandbox_process: RunningSandbox) -> RunningSandbox:
    """The sandbox with nothing in it."""
    sandbox_process.reset()
    return sandbox_process


@pytest.fixture
async def slack(sandbox: RunningSandbox) -> AsyncIterator[AsyncWebClient]:
    """Slack's own client, with the bot's token."""
    async with aiohttp.ClientSession() as session:
        yield AsyncWebClient(
            token=sandbox.ready["bot_token"],
            base_url=sandbox.ready["slack_api_url"],
            session=session,
        )


@pytest.fixture(params=["socket", "http"])
async def desk(request: pytest.FixtureRequest, sandbox: RunningSandbox) -> AsyncIterator[Desk]:
    """An app made with Slack's own framework, connected in either way."""
    async with (
        bolt_app(sandbox.ready) as app,
        httpx.AsyncClient(base_url=sandbox.ready["page"], verify=PLAIN) as window,
    ):
        desk = Desk(app, window)
        if request.param == "socket":
            async with over_socket_mode(app, sandbox.ready):
                yield desk
            return
        async with over_http(app) as url:
            answer = await desk.post("/sandbox/events-url", {"url": url})
            assert answer["verified"] is True
            yield desk
            await desk.post("/sandbox/events-url", {"url": None})


@pytest.fixture
async def opened(desk: Desk) -> Desk:
    """The desk with a modal open before the person."""
    await desk.open_modal(modal())
    return desk
