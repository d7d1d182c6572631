"""The Bolt app: every command, action and view that exists, with one way to answer."""

import logging
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.command import Asked, Command, answer, commands
from bot.slack.desk import Desk, answered
from core.discovery import modules

log = logging.getLogger("slack_bolt")


def _wanted(record: logging.LogRecord) -> bool:
    """Drop Bolt's remark that it has seen SLACK_BOT_TOKEN: our client has it already."""
    return "`token` will be unused" not in record.getMessage()


log.addFilter(_wanted)


def bolt_app(client: AsyncWebClient, signing_secret: str | None, desk: Desk) -> AsyncApp:
    """Return the app. Listeners finish before the answer goes out: Bolt's other way polls."""
    app = AsyncApp(
        logger=log,
        client=client,
        signing_secret=signing_secret,
        process_before_response=True,
        request_verification_enabled=signing_secret is not None,
    )
    for command in commands().values():
        app.command(command.name)(_listener(desk, command))
    for package in ("bot.slack.actions", "bot.slack.views"):
        for module in modules(package).values():
            module.register(app, desk)
    return app


def _listener(desk: Desk, command: Command) -> Any:
    async def typed(ack: AsyncAck, body: dict[str, Any]) -> None:
        await answered(desk, body, ack, _answer(desk, command, body))

    return typed


async def _answer(desk: Desk, command: Command, body: dict[str, Any]) -> str:
    person = await desk.person(body)
    if person is None:
        return desk.say("stranger", desk.locale(body))
    asked = Asked(
        person=person,
        arguments={},
        database=desk.database,
        settings=desk.settings,
        store=desk.store,
        engine=desk.engine,
        now=desk.clock(),
    )
    return await answer(command, body.get("text") or "", asked)
