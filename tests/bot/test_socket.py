"""The Socket Mode connection is kept, whatever happens to it, and /readyz says how it stands."""

import asyncio
from datetime import timedelta

import httpx
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.listening import bolt_app
from bot.slack.socket import Socket
from bot.web.site import site
from tests.support.post_office import PostOffice
from tests.support.sandbox_process import PLAIN
from tests.support.watch import SOFIA, Watch, served, watch_over_socket

# looked at 60 times in that time: every 20 ms
DEAF_AFTER = timedelta(seconds=1.2)


@pytest.fixture
def quick(office: PostOffice) -> PostOffice:
    """A post office whose socket is watched closely."""
    slack = office.settings.slack.model_copy(update={"deaf_after": DEAF_AFTER})
    office.settings = office.settings.model_copy(update={"slack": slack})
    return office


def sockets(watch: Watch) -> int:
    """The connections that Slack has to us."""
    return int(watch.office.sandbox.get("/sandbox/sockets")["connected"])


async def test_dropped_sockets_are_opened_again(office: PostOffice, client: AsyncWebClient) -> None:
    async with watch_over_socket(office, client) as watch:
        await watch.window.post("/sandbox/faults", json={"target": "slack", "mode": "drop_sockets"})
        await watch.until(lambda: len(office.calls("apps.connections.open")) > 1)
        async with asyncio.timeout(10):  # Bolt's client may change its mind and connect once more
            while not (await watch.type("/watch help", who=SOFIA))["ok"]:
                await watch.until_connected()


async def test_a_deaf_socket_is_replaced_by_a_new_one(
    quick: PostOffice, client: AsyncWebClient
) -> None:
    async with watch_over_socket(quick, client) as watch:
        quick.clock.ahead(seconds=10)  # nothing was heard for so long
        await watch.until(lambda: len(quick.calls("apps.connections.open")) > 1)
        await watch.until_connected()
        await watch.until(lambda: sockets(watch) == 1)
        assert "Watchkeeper" in await watch.answer("/watch help", who=SOFIA)


async def test_a_deaf_socket_that_cannot_be_replaced_shows_in_readyz(
    quick: PostOffice, client: AsyncWebClient
) -> None:
    async with watch_over_socket(quick, client) as watch:
        socket = watch.socket
        assert socket is not None

        async def problems() -> dict[str, str | None]:
            return {"slack": None if await socket.connected() else "not connected"}

        app = site(problems, bytes, None)
        async with (
            served(app) as address,
            httpx.AsyncClient(base_url=address, verify=PLAIN) as http,
        ):
            assert (await http.get("/readyz")).status_code == 200
            quick.sandbox.fault("slack", "500")
            quick.clock.ahead(seconds=10)
            answer = await http.get("/readyz")
            assert (answer.status_code, answer.json()) == (503, {"slack": False})
            quick.sandbox.clear_faults()
            await watch.until_connected()
            assert (await http.get("/readyz")).status_code == 200


@pytest.mark.parametrize(
    "fault", [{"mode": "500"}, {"mode": "ok_false", "error": "invalid_auth"}, {"mode": "hang"}]
)
async def test_a_slack_that_is_away_at_the_start_is_connected_to_later(
    quick: PostOffice, client: AsyncWebClient, fault: dict[str, str]
) -> None:
    quick.sandbox.fault("slack", **fault, method="apps.connections.open", times=2, hang_seconds=0.1)
    async with watch_over_socket(quick, client) as watch:
        assert sockets(watch) == 1
    assert len(quick.calls("apps.connections.open")) == 3


async def test_it_stops_also_while_slack_is_away(
    quick: PostOffice, client: AsyncWebClient, caplog: pytest.LogCaptureFixture
) -> None:
    quick.sandbox.fault("slack", "ok_false", error="invalid_auth")
    app = bolt_app(client, None, desk=None)  # type: ignore[arg-type]  # nobody asks it anything
    socket = Socket(app, client, "xapp-wrong", quick.settings.slack, quick.clock)
    running = asyncio.create_task(socket.run())
    async with asyncio.timeout(2):
        while "invalid_auth; watchkeeper doctor" not in caplog.text:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        assert not await socket.connected()
        while len(quick.calls("apps.connections.open")) < 4:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        assert caplog.text.count("Slack refuses the socket") == 1  # it looks on, and is quiet
        socket.stop()
        await running
