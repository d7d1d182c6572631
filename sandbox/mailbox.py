"""A mailbox: a real SMTP server that keeps every mail it is given."""

import asyncio
import base64
import itertools
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiohttp import web
from aiosmtpd.smtp import SMTP, Envelope, Session

from sandbox.changes import Changes
from sandbox.faults import Fault, Faults
from sandbox.json_object import Json

HOST = "127.0.0.1"
MAX_BYTES = 32 * 1024 * 1024
OK = "250 OK: kept"


@dataclass(frozen=True)
class Mail:
    """One mail as it came."""

    id: str
    at: datetime
    envelope_from: str
    envelope_to: list[str]
    raw: bytes

    def shown(self) -> Json:
        """The mail for the page: headers decoded, bodies as text, attachments by name."""
        message = message_from_bytes(self.raw, policy=policy.default)
        return {
            "id": self.id,
            "at": self.at.isoformat(),
            "from": _header(message, "From") or self.envelope_from,
            "to": self.envelope_to,
            "subject": _header(message, "Subject"),
            "message_id": _header(message, "Message-ID"),
            "in_reply_to": _header(message, "In-Reply-To"),
            "headers": [[name, str(value)] for name, value in message.items()],
            "envelope": {"from": self.envelope_from, "to": self.envelope_to},
            "text": _body(message, "plain"),
            "html": _with_pictures(message, _body(message, "html")),
            "attachments": [_attachment(part) for part in message.iter_attachments()],
        }


class Mailbox:
    """Receives mail by SMTP and shows it."""

    def __init__(self, faults: Faults, changes: Changes) -> None:
        self._faults = faults
        self._changes = changes
        self._mails: list[Mail] = []
        self._ids = itertools.count(1)
        self._server: asyncio.Server | None = None

    async def start(self, port: int) -> int:
        """Listen; the port, which is any free one if 0 was asked for.

        Raises:
            OSError: the port is taken.
        """
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._connection, HOST, port)
        bound: int = self._server.sockets[0].getsockname()[1]
        return bound

    async def stop(self) -> None:
        """Listen no more."""
        if self._server is not None:
            self._server.close()

    def clear(self) -> None:
        """Throw all mails away."""
        self._mails.clear()

    def routes(self) -> list[web.RouteDef]:
        """`GET /sandbox/mails` and `GET /sandbox/mails/ID.eml`."""
        return [
            web.get("/sandbox/mails", self._list),
            web.get("/sandbox/mails/{id}.eml", self._raw),
        ]

    async def handle_DATA(  # noqa: N802 - the name aiosmtpd calls
        self, server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        """Keep a mail, or fail as a fault says."""
        fault = self._faults.take("smtp")
        if fault is None:
            self._keep(envelope)
            return OK
        return await self._fail(fault, server, envelope)

    def _connection(self) -> SMTP:
        return SMTP(self, data_size_limit=MAX_BYTES, enable_SMTPUTF8=True, hostname="sandbox")

    async def _fail(self, fault: Fault, server: SMTP, envelope: Envelope) -> str:
        match fault.order.mode:
            case "450":
                return "450 4.2.1 Mailbox busy: try again later"
            case "550":
                return "550 5.1.1 No such mailbox"
            case "lost_answer":
                self._keep(envelope)
            case "hang":
                await fault.hang()
        if isinstance(server.transport, asyncio.Transport):
            server.transport.abort()
        return "421 4.3.0 Gone"

    def _keep(self, envelope: Envelope) -> None:
        content = envelope.original_content or b""
        mail = Mail(
            id=f"m{next(self._ids)}",
            at=datetime.now(UTC),
            envelope_from=envelope.mail_from or "",
            envelope_to=[str(to) for to in envelope.rcpt_tos],
            raw=content,
        )
        self._mails.append(mail)
        self._changes.tell("mail")

    async def _list(self, _request: web.Request) -> web.Response:
        return web.json_response({"mails": [mail.shown() for mail in self._mails]})

    async def _raw(self, request: web.Request) -> web.Response:
        for mail in self._mails:
            if mail.id == request.match_info["id"]:
                return web.Response(body=mail.raw, content_type="message/rfc822")
        return web.json_response({"ok": False, "error": "there is no such mail"}, status=404)


def _header(message: EmailMessage, name: str) -> str | None:
    value = message[name]
    return None if value is None else str(value)


def _body(message: EmailMessage, kind: str) -> str | None:
    part = message.get_body((kind,))
    return None if part is None else str(part.get_content()).replace("\r\n", "\n")


def _with_pictures(message: EmailMessage, html: str | None) -> str | None:
    """A mail's page as mail programs show it: with the pictures that came inside it (RFC 2392)."""
    for part in message.walk() if html else ():
        number = str(part["Content-ID"] or "").strip("<> ")
        content = part.get_payload(decode=True)
        if number and isinstance(content, bytes) and part.get_content_maintype() == "image":
            data = base64.b64encode(content).decode()
            address = f"data:{part.get_content_type()};base64,{data}"
            html = (html or "").replace(f'"cid:{number}"', f'"{address}"')
    return html


def _attachment(part: EmailMessage) -> Json:
    content = part.get_payload(decode=True)
    return {
        "name": part.get_filename(),
        "mimetype": part.get_content_type(),
        "size": len(content) if isinstance(content, bytes) else None,
    }
