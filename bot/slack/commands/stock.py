"""`/stock`: what is there, what sells, what is short."""

import asyncio
from collections.abc import Awaitable
from datetime import timedelta
from typing import Any

from bot.slack.command import Asked, Command, Form, message
from core.finding import Blind, Finding
from core.ledger.catalogue import (
    Article,
    Level,
    find_article,
    find_product,
    in_category,
    stock_levels,
)
from core.ledger.records import Product

SHOWN = 20
"""SKUs listed in one answer; the rest is counted."""


def _one(asked: Asked) -> str | Awaitable[str]:
    wanted = asked.arguments["SKU-OR-CATEGORY"]
    # a look-up by its key is over sooner than a thread would have begun with it
    known = _article(asked, wanted)
    return known if known is not None else asyncio.to_thread(_searched, asked, wanted)


def _article(asked: Asked, sku: str) -> str | None:
    today = asked.now.astimezone(asked.store.zone).date()
    days = getattr(asked.settings.check("safety_stock"), "average_over_days", 30)
    first, last = today - timedelta(days=days), today - timedelta(days=1)
    engine = asked.database.engine
    article = find_article(engine, asked.store.name, sku, asked.now, first, last)
    if article is None:
        return None
    since = article.sales_since
    return asked.text(
        "stock",
        "product",
        product=_row(article, article.level),
        places=article.counts,
        sold=article.sold,
        days=max(min(days, (today - since).days), 0) if since else 0,
        now=asked.now,
    )


def _searched(asked: Asked, wanted: str) -> str:
    store = asked.store.name
    with asked.database.read() as ledger:
        product = find_product(ledger, store, wanted)
        products = [] if product else in_category(ledger, store, wanted)
        shown = products[:SHOWN]
        levels = stock_levels(ledger, store, asked.now, [article.sku for article in shown])
    if product:
        return _article(asked, product.sku) or ""
    if not products:
        return asked.text("stock", "unknown", wanted=wanted)
    rows = [_row(article, levels.get(article.sku)) for article in shown]
    return asked.text("stock", "category", category=wanted, rows=rows, count=len(products))


async def _low(asked: Asked) -> str:
    outcomes = await asyncio.to_thread(asked.engine.ask, "safety_stock", asked.store, asked.now)
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
    )


def _row(product: Product | Article, level: Level | None) -> dict[str, Any]:
    return {
        "sku": product.sku,
        "name": product.name,
        "name_zh": product.name_zh,
        "level": level and level._asdict(),
    }


COMMAND = Command(
    name="/stock",
    summary=message("Stock on hand, what sells, what is short"),
    forms=(
        Form("", message("what is under its safety stock, the worst first"), _low),
        Form("low", message("the same as without a word"), _low),
        Form("SKU-OR-CATEGORY", message("one SKU, or all SKUs of a category"), _one),
    ),
)
