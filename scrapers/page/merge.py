"""Many readings of one page, one offer: who is believed, and how far."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from scrapers.page.model import Found, Offer, Reading, Tier

_FIELDS = (
    "title", "price", "price_max", "currency", "availability", "tiers", "moq", "unit",
    "pack_size", "incoterm", "sku", "gtin", "list_price", "promotion_price",
    "promotion_ends_at", "sample_price", "withheld", "sold", "sold_over", "sold_at_least",
    "reviews", "rating", "visitors_30d",
)  # fmt: skip
_ROUNDING = Decimal("0.01")
_SUREST = 0.99
_NO_CURRENCY = 0.7


def merge(url: str, readings: list[Reading]) -> Offer:
    """One offer out of readings in the order they are believed.

    Price, range, currency and ladder come from one reading, never mixed; a missing currency is
    borrowed only from a reading that states the same price. Other fields come from the first
    reading that knows them. Everything read is kept in `found`.
    """
    priced = [reading for reading in readings if reading.price is not None]
    main = priced[0] if priced else None
    currency = _currency(main, priced) if main else None
    tiers = main.tiers or _agreeing_tiers(main, priced) if main else ()
    sold = next((each for each in readings if each.sold is not None), None)
    offer = Offer(
        url=url,
        kind="product",
        title=_first(readings, "title"),
        price=main.price if main else None,
        price_max=main.price_max if main else None,
        currency=currency,
        availability=_first(sorted(readings, key=_is_meta), "availability") or "unknown",
        tiers=tiers,
        moq=_first(readings, "moq") or (tiers[0].min_quantity if tiers else None),
        unit=_first(readings, "unit"),
        pack_size=_first(readings, "pack_size"),
        incoterm=_first(readings, "incoterm"),
        sku=_first(readings, "sku"),
        gtin=_first(readings, "gtin"),
        list_price=_list_price(main, priced, currency) if main else None,
        promotion_price=main.promotion_price if main else None,
        promotion_ends_at=_first(readings, "promotion_ends_at"),
        sample_price=main.sample_price if main else None,
        withheld=None if main else _first(readings, "withheld"),
        sold=sold.sold if sold else None,
        sold_over=sold.sold_over if sold else None,
        sold_at_least=sold.sold_at_least if sold else False,
        reviews=_first(readings, "reviews"),
        rating=_first(readings, "rating"),
        visitors_30d=_first(readings, "visitors_30d"),
        certainty=certainty(main, priced, currency) if main else 0.0,
        found=tuple(found for reading in readings for found in _found(reading)),
    )
    return offer.model_copy(update={"found": (*offer.found, *_worked_out(offer))})


def certainty(main: Reading, priced: list[Reading], currency: str | None) -> float:
    """How likely the price is right, 0..1.

    The rule: start with the trust of the source it came from (site reader .95, JSON-LD .9,
    microdata .85, RDFa .8, meta .75, a printed ladder .7, embedded state .65, a printed
    price .6; selectors that a person set .97); each other source that states
    the same price halves the doubt (up to .99); a source that states another one halves the
    certainty, once; a price without a currency keeps 70 %.
    """
    others = [reading for reading in priced if reading is not main and _comparable(main, reading)]
    sure = main.trust
    for _ in (reading for reading in others if agree(main, reading)):
        sure = min(_SUREST, 1 - (1 - sure) / 2)
    if not all(agree(main, reading) for reading in others):
        sure /= 2
    return round(sure if currency else sure * _NO_CURRENCY, 2)


def agree(one: Reading, other: Reading) -> bool:
    """Whether two readings state one price, but for rounding; a price within a range agrees."""
    if one.currency and other.currency and one.currency != other.currency:
        return False
    if one.price is None or other.price is None:
        return False
    if one.price_max is not None and other.price_max is not None:
        return _same(one.price, other.price) and _same(one.price_max, other.price_max)
    return _within(one.price, other) or _within(other.price, one)


def _comparable(main: Reading, other: Reading) -> bool:
    """Readings in two known currencies with two amounts are a conversion, not a contradiction."""
    both = main.currency and other.currency
    return not both or main.currency == other.currency or main.price == other.price


def _within(price: Decimal, other: Reading) -> bool:
    if other.price is None:
        return False
    if other.price_max is None:
        return _same(price, other.price)
    return other.price <= price <= other.price_max


def _same(one: Decimal, other: Decimal) -> bool:
    """Equal once both are rounded to the coarser one's decimals, and within 1 %."""
    coarser = Decimal(1).scaleb(max(_exponent(one), _exponent(other)))
    close = abs(one - other) <= _ROUNDING * max(one, other)
    return one == other or (close and abs(one - other) <= coarser / 2)


def _exponent(amount: Decimal) -> int:
    exponent = amount.as_tuple().exponent
    return exponent if isinstance(exponent, int) else 0


def _currency(main: Reading, priced: list[Reading]) -> str | None:
    if main.currency:
        return main.currency
    stated = {reading.currency for reading in priced if reading.currency and agree(main, reading)}
    return stated.pop() if len(stated) == 1 else None


def _agreeing_tiers(main: Reading, priced: list[Reading]) -> tuple[Tier, ...]:
    """The ladder another source prints for the same price, in the same currency."""
    ladders = (reading for reading in priced if reading.tiers and agree(main, reading))
    return next((each.tiers for each in ladders if each.currency == main.currency), ())


def _list_price(main: Reading, priced: list[Reading], currency: str | None) -> Decimal | None:
    """The crossed-out price of a reading that agrees on the price, in the same currency."""
    told = (
        each.list_price
        for each in priced
        if each.list_price and each.currency in {currency, None} and agree(main, each)
    )
    return next((amount for amount in told if main.price and amount > main.price), None)


def _is_meta(reading: Reading) -> bool:
    """Whether it is the meta tags, which keep saying "instock" when the page says sold out."""
    return reading.source == "meta"


def _first(readings: list[Reading], field: str) -> Any:
    return next((value for each in readings if _is_stated(value := getattr(each, field))), None)


def _found(reading: Reading) -> list[Found]:
    values = {field: getattr(reading, field) for field in _FIELDS}
    rivals = [
        Found(
            field="price",
            where=f"{reading.source}, one of several",
            value=str(price),
            certainty=0.0,
        )
        for price in reading.rivals
    ]
    return rivals + [
        Found(
            field=field,
            where=reading.where.get(field, reading.source),
            value=_printed(value),
            certainty=reading.trust,
        )
        for field, value in values.items()
        if _is_stated(value)
    ]


def _worked_out(offer: Offer) -> Iterator[Found]:
    """What no reading states but follows from what they do."""
    stated = {found.field for found in offer.found}
    worked_out: dict[str, tuple[str, object]] = {
        "discount": ("price against list price", offer.discount)
    }
    if "moq" not in stated:
        worked_out["moq"] = ("first step of the ladder", offer.moq)
    for name, (where, value) in worked_out.items():
        if value is not None:
            yield Found(field=name, where=where, value=str(value), certainty=offer.certainty)


def _is_stated(value: object) -> bool:
    """Whether a reading says something; a stated 0 is something."""
    return bool(value) or (value == 0 and value is not False)


def _printed(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(f"{tier.min_quantity}+ {tier.price}" for tier in value)
    return str(value)
