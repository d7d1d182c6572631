"""Channels, their history and threads, and the people in them."""

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

METADATA = {"event_type": "alert", "event_payload": {"post": "17"}}


async def say(slack: AsyncWebClient, *texts: str, thread_ts: str | None = None) -> list[str]:
    """Post `texts` to #stock; their time stamps."""
    return [
        (await slack.chat_postMessage(channel="C0STOCK", text=text, thread_ts=thread_ts))["ts"]
        for text in texts
    ]


async def test_all_public_channels_are_listed(slack: AsyncWebClient) -> None:
    channels = (await slack.conversations_list())["channels"]

    names = {channel["name"]: channel for channel in channels}
    assert {"general", "watch", "stock", "reviews", "prices", "logistics"} <= names.keys()
    assert names["no-bot"]["is_member"] is False
    assert names["old-archive"]["is_archived"] is True


async def test_archived_channels_are_left_out_on_request(slack: AsyncWebClient) -> None:
    channels = (await slack.conversations_list(exclude_archived=True))["channels"]

    assert "old-archive" not in [channel["name"] for channel in channels]


async def test_a_long_list_is_given_out_in_pages(slack: AsyncWebClient) -> None:
    names = [
        channel["name"]
        async for page in await slack.conversations_list(limit=3)
        for channel in page["channels"]
    ]

    assert len(names) == len(set(names)) == 10


async def test_direct_messages_are_listed_apart(slack: AsyncWebClient) -> None:
    channels = (await slack.conversations_list(types="im"))["channels"]

    assert len(channels) == 14
    assert all(channel["is_im"] for channel in channels)


async def test_a_channel_tells_of_itself_and_its_members(slack: AsyncWebClient) -> None:
    info = (await slack.conversations_info(channel="C0STOCK"))["channel"]
    members = (await slack.conversations_members(channel="C0STOCK"))["members"]

    assert (info["name"], info["is_member"], info["num_members"]) == ("stock", True, 15)
    assert len(members) == 15


async def test_a_direct_message_with_several_people_is_refused(slack: AsyncWebClient) -> None:
    with pytest.raises(SlackApiError, match="too_many_users"):
        await slack.conversations_open(users=["U0LINYUE", "U0XUJING"])


async def test_a_direct_message_with_nobody_we_know_is_refused(slack: AsyncWebClient) -> None:
    with pytest.raises(SlackApiError, match="user_not_found"):
        await slack.conversations_open(users="U0NOBODY")


async def test_history_is_newest_first(slack: AsyncWebClient) -> None:
    await say(slack, "one", "two", "three")

    messages = (await slack.conversations_history(channel="C0STOCK"))["messages"]

    assert [message["text"] for message in messages] == ["three", "two", "one"]


async def test_history_is_read_page_by_page(slack: AsyncWebClient) -> None:
    await say(slack, *"abcde")

    first = await slack.conversations_history(channel="C0STOCK", limit=3)
    cursor = first["response_metadata"]["next_cursor"]
    second = await slack.conversations_history(channel="C0STOCK", limit=3, cursor=cursor)

    assert (first["has_more"], second["has_more"]) == (True, False)
    assert [m["text"] for m in [*first["messages"], *second["messages"]]] == list("edcba")


async def test_history_can_be_cut_to_a_time(slack: AsyncWebClient) -> None:
    first, _, third = await say(slack, "one", "two", "three")

    between = await slack.conversations_history(channel="C0STOCK", oldest=first, latest=third)
    with_ends = await slack.conversations_history(
        channel="C0STOCK", oldest=first, latest=third, inclusive=True
    )

    assert [m["text"] for m in between["messages"]] == ["two"]
    assert len(with_ends["messages"]) == 3


async def test_metadata_comes_on_request_only(slack: AsyncWebClient) -> None:
    await slack.chat_postMessage(channel="C0STOCK", text="a", metadata=METADATA)

    plain = await slack.conversations_history(channel="C0STOCK")
    full = await slack.conversations_history(channel="C0STOCK", include_all_metadata=True)

    assert "metadata" not in plain["messages"][0]
    assert full["messages"][0]["metadata"] == METADATA


