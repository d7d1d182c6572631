"""What stands on the outside of a mail: sender, subject, date, number; nothing of it is trusted."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.parser import BytesHeaderParser
from email.utils import getaddresses, parsedate_to_datetime
from hashlib import sha256

from scrapers.page.encoding import decode

LONGEST_HEADER = 1_000
"""Characters of a subject or an address line that are looked at."""

LONGEST_ID = 300
"""UTF-8 bytes of a Message-ID; a longer one is replaced by its hash."""

UNNAMED = "gb18030"
"""Of letters without a charset that are no UTF-8: what Chinese mail programs write."""

_FOLD = re.compile(r"\r?\n(?=[ \t])")


@dataclass(frozen=True)
class Envelope:
    """The headers of a mail, decoded. `sender` is "" where `From` names nobody, or several."""

    sender: str
    subject: str
    sent_at: datetime
    message_id: str
    results: list[str]
    """What mail servers have found out about the sender, the last server first."""

    @property
    def domain(self) -> str:
        """The sender's domain."""
        return self.sender.rpartition("@")[2]


def read_envelope(headers: bytes, arrived_at: datetime) -> Envelope:
    """Return what a mail's headers say. A mail was not sent after it arrived."""
    message = BytesHeaderParser().parsebytes(headers)
    return Envelope(
        sender=_sender(message),
        subject=subject_of(message),
        sent_at=min(_date(_line(message, "date")) or arrived_at, arrived_at),
        message_id=_number(_line(message, "message-id"), headers),
        results=_lines(message, "authentication-results"),
    )


def subject_of(message: Message) -> str:
    """Return a mail's subject on one line."""
    return " ".join(printable(_decoded(_line(message, "subject"))).split())


def _decoded(header: str) -> str:
    """Return a header's text; what cannot be decoded stays as it is."""
    try:
        return "".join(_text(*part) for part in decode_header(header))
    except (HeaderParseError, ValueError):
        return header


def printable(text: str) -> str:
    """Return a text without what would not show, or cannot be stored."""
    return "".join(c if c.isprintable() else " " if c.isspace() else "" for c in text)


def text_in(body: bytes, charset: str | None) -> str:
    """Return the text of bytes, as far as they have one."""
    if charset and charset.lower().startswith(_SEVEN_BITS):
        try:
            return body.decode(charset, "replace")
        except LookupError:
            pass
    named = UNNAMED if charset in (None, "", "us-ascii", "unknown-8bit") else charset
    return decode(body, f"charset={named}")


_SEVEN_BITS = ("iso-2022", "hz", "utf-7")
"""Charsets whose bytes look like ASCII."""


def _text(part: bytes | str, charset: str | None) -> str:
    if isinstance(part, bytes):
        return text_in(part, charset)
    return text_in(part.encode("ascii", "surrogateescape"), charset)


def _lines(message: Message, name: str) -> list[str]:
    """Return the headers of a name, unfolded, bytes beyond ASCII as surrogates."""
    return [_FOLD.sub("", raw) for key, raw in message.raw_items() if key.lower() == name]


def _line(message: Message, name: str) -> str:
    return next(iter(_lines(message, name)), "")[:LONGEST_HEADER]


def _sender(message: Message) -> str:
    lines = _lines(message, "from")
    line = lines[0] if len(lines) == 1 else ""
    if len(line) > LONGEST_HEADER:
        return ""
    try:
        addresses = [address for name, address in getaddresses([line]) if name or address]
    except RecursionError:  # comments within each other
        return ""
    only = addresses[0] if len(addresses) == 1 else ""
    name, _, domain = only.lower().rpartition("@")
    return printable(f"{name}@{domain}") if name and domain else ""


def _date(written: str) -> datetime | None:
    try:
        date = parsedate_to_datetime(written)
        return (date if date.tzinfo else date.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


def _number(written: str, headers: bytes) -> str:
    bare = printable(written).strip().removeprefix("<").removesuffix(">")
    if bare and len(bare.encode()) <= LONGEST_ID:
        return bare
    return f"sha256:{sha256(headers).hexdigest()}"
