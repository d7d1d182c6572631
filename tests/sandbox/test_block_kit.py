"""Block Kit as Slack accepts and refuses it; limits from Slack's Block Kit reference."""

from collections.abc import Callable
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.slack.block_kit import accept_blocks, accept_view
from sandbox.slack.errors import SlackError

Json = dict[str, Any]


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> Json:
    return {"type": "mrkdwn", "text": text}


def x(count: int) -> str:
    return "x" * count


def option(text: str = "a", value: str = "a") -> Json:
    return {"text": plain(text), "value": value}


def button(**properties: Any) -> Json:
    return {"type": "button", "text": plain("Go"), **properties}


def select(count: int, **properties: Any) -> Json:
    options = [option(value=str(n)) for n in range(count)]
    return {"type": "static_select", "options": options, **properties}


def actions(*elements: Json) -> list[Json]:
    return [{"type": "actions", "elements": list(elements)}]


def section(**properties: Any) -> list[Json]:
    return [{"type": "section", **properties}]


def confirm(**texts: Json) -> Json:
    dialog = {name: plain("Sure?") for name in ("title", "text", "confirm", "deny")}
    return {"confirm": {**dialog, **texts}}


def image(**properties: Any) -> Json:
    return {
        "type": "image",
        "image_url": "https://x.example/a.png",
        "alt_text": "a",
        **properties,
    }


def field(**element: Any) -> list[Json]:
    return [{"type": "input", "label": plain("a"), "element": element}]


def checkboxes(count: int) -> Json:
    options = [option(value=str(n)) for n in range(count)]
    return {"type": "checkboxes", "options": options}


LIMITS: dict[str, tuple[int, Callable[[int], list[Json]]]] = {
    "blocks in a message": (50, lambda n: [{"type": "divider"}] * n),
    "section text": (3000, lambda n: section(text=mrkdwn(x(n)))),
    "section fields": (10, lambda n: section(fields=[plain("a")] * n)),
    "section field": (2000, lambda n: section(fields=[mrkdwn(x(n))])),
    "header": (150, lambda n: [{"type": "header", "text": plain(x(n))}]),
    "context elements": (10, lambda n: [{"type": "context", "elements": [mrkdwn("a")] * n}]),
    "actions elements": (25, lambda n: actions(*[button()] * n)),
    "button text": (75, lambda n: actions(button(text=plain(x(n))))),
    "button value": (2000, lambda n: actions(button(value=x(n)))),
    "button url": (3000, lambda n: actions(button(url="https://x.example/".ljust(n, "x")))),
    "accessibility label": (75, lambda n: actions(button(accessibility_label=x(n)))),
    "action_id": (255, lambda n: actions(button(action_id=x(n)))),
    "block_id": (255, lambda n: [{"type": "divider", "block_id": x(n)}]),
    "select options": (100, lambda n: actions(select(n))),
    "option text": (75, lambda n: actions(select(1, options=[option(text=x(n))]))),
    "option value": (150, lambda n: actions(select(1, options=[option(value=x(n))]))),
    "placeholder": (150, lambda n: actions(select(1, placeholder=plain(x(n))))),
    "overflow options": (5, lambda n: actions({"type": "overflow", "options": [option()] * n})),
    "checkboxes": (10, lambda n: actions(checkboxes(n))),
    "confirm title": (100, lambda n: actions(button(**confirm(title=plain(x(n)))))),
    "confirm text": (300, lambda n: actions(button(**confirm(text=mrkdwn(x(n)))))),
    "confirm button": (30, lambda n: actions(button(**confirm(confirm=plain(x(n)))))),
    "deny button": (30, lambda n: actions(button(**confirm(deny=plain(x(n)))))),
    "image alt text": (2000, lambda n: [image(alt_text=x(n))]),
    "image title": (2000, lambda n: [image(title=plain(x(n)))]),
    "input label": (2000, lambda n: [{**field(type="plain_text_input")[0], "label": plain(x(n))}]),
    "input max_length": (3000, lambda n: field(type="plain_text_input", max_length=n)),
    "markdown": (12_000, lambda n: [{"type": "markdown", "text": x(n)}]),
    "table rows": (
        100,
        lambda n: [{"type": "table", "rows": [[{"type": "raw_text", "text": "a"}]] * n}],
    ),
    "table columns": (
        20,
        lambda n: [{"type": "table", "rows": [[{"type": "raw_text", "text": "a"}] * n]}],
    ),
}


