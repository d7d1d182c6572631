"""The files.* methods: an address for the bytes, then the message that shows the files."""

from sandbox.json_object import Json
from sandbox.slack.arguments import Arguments
from sandbox.slack.errors import SlackError
from sandbox.slack.files import File
from sandbox.slack.methods.method import Method
from sandbox.slack.posting import Content
from sandbox.slack.state import SlackState
from sandbox.slack.workspace import BOT_USER_ID, Channel


def _get_upload_url(slack: SlackState, arguments: Arguments) -> Json:
    name = arguments.required("filename")
    length = arguments.required("length")
    if not length.isdecimal() or int(length) == 0:
        raise SlackError("invalid_arguments", "[ERROR] length must be a number of bytes from 1")
    file, upload_url = slack.files.expect(name, int(length))
    return {"upload_url": upload_url, "file_id": file.id}


def _complete_upload(slack: SlackState, arguments: Arguments) -> Json:
    wanted = arguments.structure("files", "invalid_arguments")
    if not isinstance(wanted, list) or not all(isinstance(w, dict) for w in wanted):
        raise SlackError("invalid_arguments", "[ERROR] files must be a list of objects")
    files = [slack.files.complete(str(w.get("id")), str(w.get("title") or "")) for w in wanted]
    channel = _channel(slack, arguments)
    if channel is not None:
        _share(slack, channel, files, arguments)
    return {"files": [slack.files.as_slack(file) for file in files]}


def _channel(slack: SlackState, arguments: Arguments) -> Channel | None:
    if not arguments.has("channel_id"):
        return None
    channel = slack.workspace.channel(arguments.text("channel_id"))
    if BOT_USER_ID not in channel.members:
        raise SlackError("not_in_channel")
    return channel


def _share(slack: SlackState, channel: Channel, files: list[File], arguments: Arguments) -> None:
    slack.poster.post(
        channel,
        BOT_USER_ID,
        Content(arguments.text("initial_comment")),
        files=[slack.files.as_slack(file) for file in files],
        thread_ts=arguments.text("thread_ts") or None,
    )


METHODS = {
    "files.getUploadURLExternal": Method(_get_upload_url, ("files:write",)),
    "files.completeUploadExternal": Method(_complete_upload, ("files:write",)),
}
