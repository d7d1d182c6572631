"""Whether a price that data states is printed on the page as well: cheaper than reading it all."""

from __future__ import annotations

import re
from decimal import Decimal

from scrapers.page.document import Document
from scrapers.page.model import Reading
from scrapers.page.numbers import plain

_TRUST = 0.6


def read(document: Document, stated: Reading) -> Reading | None:
    """A reading that says the same as `stated` when its prices stand in the page's text."""
    if stated.price is None:
        return None
    ends = [end for end in (stated.price, stated.price_max) if end is not None]
    if not all(_is_printed(document, end) for end in ends):
        return None
    return Reading(
        source="printed text",
        trust=_TRUST,
        price=stated.price,
        price_max=stated.price_max,
        currency=stated.currency,
    )


def _is_printed(document: Document, price: Decimal) -> bool:
    """Looked for in its plainest writing first: the text of a whole page costs a millisecond."""
    pattern = _pattern(price)
    places = document.seen_places(format(price, "f"))
    if any(pattern.match(document.html, at) for at in places):
        return True
    return bool(pattern.search(plain(document.seen_text)))


def _pattern(price: Decimal) -> re.Pattern[str]:
    """The amount in any country's writing: 1299, 1,299.00, 1.299,00, 1 299,-."""
    whole, _, fraction = format(price.normalize(), "f").partition(".")
    groups = [whole[: len(whole) % 3], *re.findall(r"\d{3}", whole[len(whole) % 3 :])]
    digits = "[.,' ]?".join(group for group in groups if group)
    cents = rf"[.,]{fraction}0*" if fraction else r"(?:[.,]0+)?"
    return re.compile(rf"(?<![\d.,]){digits}{cents}(?![\d]|[.,]\d)")