@pytest.mark.parametrize("name", LIMITS)
async def test_a_message_at_a_limit_is_accepted_and_above_it_refused(
    slack: AsyncWebClient, name: str
) -> None:
    limit, make = LIMITS[name]

    await slack.chat_postMessage(channel="#stock", text="fallback", blocks=make(limit))

    with pytest.raises(SlackApiError, match="invalid_blocks"):
        await slack.chat_postMessage(channel="#stock", text="fallback", blocks=make(limit + 1))


def modal(**properties: Any) -> Json:
    return {"type": "modal", "title": plain("Order"), "blocks": [], **properties}


VIEW_LIMITS: dict[str, tuple[int, Callable[[int], Json]]] = {
    "blocks": (100, lambda n: modal(blocks=[{"type": "divider"}] * n)),
    "title": (24, lambda n: modal(title=plain(x(n)))),
    "submit": (24, lambda n: modal(submit=plain(x(n)))),
    "close": (24, lambda n: modal(close=plain(x(n)))),
    "private_metadata": (3000, lambda n: modal(private_metadata=x(n))),
    "callback_id": (255, lambda n: modal(callback_id=x(n))),
    "external_id": (255, lambda n: modal(external_id=x(n))),
}


@pytest.mark.parametrize("name", VIEW_LIMITS)
def test_a_modal_at_a_limit_is_accepted_and_above_it_refused(name: str) -> None:
    limit, make = VIEW_LIMITS[name]

    accept_view(make(limit), "modal")

    with pytest.raises(SlackError, match="invalid_arguments"):
        accept_view(make(limit + 1), "modal")


async def test_a_home_tab_takes_100_blocks_and_no_more(slack: AsyncWebClient) -> None:
    divider = {"type": "divider"}

    await slack.views_publish(user_id="U0LINYUE", view={"type": "home", "blocks": [divider] * 100})

    with pytest.raises(SlackApiError, match="invalid_arguments"):
        await slack.views_publish(
            user_id="U0LINYUE", view={"type": "home", "blocks": [divider] * 101}
        )


