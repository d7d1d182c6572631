"""The text of a mail: of every part that people see, and of mails that are forwarded in it.

Hostile mails are refused by counting before anything is taken apart: the standard library's parser
needs time and memory for each part, and time for each line and level; HTML's needs time for each
pair of tags.
"""

from collections.abc import Iterator
from email import message_from_bytes
from email.message import Message
from email.policy import Compat32
from typing import Any

from scrapers.sources.mailbox.envelope import LONGEST_HEADER, subject_of, text_in

MOST_BYTES = 2_000_000
MOST_LINES = 60_000
MOST_PARTS = 500
MOST_TAGS = 10_000
MOST_LEVELS = 20
"""Multiparts in all."""

LONGEST_TEXT = 50_000
"""Characters that patterns look at."""

_INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u034f\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"))
_BLOCKS = frozenset(
    {
        *("address", "article", "blockquote", "br", "dd", "div", "dl", "dt", "footer", "header"),
        *("h1", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "section", "table"),
        *("tr", "ul"),
    }
)
_CELLS = frozenset({"td", "th"})
_SILENT = frozenset({"head", "script", "style", "template", "title"})


class _ShortHeaders(Compat32):
    """Cuts headers: the parameters of a long one take the library minutes."""

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        """Return the name and the value of a header."""
        name, value = super().header_source_parse(sourcelines)
        return name, value[:LONGEST_HEADER]


def text_of(mail: bytes) -> str:
    """Return what a mail says. ValueError for one that nobody should take apart."""
    if len(mail) > MOST_BYTES:
        raise ValueError(f"is larger than {MOST_BYTES:,} bytes")
    lower = mail.lower()
    if mail.count(b"\n--") > MOST_PARTS or lower.count(b"multipart/") > MOST_LEVELS:
        raise ValueError("has too many parts")
    if mail.count(b"\n") > MOST_LINES:
        raise ValueError("has too many lines")
    try:
        parts = list(_parts(message_from_bytes(mail, policy=_ShortHeaders())))
    except RecursionError:
        raise ValueError("has too many mails within each other") from None
    pages = "\n".join(text for text, is_html in parts if is_html)
    whole = "\n".join([*(text for text, is_html in parts if not is_html), _visible(pages)])
    lines = (" ".join(line.split()) for line in whole.translate(_INVISIBLE).splitlines())
    return "\n".join(line for line in lines if line)[:LONGEST_TEXT]


def _parts(mail: Message) -> Iterator[tuple[str, bool]]:
    """Yield what people see, and whether it is HTML."""
    for part in mail.walk():
        kind = part.get_content_type()
        if part.is_multipart():
            forwarded = [m for m in part.get_payload() if kind == "message/rfc822"]
            yield from ((subject_of(m), False) for m in forwarded if isinstance(m, Message))
        elif kind in ("text/plain", "text/html") and part.get_content_disposition() != "attachment":
            yield text_in(_bytes_of(part), part.get_content_charset()), kind == "text/html"


def _bytes_of(part: Message) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _visible(html: str) -> str:
    """Return the text of HTML, a line per block."""
    from selectolax.lexbor import LexborHTMLParser  # noqa: PLC0415  (heavy)

    if html.count("<") > MOST_TAGS:
        raise ValueError("has too many tags")
    stack: list[Any] = [LexborHTMLParser(html).root]
    texts: list[str] = []
    while stack:
        node = stack.pop()
        if node is None or isinstance(node, str):
            texts.append(node or "")
        elif node.is_text_node:
            texts.append(" ".join((node.text_content or "").splitlines()))
        elif node.tag not in _SILENT:
            edge = "\n" if node.tag in _BLOCKS else " " if node.tag in _CELLS else ""
            stack.append(edge)
            stack += list(node.iter(include_text=True))[::-1]
            stack.append(edge)
    return "".join(texts)
