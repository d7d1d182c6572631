"""Carries alerts by WhatsApp: an approved template with the alert's title and number.

The Cloud API has no idempotency key and nothing that could be asked whether a message arrived,
and a message that comes twice on somebody's own phone is worse than one by mail. So what may have
arrived is not sent again: it fails, and a person hears of it who can retry it. What becomes of a
message that was taken is told by a webhook (`bot/web/whatsapp.py`): until that says that it did not
arrive, taken is sent.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import httpx

from bot.alert_text import alert_title, reader
from bot.senders.transport import Errand, TransportError
from core.ledger.tables import Alert
from core.markup import cut, to_plain
from core.sections import WhatsAppSettings
from core.settings import Settings
from core.values import Locale

TITLE_LIMIT = 900
"""The whole message, template and values, has 1,024 characters at most (error 132005)."""

_TRY_AGAIN = {4, 80007, 130429, 131016, 131056}
"""Errors that pass: too many messages, to one phone or at all, and a service that is away."""
_SERVER_ERRORS = 500


@asynccontextmanager
async def whatsapp_client(
    token: str, api_url: str, send_timeout: timedelta
) -> AsyncIterator[httpx.AsyncClient]:
    """Yield a client that keeps its connection. It follows no redirect: the token stays here."""
    async with httpx.AsyncClient(
        base_url=api_url,
        headers={"Authorization": f"Bearer {token}"},
        timeout=send_timeout.total_seconds() / 2,  # for the connection, then for the answer
    ) as client:
        yield client


class WhatsAppSender:
    """Sends over the Cloud API, to people who asked for it."""

    def __init__(
        self, client: httpx.AsyncClient, settings: Settings, own: WhatsAppSettings
    ) -> None:
        self._client, self._settings, self._own = client, settings, own

    async def send(self, errand: Errand) -> dict[str, Any]:
        """Hand the message over; return its WhatsApp id. Raises TransportError."""
        recipient = errand.post.recipient
        if errand.alert is None:
            raise TransportError("WhatsApp's template has room for one alert only", permanent=True)
        if errand.phone is None:
            raise TransportError(
                f"{recipient} has not asked for WhatsApp messages (/duty whatsapp)", permanent=True
            )
        if errand.may_have_arrived:
            raise _may_have_arrived("an earlier attempt got no answer")
        locale = reader(self._settings, recipient).locale
        message = self._message(errand.alert, errand.phone, locale)
        path = f"{self._own.version}/{self._own.phone_number_id}/messages"
        try:
            answer = await self._client.post(path, json=message)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise TransportError(f"WhatsApp cannot be reached ({type(error).__name__})") from error
        except httpx.HTTPError as error:
            raise _may_have_arrived(f"no answer came ({type(error).__name__})") from error
        return {"message_id": _message_id(answer)} | _other_name(answer, errand.phone)

    def _message(self, alert: Alert, phone: str, locale: Locale) -> dict[str, Any]:
        languages = self._own.languages
        title = to_plain(alert_title(alert, self._settings, locale))
        # no line breaks, tabs or rows of spaces (error 132012)
        values = [cut(" ".join(title.split()), TITLE_LIMIT), str(alert.id)]
        parameters = [{"type": "text", "text": value} for value in values]
        return {
            "messaging_product": "whatsapp",
            "recipient_type": "individual",
            "to": phone,
            "type": "template",
            "template": {
                "name": self._own.template,
                "language": {"policy": "deterministic", "code": languages[locale]},
                "components": [{"type": "body", "parameters": parameters}],
            },
        }


def _message_id(answer: httpx.Response) -> str:
    """Return the id of a message that was taken. Raises TransportError for every other answer."""
    status, content = answer.status_code, _content(answer)
    error = content.get("error")
    if not answer.is_success and isinstance(error, dict):
        raise _refused(status, error)
    try:
        message_id: str = content["messages"][0]["id"]
    except (KeyError, IndexError, TypeError):
        puzzle = f"it answered HTTP {status} and nothing we understand"
        if answer.is_success or status >= _SERVER_ERRORS:
            raise _may_have_arrived(puzzle) from None
        raise TransportError(f"WhatsApp did not take it: {puzzle}", permanent=True) from None
    return message_id


def _other_name(answer: httpx.Response, phone: str) -> dict[str, str]:
    """Return what WhatsApp calls a phone, where that differs: in some countries by a digit."""
    contacts = _content(answer).get("contacts")
    contact = contacts[0] if isinstance(contacts, list) and contacts else None
    wa_id = contact.get("wa_id") if isinstance(contact, dict) else None
    return {"wa_id": wa_id} if isinstance(wa_id, str) and wa_id != phone else {}


def _content(answer: httpx.Response) -> dict[str, Any]:
    try:
        content = answer.json()
    except ValueError:
        return {}
    return content if isinstance(content, dict) else {}


def _refused(status: int, error: dict[str, Any]) -> TransportError:
    """Return the error for a refusal in WhatsApp's own words: it was not sent.

    All but a few mean that somebody must mend something: the token (190), the template (132…),
    the account, the recipient.
    """
    code, message = error.get("code"), error.get("message")
    permanent = code not in _TRY_AGAIN and status < _SERVER_ERRORS
    return TransportError(f"WhatsApp said {code}: {message}", permanent=permanent)


def _may_have_arrived(why: str) -> TransportError:
    return TransportError(
        f"it may have arrived by WhatsApp, which cannot be asked: {why}",
        permanent=True,
        uncertain=True,
    )
