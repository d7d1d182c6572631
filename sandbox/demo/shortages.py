"""The SKUs that run short, in numbers clean enough to check by hand (plan C1)."""

from dataclasses import dataclass
from decimal import Decimal

from sandbox.demo.records import Trouble
from sandbox.demo.scene import AVERAGE_DAYS

SAFETY_FACTOR = Decimal("1.8")


@dataclass(frozen=True)
class Shortage:
    """Units sold in the last 30 complete days, lead times in days, units available now."""

    units_sold: int
    purchase_lead_days: int
    transport_lead_days: int
    available: int


SHORTAGES = {
    "PS-1000": Shortage(552, 20, 35, 640),
    "PS-2000": Shortage(60, 22, 38, 120),
    "AC-1200": Shortage(150, 18, 32, 290),
    "SP-0200": Shortage(90, 15, 25, 205),
}


def safety_stock(units_sold: int, lead_days: int) -> Decimal:
    """Units that must be available: average daily sales x lead days x 1.8 (plan C1)."""
    return units_sold * lead_days * SAFETY_FACTOR / AVERAGE_DAYS


def shortage_troubles() -> list[Trouble]:
    """What the safety-stock check must find, with its arithmetic."""
    return [
        Trouble("C1", "safety_stock", sku, _why(shortage)) for sku, shortage in SHORTAGES.items()
    ]


def _why(shortage: Shortage) -> str:
    leads = shortage.purchase_lead_days + shortage.transport_lead_days
    average = Decimal(shortage.units_sold) / AVERAGE_DAYS
    return (
        f"{shortage.units_sold} units sold in the last {AVERAGE_DAYS} complete days = {average} "
        f"a day; {average} x ({shortage.purchase_lead_days} + {shortage.transport_lead_days}) days "
        f"x {SAFETY_FACTOR} = {safety_stock(shortage.units_sold, leads).normalize():f}; "
        f"available {shortage.available}"
    )
