"""The whole store: every record kind in load order, and every planted trouble."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sandbox.demo.ads import ad_troubles, spend
from sandbox.demo.buyers import asking, buyers, regulars
from sandbox.demo.catalogue import CAMPING_AC, products
from sandbox.demo.deals import Deal, line_rows, order_row
from sandbox.demo.leads import rfqs, samples
from sandbox.demo.listings import listings, slip_trouble
from sandbox.demo.offers import (
    competitor_offers,
    decision,
    gap_trouble,
    shortage_trouble,
    waiting_pairs,
)
from sandbox.demo.orders import healthy_deals, planted_deals
from sandbox.demo.parcels import planted_parcels, shipments
from sandbox.demo.plan_year import next_peak
from sandbox.demo.pool import competitor_figures
from sandbox.demo.price_list import price_list
from sandbox.demo.records import Buyer, PriceDecision, Product, Trouble
from sandbox.demo.reviews import reviews
from sandbox.demo.sales import gmv_trouble, sales
from sandbox.demo.scene import Scene, local
from sandbox.demo.service import cases, disputes
from sandbox.demo.shortages import shortage_troubles
from sandbox.demo.stock import oversell_trouble, stock
from sandbox.demo.visits import visits

_PRESTOCK_DAYS = 45


@dataclass(frozen=True)
class Store:
    """Rows by record kind, in the order in which they should be loaded; what is wrong in them."""

    rows: dict[str, Sequence[Any]] = field(default_factory=dict)  # one class of records.py a kind
    troubles: list[Trouble] = field(default_factory=list)
    decisions: list[PriceDecision] = field(default_factory=list)

    def add(self, kind: str, rows: Sequence[Any], troubles: Iterable[Trouble] = ()) -> None:
        """Add the rows of one kind, and what was planted in them."""
        self.rows[kind] = rows
        self.troubles.extend(troubles)


def build(scene: Scene) -> Store:
    """Make the store of a scene; the same scene gives the same store."""
    goods, businesses = products(scene), buyers()
    sold, spent = sales(scene, goods), spend(scene)
    store = Store()
    store.add("product", goods, [_prestock_trouble(scene)])
    store.add("buyer", businesses)
    deals = _add_trade(store, scene, goods, businesses)
    store.add("sales", sold, [gmv_trouble(scene, sold)])
    store.add("stock", stock(scene, goods, sold), [*shortage_troubles(), oversell_trouble()])
    store.add("review", *reviews(scene, goods, deals))
    store.add("sample", *samples(scene, goods, asking(businesses)))
    store.add("rfq", *rfqs(scene, goods, asking(businesses)))
    store.add("spend", spent, ad_troubles(scene, spent))
    store.add("visits", visits(scene))
    store.add("price_list", price_list(scene, goods))
    offers = competitor_offers(scene, goods)
    store.add("competitor_offer", offers, [gap_trouble(goods), shortage_trouble()])
    store.add("competitor_page", waiting_pairs(scene))
    store.decisions.append(decision(scene, goods))
    store.add("competitor_figures", competitor_figures(scene, store.rows["order"]))
    store.add("listing", listings(scene, goods), [slip_trouble(goods)])
    store.troubles.sort(key=lambda trouble: trouble.plan)
    return store


def _add_trade(
    store: Store, scene: Scene, goods: list[Product], businesses: list[Buyer]
) -> list[Deal]:
    """Add orders and what follows from them; return the deals, in the order they were made."""
    planted, deal_troubles = planted_deals(scene, goods, businesses)
    usual = healthy_deals(scene, goods, businesses) + planted
    odd, odd_parcels, parcel_troubles = zip(
        *planted_parcels(scene, goods, regulars(businesses)), strict=True
    )
    deals = sorted([*usual, *odd], key=lambda deal: deal.placed_at)
    orders = [order_row(deal, scene.today) for deal in deals]
    store.add("order", orders, deal_troubles)
    store.add("order_line", [line for deal in deals for line in line_rows(deal)])
    store.add("shipment", [*shipments(scene, usual), *odd_parcels], parcel_troubles)
    store.add("dispute", *disputes(scene, orders))
    store.add("case", *cases(scene, orders))
    return deals


def _prestock_trouble(scene: Scene) -> Trouble:
    peak = next_peak(scene.day)
    due = local(peak - timedelta(days=_PRESTOCK_DAYS), 0)
    why = f"stock for the peak from {peak} must be ordered {_PRESTOCK_DAYS} days before"
    return Trouble("C2", "prestock", CAMPING_AC, why, due if due > scene.today else None)
