"""The control API of the workspace: what the page and the tests do in people's place."""

from typing import Any

from aiohttp import web

from sandbox.control import BadInputError, read_json, required
from sandbox.json_object import Json
from sandbox.slack import actions, commands, modals, people
from sandbox.slack.app_link import AppLink
from sandbox.slack.errors import SlackError
from sandbox.slack.state import SlackState
from sandbox.slack.views import OpenView
from sandbox.slack.workspace import BOT_ID, BOT_USER_ID, TEAM_ID, TEAM_NAME, Channel, Member


class SlackControl:
    """Handlers of `/sandbox/…` for the workspace."""

    def __init__(self, slack: SlackState, app: AppLink) -> None:
        self._slack = slack
        self._app = app

    def routes(self) -> list[web.RouteDef]:
        """The workspace, its messages, commands, actions and views, and its settings."""
        return [
            web.get("/sandbox/workspace", self._workspace),
            web.get("/sandbox/messages", self._messages),
            web.post("/sandbox/messages", self._write),
            web.post("/sandbox/commands", self._command),
            web.post("/sandbox/actions", self._act),
            web.get("/sandbox/views", self._views),
            web.post("/sandbox/views/{view_id}/submit", self._submit),
            web.post("/sandbox/views/{view_id}/close", self._close),
            web.post("/sandbox/home", self._home),
            web.post("/sandbox/manifest", self._manifest),
            web.post("/sandbox/limits", self._limits),
            web.post("/sandbox/limits/clock", self._limits_clock),
            web.post("/sandbox/events-url", self._events_url),
        ]

    async def _workspace(self, _request: web.Request) -> web.Response:
        workspace = self._slack.workspace
        return web.json_response(
            {
                "team": {"id": TEAM_ID, "name": TEAM_NAME},
                "bot": {"id": BOT_ID, "user_id": BOT_USER_ID, "name": workspace.bot.real_name},
                "members": [member.shown() for member in workspace.members.values()],
                "channels": [channel.shown() for channel in workspace.channels.values()],
                "commands": self._slack.manifest.commands,
            }
        )

    async def _messages(self, request: web.Request) -> web.Response:
        channel = self._channel(request.query.get("channel"))
        messages = self._slack.messages
        visible = messages.visible(channel.id, request.query.get("as"))
        return web.json_response({"messages": [m.shown(len(messages.replies(m))) for m in visible]})

    async def _write(self, request: web.Request) -> web.Response:
        body = await read_json(request)
        member, channel = self._member(body), self._writable(body)
        try:
            message = people.write(
                self._slack,
                self._app,
                member,
                channel,
                required(body, "text"),
                body.get("thread_ts"),
            )
        except SlackError as refused:
            raise BadInputError(f"thread_ts: {refused.name}") from None
        return web.json_response({"ok": True, "ts": message.ts})

    async def _command(self, request: web.Request) -> web.Response:
        body = await read_json(request)
        line = required(body, "text")
        if not line.startswith("/"):
            raise BadInputError(f"text: a command starts with a slash, {line!r} does not")
        member, channel = self._member(body), self._channel(body.get("channel"))
        answer = await commands.run_command(self._slack, self._app, member, channel, line)
        return web.json_response(answer)

    async def _act(self, request: web.Request) -> web.Response:
        body = await read_json(request)
        member = self._member(body)
        if not isinstance(body.get("action"), dict):
            raise BadInputError("action is missing: give it as an object with an action_id")
        action = {**body, **body["action"]}
        if "view_id" in body:
            view = self._view(body["view_id"])
            answer = await actions.act_in_view(self._slack, self._app, member, view, action)
            return web.json_response(answer)
        channel = self._channel(body.get("channel"))
        try:
            message = self._slack.messages.find(channel.id, required(body, "message_ts"))
        except SlackError as refused:
            raise BadInputError(f"message_ts: {refused.name}") from None
        answer = await actions.act_in_message(self._slack, self._app, member, message, action)
        return web.json_response(answer)

    async def _views(self, request: web.Request) -> web.Response:
        user = request.query.get("as", "")
        home = self._slack.views.home(user)
        return web.json_response(
            {
                "modals": [view.as_slack() for view in self._slack.views.modals(user)],
                "home": None if home is None else home.as_slack(),
            }
        )

    async def _submit(self, request: web.Request) -> web.Response:
        body = await read_json(request)
        member, view = self._member(body), self._view(request.match_info["view_id"])
        values = body.get("values", {})
        if not isinstance(values, dict) or not all(isinstance(v, dict) for v in values.values()):
            raise BadInputError("values: give what was filled in by block_id and action_id")
        return web.json_response(await modals.submit(self._slack, self._app, member, view, values))

    async def _close(self, request: web.Request) -> web.Response:
        body = await read_json(request)
        view = self._view(request.match_info["view_id"])
        await modals.close(self._app, self._slack, self._member(body), view)
        return web.json_response({"ok": True})

    async def _home(self, request: web.Request) -> web.Response:
        people.open_home(self._slack, self._app, self._member(await read_json(request)))
        return web.json_response({"ok": True})

    async def _manifest(self, request: web.Request) -> web.Response:
        try:
            self._slack.manifest.register(await read_json(request))
        except ValueError as problem:
            raise BadInputError(f"the manifest is not in Slack's format: {problem}") from None
        self._slack.changes.tell("workspace")
        return web.json_response({"ok": True, "commands": self._slack.manifest.commands})

    async def _limits(self, request: web.Request) -> web.Response:
        body = await read_json(request)
        rate = body.get("message_rate", self._slack.rate.rate)
        burst = body.get("burst", self._slack.rate.burst)
        if not isinstance(rate, int | float) or rate < 0:
            raise BadInputError(
                "message_rate must be a number from 0 (no limit), in messages a second"
            )
        if not isinstance(burst, int) or burst < 1:
            raise BadInputError("burst must be a whole number from 1")
        self._slack.rate.change(rate, burst)
        return web.json_response({"ok": True, "message_rate": rate, "burst": burst})

    async def _limits_clock(self, request: web.Request) -> web.Response:
        seconds = (await read_json(request)).get("seconds")
        if not isinstance(seconds, int | float) or isinstance(seconds, bool):
            raise BadInputError("seconds must be a number: where the clock of the limits stands")
        self._slack.rate.stand_at(seconds)
        return web.json_response({"ok": True, "seconds": seconds})

    async def _events_url(self, request: web.Request) -> web.Response:
        url = (await read_json(request)).get("url")
        try:
            await self._app.use_url(url)
        except ValueError as problem:
            raise BadInputError(f"url: {problem}") from None
        return web.json_response({"ok": True, "verified": await self._app.verifies()})

    def _member(self, body: Json) -> Member:
        user = body.get("as")
        member = self._slack.workspace.members.get(str(user))
        if member is None:
            raise BadInputError(f"as: there is no member {user!r}")
        return member

    def _channel(self, channel_id: Any) -> Channel:
        channel = self._slack.workspace.channels.get(str(channel_id))
        if channel is None:
            raise BadInputError(f"channel: there is no channel {channel_id!r}")
        return channel

    def _writable(self, body: Json) -> Channel:
        channel = self._channel(body.get("channel"))
        if channel.is_archived:
            raise BadInputError(f"channel: {channel.name} is archived")
        return channel

    def _view(self, view_id: Any) -> OpenView:
        try:
            return self._slack.views.find(str(view_id))
        except SlackError:
            raise BadInputError(f"there is no open view {view_id!r}") from None
