"""The conversations.* methods."""

from decimal import Decimal, InvalidOperation

from sandbox.json_object import Json
from sandbox.slack.arguments import Arguments
from sandbox.slack.errors import SlackError
from sandbox.slack.messages import Message
from sandbox.slack.methods.method import Method, page
from sandbox.slack.state import SlackState
from sandbox.slack.workspace import BOT_USER_ID, Channel

READ = ("channels:read", "groups:read", "im:read", "mpim:read")
HISTORY = ("channels:history", "groups:history", "im:history", "mpim:history")


def _list(slack: SlackState, arguments: Arguments) -> Json:
    kinds = (arguments.text("types") or "public_channel").replace(" ", "").split(",")
    channels = [
        channel
        for channel in slack.workspace.channels.values()
        if ("im" if channel.is_im else "public_channel") in kinds
        and not (channel.is_archived and arguments.flag("exclude_archived"))
    ]
    some, following = page(channels, arguments)
    return {
        "channels": [channel.as_slack() for channel in some],
        "response_metadata": {"next_cursor": following},
    }


def _info(slack: SlackState, arguments: Arguments) -> Json:
    return {"channel": slack.workspace.channel(arguments.required("channel")).as_slack()}


def _open(slack: SlackState, arguments: Arguments) -> Json:
    if arguments.has("channel"):
        channel = slack.workspace.channel(arguments.text("channel"))
    else:
        users = arguments.required("users").split(",")
        if len(users) > 1:
            raise SlackError("too_many_users", "[ERROR] the sandbox opens one person's only")
        channel = slack.workspace.direct(users[0])
    return {"channel": channel.as_slack() if arguments.flag("return_im") else {"id": channel.id}}


def _members(slack: SlackState, arguments: Arguments) -> Json:
    channel = slack.workspace.channel(arguments.required("channel"))
    some, following = page(sorted(channel.members), arguments)
    return {"members": list(some), "response_metadata": {"next_cursor": following}}


def _history(slack: SlackState, arguments: Arguments) -> Json:
    channel = _readable(slack, arguments)
    messages = [
        message
        for message in slack.messages.visible(channel.id)
        if not message.is_reply or message.is_broadcast
    ]
    return _page_of(slack, list(reversed(_between(messages, arguments))), arguments)


def _replies(slack: SlackState, arguments: Arguments) -> Json:
    channel = _readable(slack, arguments)
    try:
        message = slack.messages.find(channel.id, arguments.required("ts"))
    except SlackError:
        raise SlackError("thread_not_found") from None
    if message.is_reply:
        message = slack.messages.find(channel.id, message.thread_ts or "")
    thread = [message, *_between(slack.messages.replies(message), arguments)]
    return _page_of(slack, thread, arguments)


def _readable(slack: SlackState, arguments: Arguments) -> Channel:
    channel = slack.workspace.channel(arguments.required("channel"))
    if BOT_USER_ID not in channel.members:
        raise SlackError("not_in_channel")
    return channel


def _between(messages: list[Message], arguments: Arguments) -> list[Message]:
    oldest = _moment(arguments, "oldest", Decimal(0))
    latest = _moment(arguments, "latest", Decimal("Infinity"))
    ends = {oldest, latest} if arguments.flag("inclusive") else set()
    return [m for m in messages if oldest < Decimal(m.ts) < latest or Decimal(m.ts) in ends]


def _moment(arguments: Arguments, name: str, default: Decimal) -> Decimal:
    try:
        return Decimal(arguments.text(name)) if arguments.has(name) else default
    except InvalidOperation:
        raise SlackError(f"invalid_ts_{name}") from None


def _page_of(slack: SlackState, messages: list[Message], arguments: Arguments) -> Json:
    some, following = page(messages, arguments)
    with_metadata = arguments.flag("include_all_metadata")
    answer: Json = {
        "messages": [_with_thread(slack, message, with_metadata=with_metadata) for message in some],
        "has_more": bool(following),
    }
    if following:
        answer["response_metadata"] = {"next_cursor": following}
    return answer


def _with_thread(slack: SlackState, message: Message, *, with_metadata: bool) -> Json:
    shown = message.as_slack(with_metadata=with_metadata)
    replies = [] if message.is_reply else slack.messages.replies(message)
    if replies:
        shown["thread_ts"] = message.ts
        shown["reply_count"] = len(replies)
        shown["reply_users"] = sorted({reply.user for reply in replies})
        shown["latest_reply"] = replies[-1].ts
    return shown


METHODS = {
    "conversations.list": Method(_list, READ),
    "conversations.info": Method(_info, READ),
    "conversations.open": Method(_open, ("im:write", "mpim:write")),
    "conversations.members": Method(_members, READ),
    "conversations.history": Method(_history, HISTORY),
    "conversations.replies": Method(_replies, HISTORY),
}
