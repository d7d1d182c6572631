"""The Bolt app: every command, action, view and event that exists, with one way to answer."""

import logging
from collections.abc import Awaitable
from functools import partial
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.command import Command, answer, commands
from bot.slack.desk import Desk, answered
from core.discovery import modules
from core.settings import Person

log = logging.getLogger("slack_bolt")


def _wanted(record: logging.LogRecord) -> bool:
    """Drop Bolt's remark that it has seen SLACK_BOT_TOKEN: our client has it already."""
    return "`token` will be unused" not in record.getMessage()


log.addFilter(_wanted)


def bolt_app(client: AsyncWebClient, signing_secret: str | None, desk: Desk) -> AsyncApp:
    """Return the app. Listeners finish before the answer goes out: Bolt's other way polls.

    Of Bolt's own steps before a listener only those run that something needs: without a signing
    secret (Socket Mode) nothing comes over HTTP. Our own messages come as events like others';
    the listener knows them.
    """
    over_http = signing_secret is not None
    app = AsyncApp(
        name="watchkeeper",  # otherwise Bolt reads the source of every caller for one
        logger=log,
        client=client,
        signing_secret=signing_secret,
        process_before_response=True,
        request_verification_enabled=over_http,
        ssl_check_enabled=over_http,
        url_verification_enabled=over_http,
        ignoring_self_events_enabled=False,
        attaching_function_token_enabled=False,
        attaching_conversation_kwargs_enabled=False,
    )
    for command in commands().values():
        app.command(command.name)(_listener(desk, command))
    for package in ("bot.slack.actions", "bot.slack.views", "bot.slack.events"):
        for module in modules(package).values():
            module.register(app, desk)
    return app


def _listener(desk: Desk, command: Command) -> Any:
    async def typed(ack: AsyncAck, body: dict[str, Any]) -> None:
        await answered(desk, body, ack, partial(_answer, desk, command, body))

    return typed


def _answer(desk: Desk, command: Command, body: dict[str, Any]) -> str | Awaitable[str]:
    person = desk.known_person(body)
    return _ask(desk, command, body, person) if person else _looked_up(desk, command, body)


async def _looked_up(desk: Desk, command: Command, body: dict[str, Any]) -> str:
    person = await desk.person(body)
    if person is None:
        return desk.say("stranger", desk.locale(body))
    answered = _ask(desk, command, body, person)
    return answered if isinstance(answered, str) else await answered


def _ask(
    desk: Desk, command: Command, body: dict[str, Any], person: Person
) -> str | Awaitable[str]:
    return answer(command, body.get("text") or "", desk.asked(person))
