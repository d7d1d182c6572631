"""What every listener in Slack works with, and the wrapper that always answers."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import aiohttp

from bot.slack.command import Asked
from bot.slack.directory import Directory
from bot.slack.messages import text_message
from core.engine import Engine
from core.ledger.database import Database
from core.settings import Person, Settings, Store
from core.texts import render
from core.values import Locale

log = logging.getLogger(__name__)

ANSWER_WITHIN = 2.0
"""Seconds until a slow answer is announced and comes later; Slack waits 3 seconds for an ack."""


@dataclass(frozen=True)
class Desk:
    """Where clicks and commands are handled."""

    database: Database
    settings: Settings
    engine: Engine
    directory: Directory
    session: aiohttp.ClientSession
    clock: Callable[[], datetime]
    owed: Callable[[], None]
    answer_within: float = ANSWER_WITHIN

    @property
    def store(self) -> Store:
        """The store in whose zone is answered where nobody is known yet."""
        return self.settings.stores[0]

    def say(self, block: str, locale: Locale, **values: Any) -> str:
        """Render a block of templates/commands/_common."""
        return render("commands/_common", block, values, locale=locale, zone=self.store.zone)

    def asked(self, person: Person) -> Asked:
        """Return what a person's question is answered with."""
        return Asked(
            person=person,
            arguments={},
            database=self.database,
            settings=self.settings,
            store=self.settings.stores_of(person)[0],
            engine=self.engine,
            now=self.clock(),
        )

    def known_person(self, body: dict[str, Any]) -> Person | None:
        """Return who clicked or typed, as far as that was learned before."""
        return self.directory.known_person(_user_id(body))

    async def person(self, body: dict[str, Any]) -> Person | None:
        """Return who clicked or typed; None for somebody who is not in config.yaml."""
        return await self.directory.person(_user_id(body))

    def locale(self, body: dict[str, Any]) -> Locale:
        """Return the language to answer in; the first person's for somebody not known yet."""
        person = self.known_person(body) or self.settings.people[0]
        return person.locale

    async def respond(self, body: dict[str, Any], text: str) -> None:
        """Answer at a `response_url`, seen by the person only."""
        await self._answer(body, text, replaces=False)

    async def replace(self, body: dict[str, Any], text: str) -> None:
        """Put another text in the place of the answer whose button was pressed."""
        await self._answer(body, text, replaces=True)

    async def _answer(self, body: dict[str, Any], text: str, *, replaces: bool) -> None:
        url = body.get("response_url")
        if not url:
            return
        payload = ephemeral(text) | {"replace_original": replaces}
        try:
            async with self.session.post(url, json=payload, raise_for_status=True):
                return
        except (aiohttp.ClientError, TimeoutError) as error:
            log.warning("an answer did not reach the person who asked: %r", error)


def _user_id(body: dict[str, Any]) -> str:
    user_id: str = body.get("user_id") or body["user"]["id"]
    return user_id


def ephemeral(text: str) -> dict[str, Any]:
    """Return an answer that only the person who asked sees."""
    words, blocks = text_message(text)
    return {"response_type": "ephemeral", "text": words, "blocks": blocks}


Ack = Callable[..., Awaitable[Any]]
Body = dict[str, Any]


async def answered(
    desk: Desk, body: Body, ack: Ack, work: Callable[[], str | Awaitable[str]]
) -> None:
    """Acknowledge a command with its answer; a slow answer is announced and comes later."""
    try:
        answer = work()
    except Exception:  # noqa: BLE001  (logged: whatever it is, the person gets a line)
        answer = _broken(desk, body)
    if not isinstance(answer, str):
        task = asyncio.ensure_future(_caught(desk, body, answer))
        if not await _in_time(desk, task):
            await ack(**ephemeral(desk.say("working", desk.locale(body))))
            _respond_later(desk, body, task)
            return
        answer = task.result() or ""
    await ack(**ephemeral(answer))


async def handled(desk: Desk, body: Body, ack: Ack, work: Awaitable[str | None]) -> None:
    """Acknowledge a click; what there is to say about it comes as a message of its own."""
    task = asyncio.ensure_future(_caught(desk, body, work))
    await _in_time(desk, task)
    await ack()
    _respond_later(desk, body, task)


async def _in_time(desk: Desk, task: asyncio.Task[Any]) -> bool:
    done, _ = await asyncio.wait({task}, timeout=desk.answer_within)
    return bool(done)


_later: set[asyncio.Task[None]] = set()  # the loop itself keeps no task alive


def _respond_later(desk: Desk, body: Body, work: Awaitable[str | None]) -> None:
    task = asyncio.ensure_future(_respond(desk, body, work))
    _later.add(task)
    task.add_done_callback(_later.discard)


async def _respond(desk: Desk, body: Body, work: Awaitable[str | None]) -> None:
    text = await work
    if text:
        await desk.respond(body, text)


async def _caught(desk: Desk, body: Body, work: Awaitable[str | None]) -> str | None:
    """Whatever goes wrong, the person gets a line and the ack is not lost."""
    try:
        return await work
    except Exception:  # noqa: BLE001
        return _broken(desk, body)


def _broken(desk: Desk, body: Body) -> str:
    log.exception("an answer could not be made")
    return desk.say("broken", desk.locale(body))
