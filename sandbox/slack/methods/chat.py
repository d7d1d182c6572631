"""The chat.* methods."""

from sandbox.json_object import Json
from sandbox.slack.arguments import Arguments
from sandbox.slack.errors import SlackError
from sandbox.slack.messages import Message
from sandbox.slack.methods.method import Method
from sandbox.slack.posting import Content, accept_content, accept_metadata
from sandbox.slack.state import SlackState
from sandbox.slack.workspace import BOT_USER_ID, Channel


def _post_message(slack: SlackState, arguments: Arguments) -> Json:
    channel = _open_channel(slack, arguments)
    message = slack.poster.post(
        channel,
        BOT_USER_ID,
        _content(arguments),
        metadata=accept_metadata(arguments.structure("metadata", "invalid_metadata_format")),
        thread_ts=arguments.text("thread_ts") or None,
        is_broadcast=arguments.flag("reply_broadcast"),
    )
    shown = message.as_slack(with_metadata=True)
    return {"channel": channel.id, "ts": message.ts, "message": shown}


def _post_ephemeral(slack: SlackState, arguments: Arguments) -> Json:
    channel = _open_channel(slack, arguments)
    user = arguments.required("user")
    if user not in channel.members:
        raise SlackError("user_not_in_channel")
    thread_ts = arguments.text("thread_ts") or None
    message = slack.poster.post(
        channel, BOT_USER_ID, _content(arguments), ephemeral_to=user, thread_ts=thread_ts
    )
    return {"message_ts": message.ts}


def _update(slack: SlackState, arguments: Arguments) -> Json:
    message = _own_message(slack, arguments, "cant_update_message")
    slack.poster.replace(message, _new_content(message, arguments))
    metadata = arguments.structure("metadata", "invalid_metadata_format")
    if metadata is not None:
        message.metadata = accept_metadata(metadata)
    return {
        "channel": message.channel,
        "ts": message.ts,
        "text": message.text,
        "message": message.as_slack(with_metadata=True),
    }


def _new_content(message: Message, arguments: Arguments) -> Content:
    """What an update makes of a message: blocks stay only if no text takes their place."""
    blocks = arguments.structure("blocks", "invalid_blocks_format")
    attachments = arguments.structure("attachments", "invalid_attachments")
    if arguments.has("text"):
        return accept_content(arguments.text("text"), blocks, attachments)
    if not (blocks or attachments):
        raise SlackError("no_text")
    return accept_content(
        message.text,
        message.blocks if blocks is None else blocks,
        message.attachments if attachments is None else attachments,
    )


def _delete(slack: SlackState, arguments: Arguments) -> Json:
    message = _own_message(slack, arguments, "cant_delete_message")
    slack.poster.delete(message)
    return {"channel": message.channel, "ts": message.ts}


def _open_channel(slack: SlackState, arguments: Arguments) -> Channel:
    """The channel to write to."""
    channel = slack.workspace.target(arguments.required("channel"))
    if channel.is_archived:
        raise SlackError("is_archived")
    if BOT_USER_ID not in channel.members:
        raise SlackError("not_in_channel")
    return channel


def _own_message(slack: SlackState, arguments: Arguments, refusal: str) -> Message:
    channel = slack.workspace.channel(arguments.required("channel"))
    message = slack.messages.find(channel.id, arguments.required("ts"))
    if message.ephemeral_to is not None:
        raise SlackError("message_not_found")
    if not message.by_bot:
        raise SlackError(refusal)
    return message


def _content(arguments: Arguments) -> Content:
    return accept_content(
        arguments.text("text"),
        arguments.structure("blocks", "invalid_blocks_format"),
        arguments.structure("attachments", "invalid_attachments"),
    )


METHODS = {
    "chat.postMessage": Method(_post_message, ("chat:write",)),
    "chat.postEphemeral": Method(_post_ephemeral, ("chat:write",)),
    "chat.update": Method(_update, ("chat:write",)),
    "chat.delete": Method(_delete, ("chat:write",)),
}
