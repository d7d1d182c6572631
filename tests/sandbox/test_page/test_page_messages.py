"""Reading and writing on the page, as a member of the workspace does."""

import re

from playwright.sync_api import Browser, Page, expect
from slack_sdk import WebClient

from tests.support.sandbox_process import RunningSandbox

PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c63f8cfc0f01f00050001ff89993d1d0000000049454e44ae426082"
)


def open_channel(page: Page, name: str) -> None:
    page.locator(f'[data-channel="{name}"]').click()
    expect(page.get_by_test_id("title")).to_have_text(f"#{name}")


def act_as(page: Page, member_id: str) -> None:
    page.get_by_test_id("member-select").select_option(member_id)
    expect(page.get_by_test_id("member-select")).to_have_value(member_id)


def test_a_message_arrives_while_one_looks(page: Page, bot: WebClient, ids: dict[str, str]) -> None:
    open_channel(page, "stock")
    bot.chat_postMessage(channel=ids["stock"], text="PS-1000 is *short*")
    message = page.get_by_test_id("message")
    expect(message).to_contain_text("Watchkeeper")
    expect(message.locator("b", has_text="short")).to_be_visible()


def test_a_mention_marks_the_channel_until_it_is_read(
    page: Page, bot: WebClient, ids: dict[str, str]
) -> None:
    bot.chat_postMessage(channel=ids["stock"], text=f"<@{ids['lin.yue']}> look")
    entry = page.locator('[data-channel="stock"]')
    expect(entry).to_have_attribute("data-unread", "true")
    expect(entry.locator(".mentions")).to_have_text("1")
    expect(page).to_have_title(re.compile(r"^\(1\)"))
    entry.click()
    expect(page.locator(".mentions-me")).to_contain_text("@Lin Yue 林悦 look")
    expect(entry).not_to_have_attribute("data-unread", "true")


def test_a_message_for_somebody_else_is_new_but_no_mention(
    page: Page, bot: WebClient, ids: dict[str, str]
) -> None:
    bot.chat_postMessage(channel=ids["stock"], text=f"<@{ids['ma.chao']}> look")
    entry = page.locator('[data-channel="stock"]')
    expect(entry).to_have_attribute("data-unread", "true")
    expect(entry.locator(".mentions")).to_have_count(0)
    entry.click()
    expect(page.get_by_test_id("message")).to_be_visible()
    expect(page.locator(".mentions-me")).to_have_count(0)


def test_a_click_on_a_mentioned_person_acts_as_that_person(
    page: Page, bot: WebClient, ids: dict[str, str]
) -> None:
    bot.chat_postMessage(channel=ids["general"], text=f"<@{ids['ma.chao']}> look")
    page.get_by_role("button", name="@Ma Chao").click()
    expect(page.get_by_test_id("member-select")).to_have_value(ids["ma.chao"])
    expect(page.locator(".mentions-me")).to_be_visible()


def test_enter_sends_and_slack_gets_entities_and_references(
    page: Page, sandbox: RunningSandbox, ids: dict[str, str]
) -> None:
    box = page.get_by_test_id("message-box")
    box.fill("1 < 2 & @Ma Chao 马超 in #stock <!channel>")
    box.press("Enter")
    expect(page.get_by_test_id("message")).to_contain_text("1 < 2 & @Ma Chao 马超 in #stock")
    expect(box).to_have_value("")
    (message,) = sandbox.get("/sandbox/messages", channel=ids["general"])["messages"]
    assert message["user"] == ids["lin.yue"]
    assert message["text"] == (
        f"1 &lt; 2 &amp; <@{ids['ma.chao']}> in <#{ids['stock']}> &lt;!channel&gt;"
    )


def test_shift_enter_makes_a_line(page: Page, sandbox: RunningSandbox, ids: dict[str, str]) -> None:
    box = page.get_by_test_id("message-box")
    box.press_sequentially("one")
    box.press("Shift+Enter")
    box.press_sequentially("two")
    box.press("Enter")
    expect(page.get_by_test_id("message")).to_contain_text("two")
    (message,) = sandbox.get("/sandbox/messages", channel=ids["general"])["messages"]
    assert message["text"] == "one\ntwo"


def test_a_name_is_completed_with_the_keyboard(page: Page) -> None:
    box = page.get_by_test_id("message-box")
    box.press_sequentially("ask @ma")
    expect(page.get_by_test_id("suggestions")).to_contain_text("Ma Chao")
    box.press("Tab")
    expect(box).to_have_value("ask @Ma Chao 马超 ")


def test_a_draft_waits_in_its_channel(page: Page) -> None:
    page.get_by_test_id("message-box").fill("half a thought")
    open_channel(page, "stock")
    expect(page.get_by_test_id("message-box")).to_have_value("")
    open_channel(page, "general")
    expect(page.get_by_test_id("message-box")).to_have_value("half a thought")


def test_an_ephemeral_message_is_seen_by_its_reader_only(
    page: Page, bot: WebClient, ids: dict[str, str]
) -> None:
    bot.chat_postEphemeral(channel=ids["general"], user=ids["lin.yue"], text="for you")
    expect(page.locator(".ephemeral")).to_contain_text("Only visible to you")
    act_as(page, ids["ma.chao"])
    expect(page.get_by_test_id("message")).to_have_count(0)


