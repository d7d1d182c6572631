"""SKUs whose available stock is under their safety stock (plan C1)."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal

from pydantic import Field
from sqlmodel import Session

from core.finding import Blind, Finding, facts
from core.ledger.catalogue import (
    Level,
    Supply,
    first_sale,
    stock_levels,
    supplies,
    units_sold,
)
from core.rules.safety_stock import Cover, cover
from core.settings import CheckSettings, Severity, Store

SHOWN = 10
"""SKUs that a blind spot names; the rest is counted."""


class Settings(CheckSettings):
    """The stanza of config.yaml."""

    factor: Decimal = Field(gt=0, le=10, description="safety stock = daily sales × leads × factor")
    average_over_days: int = Field(ge=1, le=365, description="complete days the average is over")
    critical_below: Decimal = Field(
        ge=0, le=1, description="critical when available is under this share of the safety stock"
    )


def find(
    ledger: Session, as_of: datetime, store: Store, stanza: Settings
) -> Iterator[Finding | Blind]:
    """Yield a finding for every SKU that is short, and what cannot be told."""
    today = as_of.astimezone(store.zone).date()
    started = first_sale(ledger, store.name)
    if started is None or started >= today:
        yield Blind(what="sales", problem="missing")
        return
    days = min(stanza.average_over_days, (today - started).days)
    first, last = today - timedelta(days=days), today - timedelta(days=1)
    sold = units_sold(ledger, store.name, first, last)
    levels = stock_levels(ledger, store.name, as_of)
    without_leads, without_stock = set(), set()
    for product in supplies(ledger, store.name):
        if product.sku not in levels:
            without_stock.add(product.sku)
        elif product.purchase_lead_days is None or product.transport_lead_days is None:
            without_leads.add(product.sku)
        else:
            level, units = levels[product.sku], sold.get(product.sku, 0)
            if _plenty(product, level, units, days, stanza):
                continue
            needed = _cover(product, level, units, days, stanza)
            if needed.short:
                yield _finding(product, level, needed, units, days, stanza)
    for what, skus in (("stock level", without_stock), ("lead times", without_leads)):
        if skus:
            named = {"skus": sorted(skus)[:SHOWN], "count": len(skus)}
            yield Blind(what=what, problem="missing", hides=frozenset(skus), facts=named)


def _plenty(product: Supply, level: Level, units: int, days: int, stanza: Settings) -> bool:
    """Tell exactly, and five times as fast as the rule, that a SKU is not short: most are not."""
    lead_days = (product.purchase_lead_days or 0) + (product.transport_lead_days or 0)
    return max(units, 0) * lead_days * stanza.factor <= level.available * days


def _cover(product: Supply, level: Level, units: int, days: int, stanza: Settings) -> Cover:
    return cover(
        units_sold=units,
        days=days,
        purchase_lead_days=product.purchase_lead_days or 0,
        transport_lead_days=product.transport_lead_days or 0,
        factor=stanza.factor,
        available=level.available,
        inbound=level.inbound,
        moq=product.moq or 1,
    )


def _finding(
    product: Supply, level: Level, needed: Cover, units: int, days: int, stanza: Settings
) -> Finding:
    critical = needed.available < needed.safety_stock * stanza.critical_below
    told = {
        "sku": product.sku,
        "name": product.name,
        "name_zh": product.name_zh,
        "units_sold": units,
        "days": days,
        "daily_sales": needed.daily_sales.quantize(Decimal("0.01")),
        "purchase_lead_days": product.purchase_lead_days,
        "transport_lead_days": product.transport_lead_days,
        "factor": needed.factor,
        "safety_stock": needed.safety_stock,
        "available": needed.available,
        "inbound": level.inbound,
        "order_quantity": needed.order_quantity,
        "observed_at": level.observed_at,
    }
    return Finding(
        subject=product.sku,
        facts=facts(told),
        since=level.observed_at,
        severity=Severity.CRITICAL if critical else None,
    )
