"""What the app says: posted, refused, changed, taken back, and whom it notifies."""

from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.support.sandbox_process import RunningSandbox

Json = dict[str, Any]

LIN, EMMA = "U0LINYUE", "U0EMMACLARKE"


def shown(sandbox: RunningSandbox, channel: str = "C0STOCK", member: str = LIN) -> list[Json]:
    messages: list[Json] = sandbox.get("/sandbox/messages", channel=channel, **{"as": member})[
        "messages"
    ]
    return messages


def section(text: str) -> list[Json]:
    return [{"type": "section", "text": {"type": "mrkdwn", "text": text}}]


async def test_people_see_what_the_bot_posts(
    sandbox: RunningSandbox, slack: AsyncWebClient
) -> None:
    answer = await slack.chat_postMessage(channel="C0STOCK", text="hello")

    (message,) = shown(sandbox)
    assert (message["ts"], message["text"]) == (answer["ts"], "hello")
    assert (message["bot"], message["edited"], message["ephemeral"]) == (True, False, False)


@pytest.mark.parametrize("target", ["C0STOCK", "#stock", "stock"])
async def test_a_channel_is_named_by_id_or_name(slack: AsyncWebClient, target: str) -> None:
    assert (await slack.chat_postMessage(channel=target, text="a"))["channel"] == "C0STOCK"


async def test_a_message_to_a_user_id_goes_to_the_direct_message(slack: AsyncWebClient) -> None:
    answer = await slack.chat_postMessage(channel=LIN, text="a")
    opened = await slack.conversations_open(users=LIN)

    assert answer["channel"] == opened["channel"]["id"]


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"channel": "C0NOWHERE", "text": "a"}, "channel_not_found"),
        ({"channel": "#no-bot", "text": "a"}, "not_in_channel"),
        ({"channel": "#old-archive", "text": "a"}, "is_archived"),
        ({"channel": "#stock", "text": ""}, "no_text"),
        ({"channel": "#stock", "text": "x" * 40_001}, "msg_too_long"),
        ({"channel": "#stock", "text": "a", "blocks": [{"type": "x"}]}, "invalid_blocks"),
        ({"channel": "#stock", "text": "a", "attachments": ["x"]}, "invalid_attachments"),
        ({"channel": "#stock", "text": "a", "attachments": [{}] * 101}, "too_many_attachments"),
        ({"channel": "#stock", "text": "a", "metadata": {"id": 7}}, "invalid_metadata_format"),
        ({"channel": "#stock", "text": "a", "thread_ts": "1.000001"}, "thread_not_found"),
        ({"channel": "#stock", "text": "a", "thread_ts": "yesterday"}, "invalid_thread_ts"),
    ],
)
async def test_slack_refuses_with_its_own_words(
    slack: AsyncWebClient, arguments: Json, error: str
) -> None:
    with pytest.raises(SlackApiError) as refused:
        await slack.api_call("chat.postMessage", json=arguments)

    assert refused.value.response["error"] == error
    assert refused.value.response.status_code == 200


async def test_40000_characters_are_not_too_long(slack: AsyncWebClient) -> None:
    assert (await slack.chat_postMessage(channel="#stock", text="x" * 40_000))["ok"]


async def test_bad_blocks_in_an_attachment_are_refused(slack: AsyncWebClient) -> None:
    with pytest.raises(SlackApiError) as refused:
        await slack.chat_postMessage(
            channel="#stock", text="a", attachments=[{"blocks": [{"type": "x"}]}]
        )

    assert "/attachments/0/blocks/0" in refused.value.response["response_metadata"]["messages"][0]


@pytest.mark.parametrize(
    ("content", "notified"),
    [
        ({"text": f"<@{LIN}> act"}, [LIN]),
        ({"text": f"<@{LIN}|lin.yue> act"}, [LIN]),
        ({"text": f"<@{EMMA}> and <@{LIN}>"}, [EMMA, LIN]),
        ({"text": "a", "blocks": section(f"<@{LIN}>")}, [LIN]),
        ({"text": "lin.yue @lin.yue &lt;@U0LINYUE&gt;"}, []),
        ({"text": "<@U0NOBODY>"}, []),
        ({"text": "a", "attachments": [{"text": f"<@{LIN}>"}]}, []),
        ({"text": "a", "attachments": [{"blocks": section(f"<@{LIN}>")}]}, []),
        (
            {
                "text": "a",
                "blocks": [
                    {"type": "context", "elements": [{"type": "mrkdwn", "text": f"<@{LIN}>"}]}
                ],
            },
            [],
        ),
    ],
)
async def test_mentions_notify_in_text_and_sections_only(
    sandbox: RunningSandbox, slack: AsyncWebClient, content: Json, notified: list[str]
) -> None:
    await slack.api_call("chat.postMessage", json={"channel": "C0STOCK", **content})

    assert shown(sandbox)[0]["notifies"] == notified


