"""Commands, buttons, menus, modals and the Home tab, with an app that answers."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect
from slack_bolt import Ack, App
from slack_sdk import WebClient

from tests.support.sandbox_process import RunningSandbox

Json = dict[str, Any]


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def choice(value: str) -> Json:
    return {"text": plain(value.title()), "value": value}


CONFIRM = {
    "title": plain("Sure?"),
    "text": {"type": "mrkdwn", "text": "It *won't* come back."},
    "confirm": plain("Yes"),
    "deny": plain("No"),
}
ELEMENTS: list[Json] = [
    {"type": "button", "action_id": "have", "text": plain("I have it"), "value": "42"},
    {"type": "button", "action_id": "drop", "text": plain("Drop"), "style": "danger",
     "value": "7", "confirm": CONFIRM},
    {"type": "static_select", "action_id": "snooze", "placeholder": plain("Snooze"),
     "options": [choice("hour"), choice("day")]},
    {"type": "overflow", "action_id": "more", "options": [choice("hand over"), choice("mute")]},
    {"type": "datepicker", "action_id": "due"},
    {"type": "users_select", "action_id": "owner", "placeholder": plain("Owner")},
    {"type": "multi_static_select", "action_id": "where", "placeholder": plain("Where"),
     "options": [choice("alibaba"), choice("amazon")]},
]  # fmt: skip
FORM = {
    "type": "modal",
    "title": plain("New task"),
    "submit": plain("Save"),
    "blocks": [
        {"type": "input", "block_id": "what", "label": plain("What?"),
         "element": {"type": "plain_text_input", "action_id": "text"}},
        {"type": "input", "block_id": "who", "label": plain("Who?"),
         "element": {"type": "users_select", "action_id": "user"}},
        {"type": "input", "block_id": "where", "label": plain("Where?"), "optional": True,
         "element": {"type": "checkboxes", "action_id": "channels",
                     "options": [choice("alibaba"), choice("amazon")]}},
    ],
}  # fmt: skip


@pytest.fixture
def received() -> list[Json]:
    return []


def post_elements(app: App, received: list[Json], channel: str) -> None:
    """Post an alert with every element; what is done with it goes to `received`."""

    def take(ack: Ack, body: Json) -> None:
        ack()
        received.append(body)

    for element in ELEMENTS:
        app.action(element["action_id"])(take)
    blocks = [{"type": "actions", "block_id": "row", "elements": ELEMENTS}]
    app.client.chat_postMessage(channel=channel, text="an alert", blocks=blocks)


def wait_for(page: Page, received: list[Json]) -> Json:
    """The only payload that came; the browser's loop runs on while we wait."""
    for _ in range(100):
        if received:
            break
        page.wait_for_timeout(20)
    (body,) = received
    return body


def run_command(page: Page, line: str) -> None:
    page.get_by_test_id("message-box").fill(line)
    page.get_by_test_id("message-box").press("Enter")


def test_a_slash_offers_the_commands_and_their_use(page: Page, app: App) -> None:
    box = page.get_by_test_id("message-box")
    box.press_sequentially("/st")
    offer = page.get_by_test_id("suggestions").get_by_role("option")
    expect(offer).to_have_text("/stock SKU | lowWhat is in stock")
    box.press("Enter")
    expect(box).to_have_value("/stock ")


def test_a_commands_answer_is_shown_to_the_one_who_asked(page: Page, app: App) -> None:
    @app.command("/stock")
    def stock(ack: Ack, command: Json) -> None:
        ack(f"{command['user_id']} asked for {command['text']}")

    run_command(page, "/stock low")
    expect(page.locator(".ephemeral")).to_contain_text("U0LINYUE asked for low")


def test_an_unknown_command_is_named_and_stays_in_the_box(page: Page, app: App) -> None:
    run_command(page, "/nosuch thing")
    expect(page.get_by_test_id("message")).to_contain_text("/nosuch is not a valid command")
    expect(page.get_by_test_id("message-box")).to_have_value("/nosuch thing")


def test_a_button_tells_the_app_who_pressed_it(
    page: Page, app: App, ids: dict[str, str], received: list[Json]
) -> None:
    post_elements(app, received, ids["general"])
    page.locator('[data-action-id="have"]').click()
    body = wait_for(page, received)
    assert (body["user"]["id"], body["actions"][0]["value"]) == (ids["lin.yue"], "42")


def test_a_confirmation_can_be_denied_and_given(
    page: Page, app: App, ids: dict[str, str], received: list[Json]
) -> None:
    post_elements(app, received, ids["general"])
    page.locator('[data-action-id="drop"]').click()
    expect(page.get_by_test_id("confirm")).to_contain_text("It won't come back.")
    page.get_by_test_id("confirm-deny").click()
    expect(page.get_by_test_id("confirm")).to_have_count(0)
    assert received == []
    page.locator('[data-action-id="drop"]').click()
    page.get_by_test_id("confirm-ok").click()
    assert wait_for(page, received)["actions"][0]["action_id"] == "drop"


