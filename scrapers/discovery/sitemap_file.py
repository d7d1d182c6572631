"""One sitemap: packed or not, read as a stream, its addresses and no more."""

from __future__ import annotations

import io
from dataclasses import dataclass, field

import httpx

from scrapers.discovery.found import Undiscovered
from scrapers.fetching.bodies import Unpacked

LARGEST = 50 * 1024 * 1024
"""Bytes of one sitemap, unpacked (sitemaps.org)."""

MOST_IN_A_FILE = 50_000
"""Addresses in one sitemap (sitemaps.org)."""

_GZIP = b"\x1f\x8b"


@dataclass(slots=True)
class Sitemap:
    """What a sitemap names: pages, and further sitemaps where it is an index."""

    pages: list[str] = field(default_factory=list)
    sitemaps: list[str] = field(default_factory=list)


def read_sitemap(body: bytes, url: str) -> Sitemap:
    """The addresses in a sitemap or an index of them. Raises Undiscovered for a bad one."""
    from defusedxml import DefusedXmlException  # noqa: PLC0415  (heavy)
    from defusedxml.ElementTree import ParseError  # noqa: PLC0415  (heavy)

    try:
        return _read(_unpacked(body), url)
    except (ParseError, DefusedXmlException, LookupError, ValueError, httpx.DecodingError):
        raise Undiscovered(f"{url}: is no sitemap that can be read") from None


def _read(xml: bytes, url: str) -> Sitemap:
    from defusedxml.ElementTree import iterparse  # noqa: PLC0415  (heavy)

    found = Sitemap()
    lists = {"url": found.pages, "sitemap": found.sitemaps}
    inside: list[str] = []
    for event, element in iterparse(io.BytesIO(xml), events=("start", "end")):
        name = element.tag.rpartition("}")[2]
        if event == "start":
            inside.append(name)
            continue
        inside.pop()
        if name == "loc" and inside and inside[-1] in lists and element.text:
            lists[inside[-1]].append(element.text.strip())
        if len(inside) <= 1:
            element.clear()
        if len(found.pages) + len(found.sitemaps) > MOST_IN_A_FILE:
            raise Undiscovered(f"{url}: names more than {MOST_IN_A_FILE:,} addresses")
    return found


def _unpacked(body: bytes) -> bytes:
    """The XML of a `.xml.gz`. Raises ValueError for one that is too large."""
    if not body.startswith(_GZIP):
        return body
    packed = Unpacked("gzip")
    xml = packed.add(body, LARGEST + 1)
    if len(xml) > LARGEST:
        raise ValueError("too large")
    packed.end()
    return xml
