"""HTTP mode as it goes over the wire: signatures, retries, and apps that answer badly."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import httpx
import pytest
from aiohttp import web
from slack_sdk.signature import SignatureVerifier

from tests.support.sandbox_process import PLAIN, RunningSandbox

COMMAND = {"as": "U0LINYUE", "channel": "C0STOCK", "text": "/stock low"}


@dataclass
class Endpoint:
    """An app's URL that notes what comes and answers with `status` and `body`."""

    url: str = ""
    status: int = 200
    body: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    came: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    async def handle(self, request: web.Request) -> web.Response:
        self.came.append((dict(request.headers), await request.read()))
        self._news.set()
        return web.Response(status=self.status, text=self.body, headers=self.headers)

    async def until_came(self, count: int) -> None:
        async with asyncio.timeout(5):
            while len(self.came) < count:
                self._news.clear()
                await self._news.wait()


@pytest.fixture
async def endpoint() -> AsyncIterator[Endpoint]:
    """A URL that is served."""
    endpoint = Endpoint()
    application = web.Application()
    application.router.add_post("/slack/events", endpoint.handle)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    endpoint.url = f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"
    yield endpoint
    await runner.cleanup()


@pytest.fixture
async def window(sandbox: RunningSandbox, endpoint: Endpoint) -> AsyncIterator[httpx.AsyncClient]:
    """A client of a sandbox that sends to the endpoint."""
    async with httpx.AsyncClient(base_url=sandbox.ready["page"], verify=PLAIN) as window:
        await window.post("/sandbox/events-url", json={"url": endpoint.url})
        endpoint.came.clear()
        yield window
        await window.post("/sandbox/events-url", json={"url": None})


async def test_commands_are_signed_so_that_slacks_own_verifier_accepts_them(
    sandbox: RunningSandbox, endpoint: Endpoint, window: httpx.AsyncClient
) -> None:
    await window.post("/sandbox/commands", json=COMMAND)

    headers, body = endpoint.came[0]
    verifier = SignatureVerifier(sandbox.ready["signing_secret"])
    assert verifier.is_valid_request(body, headers)
    assert not verifier.is_valid_request(body + b"&text=high", headers)


async def test_plain_words_are_shown_to_the_person(
    endpoint: Endpoint, window: httpx.AsyncClient
) -> None:
    endpoint.body = "3 are low"

    answer = await window.post("/sandbox/commands", json=COMMAND)

    assert answer.json() == {"ok": True, "response": {"text": "3 are low"}}


async def test_an_app_that_fails_is_reported(endpoint: Endpoint, window: httpx.AsyncClient) -> None:
    endpoint.status = 500

    answer = await window.post("/sandbox/commands", json=COMMAND)

    assert answer.json() == {"ok": False, "error": "dispatch_failed"}


async def test_an_app_that_is_gone_is_not_connected(
    endpoint: Endpoint, window: httpx.AsyncClient, unused_tcp_port: int
) -> None:
    url = f"http://127.0.0.1:{unused_tcp_port}/"
    verified = await window.post("/sandbox/events-url", json={"url": url})

    answer = await window.post("/sandbox/commands", json=COMMAND)

    assert verified.json() == {"ok": True, "verified": False}
    assert answer.json() == {"ok": False, "error": "not_connected"}


async def test_an_event_is_sent_again_with_its_number_and_reason(
    endpoint: Endpoint, window: httpx.AsyncClient
) -> None:
    endpoint.status = 500
    await window.post("/sandbox/messages", json={**COMMAND, "text": "hello"})

    await endpoint.until_came(2)

    (first, body), (second, again) = endpoint.came[:2]
    assert "X-Slack-Retry-Num" not in first
    assert (second["X-Slack-Retry-Num"], second["X-Slack-Retry-Reason"]) == ("1", "http_error")
    assert body == again


async def test_an_app_can_ask_not_to_be_sent_an_event_again(
    endpoint: Endpoint, window: httpx.AsyncClient
) -> None:
    endpoint.status, endpoint.headers = 500, {"X-Slack-No-Retry": "1"}
    for text in ("first", "second"):
        await window.post("/sandbox/messages", json={**COMMAND, "text": text})

    await endpoint.until_came(2)

    assert [b'"text": "first"' in body for _, body in endpoint.came] == [True, False]


@pytest.mark.parametrize(
    "url", ["https://127.0.0.1/", "http://app.example/slack", "127.0.0.1:80", "ftp://127.0.0.1/"]
)
def test_only_addresses_of_this_machine_are_taken(sandbox: RunningSandbox, url: str) -> None:
    answer = sandbox.http.post("/sandbox/events-url", json={"url": url})

    assert answer.status_code == 400
    assert "not an http:// address on this machine" in answer.json()["error"]
