"""What an app answers people with: in an ack, or later to a `response_url`."""

from aiohttp import web

from sandbox.json_object import Json
from sandbox.slack.arguments import read_arguments
from sandbox.slack.errors import SlackError
from sandbox.slack.posting import accept_content
from sandbox.slack.state import SlackState
from sandbox.slack.triggers import ResponseRight
from sandbox.slack.workspace import BOT_USER_ID


def post_answer(slack: SlackState, right: ResponseRight, body: Json) -> None:
    """Do what an answer says: say something, or replace or delete what was acted on.

    Raises:
        SlackError: Slack's reason to refuse it.
    """
    if body.get("delete_original") and right.ts is not None:
        slack.poster.delete(slack.messages.find(right.channel, right.ts))
        return
    content = accept_content(
        str(body.get("text") or ""), body.get("blocks"), body.get("attachments")
    )
    if body.get("replace_original") and right.ts is not None:
        slack.poster.replace(slack.messages.find(right.channel, right.ts), content)
        return
    in_channel = body.get("response_type") == "in_channel"
    slack.poster.post(
        slack.workspace.channel(right.channel),
        BOT_USER_ID,
        content,
        ephemeral_to=None if in_channel else right.user,
        thread_ts=body.get("thread_ts") or right.thread_ts,
    )


class ResponseEndpoint:
    """Takes answers sent to a `response_url`."""

    def __init__(self, slack: SlackState) -> None:
        self._slack = slack

    def routes(self) -> list[web.RouteDef]:
        """`POST /response/KEY`."""
        return [web.post("/response/{key}", self._respond)]

    async def _respond(self, request: web.Request) -> web.Response:
        try:
            right = self._slack.response_urls.use(request.match_info["key"])
        except SlackError as refused:
            return web.json_response(refused.answer(), status=404)
        try:
            post_answer(self._slack, right, (await read_arguments(request)).shown())
        except SlackError as refused:
            return web.json_response(refused.answer(), status=400)
        return web.json_response({"ok": True})
