"""A WhatsApp inbox, filled through the Cloud API."""

import json
import re
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from aiohttp import web

from sandbox.changes import Changes
from sandbox.control import BadInputError, read_json, required
from sandbox.failing import fail
from sandbox.faults import Fault, Faults
from sandbox.json_object import Json
from sandbox.whatsapp_message import TextMessage, WhatsAppError, accept_message

PHONE_NUMBER_ID = "15550001111"
TOKEN = "sandbox-whatsapp"  # noqa: S105 - the sandbox keeps no secret
WINDOW_SECONDS = 24 * 3600


class WhatsApp:
    """Takes messages for phones, and lets their owners write back."""

    def __init__(
        self, faults: Faults, changes: Changes, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._faults = faults
        self._clock = clock
        self._changes = changes
        self._messages: list[Json] = []
        self._last_inbound: dict[str, float] = {}

    def clear(self) -> None:
        """Forget all messages, and who wrote when."""
        self._messages.clear()
        self._last_inbound.clear()

    def routes(self) -> list[web.RouteDef]:
        """The Cloud API's messages, and `/sandbox/whatsapp` (GET lists, POST writes as a phone)."""
        return [
            web.post(r"/graph/{version:v\d+\.\d+}/{phone_number_id}/messages", self._send),
            web.get("/sandbox/whatsapp", self._list),
            web.post("/sandbox/whatsapp", self._write_back),
        ]

    async def _send(self, request: web.Request) -> web.StreamResponse:
        async def work() -> web.StreamResponse:
            try:
                return web.json_response(await self._accept(request))
            except WhatsAppError as refused:
                return web.json_response(refused.answer(), status=refused.status)

        fault = self._faults.take("whatsapp")
        if fault is None:
            return await work()
        if fault.order.mode == "ok_false":
            return web.json_response(_ordered_error(fault).answer(), status=400)
        too_many = WhatsAppError(130429, "Cloud API message throughput has been reached.")
        broken = WhatsAppError(131000, "Message failed to send because of an unknown error.")
        return await fail(request, fault, work, too_many.answer(), broken.answer())

    async def _accept(self, request: web.Request) -> Json:
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            raise WhatsAppError(190, "Invalid OAuth access token.", status=401)
        if request.match_info["phone_number_id"] != PHONE_NUMBER_ID:
            raise WhatsAppError(100, "There is no phone number with this id.")
        try:
            body = json.loads(await request.text())
        except ValueError:
            raise WhatsAppError(100, "The body is not JSON.") from None
        message = accept_message(body)
        phone = _digits(message.to)
        if isinstance(message, TextMessage) and not self._may_write_freely(phone):
            raise WhatsAppError(
                131047, "More than 24 hours have passed since the recipient last replied."
            )
        message_id = self._keep(phone, "out", body)
        return {
            "messaging_product": "whatsapp",
            "contacts": [{"input": message.to, "wa_id": phone}],
            "messages": [{"id": message_id}],
        }

    def _may_write_freely(self, phone: str) -> bool:
        last = self._last_inbound.get(phone)
        return last is not None and self._clock() - last < WINDOW_SECONDS

    def _keep(self, phone: str, direction: str, body: Json) -> str:
        message_id = f"wamid.{uuid4().hex}"
        content: dict[str, Any] = {name: body.get(name) for name in ("type", "text", "template")}
        message = {"id": message_id, "at": datetime.now(UTC).isoformat(), "phone": phone}
        self._messages.append({**message, "direction": direction, **content})
        self._changes.tell("whatsapp")
        return message_id

    async def _list(self, _request: web.Request) -> web.Response:
        return web.json_response({"messages": self._messages})

    async def _write_back(self, request: web.Request) -> web.Response:
        body = await read_json(request)
        phone, text = _digits(required(body, "from")), required(body, "text")
        if not phone:
            raise BadInputError("from: give a phone number with its country code")
        self._last_inbound[phone] = self._clock()
        message_id = self._keep(phone, "in", {"type": "text", "text": {"body": text}})
        return web.json_response({"ok": True, "id": message_id})


def _digits(phone: str) -> str:
    return re.sub(r"\D", "", phone)


def _ordered_error(fault: Fault) -> WhatsAppError:
    code = fault.order.error or "131026"
    return WhatsAppError(int(code) if code.isdecimal() else 100, "as the fault says")
