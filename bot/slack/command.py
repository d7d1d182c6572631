"""Slash commands, declared once: from the declaration follow dispatch, help, manifest and `ask`."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from typing import Any

from core.discovery import modules
from core.engine import Engine
from core.ledger.database import Database
from core.settings import Person, Settings, Store
from core.texts import render, translate
from core.values import Locale


def message(text: str) -> str:
    """Mark a text for the catalogs; it is translated where it is shown."""
    return text


@dataclass(frozen=True)
class Asked:
    """A command as somebody asked it, with what it may use to answer."""

    person: Person
    arguments: dict[str, str]
    database: Database
    settings: Settings
    store: Store
    engine: Engine
    now: datetime

    @property
    def locale(self) -> Locale:
        """The language to answer in."""
        return self.person.locale

    def text(self, template: str, block: str, **values: Any) -> str:
        """Render a block of templates/commands for the person who asked."""
        return render(
            f"commands/{template}", block, values, locale=self.locale, zone=self.store.zone
        )


Answer = Callable[[Asked], str | Awaitable[str]]
"""What answers a form: a text in the markup of `core.markup`, at once or after waiting."""


def in_thread(work: Callable[[Asked], str]) -> Answer:
    """Let an answer that reads much, or waits for other writers, be made outside the loop."""
    return lambda asked: asyncio.to_thread(work, asked)


@dataclass(frozen=True)
class Form:
    """One way to use a command.

    Lower-case words of `usage` are typed as they are; upper-case ones stand for an argument. Of
    these the one that ends in … takes all that is left, otherwise the last one.
    """

    usage: str
    help: str
    answer: Answer
    for_leads: bool = False
    """Only for the roles of `duty.leads`: it concerns the whole team."""

    def arguments(self, words: Sequence[str]) -> dict[str, str] | None:
        """Return the arguments when the words fit this form."""
        pattern = self.usage.split()
        if not pattern or len(words) < len(pattern):
            return {} if not pattern and not words else None
        long = next((n for n, p in enumerate(pattern) if p.endswith("…")), len(pattern) - 1)
        ends = long + 1 + len(words) - len(pattern)
        if ends > long + 1 and not pattern[long].isupper():
            return None
        fitted = [*words[:long], " ".join(words[long:ends]), *words[ends:]]
        pairs = list(zip(pattern, fitted, strict=True))
        if any(p.islower() and p != w.lower() for p, w in pairs):
            return None
        return {p.removesuffix("…"): w for p, w in pairs if not p.islower()}


@dataclass(frozen=True)
class Command:
    """A slash command and the ways to use it; forms are tried in their order."""

    name: str
    summary: str
    forms: Sequence[Form] = field(default=())

    @property
    def usage_hint(self) -> str:
        """What Slack shows beside the command's name."""
        return f"[{' | '.join(form.usage for form in self.forms if form.usage)}]"


@cache
def commands() -> dict[str, Command]:
    """Return every command by its name, such as `/stock`."""
    found = [module.COMMAND for module in modules("bot.slack.commands").values()]
    return {command.name: command for command in found}


def answer(command: Command, text: str, asked: Asked) -> str | Awaitable[str]:
    """Return what a command answers to what was typed behind it, at once or after waiting.

    It is about the person's first store, unless `in STORE` stands at its end.
    """
    words = text.split()
    others = {store.name: store for store in asked.settings.stores_of(asked.person)[1:]}
    if words[-2:-1] == ["in"] and words[-1] in others:
        words, asked = words[:-2], replace(asked, store=others[words[-1]])
    if words == ["help"] and all(form.usage != "help" for form in command.forms):
        return help_text(command, asked)
    for form in command.forms:
        arguments = form.arguments(words)
        if arguments is None:
            continue
        leads = asked.settings.duty.leads
        if form.for_leads and not set(leads) & set(asked.person.roles):
            return asked.text("_common", "not_allowed", roles=leads)
        return form.answer(replace(asked, arguments=arguments))
    return help_text(command, asked)


def help_text(command: Command, asked: Asked) -> str:
    """Return how a command is used, in the language of who asked."""
    forms = [
        {"usage": form.usage, "help": translate(form.help, asked.locale)} for form in command.forms
    ]
    summary = translate(command.summary, asked.locale)
    stores = [store.name for store in asked.settings.stores_of(asked.person)]
    told = {"name": command.name, "summary": summary, "forms": forms, "stores": stores}
    return asked.text("_common", "help", **told)
