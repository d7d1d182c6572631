"""`/price seen`: a competitor's price that somebody saw with their own eyes.

The way in for a shop that blocks programs (plan B1). What was typed counts from now on, as if a
round had read it.
"""

from collections.abc import Iterable
from typing import NamedTuple

from sqlmodel import Session, select

from bot import typed_price
from bot.slack.command import Asked, Form, in_thread, message
from bot.slack.forms.price_sheet import why_text
from bot.typed_price import TypedPrice
from core.errors import nearest
from core.ledger.catalogue import find_product, sold_products
from core.ledger.competing import Pair, competing
from core.ledger.intake import store_records
from core.ledger.pages import article_of, known_by_name
from core.ledger.price_sheet import gap_facts
from core.ledger.records import CompetitorOffer, Product
from core.price_terms import terms_of


class _Said(NamedTuple):
    """What somebody typed, taken apart."""

    competitor: str
    product: Product | None
    price: str


class _Place(NamedTuple):
    """Where a price is kept, and what is known of the page beside its price."""

    url: str
    title: str | None = None
    incoterm: str | None = None


def _seen(asked: Asked) -> str:
    """Store a price, and answer with the gap it makes; ask again where something is not clear."""
    with asked.database.read() as ledger:
        said = _taken_apart(ledger, asked)
        if said.product is None:
            known = [product.sku for product in sold_products(ledger, asked.store.name)]
            wanted = asked.arguments["SKU"]
            return asked.text("price", "unknown", wanted=wanted, near=nearest(wanted, known))
        competitors = _competitors(ledger, asked)
        competitor = competitors.get(said.competitor.casefold())
        if competitor is None:
            near = nearest(said.competitor, competitors.values())
            names = sorted(competitors.values())
            return asked.text(
                "price", "no_competitor", wanted=said.competitor, near=near, names=names
            )
        place = _place(ledger, asked, competitor, said.product.sku)
    price = typed_price.read(said.price)
    if price is None:
        return asked.text("price", "unclear", wanted=said.price)
    problem = _store(asked, competitor, said.product.sku, place, price)
    if problem:
        return asked.text("price", "refused", problem=problem)
    return _gap_it_makes(asked, competitor, said.product, price)


def _taken_apart(ledger: Session, asked: Asked) -> _Said:
    """Tell the competitor's name, which may be of several words, from the SKU and the price."""
    given = asked.arguments
    words = f"{given['COMPETITOR']} {given['SKU']} {given['PRICE']}".split()
    for place in range(1, len(words) - 1):
        product = find_product(ledger, asked.store.name, words[place])
        if product:
            return _Said(" ".join(words[:place]), product, " ".join(words[place + 1 :]))
    return _Said(given["COMPETITOR"], None, given["PRICE"])


def _competitors(ledger: Session, asked: Asked) -> dict[str, str]:
    """Return the competitors there are, by their names in small letters."""
    offered = select(CompetitorOffer.competitor).where(CompetitorOffer.store == asked.store.name)
    names: Iterable[str] = [*asked.settings.competitors, *ledger.exec(offered.distinct())]
    return {name.casefold(): name for name in names}


def _place(ledger: Session, asked: Asked, competitor: str, sku: str) -> _Place:
    """Return their page of an article; without one, an address that says whose price it is."""
    pair = _pair(ledger, asked, competitor, sku)
    if pair:
        page = max(pair.pages, key=lambda page: page.last.observed_at)
        offer = page.offer or page.last
        return _Place(offer.url, offer.title, offer.incoterm)
    paired = [
        page
        for page in known_by_name(ledger, asked.store.name).values()
        if page.competitor == competitor and article_of(page) == sku
    ]
    if paired:
        return _Place(paired[0].url, paired[0].title)
    stanza = asked.settings.competitors.get(competitor)
    named = [url for url, ours in (stanza.pages() if stanza else {}).items() if ours == sku]
    return _Place(named[0] if named else f"typed:{competitor}/{sku}")


def _pair(ledger: Session, asked: Asked, competitor: str, sku: str) -> Pair | None:
    terms = terms_of(asked.settings)
    if terms is None:
        return None
    pairs = competing(ledger, asked.now, asked.store, asked.settings, terms, [sku])
    return next((pair for pair in pairs if pair.competitor == competitor), None)


def _store(asked: Asked, competitor: str, sku: str, place: _Place, price: TypedPrice) -> str | None:
    """Store what was typed; return why the ledger does not take it."""
    row = {
        "competitor": competitor,
        **place._asdict(),
        "observed_at": asked.now,
        "sku": sku,
        "price": price.price,
        "currency": price.currency,
        "min_quantity": price.min_quantity,
    }
    _, rejected = store_records(
        asked.database,
        store=asked.store,
        kind=CompetitorOffer.kind_name,
        source=f"typed:{asked.person.email}",
        now=asked.now,
        rows=[row],
    )
    return f"{rejected[0].column} {rejected[0].problem}" if rejected else None


def _gap_it_makes(asked: Asked, competitor: str, product: Product, price: TypedPrice) -> str:
    with asked.database.read() as ledger:
        pair = _pair(ledger, asked, competitor, product.sku)
    gaps = [gap_facts(pair, compared) for compared in pair.compared] if pair else []
    problem = next((page.problem for page in pair.pages if page.problem), None) if pair else None
    told = {"competitor": competitor, "sku": product.sku, "gaps": gaps}
    return asked.text("price", "seen", **told, **vars(price), why=why_text(asked, problem))


SEEN_PRICE = (
    Form(
        "seen COMPETITOR SKU PRICE…",
        message("a price you saw: seen VoltTrail PS-1000 449 USD from 100"),
        in_thread(_seen),
    ),
)
"""Forms of `/price`."""
