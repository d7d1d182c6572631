"""`/price SKU`, `/price`: what is known of an article's price, and the largest gaps."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from bot.alert_text import NO_DATA
from bot.alert_text import name_of as person_of
from bot.slack.command import Asked, Form, in_thread, message
from core.errors import nearest
from core.finding import Facts
from core.ledger.catalogue import find_product, in_category, sold_products
from core.ledger.competing import competing
from core.ledger.life.permission import handles_prices
from core.ledger.price_sheet import gap_facts, price_sheet, sheet_facts
from core.ledger.records import Product
from core.markup import Trusted
from core.price_terms import PRICE_GAP, PriceTerms, terms_of
from core.texts import render

SHOWN = 10
"""Gaps listed in each direction; the rest is counted."""


def sheet_of(asked: Asked, product: Product, terms: PriceTerms) -> Facts:
    """Return what is known of one article's price, as values."""
    with asked.database.read() as ledger:
        sheet = price_sheet(ledger, asked.now, asked.store, asked.settings, terms, product)
    return sheet_facts(sheet, with_costs=handles_prices(asked.settings, asked.person))


def gaps_of(asked: Asked, terms: PriceTerms, skus: Collection[str] | None = None) -> list[Facts]:
    """Return each article's and competitor's largest gap, the largest first."""
    with asked.database.read() as ledger:
        pairs = competing(ledger, asked.now, asked.store, asked.settings, terms, skus)
    largest = [
        gap_facts(pair, max(pair.compared, key=lambda one: abs(one.gap.ratio)))
        for pair in pairs
        if pair.compared
    ]
    return sorted(largest, key=lambda gap: abs(gap["gap"]), reverse=True)


def why_text(asked: Asked, problem: str | None, last_known: datetime | None = None) -> str | None:
    """Return why prices cannot be compared, in the words of the check's blind spots."""
    if problem is None:
        return None
    told = {"problem": problem, "last_known": last_known}
    zone = asked.store.zone
    return Trusted(render(f"alerts/{NO_DATA}", "why", told, locale=asked.locale, zone=zone))


def _some(asked: Asked) -> str:
    wanted, store = asked.arguments["SKU-OR-CATEGORY"], asked.store.name
    with asked.database.read() as ledger:
        product = find_product(ledger, store, wanted)
        category = () if product else in_category(ledger, store, wanted)
        known = () if product or category else sold_products(ledger, store)
    if product:
        return _sheet(asked, product)
    if category:
        return _listed(asked, [article.sku for article in category], wanted)
    near = nearest(wanted.upper(), [article.sku for article in known])
    return asked.text("price", "unknown", wanted=wanted, near=near)


def _sheet(asked: Asked, product: Product) -> str:
    terms = terms_of(asked.settings)
    if terms is None:
        return asked.text("_common", "switched_off", check=PRICE_GAP)
    told: Facts = {"unit_cost": None} | sheet_of(asked, product, terms)
    for one in told["competitors"]:
        for page in one["pages"]:
            page["why"] = why_text(asked, page["problem"], page["observed_at"])
    for said, by in [*((tier, "by") for tier in told["ours"]), (told["decision"] or {}, "who")]:
        said[by] = person_of(asked.settings, said.get(by))
    return asked.text("price", "sheet", **told, now=asked.now)


def _listed(asked: Asked, skus: Collection[str] | None = None, category: str | None = None) -> str:
    terms = terms_of(asked.settings)
    if terms is None:
        return asked.text("_common", "switched_off", check=PRICE_GAP)
    found = gaps_of(asked, terms, skus)
    return asked.text(
        "price",
        "gaps",
        category=category,
        compared=len(found),
        directions=[
            _direction("cheaper", [gap for gap in found if gap["gap"] > 0]),
            _direction("dearer", [gap for gap in found if gap["gap"] < 0]),
        ],
    )


def _direction(they_are: str, gaps: Sequence[Facts]) -> dict[str, Any]:
    return {"they_are": they_are, "rows": gaps[:SHOWN], "count": len(gaps)}


GAPS = Form("", message("the largest gaps now, in both directions"), in_thread(_listed))
SHEET = Form(
    "SKU-OR-CATEGORY",
    message("one SKU with its history, or the gaps of a category"),
    in_thread(_some),
)
"""Forms of `/price`."""
