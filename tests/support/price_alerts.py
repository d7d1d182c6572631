"""What `price_gap` finds, as the tests of decisions need it: our PS-1000 against VoltTrail's."""

from datetime import datetime
from typing import Any

from core.finding import Finding, facts

URL = "https://volttrail.example/products/trailcell-1000"
SKU = "PS-1000"


def price_gap(at: datetime, **other: Any) -> Finding:
    """Ours 10.00 from 100 pieces on, theirs 9.30; `other` are facts that differ."""
    told = {
        "sku": SKU, "name": "Power station 1000", "name_zh": "储能电源 1000",
        "category": "power_station", "competitor": "VoltTrail", "url": URL,
        "their_title": "TrailCell 1000", "quantity": 100, "ours": "10.00", "theirs": "9.30",
        "currency": "USD", "their_price": "9.30", "their_currency": "USD", "rate": None,
        "rate_day": None, "incoterm": "FOB", "corrected": [], "gap": "0.0753", "limit": "0.03",
        "they_are": "cheaper", "observed_at": at, "unit_cost": "7.50", "margin_now": "0.25",
        "margin_after": "0.1935", "least_margin": "0.18", "under_margin": False,
        "ladder": [{"quantity": 100, "ours": "10.00", "theirs": "9.30", "gap": "0.0753"}],
        "decision": None, "last_problem": None,
    } | other  # fmt: skip
    subject = f"{told['sku']} {told['competitor']} {told['quantity']}"
    return Finding(subject=subject, facts=facts(told), since=at)
