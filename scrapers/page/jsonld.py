"""JSON-LD: the Product a page describes for search engines."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any, TypeVar

from scrapers.page.currency import code_of
from scrapers.page.document import Document
from scrapers.page.jsonld_nodes import described, main_product
from scrapers.page.model import Reading, Tier, ladder, span
from scrapers.page.nodes import Node, identity, moment
from scrapers.page.numbers import amount
from scrapers.page.prices import machine_amount
from scrapers.page.schema import (
    Bid,
    availability_of,
    common_availability,
    gtin_of,
    is_used,
    local_name,
    meant_by,
    rated,
)

# Prices of a specification that are not what a buyer of one new piece pays today.
_OTHER_PRICES = frozenset(
    {"ListPrice", "StrikethroughPrice", "SRP", "MSRP", "RegularPrice", "InvoicePrice"}
)
_WHERE = {
    "price": "json-ld offers",
    "tiers": "json-ld eligibleQuantity",
    "list_price": "json-ld priceSpecification",
    "promotion_ends_at": "json-ld priceValidUntil",
    "reviews": "json-ld aggregateRating",
    "rating": "json-ld aggregateRating",
}

T = TypeVar("T")


def read(document: Document) -> Reading | None:
    """What the page's JSON-LD says of its product; None when it names no product, or several."""
    nodes = described(document.html)
    named = {
        node["@id"]: node for node in nodes if isinstance(node.get("@id"), str) and len(node) > 1
    }
    product = main_product(nodes, document)
    return _reading(product, named, document) if product else None


def _reading(product: Node, named: dict[str, Node], document: Document) -> Reading:
    reader = _OfferReader(named, document)
    bids = meant_by(list(reader.bids(product)), document.url)
    currency = next((bid.currency for bid in bids if bid.currency), None)
    priced = [bid for bid in bids if bid.low is not None and bid.currency in {currency, None}]
    tiers = ladder([tier for bid in priced for tier in bid.tiers])
    price, price_max = span([end for bid in priced for end in (bid.low, bid.high) if end])
    return Reading(
        source="json-ld",
        trust=0.5 if any(bid.open_ended for bid in priced) else 0.9,
        title=identity(product.get("name")),
        price=price,
        price_max=price_max,
        currency=currency,
        availability=common_availability(bids),
        tiers=tiers if len(tiers) > 1 else (),
        list_price=_one_above(price, [bid.listed for bid in priced]),
        promotion_ends_at=_one([bid.until for bid in priced if bid.listed]),
        sku=(bids[0].sku if len(bids) == 1 else None) or identity(product.get("sku")),
        gtin=gtin_of(product.get),
        **reader.ratings(product),
        where=_WHERE,
    )


def _one_above(price: Decimal | None, listed: list[Decimal | None]) -> Decimal | None:
    """The one crossed-out price of all offers, when it is above the price."""
    stated = _one(listed)
    return stated if stated and price and stated > price else None


def _one(values: list[T | None]) -> T | None:
    distinct = set(values)
    return distinct.pop() if len(distinct) == 1 else None


class _OfferReader:
    """Walks from a product to its offers, following `@id` references within the page."""

    def __init__(self, named: dict[str, Node], document: Document) -> None:
        self._named = named
        self._document = document

    def bids(self, product: Node) -> Iterator[Bid]:
        for offer in self._each(product.get("offers")):
            yield from self._offer(offer, identity(product.get("sku")))
        for variant in self._each(product.get("hasVariant")):
            yield from (
                self._of_variant(bid, variant)
                for offer in self._each(variant.get("offers"))
                for bid in self._offer(offer, identity(variant.get("sku")))
            )

    def ratings(self, product: Node) -> dict[str, Any]:
        """Reviews and rating, when the product states one summary of them."""
        stated = list(self._each(product.get("aggregateRating")))
        return rated(stated[0].get) if len(stated) == 1 else {}

    def _of_variant(self, bid: Bid, variant: Node) -> Bid:
        address = bid.url or str(variant.get("url") or variant.get("@id") or "")
        return replace(bid, url=address)

    def _offer(self, offer: Node, sku: str | None) -> Iterator[Bid]:
        inner = [bid for each in self._each(offer.get("offers")) for bid in self._offer(each, sku)]
        if inner and offer.get("lowPrice") is None:
            yield from inner
            return
        low, high, tiers = self._amounts(offer)
        yield Bid(
            low,
            high,
            self._currency(offer),
            availability_of(offer.get("availability")) or common_availability(inner),
            str(offer.get("url") or offer.get("@id") or ""),
            identity(offer.get("sku")) or sku,
            is_used(offer.get("itemCondition")),
            offer.get("lowPrice") is not None
            and high is None
            and offer.get("offerCount") not in {1, "1"},
            tiers,
            self._listed(offer),
            moment(offer.get("priceValidUntil")),
        )

    def _listed(self, offer: Node) -> Decimal | None:
        """The crossed-out price: a specification of that kind, as Google asks for."""
        kinds = _OTHER_PRICES - {"InvoicePrice"}
        for each in self._each(offer.get("priceSpecification")):
            if {
                local_name(each.get("priceType")),
                local_name(each.get("priceComponentType")),
            } & kinds:
                return self._amount(each, "price")
        return None

    def _amounts(self, offer: Node) -> tuple[Decimal | None, Decimal | None, tuple[Tier, ...]]:
        low = self._amount(offer, "lowPrice")
        if low is not None:
            high = self._amount(offer, "highPrice")
            return low, high, ()
        specifications = [
            each for each in self._each(offer.get("priceSpecification")) if _is_selling(each)
        ]
        price = self._amount(offer, "price")
        tiers = [tier for each in (offer, *specifications) for tier in self._tier(each)]
        if len(tiers) > 1:
            return *span([tier.price for tier in tiers]), tuple(tiers)
        if price is None:
            return *span(
                [each for each in (self._amount(s, "price") for s in specifications) if each]
            ), ()
        return price, None, tuple(tiers)

    def _tier(self, node: Node) -> Iterator[Tier]:
        price = self._amount(node, "price")
        for quantity in self._each(node.get("eligibleQuantity")):
            least = amount(quantity.get("minValue", quantity.get("value")))
            if price is not None and least is not None and least == int(least):
                yield Tier(min_quantity=int(least), price=price)

    def _amount(self, node: Node, key: str) -> Decimal | None:
        currency = self._currency(node)
        return machine_amount(node.get(key), self._document.hints().decimal_mark(currency))

    def _currency(self, node: Node) -> str | None:
        own = code_of(node.get("priceCurrency"))
        return own or next(
            (
                code
                for each in self._each(node.get("priceSpecification"))
                if (code := code_of(each.get("priceCurrency")))
            ),
            None,
        )

    def _each(self, value: Any) -> Iterator[Node]:
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, dict):
                reference = item.get("@id") if len(item) == 1 else None
                yield self._named.get(reference, item) if isinstance(reference, str) else item


def _is_selling(specification: Node) -> bool:
    """Whether it is the price asked now: not a list, member, instalment or per-measure price."""
    kinds = {
        local_name(specification.get("priceType")),
        local_name(specification.get("priceComponentType")),
    }
    other = ("validForMemberTier", "billingDuration", "billingIncrement", "referenceQuantity")
    return (
        not kinds & _OTHER_PRICES
        and not any(specification.get(key) for key in other)
        and ("DownpaymentPrice" not in str(kinds) and "Subscription" not in str(kinds))
    )
