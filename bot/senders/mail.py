"""Carries posts by mail: text and HTML, recognisable by the post's id.

All mails about an alert to one person are one conversation in their mail program: each later one
names the first in `In-Reply-To` and `References` and repeats its subject behind "Re:" (RFC 5322,
3.6.4), even when the alert's title has changed meanwhile.

SMTP has nothing that could be asked whether a mail arrived. After a lost answer it is sent again
with the same Message-ID, by which mail programs and people know the copy.
"""

from collections.abc import Mapping, Sequence
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from typing import Any

import aiosmtplib

from bot.alert_text import alert_text, reader
from bot.attachments import Attachments
from bot.files import File
from bot.group_text import group_text
from bot.senders.transport import Errand, TransportError
from core.ledger.posts import ALERT
from core.markup import cut, to_html, to_plain
from core.secrets import Secrets
from core.settings import Settings
from core.texts import page, render

SUBJECT_LIMIT = 150


class MailSender:
    """Sends over SMTP. The Message-ID is made from the post's id, so a copy is known as one."""

    def __init__(self, settings: Settings, secrets: Secrets, attachments: Attachments) -> None:
        self._settings, self._secrets, self._attachments = settings, secrets, attachments

    async def send(self, errand: Errand) -> dict[str, Any]:
        """Hand the mail over; return its Message-ID. Raises TransportError."""
        message = self._message(errand, await self._files(errand))
        mail = self._settings.mail
        try:
            await aiosmtplib.send(
                message,
                hostname=mail.host,
                port=mail.port,
                use_tls=mail.security == "tls",
                start_tls=mail.security == "starttls",
                username=self._secrets.smtp_user,
                password=self._secrets.smtp_password,
                timeout=self._settings.outbox.send_timeout.total_seconds(),
            )
        except aiosmtplib.SMTPRecipientsRefused as error:
            refusal = error.recipients[0]
            raise _refused(refusal.code, refusal.message) from error
        except aiosmtplib.SMTPResponseException as error:
            raise _refused(error.code, error.message) from error
        except OSError as error:  # also aiosmtplib's: no connection, a lost one, no answer in time
            raise TransportError(
                f"the mail server {mail.host}:{mail.port} gave no answer ({type(error).__name__})",
                uncertain=not isinstance(error, aiosmtplib.SMTPConnectError),
            ) from error
        except aiosmtplib.SMTPException as error:
            raise TransportError(
                f"the mail server {mail.host}:{mail.port} cannot do what is set up: {error}",
                permanent=True,
            ) from error
        return {"message_id": message["Message-ID"], "subject": str(message["Subject"])}

    async def _files(self, errand: Errand) -> Sequence[File]:
        """Return what goes with an alert's own mail; its reminders are read beside it."""
        if errand.alert is None or errand.post.template != ALERT:
            return []
        locale = reader(self._settings, errand.post.recipient).locale
        return await self._attachments.of_alert(errand.alert, locale)

    def _message(self, errand: Errand, files: Sequence[File]) -> EmailMessage:
        post = errand.post
        title, body, status = self._content(errand)
        if files:
            body = f"{body}\n\n{self._attached(errand, files)}"
        message = EmailMessage()
        message["From"] = self._settings.mail.sender
        message["To"] = post.recipient
        message["Subject"] = _subject(errand, title)
        message["Date"] = format_datetime(post.owed_since)
        domain = parseaddr(self._settings.mail.sender)[1].rpartition("@")[2]
        message["Message-ID"] = f"<{post.id}@{domain}>"
        if errand.parent:
            message["In-Reply-To"] = message["References"] = f"<{errand.parent.id}@{domain}>"
        message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no holiday notes in answer …
        message["X-Auto-Response-Suppress"] = "All"  # … and the same for Exchange
        message.set_content(to_plain(f"{title}\n\n{body}\n\n{status}").rstrip() + "\n")
        shell = {
            "title": to_html(title),
            "paragraphs": [to_html(part) for part in body.split("\n\n")],
            "status": to_html(status),
        }
        _add_html(message, shell, files)
        return message

    def _attached(self, errand: Errand, files: Sequence[File]) -> str:
        """Return the line that says what goes with the mail."""
        post = errand.post
        locale = reader(self._settings, post.recipient).locale
        zone = self._settings.store_of(post.store).zone
        titles = {"titles": [file.title for file in files]}
        return render("files/_mail", "attached", titles, locale=locale, zone=zone)

    def _content(self, errand: Errand) -> tuple[str, str, str]:
        """Return title, body and status, in the markup of `core.markup`."""
        post = errand.post
        person, store = reader(self._settings, post.recipient), self._settings.store_of(post.store)

        def block(template: str, name: str) -> str:
            return render(template, name, post.facts, locale=person.locale, zone=store.zone)

        if errand.group:
            told = group_text(errand.group, self._settings, person.locale, personal=True)
            return told.title, f"{told.counts}\n\n{told.worst}", told.status
        if errand.alert is None:
            return " ".join(block(post.template, "title").split()), block(post.template, "body"), ""
        text = alert_text(errand.alert, self._settings, person.locale, errand.steps)
        if post.template == ALERT:
            return text.title, text.body, text.status
        reminder = block(f"alerts/_{post.template}", "mail")
        return text.title, f"{reminder}\n\n{text.body}", text.status


def _add_html(message: EmailMessage, shell: Mapping[str, Any], files: Sequence[File]) -> None:
    """Add the page with its pictures (RFC 2392: by Content-ID), and the other files beside it."""
    number = str(message["Message-ID"])[1:-1]
    pictures = {f"{n}.{number}": f for n, f in enumerate(files) if _is_picture(f)}
    shown = [{"id": cid, "title": file.title} for cid, file in pictures.items()]
    message.add_alternative(page("mail", {**shell, "pictures": shown}), subtype="html")
    html = message.get_payload(1)
    assert isinstance(html, EmailMessage)  # noqa: S101  (the alternative that was just added)
    for cid, file in pictures.items():
        kind, _, subtype = file.media_type.partition("/")
        html.add_related(
            file.content, kind, subtype, cid=f"<{cid}>", filename=file.name, disposition="inline"
        )
    for file in files:
        if not _is_picture(file):
            kind, _, subtype = file.media_type.partition("/")
            message.add_attachment(file.content, kind, subtype, filename=file.name)


def _is_picture(file: File) -> bool:
    return file.media_type.startswith("image/")


def _subject(errand: Errand, title: str) -> str:
    """Return the first mail's subject in every later one; the number sets alike ones apart."""
    first = errand.parent.place if errand.parent else None
    if first:
        return f"Re: {first['subject']}"
    subject = cut(to_plain(title), SUBJECT_LIMIT)
    return f"{subject} (#{errand.alert.id})" if errand.alert else subject


def _refused(code: int, message: str) -> TransportError:
    first_line = message.splitlines()[0] if message else ""
    permanent = code >= 500  # noqa: PLR2004  (RFC 5321: 4yz try again, 5yz do not)
    return TransportError(f"the mail server said {code} {first_line}", permanent=permanent)