def test_an_update_replaces_the_message_and_says_so(
    page: Page, bot: WebClient, ids: dict[str, str]
) -> None:
    posted = bot.chat_postMessage(channel=ids["general"], text="before")
    expect(page.get_by_test_id("message")).to_contain_text("before")
    bot.chat_update(channel=ids["general"], ts=posted["ts"], text="after")
    expect(page.get_by_test_id("message")).to_have_text(re.compile("after.*edited"))
    bot.chat_delete(channel=ids["general"], ts=posted["ts"])
    expect(page.get_by_test_id("message")).to_have_count(0)


def test_a_thread_opens_beside_and_takes_a_reply(
    page: Page, bot: WebClient, sandbox: RunningSandbox, ids: dict[str, str]
) -> None:
    root = bot.chat_postMessage(channel=ids["general"], text="the start")["ts"]
    bot.chat_postMessage(channel=ids["general"], text="an answer", thread_ts=root)
    page.get_by_test_id("open-thread").click()
    thread = page.get_by_role("complementary", name="Thread")
    expect(thread.get_by_test_id("message")).to_have_count(2)
    page.get_by_test_id("thread-box").fill("mine")
    page.get_by_test_id("thread-box").press("Enter")
    expect(thread.get_by_test_id("message")).to_have_count(3)
    expect(page.locator("main").get_by_test_id("message")).to_have_count(1)
    last = sandbox.get("/sandbox/messages", channel=ids["general"])["messages"][-1]
    assert (last["text"], last["thread_ts"]) == ("mine", root)


def test_reactions_and_uploaded_pictures_show(
    page: Page, bot: WebClient, ids: dict[str, str]
) -> None:
    posted = bot.chat_postMessage(channel=ids["general"], text="look")
    bot.reactions_add(channel=ids["general"], timestamp=posted["ts"], name="eyes")
    expect(page.locator(".reaction")).to_have_text("👀 1")
    bot.files_upload_v2(
        channel=ids["general"], content=PIXEL, filename="chart.png", title="Prices this week"
    )
    picture = page.get_by_alt_text("Prices this week")
    expect(picture).to_be_visible()
    expect(picture).to_have_js_property("naturalWidth", 1)


def test_nobody_can_write_in_an_archived_channel(page: Page) -> None:
    open_channel(page, "old-archive")
    expect(page.get_by_text("This channel is archived")).to_be_visible()
    expect(page.get_by_test_id("message-box")).to_have_count(0)


def test_a_channel_that_is_not_there_says_so(page: Page, sandbox: RunningSandbox) -> None:
    page.goto(f"{sandbox.ready['page']}#/c/nowhere")
    expect(page.get_by_text("There is no such channel")).to_be_visible()


def test_a_long_channel_shows_its_end_and_more_on_demand(
    page: Page, sandbox: RunningSandbox, ids: dict[str, str]
) -> None:
    for number in range(205):
        body = {"as": ids["ma.chao"], "channel": ids["stock"], "text": f"line {number}"}
        sandbox.post("/sandbox/messages", body)
    open_channel(page, "stock")
    expect(page.get_by_text("line 204", exact=True)).to_be_in_viewport()
    expect(page.get_by_text("line 4", exact=True)).to_have_count(0)
    page.get_by_role("button", name="Earlier messages").click()
    expect(page.get_by_text("line 4", exact=True)).to_have_count(1)


def test_on_a_phone_the_menu_opens_and_nothing_sticks_out(
    browser: Browser, bot: WebClient, sandbox: RunningSandbox, ids: dict[str, str]
) -> None:
    bot.chat_postMessage(channel=ids["stock"], text="x" * 400)
    page = browser.new_page(viewport={"width": 390, "height": 844})
    page.goto(sandbox.ready["page"])
    expect(page.locator('[data-channel="stock"]')).not_to_be_visible()
    page.get_by_test_id("menu-button").click()
    open_channel(page, "stock")
    expect(page.locator('[data-channel="stock"]')).not_to_be_visible()
    expect(page.get_by_test_id("message")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    page.close()


def test_the_page_asks_nobody_but_the_sandbox_and_complains_of_nothing(
    page: Page, bot: WebClient, sandbox: RunningSandbox, ids: dict[str, str]
) -> None:
    asked: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    picture = {"type": "image", "image_url": "https://pictures.example/x.png", "alt_text": "chart"}
    bot.chat_postMessage(channel=ids["general"], text="a picture", blocks=[picture])
    expect(page.get_by_role("img", name="chart")).to_be_visible()
    for place in ("home", "mail", "whatsapp", "shop", "faults"):
        page.locator(f'[data-page="{place}"]').click()
        expect(page.locator(f'[data-page="{place}"]')).to_have_attribute("aria-current", "page")
    page.reload()
    page.get_by_test_id("member-select").wait_for()
    assert [url for url in asked if not url.startswith(sandbox.ready["page"])] == []
    assert complaints == []
