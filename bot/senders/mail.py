"""Carries posts by mail: text and HTML, recognisable by the post's id."""

from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from typing import Any

import aiosmtplib

from bot.alert_text import alert_text, reader
from bot.senders.transport import Errand, TransportError
from core.markup import cut, to_html, to_plain
from core.secrets import Secrets
from core.settings import Settings
from core.texts import page, render

SUBJECT_LIMIT = 150


class MailSender:
    """Sends over SMTP. The Message-ID is made from the post's id, so a copy is known as one."""

    def __init__(self, settings: Settings, secrets: Secrets) -> None:
        self._settings, self._secrets = settings, secrets

    async def send(self, errand: Errand) -> dict[str, Any]:
        """Hand the mail over; return its Message-ID. Raises TransportError."""
        message = self._message(errand)
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
        except (aiosmtplib.SMTPException, OSError) as error:
            raise TransportError(
                f"the mail server {mail.host}:{mail.port} gave no answer ({type(error).__name__})"
            ) from error
        return {"message_id": message["Message-ID"]}

    def _message(self, errand: Errand) -> EmailMessage:
        post = errand.post
        title, body, status = self._content(errand)
        message = EmailMessage()
        message["From"] = self._settings.mail.sender
        message["To"] = post.recipient
        message["Subject"] = cut(to_plain(title), SUBJECT_LIMIT)
        message["Date"] = format_datetime(post.created_at)
        domain = parseaddr(self._settings.mail.sender)[1].rpartition("@")[2]
        message["Message-ID"] = f"<{post.id}@{domain}>"
        if post.alert_id is not None:
            message["References"] = f"<alert-{post.store}-{post.alert_id}@{domain}>"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(to_plain(f"{title}\n\n{body}\n\n{status}").rstrip() + "\n")
        shell = {
            "title": to_html(title),
            "paragraphs": [to_html(part) for part in body.split("\n\n")],
            "status": to_html(status),
        }
        message.add_alternative(page("mail", shell), subtype="html")
        return message

    def _content(self, errand: Errand) -> tuple[str, str, str]:
        person = reader(self._settings, errand.post.recipient)
        if errand.alert is not None:
            text = alert_text(errand.alert, self._settings, person.locale)
            return text.title, text.body, text.status
        store = self._settings.store_of(errand.post.store)

        def block(name: str) -> str:
            return render(
                errand.post.template, name, errand.post.facts, locale=person.locale, zone=store.zone
            )

        return " ".join(block("title").split()), block("body"), ""


def _refused(code: int, message: str) -> TransportError:
    first_line = message.splitlines()[0] if message else ""
    permanent = code >= 500  # noqa: PLR2004  (RFC 5321: 4yz try again, 5yz do not)
    return TransportError(f"the mail server said {code} {first_line}", permanent=permanent)
