"""Outside text stays text (law 6): one guard at the door, one finisher for each medium.

Templates are written in Slack's small markup: `*strong*`, `<url|label>`, line breaks. `guard`
takes the meaning from these characters in an outside text before a template sees it; the
finishers turn a rendered text into Slack's mrkdwn, plain text or HTML, and only there the guarded
characters come back, as plain characters of that medium.
"""

import html
import re
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import quote, urlsplit

from markupsafe import Markup
from pydantic import BaseModel

_SPECIAL = "&<>*"
_FIRST_GUARD = 0xE000  # Unicode's private use area: no outside text has a right to these
_GUARDED = {ord(char): chr(_FIRST_GUARD + index) for index, char in enumerate(_SPECIAL)}
_RESTORED = {_FIRST_GUARD + index: char for index, char in enumerate(_SPECIAL)}
_FOR_SLACK = _RESTORED | {
    _FIRST_GUARD + _SPECIAL.index(char): entity
    for char, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"))
}
_UNWANTED = re.compile(
    "[\ue000-\uf8ff"  # private use: ours
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # would turn the direction of what follows
    "\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029"  # controls, but not tab and line feed
    "\ud800-\udfff]"  # halves of characters, which nothing can send
)
_SUSPECT = re.compile(f"[{_SPECIAL}]|{_UNWANTED.pattern}")
_LINK = re.compile(r"<(https?://[^|>]+)\|([^>]+)>")
_STRONG = re.compile(r"\*([^*\n]+)\*")


class Trusted(str):
    """A text of our own making, such as a mention: its markup is meant."""

    __slots__ = ()


def guard(value: Any) -> Any:
    """Return `value` with every text in it made harmless, however deep it stands.

    Records and dataclasses become dicts. TypeError for what could hide a text from the guard.
    """
    match value:
        case str():
            return value if isinstance(value, Trusted) else _harmless(value)
        case None | int() | float() | Decimal() | date() | time() | timedelta():
            return value
        case Mapping():
            return {name: guard(item) for name, item in value.items()}
        case list() | tuple():
            return [guard(item) for item in value]
        case BaseModel():
            return guard(dict(value))
    if is_dataclass(value):
        return {field.name: guard(getattr(value, field.name)) for field in fields(value)}
    raise TypeError(f"a template cannot show a {type(value).__name__}")


def _harmless(text: str) -> str:
    if _SUSPECT.search(text) is None:  # nearly always, and a search is quicker than two changes
        return text
    return _UNWANTED.sub("", text).translate(_GUARDED)


def link(url: str | None, label: str) -> Trusted:
    """Return a link in Slack's markup; what is no http or https address leaves the bare label."""
    address = (url or "").translate(_RESTORED).strip()
    if not _is_web_address(address):
        return Trusted(label)
    quoted = quote(address, safe=":/?#[]@!$&()+,;=%~-._")
    return Trusted(f"<{guard(quoted)}|{label}>")


def _is_web_address(address: str) -> bool:
    try:
        parts = urlsplit(address)
    except ValueError:  # such as http://[half-an-IPv6-address
        return False
    return parts.scheme in ("http", "https") and bool(parts.netloc)


def to_slack(text: str) -> str:
    """Return a rendered text as Slack's mrkdwn."""
    return text.translate(_FOR_SLACK)


def to_plain(text: str) -> str:
    """Return a rendered text without markup; a link becomes `label: address`."""
    text = _LINK.sub(r"\2: \1", text)
    return _STRONG.sub(r"\1", text).translate(_RESTORED)


def to_html(text: str) -> Markup:
    """Return a rendered text as HTML inside one paragraph."""
    parts = _LINK.split(text)
    pieces = []
    for index in range(0, len(parts) - 1, 3):
        plain, url, label = parts[index : index + 3]
        anchor = f'<a href="{html.escape(to_plain(url))}">{html.escape(to_plain(label))}</a>'
        pieces += [_strong_html(plain), anchor]
    whole = "".join([*pieces, _strong_html(parts[-1])]).replace("\n", "<br>\n")
    return Markup(whole)  # noqa: S704  (every piece was escaped just above)


def _strong_html(text: str) -> str:
    escaped = html.escape(text)
    return _html_restored(_STRONG.sub(r"<strong>\1</strong>", escaped))


def _html_restored(text: str) -> str:
    """Return escaped text with its guarded characters as HTML entities."""
    return text.translate({code: html.escape(char) for code, char in _RESTORED.items()})


def cut(text: str, limit: int) -> str:
    """Return at most `limit` characters, the last one an ellipsis where something was cut."""
    return text if len(text) <= limit else text[: limit - 1] + "…"