@pytest.mark.parametrize("mention", ["<!channel>", "<!here>", "<!everyone|everyone>"])
async def test_a_broadcast_notifies_all_14_people(
    sandbox: RunningSandbox, slack: AsyncWebClient, mention: str
) -> None:
    await slack.chat_postMessage(channel="C0STOCK", text=f"{mention} meeting")

    assert len(shown(sandbox)[0]["notifies"]) == 14


async def test_a_direct_message_notifies_its_reader(
    sandbox: RunningSandbox, slack: AsyncWebClient
) -> None:
    await slack.chat_postMessage(channel="D0LINYUE", text="a")

    assert shown(sandbox, "D0LINYUE")[0]["notifies"] == [LIN]


async def test_only_its_reader_sees_an_ephemeral_message(
    sandbox: RunningSandbox, slack: AsyncWebClient
) -> None:
    await slack.chat_postEphemeral(channel="C0STOCK", user=LIN, text="only you")

    (message,) = shown(sandbox)
    assert message["ephemeral"] is True
    assert shown(sandbox, member=EMMA) == []
    assert (await slack.conversations_history(channel="C0STOCK"))["messages"] == []


async def test_an_ephemeral_message_needs_a_reader_who_is_there(slack: AsyncWebClient) -> None:
    with pytest.raises(SlackApiError, match="user_not_in_channel"):
        await slack.chat_postEphemeral(channel="C0STOCK", user="U0NOBODY", text="a")


async def test_an_update_changes_the_message_and_notifies_nobody_again(
    sandbox: RunningSandbox, slack: AsyncWebClient
) -> None:
    ts = (await slack.chat_postMessage(channel="C0STOCK", text="open"))["ts"]

    await slack.chat_update(channel="C0STOCK", ts=ts, text=f"<@{LIN}> closed")

    (message,) = shown(sandbox)
    assert (message["text"], message["edited"]) == (f"<@{LIN}> closed", True)
    assert message["notifies"] == []


async def test_new_text_takes_the_place_of_blocks_and_keeps_metadata(
    sandbox: RunningSandbox, slack: AsyncWebClient
) -> None:
    metadata = {"event_type": "alert", "event_payload": {"id": "7"}}
    posted = await slack.chat_postMessage(
        channel="C0STOCK", text="a", blocks=section("a"), metadata=metadata
    )

    await slack.chat_update(channel="C0STOCK", ts=posted["ts"], text="b")

    (message,) = shown(sandbox)
    assert (message["text"], message["blocks"]) == ("b", [])
    assert message["metadata"] == metadata


async def test_new_blocks_keep_the_text_and_leave_no_mark(
    sandbox: RunningSandbox, slack: AsyncWebClient
) -> None:
    posted = await slack.chat_postMessage(channel="C0STOCK", text="a", blocks=section("a"))

    body = {"channel": "C0STOCK", "ts": posted["ts"], "blocks": section("b")}
    await slack.api_call("chat.update", json=body)

    (message,) = shown(sandbox)
    assert (message["text"], message["blocks"][0]["text"]["text"]) == ("a", "b")
    assert message["edited"] is False


async def test_an_update_that_says_nothing_is_refused(slack: AsyncWebClient) -> None:
    posted = await slack.chat_postMessage(channel="C0STOCK", text="a")

    body = {"channel": "C0STOCK", "ts": posted["ts"]}

    with pytest.raises(SlackApiError, match="no_text"):
        await slack.api_call("chat.update", json=body)


async def test_the_words_of_people_cannot_be_changed_or_taken_back(
    sandbox: RunningSandbox, slack: AsyncWebClient
) -> None:
    said = sandbox.post("/sandbox/messages", {"as": LIN, "channel": "C0STOCK", "text": "hi"})

    with pytest.raises(SlackApiError, match="cant_update_message"):
        await slack.chat_update(channel="C0STOCK", ts=said["ts"], text="a")
    with pytest.raises(SlackApiError, match="cant_delete_message"):
        await slack.chat_delete(channel="C0STOCK", ts=said["ts"])


async def test_a_message_that_is_not_there_cannot_be_changed(slack: AsyncWebClient) -> None:
    with pytest.raises(SlackApiError, match="message_not_found"):
        await slack.chat_update(channel="C0STOCK", ts="1.000001", text="a")


async def test_a_deleted_message_is_gone(sandbox: RunningSandbox, slack: AsyncWebClient) -> None:
    ts = (await slack.chat_postMessage(channel="C0STOCK", text="a"))["ts"]

    await slack.chat_delete(channel="C0STOCK", ts=ts)

    assert shown(sandbox) == []


async def test_a_reaction_is_given_once(sandbox: RunningSandbox, slack: AsyncWebClient) -> None:
    ts = (await slack.chat_postMessage(channel="C0STOCK", text="a"))["ts"]

    await slack.reactions_add(channel="C0STOCK", timestamp=ts, name="eyes")

    assert shown(sandbox)[0]["reactions"][0]["name"] == "eyes"
    with pytest.raises(SlackApiError, match="already_reacted"):
        await slack.reactions_add(channel="C0STOCK", timestamp=ts, name="eyes")
    with pytest.raises(SlackApiError, match="invalid_name"):
        await slack.reactions_add(channel="C0STOCK", timestamp=ts, name="眼睛")
