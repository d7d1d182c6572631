"""Example values for every template: a new template needs a line here."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

Values = dict[str, Any]

NOW = datetime(2026, 3, 5, 2, 30, tzinfo=UTC)  # 10:30 in Shanghai
MOMENT = NOW.isoformat()
LEVEL = {"available": 3, "on_hand": 5, "committed": 2, "inbound": 1200}

ALERT: Values = {
    "check": "safety_stock",
    "id": 7,
    "severity": "critical",
    "state": "open",
    "owner": "Tom Becker",
    "opened_at": NOW,
    "due_at": NOW + timedelta(minutes=30),
    "acknowledged_at": NOW,
    "acknowledged_by": "Ma Chao 马超",
    "snoozed_until": NOW,
    "resolved_at": NOW,
    "resolved_by": None,
    "store": "Harbor Lane",
}
STATES = [{"state": name} for name in ("open", "acknowledged", "snoozed", "resolved")]

SAFETY_STOCK: Values = {
    "sku": "PS-1000",
    "name": "Power station",
    "name_zh": "储能电源",
    "units_sold": 552,
    "days": 30,
    "daily_sales": "18.40",
    "purchase_lead_days": 20,
    "transport_lead_days": 35,
    "factor": "1.8",
    "safety_stock": 1822,
    "available": 640,
    "inbound": 0,
    "order_quantity": 1182,
    "observed_at": MOMENT,
}

PRICE_GAP: Values = {
    "sku": "PS-1000",
    "name": "Power station",
    "name_zh": None,
    "competitor": "VoltTrail",
    "url": "https://volttrail.example/p?a=1&b=2",
    "their_title": "TrailCell *1000*",
    "quantity": 10,
    "ours": "439.00",
    "theirs": "419.00",
    "currency": "USD",
    "incoterm": "FOB",
    "gap": "0.0477",
    "limit": "0.03",
    "they_are": "cheaper",
    "observed_at": MOMENT,
}

BAD_REVIEWS: Values = {
    "review_id": "R-1",
    "channel": "amazon",
    "stars": 1,
    "sku": "PS-1000",
    "name": "Power station",
    "name_zh": "储能电源",
    "order_no": "O-1",
    "title": "Broken!",
    "text": "It died.\n<!channel> *refund*",
    "language": "en",
    "buyer_name": "Ann",
    "url": "https://amazon.example/r/1",
    "posted_at": MOMENT,
    "contact_by": (NOW + timedelta(hours=48)).isoformat(),
}
SILENT = dict.fromkeys(("title", "text", "language", "buyer_name", "url", "order_no", "name"))

NO_DATA: Values = {
    "check": "price_gap",
    "what": "prices of VoltTrail",
    "problem": "captcha",
    "last_known": MOMENT,
    "whole_check": False,
}
PROBLEMS = [
    {"problem": name}
    for name in (
        *("stale", "missing", "login", "consent", "not_found", "no_product", "no price"),
        *("other currency", "other incoterm", "HTTP 503"),
    )
]

STOCK: Values = {
    "product": {"sku": "PS-1000", "name": None, "name_zh": "储能电源", "level": LEVEL},
    "places": [
        {"location": "LA", "on_hand": 5, "committed": 2, "observed_at": NOW - timedelta(hours=3)},
        {"location": "", "on_hand": 0, "committed": None, "observed_at": NOW},
    ],
    "now": NOW,
    "sold": 3,
    "days": 30,
    "category": "power_station",
    "rows": [
        {"sku": "A", "name": "a", "level": LEVEL} | SAFETY_STOCK,
        {"sku": "B", "name": None, "level": None} | SAFETY_STOCK,
    ],
    "count": 5,
    "untold": [{"what": "stock level", "problem": "missing"}],
    "wanted": "<!here>",
}

WATCH: Values = {
    "alerts": {"open": 2},
    "posts": {"owed": 1, "sending": 1, "failed": 0},
    "rows": [
        {
            "name": "a",
            "state": state,
            "finished_at": NOW,
            "error": "boom",
            "after": None,
            "next": NOW,
        }
        for state in (None, "running", "done", "failed")
    ]
    + [{"name": "b", "state": None, "after": "a", "next": None}],
    "off": ["c", "d"],
    "wanted": "pric_gap",
    "near": "price_gap",
    "names": ["price_gap", "safety_stock"],
    "name": "price_gap",
    "reason": "boom",
    "summary": {"opened": 1, "changed": 2, "unchanged": 3, "resolved": 4},
}

COMMON: Values = {
    "name": "/stock",
    "summary": "Stock",
    "forms": [{"usage": "low", "help": "short ones"}, {"usage": "", "help": "all"}],
    "roles": ["sales", "video"],
    "number": 7,
    "check": "safety_stock",
}

UNDELIVERABLE: Values = {
    "recipient": "watch",
    "medium": "slack",
    "error": "Slack said is_archived",
    "check": "safety_stock",
    "subject": "PS-1000",
    "post_id": "5f0c",
}

EXAMPLES: dict[str, list[Values]] = {
    "alerts/_alert": [
        *(ALERT | state for state in STATES),
        ALERT | {"state": "resolved", "resolved_by": "Tom Becker"},
        ALERT | {"severity": "warning"},
        ALERT | {"severity": "notice"},
    ],
    "alerts/_snooze": [{"number": 7, "length": timedelta(hours=4), "at": time(9)}],
    "alerts/_snooze_over": [{"mention": "@Tom"}],
    "alerts/bad_reviews": [BAD_REVIEWS, BAD_REVIEWS | SILENT],
    "alerts/no_data": [
        NO_DATA,
        NO_DATA | {"last_known": None},
        NO_DATA | {"skus": ["A", "B"], "count": 12, "url": "https://a.example"},
        *(NO_DATA | problem for problem in PROBLEMS),
    ],
    "alerts/price_gap": [PRICE_GAP, PRICE_GAP | {"gap": "-0.0304", "they_are": "dearer"}],
    "alerts/safety_stock": [SAFETY_STOCK, SAFETY_STOCK | {"inbound": 1182, "order_quantity": 0}],
    "commands/_common": [COMMON],
    "commands/stock": [
        STOCK,
        STOCK
        | {"rows": [], "untold": [], "days": 0, "product": STOCK["product"] | {"level": None}},
    ],
    "commands/watch": [
        WATCH,
        WATCH | {"off": [], "near": None, "alerts": {}, "summary": {"pages": 3, "failed": 1}},
    ],
    "undeliverable": [UNDELIVERABLE, UNDELIVERABLE | {"check": None, "subject": None}],
}
