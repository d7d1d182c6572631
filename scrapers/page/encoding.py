"""The text of a page's bytes: by its mark, by what header and `<meta>` say, by what it looks like.

Servers' headers are wrong often, so nothing that is said is believed before the bytes agree.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_IN_HEADER = re.compile(rb"charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_IN_PAGE = re.compile(
    rb"<(?:meta\b[^>]{0,300}?\bcharset|\?xml\b[^>]{0,100}?\bencoding)\s*=\s*[\"']?\s*([\w.:-]+)",
    re.IGNORECASE,
)
_HEAD = 4096
# What browsers read under a name (WHATWG Encoding Standard), where Python reads less or knows none.
_MEANT = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "big5": "cp950",
    "shift_jis": "cp932",
    "x-sjis": "cp932",
    "windows-31j": "cp932",
    "euc_kr": "cp949",
    "windows-949": "cp949",
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "tis-620": "cp874",
    "windows-874": "cp874",
}
_OF_TEXT = re.compile(
    r"utf-8|gb18030|cp950|big5hkscs|cp932|euc_jp|cp949|cp125\d|iso8859-\d+|cp866|cp874|koi8-[ru]"
)
_GUESSED = ("gb18030", "cp950", "cp932", "euc_jp", "cp949", "cp1251", "koi8-r")
"""Encodings that a page in no Latin alphabet may have when it says nothing true."""

_CYRILLIC = frozenset({"cp1251", "koi8-r", "koi8-u", "cp866", "iso8859-5"})
_ASCII = bytes(range(128))
_TAGS_APART = bytes.maketrans(b"<>", b"  ")  # no encoding has these, or spaces, within a letter
_LOOKED_AT = 1_000_000
_SAMPLE = 8_192
_TELLING = 32  # bytes; of fewer nobody can tell what they mean
_DENSE = 0.5
_MOST_BAD = 0.1
# charset-normalizer's measure: price pages' right encodings have up to 0.07, wrong ones from 0.12.
_MOST_CHAOS = 0.1


def decode(body: bytes, content_type: str | None = None) -> str:
    """The text of a page's bytes; a bad byte, or one cut off, never makes it unreadable.

    Valid UTF-8 is UTF-8 whatever the header says. Otherwise what the header, or else the page,
    names, if that makes text. A page that names nothing true is windows-1252 as in browsers,
    unless most of its letters are not ASCII: then it is the likeliest of the Chinese, Japanese,
    Korean and Russian encodings.
    """
    for mark, encoding in _MARKS:
        if body.startswith(mark):
            return body.decode(encoding, "replace")
    try:
        return body.decode()
    except UnicodeDecodeError:
        return body.decode(_encoding(body, content_type), "replace")


def _encoding(body: bytes, content_type: str | None) -> str:
    sample = _sample(body[:_LOOKED_AT])
    if _fits("utf-8", sample):
        return "utf-8"
    stated = [name for name in _stated(body, content_type) if _fits(name, sample)]
    if not _is_dense(sample):
        return next((name for name in stated if name not in _CYRILLIC), "cp1252")
    if len(sample) < _TELLING and stated and stated[0] in _GUESSED:
        return stated[0]
    likely = _likeliest(sample, stated, _MOST_CHAOS) or _likeliest(sample, _GUESSED)
    return likely or next(iter(stated), "cp1252")


def _stated(body: bytes, content_type: str | None) -> Iterator[str]:
    """The encodings that header and page name, as Python calls what browsers read under them."""
    header = _IN_HEADER.search((content_type or "").encode("ascii", "replace"))
    for match in (header, _IN_PAGE.search(body[:_HEAD])):
        if match is None:
            continue
        name = match[1].decode("ascii").lower()
        with suppress(LookupError, ValueError):  # a name that browsers know, or nobody
            name = codecs.lookup(name).name
        name = _MEANT.get(name, name)
        if _OF_TEXT.fullmatch(name):
            yield name


def _sample(body: bytes) -> bytes:
    """The first words of the page that are not ASCII."""
    words, size = [], 0
    for word in body.translate(_TAGS_APART).split():
        if not word.isascii():
            words.append(word)
            size += len(word)
        if size > _SAMPLE:
            break
    return b" ".join(words)


def _fits(name: str, sample: bytes) -> bool:
    """Whether the bytes can be in an encoding: some are wrong on any page."""
    text = sample.decode(name, "replace")
    others = len(text) - len(text.encode("ascii", "ignore"))
    return text.count("\ufffd") <= others * _MOST_BAD


def _is_dense(sample: bytes) -> bool:
    """Whether most letters of words are other than ASCII: no text in a Latin alphabet is so."""
    words = b"".join(word for word in sample.split() if len(word) > 1)
    return len(words.translate(None, _ASCII)) > len(words) * _DENSE


def _likeliest(sample: bytes, encodings: Sequence[str], most_chaos: float = 1) -> str | None:
    """The encoding in which the bytes make most sense; None when they make too little in each."""
    from charset_normalizer import from_bytes  # noqa: PLC0415  (heavy, and seldom needed)

    if not encodings:
        return None
    found = from_bytes(sample, threshold=most_chaos, cp_isolation=list(encodings)).best()
    return found.encoding if found else None
