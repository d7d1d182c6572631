"""`/stock`: what is there, what sells, what is short."""

from datetime import timedelta
from typing import Any

from sqlmodel import Session

from bot.slack.command import Asked, Command, Form, message
from core.finding import Blind, Finding
from core.ledger.catalogue import (
    find_product,
    first_sale,
    in_category,
    stock_by_location,
    stock_levels,
    units_sold,
)
from core.ledger.records import Product

SHOWN = 20
"""SKUs listed in one answer; the rest is counted."""


def _one(asked: Asked) -> str:
    with asked.database.read() as ledger:
        wanted = asked.arguments["SKU-OR-CATEGORY"]
        product = find_product(ledger, asked.store.name, wanted)
        if product:
            return _product(ledger, asked, product)
        products = in_category(ledger, asked.store.name, wanted)
        if not products:
            return asked.text("stock", "unknown", wanted=wanted)
        levels = stock_levels(
            ledger, asked.store.name, asked.now, [product.sku for product in products[:SHOWN]]
        )
    return asked.text(
        "stock",
        "category",
        category=wanted,
        rows=[_row(product, levels.get(product.sku)) for product in products[:SHOWN]],
        count=len(products),
    )


def _product(ledger: Session, asked: Asked, product: Product) -> str:
    store, now = asked.store, asked.now
    levels = stock_levels(ledger, store.name, now, [product.sku])
    today = now.astimezone(store.zone).date()
    stanza = asked.settings.check("safety_stock")
    days = getattr(stanza, "average_over_days", 30)
    started = first_sale(ledger, store.name)
    known = min(days, (today - started).days) if started else 0
    sold = units_sold(
        ledger,
        store.name,
        today - timedelta(days=known),
        today - timedelta(days=1),
        sku=product.sku,
    )
    return asked.text(
        "stock",
        "product",
        product=_row(product, levels.get(product.sku)),
        places=stock_by_location(ledger, store.name, now, product.sku),
        sold=sold.get(product.sku, 0),
        days=known,
        now=now,
    )


def _low(asked: Asked) -> str:
    outcomes = asked.engine.ask("safety_stock", asked.store, asked.now)
    if outcomes is None:
        return asked.text("_common", "switched_off", check="safety_stock")
    found = [outcome.facts for outcome in outcomes if isinstance(outcome, Finding)]
    found.sort(key=lambda facts: facts["available"] / max(facts["safety_stock"], 1))
    return asked.text(
        "stock",
        "low",
        rows=found[:SHOWN],
        count=len(found),
        untold=[vars(spot) for spot in outcomes if isinstance(spot, Blind)],
        locale=str(asked.locale),
    )


def _row(product: Product, level: Any) -> dict[str, Any]:
    return {"sku": product.sku, "name": product.name, "name_zh": product.name_zh, "level": level}


COMMAND = Command(
    name="/stock",
    summary=message("Stock on hand, what sells, what is short"),
    forms=(
        Form("", message("what is under its safety stock, the worst first"), _low),
        Form("low", message("the same as without a word"), _low),
        Form("SKU-OR-CATEGORY", message("one SKU, or all SKUs of a category"), _one),
    ),
)
