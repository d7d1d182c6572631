"""A browser before the sandbox's page, and a small Slack app behind it."""

import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient

from tests.support.sandbox_process import RunningSandbox

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
WAIT_MS = 5000

Json = dict[str, Any]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs a browser, and skip it where there is none."""
    missing = pytest.mark.skip(reason="Chromium is not installed (Debian: apt install chromium)")
    for item in items:
        if "test_page" in item.path.parts:
            item.add_marker(pytest.mark.browser)
            if CHROMIUM is None:
                item.add_marker(missing)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium without a window."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def tab(browser: Browser) -> Iterator[Page]:
    """A tab of the browser; its cache and its process serve the whole module."""
    context = browser.new_context(viewport={"width": 1280, "height": 800}, reduced_motion="reduce")
    context.set_default_timeout(WAIT_MS)
    yield context.new_page()
    context.close()


@pytest.fixture
def page(tab: Page, sandbox: RunningSandbox) -> Iterator[Page]:
    """The page, freshly opened as the store's manager."""
    tab.goto(sandbox.ready["page"])
    tab.get_by_test_id("message-box").wait_for()
    yield tab
    tab.evaluate("localStorage.clear()")
    tab.goto("about:blank")


@pytest.fixture
def bot(sandbox: RunningSandbox) -> WebClient:
    """Slack's own client with the bot's token."""
    return WebClient(sandbox.ready["bot_token"], base_url=sandbox.ready["slack_api_url"])


@pytest.fixture
def ids(sandbox: RunningSandbox) -> dict[str, str]:
    """Ids by name, of channels and members alike."""
    workspace = sandbox.get("/sandbox/workspace")
    return {each["name"]: each["id"] for each in (*workspace["channels"], *workspace["members"])}


@pytest.fixture(scope="module")
def socket(sandbox_process: RunningSandbox) -> Iterator[SocketModeHandler]:
    """A Socket Mode connection of an app with two commands."""
    commands = [
        {"command": "/stock", "usage_hint": "SKU | low", "description": "What is in stock"},
        {"command": "/task", "usage_hint": "", "description": "Give somebody a task"},
    ]
    bot_events = ["message.channels", "app_mention", "app_home_opened"]
    manifest = {
        "features": {"slash_commands": commands},
        "settings": {"event_subscriptions": {"bot_events": bot_events}},
    }
    sandbox_process.post("/sandbox/manifest", manifest)
    ready = sandbox_process.ready
    web_client = WebClient(ready["app_token"], base_url=ready["slack_api_url"])
    idle = App(name="idle", client=web_client, token_verification_enabled=False)
    handler = SocketModeHandler(idle, ready["app_token"], web_client=web_client)
    handler.connect()  # type: ignore[no-untyped-call]
    yield handler
    handler.close()  # type: ignore[no-untyped-call]


@pytest.fixture
def app(socket: SocketModeHandler, bot: WebClient) -> App:
    """A new app behind the connection; the test says what it does."""
    app = App(name="test", client=bot, token_verification_enabled=False)
    socket.app = app
    return app