async def test_answers_stand_in_the_thread_and_not_in_the_channel(slack: AsyncWebClient) -> None:
    (parent,) = await say(slack, "case")
    await say(slack, "first", "second", thread_ts=parent)

    history = (await slack.conversations_history(channel="C0STOCK"))["messages"]
    thread = (await slack.conversations_replies(channel="C0STOCK", ts=parent))["messages"]

    assert [(m["text"], m["reply_count"]) for m in history] == [("case", 2)]
    assert [m["text"] for m in thread] == ["case", "first", "second"]


async def test_an_answer_to_an_answer_joins_the_same_thread(slack: AsyncWebClient) -> None:
    (parent,) = await say(slack, "case")
    (reply,) = await say(slack, "first", thread_ts=parent)
    await say(slack, "second", thread_ts=reply)

    thread = (await slack.conversations_replies(channel="C0STOCK", ts=parent))["messages"]

    assert [m["text"] for m in thread] == ["case", "first", "second"]


async def test_a_broadcast_answer_stands_in_both(slack: AsyncWebClient) -> None:
    (parent,) = await say(slack, "case")
    await slack.chat_postMessage(
        channel="C0STOCK", text="solved", thread_ts=parent, reply_broadcast=True
    )

    history = (await slack.conversations_history(channel="C0STOCK"))["messages"]

    assert [m["text"] for m in history] == ["solved", "case"]


@pytest.mark.parametrize(
    ("method", "arguments", "error"),
    [
        ("conversations.history", {"channel": "C0NOBOT"}, "not_in_channel"),
        ("conversations.history", {"channel": "C0NOWHERE"}, "channel_not_found"),
        ("conversations.history", {"channel": "C0STOCK", "cursor": "x"}, "invalid_cursor"),
        ("conversations.history", {"channel": "C0STOCK", "limit": "x"}, "invalid_arguments"),
        ("conversations.history", {"channel": "C0STOCK", "oldest": "x"}, "invalid_ts_oldest"),
        ("conversations.replies", {"channel": "C0STOCK", "ts": "1.0"}, "thread_not_found"),
        ("conversations.info", {"channel": "C0NOWHERE"}, "channel_not_found"),
        ("users.info", {"user": "U0NOBODY"}, "user_not_found"),
        ("users.lookupByEmail", {"email": "nobody@harborlane.example"}, "users_not_found"),
        ("views.publish", {"user_id": "U0LINYUE"}, "invalid_arguments"),
        ("views.update", {"view_id": "V0", "view": {"type": "modal"}}, "not_found"),
    ],
)
async def test_slack_refuses_with_its_own_words(
    slack: AsyncWebClient, method: str, arguments: dict[str, object], error: str
) -> None:
    with pytest.raises(SlackApiError) as refused:
        await slack.api_call(method, json=arguments)

    assert refused.value.response["error"] == error


async def test_a_person_is_found_by_e_mail_in_any_case(slack: AsyncWebClient) -> None:
    user = (await slack.users_lookupByEmail(email="Lin.Yue@HarborLane.example"))["user"]

    assert (user["id"], user["real_name"]) == ("U0LINYUE", "Lin Yue 林悦")
    assert user["profile"]["email"] == "lin.yue@harborlane.example"


async def test_the_locale_comes_on_request_only(slack: AsyncWebClient) -> None:
    plain = (await slack.users_info(user="U0LINYUE"))["user"]
    full = (await slack.users_info(user="U0LINYUE", include_locale=True))["user"]

    assert "locale" not in plain
    assert (full["locale"], full["tz"], full["tz_offset"]) == ("zh-CN", "Asia/Shanghai", 8 * 3600)


async def test_the_list_of_users_has_the_team_and_the_bot(slack: AsyncWebClient) -> None:
    members = (await slack.users_list())["members"]

    assert len([m for m in members if not m["is_bot"]]) == 14
    assert [m["name"] for m in members if m["is_bot"]] == ["watchkeeper"]
