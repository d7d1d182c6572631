"""Reading the offer of one page: `read_offer`."""

from __future__ import annotations

from scrapers import sites
from scrapers.page import blocked, jsonld, meta, microdata, visible
from scrapers.page.document import Document, decode
from scrapers.page.merge import merge
from scrapers.page.model import Found, Offer, Reading, Tier

__all__ = ["Found", "Offer", "Tier", "read_offer"]

_READERS = (jsonld.read, microdata.read, meta.read, visible.read)
_SURE_KIND, _LIKELY_KIND = 0.95, 0.6


def read_offer(
    html: bytes | str,
    url: str,
    *,
    content_type: str | None = None,
    site: str | None = None,
    status: int = 200,
) -> Offer:
    """What the page at `url` offers (plan B1).

    Block pages and gone products are recognised first; then the site's own reader, JSON-LD,
    microdata, meta tags and the visible page are read, in this order of belief.

    `site` forces a reader of `scrapers.sites` by name, whatever the address; `content_type` and
    `status` are the HTTP answer's. Never raises for a bad page. Raises ValueError for a `site`
    that does not exist.
    """
    text = html if isinstance(html, str) else decode(html, content_type)
    document = Document(url, text)
    reader = sites.named(site) if site else sites.reader_for(url, text)
    kind = blocked.kind_of_status(status) or blocked.wall(document)
    if kind:
        return Offer(url=url, kind=kind, title=document.title or None, certainty=_SURE_KIND)
    own = reader.read(document) if reader else None
    if own and own.kind:
        return Offer(url=url, kind=own.kind, title=own.title, certainty=_SURE_KIND)
    readings = [reading for reading in (own, *_standard(document)) if reading]
    if not readings:
        kind = blocked.excuse(document)
        return Offer(url=url, kind=kind, title=document.title or None, certainty=_LIKELY_KIND)
    return merge(url, readings)


def _standard(document: Document) -> list[Reading | None]:
    """What the readers that work on any HTML page say; nothing for a JSON body."""
    if document.html.lstrip()[:1] in {"{", "["}:
        return []
    return [read(document) for read in _READERS]