def test_what_is_picked_in_each_element_reaches_the_app(
    page: Page, app: App, ids: dict[str, str], received: list[Json]
) -> None:
    post_elements(app, received, ids["general"])

    def picked(action_id: str) -> Json:
        body = wait_for(page, received)
        received.clear()
        action: Json = body["actions"][0]
        assert action["action_id"] == action_id
        return action

    page.locator('[data-action-id="snooze"]').select_option("day")
    assert picked("snooze")["selected_option"] == choice("day")
    page.locator('[data-action-id="more"] summary').click()
    page.get_by_role("button", name="Mute").click()
    assert picked("more")["selected_option"] == choice("mute")
    page.locator('[data-action-id="due"]').fill("2026-12-01")
    assert picked("due")["selected_date"] == "2026-12-01"
    page.locator('[data-action-id="owner"]').select_option(ids["ma.chao"])
    assert picked("owner")["selected_user"] == ids["ma.chao"]
    page.locator('[data-action-id="where"] summary').click()
    page.locator('[data-action-id="where"]').get_by_label("Amazon").check()
    assert picked("where")["selected_options"] == [choice("amazon")]


def open_form(page: Page, app: App) -> None:
    @app.command("/task")
    def task(ack: Ack, command: Json, client: WebClient) -> None:
        ack()
        client.views_open(trigger_id=command["trigger_id"], view=FORM)

    run_command(page, "/task")
    expect(page.get_by_role("dialog", name="New task")).to_be_visible()


def test_a_form_names_what_is_missing_before_the_app_is_asked(page: Page, app: App) -> None:
    open_form(page, app)
    page.get_by_test_id("modal-submit").click()
    expect(page.get_by_test_id("input-error")).to_have_text(
        ["Please complete this required field."] * 2
    )


def test_a_form_keeps_what_was_typed_when_the_app_complains(page: Page, app: App) -> None:
    @app.view("")
    def refuse(ack: Ack) -> None:
        ack(response_action="errors", errors={"what": "Say it more kindly."})

    open_form(page, app)
    page.get_by_label("What?").fill("hurry up")
    page.get_by_label("Who?").select_option("U0MACHAO")
    page.get_by_test_id("modal-submit").click()
    expect(page.get_by_test_id("input-error")).to_have_text("Say it more kindly.")
    expect(page.get_by_label("What?")).to_have_value("hurry up")
    expect(page.get_by_label("Who?")).to_have_value("U0MACHAO")


def test_a_submitted_form_reaches_the_app_and_can_turn_into_another(
    page: Page, app: App, received: list[Json]
) -> None:
    thanks = {"type": "modal", "title": plain("Thanks"), "blocks": [{"type": "divider"}]}

    @app.view("")
    def save(ack: Ack, view: Json) -> None:
        received.append(view["state"]["values"])
        ack(response_action="update", view=thanks)

    open_form(page, app)
    page.get_by_label("What?").fill("call the factory")
    page.get_by_label("Who?").select_option("U0MACHAO")
    page.get_by_label("Amazon").check()
    page.get_by_test_id("modal-submit").click()
    expect(page.get_by_role("dialog", name="Thanks")).to_be_visible()
    values = wait_for(page, received)
    assert values["what"]["text"]["value"] == "call the factory"
    assert values["who"]["user"]["selected_user"] == "U0MACHAO"
    assert values["where"]["channels"]["selected_options"] == [choice("amazon")]
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("modal")).to_have_count(0)


def test_the_home_tab_is_what_the_app_publishes_when_it_is_opened(page: Page, app: App) -> None:
    @app.event("app_home_opened")
    def publish(event: Json, client: WebClient) -> None:
        text = {"type": "mrkdwn", "text": "*2 alerts* wait for you"}
        view = {"type": "home", "blocks": [{"type": "section", "text": text}]}
        client.views_publish(user_id=event["user"], view=view)

    page.locator('[data-page="home"]').click()
    expect(page.get_by_test_id("home")).to_contain_text("2 alerts wait for you")


def test_the_page_finds_its_way_back_after_everything_was_forgotten(
    page: Page, bot: WebClient, sandbox: RunningSandbox, ids: dict[str, str]
) -> None:
    bot.chat_postMessage(channel=ids["general"], text="old")
    expect(page.get_by_test_id("message")).to_contain_text("old")
    sandbox.post("/sandbox/reset")
    expect(page.get_by_test_id("message")).to_have_count(0)
    bot.chat_postMessage(channel=ids["general"], text="new")
    expect(page.get_by_test_id("message")).to_contain_text("new")