REFUSED = {
    "a block that is no object": (["text"], "/blocks/0"),
    "a block without a type": ([{}], "missing required field: type [json-pointer:/blocks/0]"),
    "an unknown block": ([{"type": "banner"}], "unsupported type: banner"),
    "an unknown element": (actions({"type": "slider"}), "unsupported type: slider"),
    "an unknown text type": (section(text={"type": "plain", "text": "a"}), "unsupported type"),
    "an unknown property": ([{"type": "divider", "color": "red"}], "invalid additional property"),
    "a formatted header": ([{"type": "header", "text": mrkdwn("a")}], "'plain_text'"),
    "a formatted button": (actions(button(text=mrkdwn("a"))), "'plain_text'"),
    "an empty section": (section(), "must have text or fields"),
    "empty text": (section(text=mrkdwn("")), "must be more than 0 characters"),
    "no elements": (actions(), "no fewer than 1 items"),
    "an unknown style": (actions(button(style="warning")), "/elements/0/style"),
    "a button without text": (actions({"type": "button"}), "missing required field: text"),
    "a button as an input": (field(**button()), "unsupported type: button"),
    "an input as an action": (actions({"type": "plain_text_input"}), "unsupported type"),
    "a select without options": (actions({"type": "static_select"}), "options or option_groups"),
    "an initial option not offered": (
        actions(select(1, initial_option=option(value="other"))),
        "initial options must be among the options",
    ),
    "two pictures in one": ([image(slack_file={"id": "F1"})], "either image_url or slack_file"),
    "an address without a scheme": (actions(button(url="x.example")), "valid URL"),
    "a date that is none": (
        actions({"type": "datepicker", "initial_date": "22.11.2026"}),
        "initial_date",
    ),
    "rich text without words": (
        [{"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [{}]}]}],
        "missing required field: type",
    ),
    "the same block_id twice": ([{"type": "divider", "block_id": "a"}] * 2, "already exists"),
    "the same action_id twice": (actions(button(action_id="a"), button(action_id="a")), "'a'"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_blocks_that_slack_refuses_are_refused_with_a_word_on_where(name: str) -> None:
    blocks, message = REFUSED[name]

    with pytest.raises(SlackError) as refused:
        accept_blocks(blocks)

    assert refused.value.name == "invalid_blocks"
    assert message in refused.value.messages[0]


async def test_the_refusal_says_which_block_and_why(slack: AsyncWebClient) -> None:
    blocks = [{"type": "divider"}, *section(text=mrkdwn(x(3001)))]

    with pytest.raises(SlackApiError) as refused:
        await slack.chat_postMessage(channel="#stock", text="a", blocks=blocks)

    assert refused.value.response["response_metadata"]["messages"] == [
        "[ERROR] must be less than 3001 characters [json-pointer:/blocks/1/text/text]"
    ]


@pytest.mark.parametrize("blocks", [{"type": "divider"}, "divider", 7])
def test_blocks_that_are_no_list_are_refused(blocks: Any) -> None:
    with pytest.raises(SlackError, match="invalid_blocks_format"):
        accept_blocks(blocks)


ACCEPTED = [
    section(text=plain("a"), accessory=image()),
    section(fields=[mrkdwn("a"), plain("b")], expand=True),
    actions(button(style="danger", url="mailto:a@x.example"), select(2), checkboxes(1)),
    actions({"type": "datepicker", "initial_date": "2026-11-22"}),
    actions({"type": "timepicker", "initial_time": "09:00", "timezone": "Asia/Shanghai"}),
    actions({"type": "datetimepicker", "initial_date_time": 1795339857}),
    actions({"type": "users_select"}, {"type": "multi_channels_select"}),
    actions(
        {"type": "static_select", "option_groups": [{"label": plain("a"), "options": [option()]}]}
    ),
    field(type="number_input", is_decimal_allowed=False, min_value="1"),
    field(type="radio_buttons", options=[option()], initial_option=option()),
    [
        {
            "type": "rich_text",
            "elements": [
                {
                    "type": "rich_text_list",
                    "style": "bullet",
                    "elements": [
                        {
                            "type": "rich_text_section",
                            "elements": [
                                {"type": "text", "text": "a", "style": {"bold": True}},
                                {"type": "user", "user_id": "U0LINYUE"},
                            ],
                        }
                    ],
                }
            ],
        }
    ],
    [{"type": "context", "elements": [image(), mrkdwn("a"), plain("b")]}],
    [{"type": "file", "external_id": "a", "source": "remote"}],
    [
        {
            "type": "video",
            "title": plain("a"),
            "alt_text": "a",
            "video_url": "https://x.example/v",
            "thumbnail_url": "https://x.example/t.png",
        }
    ],
]


@pytest.mark.parametrize("blocks", ACCEPTED, ids=lambda blocks: blocks[0]["type"])
def test_blocks_that_slack_accepts_are_given_their_ids(blocks: list[Json]) -> None:
    accepted = accept_blocks(blocks)

    assert [block["type"] for block in accepted] == [block["type"] for block in blocks]
    assert all(block["block_id"] for block in accepted)


def test_elements_without_an_action_id_are_given_one() -> None:
    (block,) = accept_blocks(actions(button(), button(action_id="mine")))

    given, kept = block["elements"]
    assert given["action_id"]
    assert kept["action_id"] == "mine"


def test_a_modal_with_inputs_needs_a_submit_button() -> None:
    with pytest.raises(SlackError) as refused:
        accept_view(modal(blocks=field(type="plain_text_input")), "modal")

    assert "missing required field: submit" in refused.value.messages[0]


def test_messages_take_no_modal_and_home_tabs_no_table() -> None:
    table = {"type": "table", "rows": [[{"type": "raw_text", "text": "a"}]]}

    with pytest.raises(SlackError):
        accept_view({"type": "home", "blocks": [table]}, "home")
    with pytest.raises(SlackError):
        accept_view(modal(), "home")
