"""Parcels and containers: moving ones, and three that don't move as promised (plan A3)."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta

from sandbox.demo.deals import CUSTOM, RTS, Deal, shipment_row
from sandbox.demo.orders import Clerk
from sandbox.demo.records import Buyer, Product, Shipment, Trouble
from sandbox.demo.scene import Scene

_SILENT_DAYS = 12
_LATE_DAYS = 4
_AT_CUSTOMS_HOURS = 9


def shipments(scene: Scene, deals: Sequence[Deal]) -> list[Shipment]:
    """A parcel for each deal that has shipped; all seen within the last 20 hours."""
    rng = scene.rng("parcels")
    return [
        shipment_row(
            deal, scene.today, _tracking_no(deal), timedelta(minutes=rng.randint(90, 1200))
        )
        for deal in deals
        if deal.ships_at <= scene.today
    ]


def planted_parcels(
    scene: Scene, products: Sequence[Product], buyers: list[Buyer]
) -> Iterator[tuple[Deal, Shipment, Trouble]]:
    """One that stands still, one held by customs, one that will be late."""
    clerk = Clerk(scene, products, "planted parcels", first=30_001)
    yield _silent(scene, clerk, buyers[0])
    yield _held(scene, clerk, buyers[1])
    yield _behind(scene, clerk, buyers[2])


def _silent(scene: Scene, clerk: Clerk, buyer: Buyer) -> tuple[Deal, Shipment, Trouble]:
    deal = clerk.deal(scene.ago(days=30), buyer, CUSTOM)
    deal = replace(deal, ship_after=timedelta(days=14), transit=timedelta(days=32))
    parcel = _parcel(scene, deal, timedelta(days=_SILENT_DAYS))
    parcel = replace(parcel, last_event="Container loaded at origin terminal")
    why = f"in transit, no movement for {_SILENT_DAYS} days"
    return deal, parcel, _trouble(parcel, why)


def _held(scene: Scene, clerk: Clerk, buyer: Buyer) -> tuple[Deal, Shipment, Trouble]:
    deal = clerk.deal(scene.ago(days=7), buyer, RTS)
    deal = replace(deal, ship_after=timedelta(days=1.5), transit=timedelta(days=8))
    event = "Held by customs: commercial invoice missing"
    parcel = _parcel(scene, deal, timedelta(hours=_AT_CUSTOMS_HOURS))
    parcel = replace(parcel, status="exception", sub_status="customs_hold", last_event=event)
    return deal, parcel, _trouble(parcel, f"exception {_AT_CUSTOMS_HOURS} h ago: {event}")


def _behind(scene: Scene, clerk: Clerk, buyer: Buyer) -> tuple[Deal, Shipment, Trouble]:
    deal = clerk.deal(scene.ago(days=8), buyer, RTS)
    promised = deal.promised_delivery_at - deal.ships_at
    deal = replace(deal, transit=promised + timedelta(days=_LATE_DAYS))
    parcel = _parcel(scene, deal, timedelta(hours=5))
    why = f"ETA {parcel.eta:%Y-%m-%d} is {_LATE_DAYS} days after the promised date"
    return deal, parcel, _trouble(parcel, why)


def _parcel(scene: Scene, deal: Deal, silent: timedelta) -> Shipment:
    return shipment_row(deal, scene.today, _tracking_no(deal), silent)


def _trouble(parcel: Shipment, why: str) -> Trouble:
    return Trouble("A3", "stuck_parcels", parcel.tracking_no, f"{parcel.carrier}: {why}")


def _tracking_no(deal: Deal) -> str:
    return f"{deal.carrier[:2].upper()}{deal.order_no.partition('-')[2]}{deal.placed_at:%y%m%d}"
