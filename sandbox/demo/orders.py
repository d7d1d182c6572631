"""Orders of 90 days: healthy ones, late ones, some beside Trade Assurance (plan A3, A6, D3)."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count, cycle

from sandbox.demo.buyers import quiet, regulars
from sandbox.demo.deals import CUSTOM, RTS, SHIP_WITHIN, Deal
from sandbox.demo.records import Buyer, Product, Trouble
from sandbox.demo.scene import HISTORY_DAYS, Scene
from sandbox.demo.team import ORDER_FOLLOWERS

_CHANNELS = {"alibaba": 70, "shopify": 18, "amazon": 12}
_PREFIX = {"alibaba": "ALI", "shopify": "SHP", "amazon": "AMZ"}
_CARRIERS = {RTS: ("DHL", "FedEx", "UPS"), CUSTOM: ("COSCO", "Maersk")}
_TRANSIT_DAYS = {RTS: (5, 11), CUSTOM: (24, 36)}
_QUANTITIES = {RTS: (3, 14), CUSTOM: (50, 70)}
_CUSTOM_ODDS = 0.08

_DIRECT_SKU = "PS-0600-OR"
_DIRECT_ORDERS = 12
_BESIDE = {0, 2, 5, 7, 10}  # which of its orders went without Trade Assurance
_QUIET_SINCE_DAYS = ((36, 52, 71), (47, 60, 83))
_LATE = ((RTS, 1.0), (RTS, 0.4), (CUSTOM, 3.0))  # days past the promise
_NOT_YET = timedelta(days=365)


class Clerk:
    """Writes deals with running order numbers."""

    def __init__(self, scene: Scene, products: Sequence[Product], part: str, first: int) -> None:
        """Number the orders from `first`; sell everything but the SKU kept for plan A6."""
        self._rng = scene.rng(part)
        self._numbers = count(first)
        self._products = [product for product in products if product.sku != _DIRECT_SKU]

    def deal(
        self,
        placed_at: datetime,
        buyer: Buyer,
        kind: str = RTS,
        channel: str = "alibaba",
        product: Product | None = None,
    ) -> Deal:
        """One deal that ships and arrives in time."""
        rng = self._rng
        chosen = [product] if product else rng.sample(self._products, rng.randint(1, 2))
        within = SHIP_WITHIN[kind] / timedelta(minutes=1)
        number = next(self._numbers)
        return Deal(
            order_no=f"{_PREFIX[channel]}-{number}",
            channel=channel,
            kind=kind,
            placed_at=placed_at,
            buyer=buyer,
            lines=tuple((each, rng.randint(*_QUANTITIES[kind])) for each in chosen),
            owner=ORDER_FOLLOWERS[number % len(ORDER_FOLLOWERS)],
            carrier=rng.choice(_CARRIERS[kind]),
            ship_after=timedelta(minutes=round(within * rng.uniform(0.4, 0.9))),
            transit=timedelta(hours=rng.randint(*(24 * days for days in _TRANSIT_DAYS[kind]))),
            trade_assurance=True if channel == "alibaba" else None,  # others don't have it
        )


def healthy_deals(scene: Scene, products: Sequence[Product], buyers: list[Buyer]) -> list[Deal]:
    """Two or three deals a day; every regular buyer's turn comes within a fortnight."""
    rng = scene.rng("orders")
    clerk = Clerk(scene, products, "healthy deals", first=10_001)
    turns = cycle(regulars(buyers))
    deals = []
    for back in reversed(range(HISTORY_DAYS)):
        for _ in range(rng.randint(2, 3)):
            channel = rng.choices(list(_CHANNELS), list(_CHANNELS.values()))[0]
            # Amazon hides who bought, so an order there doesn't count as a turn.
            buyer = rng.choice(regulars(buyers)) if channel == "amazon" else next(turns)
            kind = CUSTOM if rng.random() < _CUSTOM_ODDS else RTS
            deals.append(clerk.deal(scene.ago(days=back + rng.random()), buyer, kind, channel))
    return deals


def planted_deals(
    scene: Scene, products: Sequence[Product], buyers: list[Buyer]
) -> tuple[list[Deal], list[Trouble]]:
    """Deals with something wrong, and what is wrong with them."""
    clerk = Clerk(scene, products, "planted deals", first=20_001)
    deals: list[Deal] = []
    troubles: list[Trouble] = []
    for deal, trouble in _late(scene, clerk, regulars(buyers)):
        deals.append(deal)
        troubles.append(trouble)
    [product] = [product for product in products if product.sku == _DIRECT_SKU]
    deals += _direct(scene, clerk, product, regulars(buyers))
    for buyer, days in zip(quiet(buyers), _QUIET_SINCE_DAYS, strict=True):
        deals += [clerk.deal(scene.ago(days=back), buyer) for back in days]
        why = (
            f"tier A with {len(days)} orders in {HISTORY_DAYS} days, the last {min(days)} days ago"
        )
        troubles.append(Trouble("D3", "quiet_buyers", buyer.email, why))
    troubles.append(_direct_trouble())
    return deals, troubles


def _late(scene: Scene, clerk: Clerk, buyers: list[Buyer]) -> Iterator[tuple[Deal, Trouble]]:
    for (kind, days), buyer in zip(_LATE, buyers, strict=False):
        placed = scene.ago(days=days) - SHIP_WITHIN[kind]
        deal = replace(clerk.deal(placed, buyer, kind), ship_after=_NOT_YET)
        why = f"{kind} order promised to ship by {deal.promised_ship_at:%Y-%m-%d %H:%M} UTC, hasn't"
        yield deal, Trouble("A3", "late_shipments", deal.order_no, why)


def _direct(scene: Scene, clerk: Clerk, product: Product, buyers: list[Buyer]) -> Iterator[Deal]:
    for n, buyer in zip(range(_DIRECT_ORDERS), buyers, strict=False):
        deal = clerk.deal(scene.ago(days=3 + 7 * n), buyer, product=product)
        yield replace(deal, trade_assurance=n not in _BESIDE)


def _direct_trouble() -> Trouble:
    assured = _DIRECT_ORDERS - len(_BESIDE)
    why = f"{assured} of {_DIRECT_ORDERS} orders through Trade Assurance = "
    why += f"{100 * assured / _DIRECT_ORDERS:.1f} %, under 90 %"
    return Trouble("A6", "trade_assurance", _DIRECT_SKU, why)
