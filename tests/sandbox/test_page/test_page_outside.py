"""The world around the workspace on the page: mailbox, WhatsApp, the shop, faults."""

import smtplib
import threading
from collections.abc import Iterator
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, HTTPServer

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.support.sandbox_process import PLAIN, RunningSandbox


def go(page: Page, place: str) -> None:
    page.locator(f'[data-page="{place}"]').click()


@pytest.fixture
def tracker() -> Iterator[tuple[str, list[str]]]:
    """A server on loopback that a mail would like to call, and the paths it was asked for."""
    asked: list[str] = []

    class Tracker(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

    with HTTPServer(("127.0.0.1", 0), Tracker) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", asked
        server.shutdown()
        thread.join()


def send_mail(sandbox: RunningSandbox, html: str) -> None:
    mail = EmailMessage()
    mail["From"], mail["To"] = "Watch <watch@harborlane.example>", "lin.yue@harborlane.example"
    mail["Subject"] = "PS-1000 库存不足"
    mail.set_content("640 left, as text")
    mail.add_alternative(html, subtype="html")
    with smtplib.SMTP("127.0.0.1", sandbox.ready["smtp_port"]) as smtp:
        smtp.send_message(mail)


def test_a_mail_is_listed_and_read_as_html_and_as_text(page: Page, sandbox: RunningSandbox) -> None:
    go(page, "mail")
    send_mail(sandbox, "<h1>640 left, as HTML</h1>")
    page.get_by_test_id("mail-list").get_by_role("button", name="PS-1000 库存不足").click()
    frame = page.frame_locator('[data-testid="mail-html"]')
    expect(frame.get_by_role("heading")).to_have_text("640 left, as HTML")
    page.get_by_role("tab", name="Text").click()
    expect(page.get_by_test_id("mail-reader")).to_contain_text("640 left, as text")


def test_a_mail_runs_no_script_and_calls_nobody(
    page: Page, sandbox: RunningSandbox, tracker: tuple[str, list[str]]
) -> None:
    address, asked = tracker
    script = "<script>parent.document.title = 'hacked'</script>"
    style = f"<link rel='stylesheet' href='{address}/style'>"
    send_mail(sandbox, f"{style}<p>hello</p>{script}<img src='{address}/pixel'>")
    go(page, "mail")
    page.get_by_role("button", name="PS-1000").click()
    frame = page.frame_locator('[data-testid="mail-html"]')
    expect(frame.get_by_text("hello")).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert asked == []
    assert "hacked" not in page.title()


def test_a_whatsapp_template_shows_its_values_and_can_be_answered(
    page: Page, sandbox: RunningSandbox
) -> None:
    parameters = [{"type": "text", "text": "Ms. Otto"}, {"type": "text", "text": "<b>HL-2</b>"}]
    message = {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "to": "+49 151 2345678",
        "type": "template",
        "template": {
            "name": "parcel_late",
            "language": {"policy": "deterministic", "code": "en_US"},
            "components": [{"type": "body", "parameters": parameters}],
        },
    }
    ready = sandbox.ready
    url = f"{ready['whatsapp_api_url']}v23.0/{ready['whatsapp_phone_number_id']}/messages"
    headers = {"Authorization": f"Bearer {ready['whatsapp_token']}"}
    httpx.post(url, json=message, headers=headers, verify=PLAIN).raise_for_status()
    go(page, "whatsapp")
    chat = page.get_by_role("region", name="Chat with 491512345678")
    expect(chat).to_contain_text("<b>HL-2</b>")
    page.get_by_test_id("whatsapp-reply-491512345678").fill("thank you")
    page.get_by_test_id("whatsapp-reply-491512345678").press("Enter")
    expect(chat.locator(".inbound")).to_contain_text("thank you")


def test_a_new_price_is_on_the_shops_page_at_once(page: Page, sandbox: RunningSandbox) -> None:
    go(page, "shop")
    price = page.get_by_test_id("price-trailcell-600")
    price.fill("271.50")
    price.press("Tab")
    expect(page.get_by_test_id("notice")).to_have_text("Saved.")
    assert "US$271.50" in sandbox.http.get("/shop/products/trailcell-600").text
    row = page.locator('tr[data-handle="trailcell-600"]')
    expect(row).to_contain_text("200+ 263.36")  # 280.33 x 271.50 / 289 = 263.355...


def test_a_price_that_is_none_is_refused_and_put_back(page: Page) -> None:
    go(page, "shop")
    price = page.get_by_test_id("price-breeze-800")
    price.fill("cheap")
    price.press("Tab")
    expect(page.get_by_test_id("notice")).to_contain_text("price: Input should be a valid decimal")
    expect(page.get_by_test_id("price-breeze-800")).to_have_value("339.00")


def test_a_page_is_put_behind_a_captcha_and_back(page: Page, sandbox: RunningSandbox) -> None:
    go(page, "shop")
    mode = page.get_by_test_id("mode-breeze-1200")
    mode.select_option("captcha")
    expect(page.get_by_test_id("notice")).to_have_text("Saved.")
    assert "punish-component" in sandbox.http.get("/shop/products/breeze-1200").text
    mode.select_option("normal")
    expect(page.get_by_test_id("notice")).to_have_count(2)
    assert "US$459.00" in sandbox.http.get("/shop/products/breeze-1200").text


def test_an_edit_from_elsewhere_shows_on_the_open_page(page: Page, sandbox: RunningSandbox) -> None:
    go(page, "shop")
    sandbox.http.patch("/sandbox/shop/breeze-2000", json={"price": "1.23"})
    expect(page.get_by_test_id("price-breeze-2000")).to_have_value("1.23")


def test_a_fault_is_ordered_listed_and_cleared(page: Page, sandbox: RunningSandbox) -> None:
    go(page, "faults")
    page.get_by_test_id("fault-mode").select_option("ok_false")
    page.get_by_test_id("fault-method").fill("chat.postMessage")
    page.get_by_test_id("fault-error").fill("channel_not_found")
    page.get_by_test_id("fault-times").fill("2")
    page.get_by_test_id("fault-add").click()
    expect(page.get_by_test_id("fault-list")).to_contain_text("2 left")
    (fault,) = sandbox.get("/sandbox/faults")["faults"]
    assert (fault["target"], fault["mode"], fault["method"], fault["times"]) == (
        "slack", "ok_false", "chat.postMessage", 2,
    )  # fmt: skip
    page.get_by_test_id("fault-clear").click()
    expect(page.get_by_test_id("fault-list")).to_contain_text("Everything works.")
    assert sandbox.get("/sandbox/faults")["faults"] == []


def test_the_fault_form_offers_what_each_service_can_do(page: Page) -> None:
    go(page, "faults")
    page.get_by_test_id("fault-target").select_option("smtp")
    page.get_by_test_id("fault-mode").select_option("450")
    expect(page.get_by_test_id("fault-method")).to_be_hidden()
    page.get_by_test_id("fault-seconds").fill("soon")
    page.get_by_test_id("fault-add").click()
    expect(page.get_by_test_id("notice")).to_contain_text("seconds: Input should be")
