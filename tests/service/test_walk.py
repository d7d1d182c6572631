"""What a new user does first, in a browser: the page, the alerts, a command, a button, a price."""

import shutil
from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Locator, Page, expect, sync_playwright

from tests.support.sandbox_process import PLAIN
from tests.support.service import RunningService

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
WAIT_MS = 20_000  # an alert comes after the first price round, at Slack's pace

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(
        CHROMIUM is None, reason="Chromium is not installed (Debian: apt install chromium)"
    ),
]


@pytest.fixture(scope="module")
def page(demo: RunningService) -> Iterator[Page]:
    """The sandbox's page, opened as the store's manager Lin Yue."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1280, "height": 800}, reduced_motion="reduce")
        page.set_default_timeout(WAIT_MS)
        expect.set_options(timeout=WAIT_MS)
        page.goto(demo.page)
        yield page
        browser.close()
        expect.set_options(timeout=5_000)


def channel(page: Page, name: str) -> Locator:
    """Go to a channel; its messages."""
    page.locator(f'[data-channel="{name}"]').click()
    expect(page.get_by_test_id("title")).to_have_text(f"#{name}")
    return page.get_by_test_id("message")


def run_command(page: Page, line: str) -> None:
    page.get_by_test_id("message-box").fill(line)
    page.get_by_test_id("message-box").press("Enter")


def test_the_walk(page: Page, demo: RunningService) -> None:
    an_alert_arrives_with_a_mention(page)
    a_command_answers(page)
    acknowledging_rewrites_the_message(page)
    a_competitors_lower_price_is_told_in_slack_and_by_mail(page, demo)


def an_alert_arrives_with_a_mention(page: Page) -> None:
    alerts = channel(page, "stock").filter(has_text="safety stock")
    expect(alerts).to_have_count(4)
    expect(alerts.first).to_contain_text("@Tom Becker")


def a_command_answers(page: Page) -> None:
    run_command(page, "/stock low")
    answer = page.locator(".ephemeral")
    expect(answer).to_contain_text("Only visible to you")
    expect(answer).to_contain_text("安全库存")  # Lin Yue reads Chinese


def acknowledging_rewrites_the_message(page: Page) -> None:
    alert = channel(page, "stock").filter(has_text="safety stock").first
    alert.get_by_role("button", name="Acknowledge").click()
    expect(alert).to_contain_text("Lin Yue 林悦 took it")
    expect(alert.get_by_role("button", name="Acknowledge")).to_have_count(0)
    expect(alert.get_by_role("button", name="Resolve")).to_have_count(1)


def a_competitors_lower_price_is_told_in_slack_and_by_mail(
    page: Page, demo: RunningService
) -> None:
    before = channel(page, "prices").filter(has_text="is cheaper")
    expect(before).to_have_count(1)  # the one that the demo store begins with
    page.locator('[data-page="shop"]').click()
    price = page.get_by_test_id("price-trailcell-1000")
    price.fill("399.00")
    price.press("Tab")
    expect(page.get_by_test_id("notice")).to_have_text("Saved.")
    told = channel(page, "prices").filter(has_text="USD 399.00")
    run_command(page, "/watch run price_gap")
    expect(told).to_contain_text("VoltTrail is cheaper than our PS-1000")
    expect(told).to_contain_text("@Sofia Reyes")  # the first of operations in duty.order
    page.locator('[data-page="mail"]').click()
    mails = page.get_by_test_id("mail-list").get_by_role("button")
    expect(mails.filter(has_text="VoltTrail is cheaper than our PS-1000")).to_have_count(1)
    listed = httpx.get(f"{demo.page}sandbox/mails", verify=PLAIN).json()["mails"]
    assert {tuple(mail["to"]) for mail in listed} == {("sofia.reyes@harborlane.example",)}
