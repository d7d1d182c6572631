"""SKUs whose available stock is under their safety stock (plan C1)."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal

from pydantic import Field
from sqlmodel import Session

from core.finding import Blind, Facts, Finding, facts
from core.jobs import CheckSettings
from core.ledger.catalogue import (
    Level,
    Supply,
    first_sale,
    last_counts,
    products,
    sales_days,
    stock_levels,
    supplies,
)
from core.ledger.life.provenance import came_from, came_from_days
from core.ledger.records import Product, Sale
from core.rules.safety_stock import cover, is_short
from core.settings import Store
from core.values import Severity

SHOWN = 10
"""SKUs that a blind spot names; the rest is counted."""

DETAILED_AT_ONCE = 1_000
"""Short SKUs looked up in one query."""


class Settings(CheckSettings):
    """The stanza of config.yaml."""

    factor: Decimal = Field(
        gt=0, le=10, decimal_places=4, description="safety stock = daily sales × leads × factor"
    )
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
    short: list[Supply] = []
    without_leads, without_stock = set(), set()
    for supply in supplies(ledger, store.name, as_of, first, last):
        sku, purchase, transport, sold, available = supply
        if available is None:
            without_stock.add(sku)
        elif purchase is None or transport is None:
            without_leads.add(sku)
        elif is_short(sold or 0, days, purchase + transport, stanza.factor, available):
            short.append(supply)
    for start in range(0, len(short), DETAILED_AT_ONCE):
        some = short[start : start + DETAILED_AT_ONCE]
        yield from _findings(ledger, store, as_of, (first, last), stanza, some)
    for what, skus in (("stock level", without_stock), ("lead times", without_leads)):
        if skus:
            named = {"skus": sorted(skus)[:SHOWN], "count": len(skus)}
            yield Blind(what=what, problem="missing", hides=frozenset(skus), facts=named)


def _findings(
    ledger: Session,
    store: Store,
    as_of: datetime,
    span: tuple[date, date],
    stanza: Settings,
    short: Sequence[Supply],
) -> Iterator[Finding]:
    skus = [supply.sku for supply in short]
    levels = stock_levels(ledger, store.name, as_of, skus)
    known = products(ledger, store.name, skus)
    learned = _provenance(ledger, store, as_of, span, known)
    days = (span[1] - span[0]).days + 1
    for supply in short:
        sku, sold = supply.sku, supply.sold or 0
        yield _finding(known[sku], levels[sku], sold, days, stanza, learned[sku])


def _provenance(
    ledger: Session,
    store: Store,
    as_of: datetime,
    span: tuple[date, date],
    known: Mapping[str, Product],
) -> Mapping[str, Sequence[Facts]]:
    """Return where each SKU's numbers came from: its article, its counts, its days of sales."""
    learned: dict[str, list[Facts]] = defaultdict(list)
    for product in known.values():
        learned[product.sku].append(came_from(product))
    for count in last_counts(ledger, store.name, as_of, list(known)):
        learned[count.sku].append(came_from(count))
    for sku, days in sales_days(ledger, store.name, list(known), *span).items():
        learned[sku].append(came_from_days(Sale.kind_name, sku, **days._asdict()))
    return learned


def _finding(
    product: Product,
    level: Level,
    sold: int,
    days: int,
    stanza: Settings,
    provenance: Sequence[Facts],
) -> Finding:
    needed = cover(
        units_sold=sold,
        days=days,
        purchase_lead_days=product.purchase_lead_days or 0,
        transport_lead_days=product.transport_lead_days or 0,
        factor=stanza.factor,
        available=level.available,
        inbound=level.inbound,
        moq=product.moq or 1,
    )
    critical = needed.available < needed.safety_stock * stanza.critical_below
    told = {
        "sku": product.sku,
        "name": product.name,
        "name_zh": product.name_zh,
        "category": product.category,
        "units_sold": sold,
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
        provenance=provenance,
    )
