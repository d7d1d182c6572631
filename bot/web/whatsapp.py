"""`/webhooks/whatsapp`: what became of our messages, and who wants no more of them.

Meta verifies the address by a GET that it asks an answer to, and signs every POST with the app's
secret (Graph API, "Webhooks: getting started"). It sends again for days what was not answered 200,
one thing twice at times, and in any order. Only that a message failed changes anything here: that
it was sent, delivered or read is what the outbox took for granted.
"""

import asyncio
import hmac
import json
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any, NamedTuple, TypeGuard

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.undeliverable import owe_notice
from bot.web.problems import Problem
from bot.web.receiving import Receiver
from core.ledger import opt_ins, posts
from core.ledger.database import Database
from core.ledger.tables import Alert
from core.markup import cut
from core.settings import Settings
from core.values import Medium

log = logging.getLogger(__name__)

STOP = frozenset({"stop", "unsubscribe", "退订", "停止", "td"})
"""Words, alone in a message, that end the messages; TD is what Chinese text messages offer."""
PUNCTUATION = " \t\r\n.!。！"
LONGEST_ERROR = 300
COME_AGAIN = {"Retry-After": "5"}

Json = dict[str, Any]


class Failure(NamedTuple):
    """A message that did not arrive, in WhatsApp's words."""

    message_id: str
    error: str


class Words(NamedTuple):
    """What somebody wrote to us, or pressed."""

    phone: str
    text: str


@dataclass
class WhatsAppWebhook:
    """Listens to Meta. `owed` is called when people are to be told of something."""

    database: Database
    settings: Settings
    app_secret: str | None = field(repr=False)
    verify_token: str | None = field(repr=False)
    receiver: Receiver
    owed: Callable[[], None]
    clock: Callable[[], datetime]

    def routes(self) -> list[Route]:
        """Return where Meta asks and tells."""
        return [
            Route("/webhooks/whatsapp", self.verify, methods=["GET"]),
            Route("/webhooks/whatsapp", self.receive, methods=["POST"]),
        ]

    async def verify(self, request: Request) -> Response:
        """Answer Meta's question whether this address is ours. Raises Problem."""
        asked = request.query_params
        expected = _needed("WHATSAPP_VERIFY_TOKEN", self.verify_token)
        given = asked.get("hub.verify_token", "")
        if asked.get("hub.mode") != "subscribe" or not _same(given, expected):
            raise Problem(403, "hub.verify_token is not WHATSAPP_VERIFY_TOKEN")
        return PlainTextResponse(asked.get("hub.challenge", ""))

    async def receive(self, request: Request) -> Response:
        """Take what Meta tells. Raises Problem."""
        secret = _needed("WHATSAPP_APP_SECRET", self.app_secret)
        async with self.receiver.body(request) as body:
            signature = hmac.new(secret.encode(), body, sha256).hexdigest()
            if not _same(request.headers.get("x-hub-signature-256", ""), f"sha256={signature}"):
                log.warning("a WhatsApp webhook was not signed with WHATSAPP_APP_SECRET")
                raise Problem(401, "this was not signed with the app's secret")
            too_early = await asyncio.to_thread(self._take, _payload(body))
        self.owed()
        if too_early:
            raise Problem(503, "a message is on its way whose id is not known yet", COME_AGAIN)
        return Response()

    def _take(self, payload: Json) -> bool:
        """Write down what is told; whether a message failed that may be one on its way now."""
        unknown = False
        with self.database.write() as ledger:
            for failure in failures(payload):
                unknown |= not self._failed(ledger, failure)
            for words in inbound(payload):
                if words.text.strip(PUNCTUATION).casefold() in STOP:
                    _stop(ledger, words.phone)
            return unknown and posts.any_on_its_way(ledger, Medium.WHATSAPP)

    def _failed(self, ledger: Session, failure: Failure) -> bool:
        post = posts.came_back(ledger, Medium.WHATSAPP, failure.message_id, failure.error)
        if post is None:
            return False
        alert = ledger.get(Alert, post.alert_id) if post.alert_id else None
        owe_notice(ledger, self.settings, post, alert, self.clock())
        return True


def _stop(ledger: Session, phone: str) -> None:
    """Forget the numbers of those who write from a phone."""
    people = {
        *opt_ins.at_phone(ledger, phone),
        *posts.recipients_at(ledger, Medium.WHATSAPP, phone),
    }
    for email in people:
        if opt_ins.withdraw(ledger, email):
            log.info("%s wants no more WhatsApp messages", email)


def failures(payload: Json) -> Iterator[Failure]:
    """Yield the messages that did not arrive."""
    for status in _items(payload, "statuses"):
        message_id = status.get("id")
        if status.get("status") == "failed" and _is_text(message_id):
            yield Failure(message_id, _error(status))


def inbound(payload: Json) -> Iterator[Words]:
    """Yield what people wrote, and the buttons under our messages that they pressed."""
    for message in _items(payload, "messages"):
        phone = message.get("from")
        for part, name in (("text", "body"), ("button", "text")):
            said = message.get(part)
            text = said.get(name) if isinstance(said, dict) else None
            if _is_text(phone) and isinstance(text, str):
                yield Words(phone, text)


def _error(status: Json) -> str:
    """Return why a message did not arrive, in one line."""
    errors = _dicts(status, "errors")
    if not errors:
        return "WhatsApp said that it did not arrive, and not why"
    code, title = errors[0].get("code"), errors[0].get("title") or errors[0].get("message")
    told = " ".join(f"WhatsApp said {code}: {title}".split())
    return cut("".join(filter(str.isprintable, told)), LONGEST_ERROR)


def _items(payload: Json, name: str) -> Iterator[Json]:
    for entry in _dicts(payload, "entry"):
        for change in _dicts(entry, "changes"):
            value = change.get("value")
            if isinstance(value, dict):
                yield from _dicts(value, name)


def _dicts(holder: Json, name: str) -> list[Json]:
    """Return the objects of a list; what Meta may add one day is passed over."""
    found = holder.get(name)
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []


def _is_text(found: object) -> TypeGuard[str]:
    """Tell whether it is a name that a ledger can be asked for."""
    return isinstance(found, str) and found.isprintable()


def _payload(body: bytes) -> Json:
    try:
        payload = json.loads(body)
    except (ValueError, RecursionError):
        raise Problem(400, "the body is no JSON") from None
    if not isinstance(payload, dict):
        raise Problem(400, "the body is no JSON object")
    return payload


def _needed(name: str, secret: str | None) -> str:
    if not secret:
        log.error("a WhatsApp webhook came, and %s is not set", name)
        raise Problem(503, f"{name} is not set here")
    return secret


def _same(given: str, expected: str) -> bool:
    """Compare in a time that says nothing of where they differ."""
    return hmac.compare_digest(given.encode(), expected.encode())
