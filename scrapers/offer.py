"""Reading the offer of one page, `read_offer`, and all offers of a list, `read_offers`."""

from __future__ import annotations

from collections.abc import Mapping

from scrapers import sites
from scrapers.page import (
    blocked,
    jsonld,
    meta,
    microdata,
    printed,
    rdfa,
    selected,
    state,
    visible,
)
from scrapers.page.document import Document
from scrapers.page.encoding import decode
from scrapers.page.merge import merge
from scrapers.page.model import Found, Offer, Reading, Tier

__all__ = ["Found", "Offer", "Tier", "read_offer", "read_offers"]

_SURE_KIND, _LIKELY_KIND = 0.95, 0.6
_TRUSTED = 0.85
_LARGEST = 8 * 1024 * 1024
_LADDER_HINTS = (
    "MOQ",
    "in. order",
    "in. Order",
    "inimum order",
    "inimum Order",
    "起订",
    "起批",
    "≥",
)


def read_offer(
    html: bytes | str,
    url: str,
    *,
    content_type: str | None = None,
    site: str | None = None,
    status: int = 200,
    selectors: Mapping[str, str] | None = None,
) -> Offer:
    """What the page at `url` offers (plan B1).

    Block pages and gone products are recognised first. Then, in this order of belief: what a
    person's `selectors` find, the site's own reader, JSON-LD, microdata, RDFa, meta tags, the
    page's embedded state, the visible page. The page's tree is built only where the data that is
    cut out of the text leaves a question.

    `site` forces a reader of `scrapers.sites` by name, whatever the address; `content_type` and
    `status` are the HTTP answer's; `selectors` map fields to CSS (`scrapers.page.selected`). The
    first 8 MiB of a page are read. Never raises for a bad page. Raises ValueError for a `site`
    that does not exist and for selectors that are no CSS.
    """
    document, reader = _opened(html, url, content_type, site)
    kind = blocked.kind_of_status(status) or blocked.wall(document)
    if kind:
        return Offer(url=url, kind=kind, title=document.title or None, certainty=_SURE_KIND)
    own = reader.read(document) if reader else None
    if own and own.kind:
        return Offer(url=url, kind=own.kind, title=own.title, certainty=_SURE_KIND)
    chosen = selected.read(document, selectors) if selectors else None
    readings = [reading for reading in (chosen, own, *_standard(document, own)) if reading]
    if not readings:
        kind = blocked.excuse(document)
        return Offer(url=url, kind=kind, title=document.title or None, certainty=_LIKELY_KIND)
    return merge(url, readings)


def read_offers(
    html: bytes | str, url: str, *, content_type: str | None = None, site: str | None = None
) -> tuple[Offer, ...]:
    """The offers of a page that lists a store's products; () for a page of any other kind.

    Understood: an Alibaba store's product list and Shopify's `products.json`. An offer's `url`
    is its product's own. Raises ValueError for a `site` that does not exist.
    """
    document, reader = _opened(html, url, content_type, site)
    read_all = getattr(reader, "read_all", None)
    if read_all is None or blocked.wall(document):
        return ()
    return tuple(merge(address, [reading]) for address, reading in read_all(document))


def _opened(
    html: bytes | str, url: str, content_type: str | None, site: str | None
) -> tuple[Document, sites.Site | None]:
    text = html[:_LARGEST] if isinstance(html, str) else decode(html[:_LARGEST], content_type)
    return Document(url, text), sites.named(site) if site else sites.reader_for(url, text)


def _standard(document: Document, own: Reading | None) -> list[Reading | None]:
    """What the readers that work on any HTML page say; nothing for a JSON body."""
    if document.html.lstrip()[:1] in {"{", "["}:
        return []
    cut_out = [jsonld.read(document), meta.read(document)]
    seen = _confirmed(document, [own, cut_out[0]])
    if seen:
        return [*cut_out, seen]
    tree = [microdata.read(document), rdfa.read(document)]
    return [cut_out[0], *tree, cut_out[1], state.read(document), visible.read(document)]


def _confirmed(document: Document, readings: list[Reading | None]) -> Reading | None:
    """The printed price, when data is sure of it and leaves nothing else to look for."""
    sure = next((each for each in readings if each and each.price is not None), None)
    if sure is None or sure.trust < _TRUSTED or not sure.currency:
        return None
    known = [each for each in readings if each]
    has_stock = any(each.availability for each in known)
    has_terms = bool(sure.tiers or sure.moq) or not any(
        hint in document.html for hint in _LADDER_HINTS
    )
    return printed.read(document, sure) if has_stock and has_terms else None
