"""Example values for every template: a new template needs a line here."""

from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from typing import Any

Values = dict[str, Any]

NOW = datetime(2026, 3, 5, 2, 30, tzinfo=UTC)  # 10:30 in Shanghai
MOMENT = NOW.isoformat()
DAY = NOW.date()
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
    "reason": None,
    "decided": None,
    "took": timedelta(minutes=31),
    "role": "supply_chain",
    "fell_back": False,
    "handed_over_by": None,
    "silenced_by": "",
    "silence": "",
    "silences": 0,
    "silent_until": None,
    "silent_because": None,
    "flapping": False,
    "switched_off": False,
    "store": "Harbor Lane",
}
SILENT_BY: list[Values] = [
    {"silenced_by": kind, "silence": name}
    for kind, name in (("silence", "3"), ("maintenance", "stocktaking"), ("alert", "6"))
]
SILENT_BY += [
    silent | {"silent_until": MOMENT, "silent_because": "<!here> being repriced"}
    for silent in SILENT_BY
]
SILENT_BY += [{"silences": 12}, {"switched_off": True}]
STATES = [{"state": name} for name in ("open", "acknowledged", "snoozed", "resolved")]

STEP: Values = {
    "at": NOW,
    "who": "Tom *Becker*",
    "what": "acknowledged",
    "origin": "slack",
    "detail": {},
    "people": [],
    "handed_to": "Ma Chao 马超",
    "reason": None,
    "decided": None,
}
STEPS: list[Values] = [
    {"what": "opened", "who": None, "origin": "check", "detail": {"fell_back": True}},
    {"what": "worsened", "who": None, "detail": {"from": "warning", "to": "critical"}},
    {"what": "flapping", "who": None},
    {"what": "silenced", "detail": {"why": "silence 3", "reason": "<!here> being repriced"}},
    {"what": "unsilenced", "origin": "clock"},
    {"what": "escalated", "people": ["Lin Yue 林悦", "Tom Becker"]},
    {"what": "escalated", "origin": "clock"},
    {"what": "reminded", "people": ["Tom Becker"]},
    {"what": "reminded", "origin": "terminal"},
    {"what": "acknowledged"},
    {"what": "snoozed", "detail": {"until": MOMENT}},
    {"what": "woke", "who": None},
    {"what": "handed_over", "detail": {"to": "ma.chao@harborlane.example"}},
    {"what": "commented", "detail": {"text": "<!channel> on it & more", "ts": "1.2"}},
    {"what": "resolved", "reason": "Fixed", "detail": {"note": "<!channel>"}},
    {"what": "resolved", "reason": "Fixed", "decided": "price list: USD 9.30"},
    {"what": "resolved", "who": None},
    {"what": "reopened"},
    {"what": "reopened", "who": None},
    {"what": "something new", "origin": "elsewhere"},
]
HISTORY: Values = {"id": 7, "steps": ["one", "two"], "earlier": 3}

ORIGIN: Values = {
    "kind": "stock",
    "key": "PS-1000 <!here>",
    "source": "file:stock.csv",
    "row": 3,
    "url": "https://shop.example/p?a=1&b=2",
    "learned_at": NOW,
    "first": None,
    "last": None,
    "count": None,
}
SUM = {"kind": "sales", "row": None, "url": None, "first": DAY, "last": DAY, "count": 30}
WHY: Values = HISTORY | {
    "rule": "The rule in words",
    "numbers": "1 + 1 = 2",
    "origins": [ORIGIN, ORIGIN | SUM, ORIGIN | {"source": None, "learned_at": None, "kind": "x"}],
    "places": ["config.yaml:181 factor: 1.8"],
    "times": 4,
    "within": timedelta(days=90),
}

ALERTS: Values = {
    "count": 3,
    "mine": True,
    "check": None,
    "mark": "🔴",
    "id": 7,
    "title": "PS-1000 *runs* out",
    "now": "Open since …",
    "owner": "Tom Becker",
    "more": 12,
    "wanted": "<!here>",
}

SAFETY_STOCK: Values = {
    "sku": "PS-1000",
    "name": "Power station",
    "name_zh": "储能电源",
    "category": "power_station",
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
    "limits": {
        "average_over_days": 30, "factor": Decimal("1.8"), "critical_below": Decimal("0.4"),
    },
}  # fmt: skip

OVERSELL: Values = {
    "sku": "SP-0400",
    "name": "Solar panel <!here>",
    "name_zh": "太阳能板",
    "category": "solar_panel",
    "oversold": True,
    "on_hand": 14,
    "committed": 20,
    "free": -6,
    "allowed": 0,
    "overdrawn": [{"location": "US-West <!here>", "on_hand": 14, "committed": 20}],
    "to_lower": [{"listing": "shopify <!here>", "listed": 25}],
    "observed_at": MOMENT,
    "limits": {"keep_back": 0, "overlisted_below": 20},
}
ONE_PLACE = {"on_hand": 300, "free": 280, "allowed": 280, "to_lower": []}
OVERSELLS: list[Values] = [
    OVERSELL,
    OVERSELL | ONE_PLACE,
    OVERSELL | {"to_lower": []},
    OVERSELL | {"oversold": False, "on_hand": 30, "free": 10, "allowed": 10, "overdrawn": []},
]

PRICE_GAP: Values = {
    "sku": "PS-1000",
    "name": "Power station",
    "name_zh": None,
    "category": "power_station",
    "competitor": "VoltTrail",
    "url": "https://volttrail.example/p?a=1&b=2",
    "their_title": "TrailCell *1000*",
    "quantity": 10,
    "ours": "439.00",
    "theirs": "419.00",
    "currency": "USD",
    "their_price": "419.00",
    "their_currency": "USD",
    "incoterm": "FOB",
    "rate": None,
    "rate_day": None,
    "corrected": [],
    "gap": "0.0477",
    "limit": "0.03",
    "they_are": "cheaper",
    "observed_at": MOMENT,
    "last_problem": None,
    "unit_cost": "334.00",
    "margin_now": "0.2392",
    "margin_after": "0.2029",
    "least_margin": "0.18",
    "under_margin": False,
    "ladder": [{"quantity": 10, "ours": "439.00", "theirs": "419.00", "gap": "0.0477"}],
    "decision": None,
    "limits": {
        "critical_limit": Decimal("0.10"),
        "further": Decimal("0.02"),
        "price_valid_for": timedelta(hours=36),
    },
}
DEARER: Values = PRICE_GAP | {"gap": "-0.0304", "they_are": "dearer"}
LADDER: Values = {
    "ladder": [
        {"quantity": 10, "ours": "439.00", "theirs": "419.00", "gap": "0.0477"},
        {"quantity": 100, "ours": "429.00", "theirs": "429.00", "gap": "0.0000"},
    ]
}
NO_COST: Values = dict.fromkeys(("unit_cost", "margin_now", "margin_after", "under_margin"))
CONVERTED: Values = {
    "their_price": "359.90",
    "their_currency": "EUR",
    "rate": "1.1642",
    "rate_day": "2026-03-04",
    "incoterm": "EXW",
    "corrected": ["incoterm", "tax", "pack"],
    "last_problem": "captcha <!here>",
}
PRICE_GAPS: list[Values] = [
    PRICE_GAP,
    DEARER,
    PRICE_GAP | LADDER,
    DEARER | LADDER | NO_COST,
    PRICE_GAP | CONVERTED,
    PRICE_GAP | {"margin_after": "0.1512", "under_margin": True},
    *(
        PRICE_GAP
        | {"decision": {"choice": choice, "who": "a@b.example", "at": MOMENT, "note": note}}
        for choice in ("match", "undercut", "keep", "ignore", "wrong_product")
        for note in (None, "they <!channel> dump")
    ),
]

DECISION: Values = {
    "choice": "match",
    "new_price": "9.30",
    "currency": "USD",
    "quantity": 100,
    "until": MOMENT,
}
CHOICES = [{"choice": name} for name in ("undercut", "keep", "ignore", "wrong_product")]
REPRICE: Values = {
    "sku": "PS-1000 <!here>",
    "name": "Power *station*",
    "name_zh": None,
    "competitor": "VoltTrail <!here>",
    "quantity": 100,
    "currency": "USD",
    "ours": Decimal("10.00"),
    "theirs": Decimal("9.30"),
    "price": Decimal("9.30"),
    "margin": Decimal("0.1935"),
    "least_margin": Decimal("0.18"),
    "floor": Decimal("9.15"),
    "lowered": [
        {"min_quantity": 500, "old_price": Decimal("9.40"), "price": Decimal("9.30")},
    ],
    "wanted": "<!here> 9,3,0",
    "slip_over": Decimal(2),
    "fewer": {"min_quantity": 50, "price": Decimal("12.00")},
    "length": timedelta(days=14),
}

BAD_REVIEWS: Values = {
    "review_id": "R-1",
    "channel": "amazon",
    "stars": 1,
    "sku": "PS-1000",
    "name": "Power station",
    "name_zh": "储能电源",
    "order_no": "O-1",
    "category": "power_station",
    "market": "US",
    "amount": "6200.00",
    "currency": "USD",
    "title": "Broken!",
    "text": "It died.\n<!channel> *refund*",
    "language": "en",
    "buyer_name": "Ann",
    "url": "https://amazon.example/r/1",
    "posted_at": MOMENT,
    "contact_by": (NOW + timedelta(hours=48)).isoformat(),
    "limits": {
        "max_stars": 3,
        "look_back": timedelta(days=60),
        "contact_within": timedelta(hours=48),
    },
}
SILENT = dict.fromkeys(("title", "text", "language", "buyer_name", "url", "order_no", "name"))

STALE_SOURCES: Values = {
    "problem": "failing",
    "job": "shopify_stock",
    "source": "shopify",
    "feed": "stock",
    "kinds": ["stock"],
    "last_done": MOMENT,
    "limits": {
        "failures_in_a_row": 3,
        "tell_strange_for": timedelta(days=3),
        "habit": {
            "over": timedelta(days=7),
            "snapshots_below": Decimal("0.5"),
            "changes_below": Decimal("0.2"),
        },
    },
}
FAILING: Values = STALE_SOURCES | {
    "kind": "unreachable",
    "error": "GET https://shop.example answered HTTP 503: <!channel>",
    "in_a_row": 4,
    "failed_since": MOMENT,
    "retry_at": None,
    "feeds": ["stock"],
    "whole": False,
}
STRANGE: list[Values] = [
    {"problem": "rejected", "count": 12, "samples": ["order placed_at: '<!here>' is no moment"]},
    {"problem": "noted", "count": 1, "samples": ["12 parcels are not tracked: no quota"]},
    {"problem": "words", "count": 2, "words": ["order.status ON_HOLD", "x.y <!channel>"]},
    {"problem": "words", "count": 9, "words": ["order.status ON_HOLD"], "at": MOMENT},
    {"problem": "mails", "count": 2, "subjects": ["<!here> sale", "Re: *x*"], "day": "2026-03-05"},
    {"problem": "mails", "count": 9, "subjects": ["sale"], "day": "2026-03-05"},
    {"problem": "file", "file": "stock*.xlsx <!here>", "last_came": MOMENT},
    {"problem": "file", "file": "stock*.xlsx", "last_came": None},
]

NO_DATA: Values = {
    "check": "price_gap",
    "what": "prices of VoltTrail",
    "problem": "captcha",
    "last_known": MOMENT,
    "whole_check": False,
}
SILENT_SOURCES: Values = {
    "what": "sources",
    "problem": "silent",
    "feeds": [
        {"job": "shopify_stock", "kinds": ["stock", "order"], "last_known": MOMENT},
        {"job": "amazon_stock", "kinds": ["stock"], "last_known": None},
    ],
}
PROBLEMS = [
    {"problem": name}
    for name in (
        *("stale", "missing", "login", "consent", "not_found", "no_product", "no price"),
        *("no rate", "other incoterm", "jumps", "HTTP 503"),
    )
]

STOCK: Values = {
    "product": {"sku": "PS-1000", "name": None, "name_zh": "储能电源", "level": LEVEL},
    "places": [
        {"location": "LA", "on_hand": 5, "committed": 2, "observed_at": NOW - timedelta(hours=3)}
        | {"listed": None},
        {"location": "", "on_hand": 0, "committed": None, "observed_at": NOW, "listed": None},
        {"location": "shopify", "on_hand": 0, "committed": 3, "observed_at": NOW, "listed": 1200},
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
    "posts": {"owed": 1, "sending": 1, "failed": 2, "oldest": NOW},
    "rows": [
        {
            "name": "a",
            "state": state,
            "finished_at": NOW,
            "error": "boom",
            "progress": None,
            "after": None,
            "next": NOW,
        }
        for state in (None, "running", "done", "failed")
    ]
    + [
        {"name": "price_round", "state": "running", "progress": (340, 2_500), "since": NOW}
        | {"after": None, "next": NOW}
    ]
    + [{"name": "b", "state": None, "progress": None, "after": "a", "next": None}],
    "off": ["c", "d"],
    "feeds": {"count": 12, "failing": ["shopify_orders"]},
    "blocked": [
        {"host": "shop.example <!here>", "since": NOW, "problem": "captcha", "last_read_at": NOW},
        {"host": "shop.example", "since": NOW, "problem": "captcha", "last_read_at": None},
    ],
    "signs": [
        {"part": "heartbeat", "problem": None, "well_at": NOW},
        {"part": "slack", "problem": "Socket Mode is not connected", "well_at": NOW},
    ],
    "wanted": "pric_gap",
    "near": "price_gap",
    "names": ["price_gap", "safety_stock"],
    "name": "price_gap",
    "reason": "boom",
    "summary": {"opened": 1, "changed": 2, "unchanged": 3, "resolved": 4},
}

FEED: Values = {
    "name": "orders",
    "done_at": NOW - timedelta(minutes=5),
    "rows": 12,
    "error": None,
    "behind": None,
    "next": NOW,
}
SOURCES: Values = {
    "now": NOW,
    "sources": [
        {
            "name": "east_shop",
            "service": "shopify",
            "error": None,
            "feeds": [
                FEED,
                FEED | {"error": "<!here> 503", "behind": timedelta(hours=2)},
                FEED | {"done_at": None, "rows": None, "next": None},
            ],
        },
        {"name": "rates", "service": "rates", "error": "<!here> 503", "feeds": [FEED]},
    ],
    "pushes": [{"name": "rpa", "last_used_at": at} for at in (NOW, None)],
    "words": [{"source": "s", "kind": "order", "column": "status", "value": "<!here>"}],
    "mails": [
        {"source": "mailbox", "sender": "a@b.c", "subject": subject, "problem": problem}
        for subject, problem in (("<!here> *x*", "no rule fits <!here>"), ("", None))
    ],
    "count": 12,
}
NO_SOURCES: Values = {"sources": [], "pushes": [], "words": [], "mails": [], "count": 0}

COMMON: Values = {
    "name": "/stock",
    "summary": "Stock",
    "forms": [{"usage": "low", "help": "short ones"}, {"usage": "", "help": "all"}],
    "roles": ["sales", "video"],
    "number": 7,
    "check": "safety_stock",
    "stores": ["harborlane", "seaside <!here>"],
}

ON_DUTY = {"role": "sales", "name": "Emma *Clarke*", "begins": NOW, "ends": NOW}
DUTY: Values = {
    "now": NOW,
    "stores": [
        {
            "title": "Harbor Lane",
            "rows": [
                ON_DUTY | {"fell_back": False, "away": False, "works_again": None},
                ON_DUTY | {"fell_back": True, "away": False, "works_again": NOW},
                ON_DUTY | {"fell_back": True, "away": True, "works_again": NOW},
            ],
        }
    ],
    "rows": [
        {"id": 3, "role": None, "name": "Emma", "said_by": None, "first": DAY, "last": DAY},
        {"id": None, "role": "sales", "name": "Liu", "said_by": "Lin", "first": DAY, "last": DAY},
    ],
    "number": 3,
    "role": "sales",
    "name": "Emma Clarke",
    "first": DAY,
    "last": DAY,
    "wanted": "<!here>",
    "roles": ["sales", "video"],
    "names": ["Liu Yang 刘洋", "Gao Jie 高洁"],
}

UNDELIVERED = [
    {"post_id": "5f0c", "recipient": "watch", "alert": 7, "title": "PS-1000 runs out"},
    {"post_id": "5f0d", "recipient": "watch", "alert": None, "title": None},
]
SPREAD = {"count": 3, "median": timedelta(minutes=11), "p90": timedelta(hours=3)}
FIGURES: Values = {
    "alerts": 5,
    "noticed": SPREAD,
    "acknowledged": SPREAD,
    "resolved": None,
    "owed_an_answer": 4,
    "in_time": 3,
}
GROUPS = [
    ("person", [{"name": "Emma *Clarke*", "figures": FIGURES}]),
    ("check", []),
    ("week", [{"name": "2026-03-02", "figures": FIGURES | {"owed_an_answer": 0}}]),
    ("week", [{"name": "2026-02-23", "figures": None}]),
]

NUDGE: Values = {"mention": "@Tom", "kind": "due", "due_at": MOMENT}
NUDGES: Values = {
    "kind": "due",
    "count": 14,
    "worst": [
        {
            "number": 7,
            "check": "safety_stock",
            "subject": "PS-1000 <!here>",
            "owner": "Tom Becker",
            "due_at": MOMENT,
        }
    ],
}
NUDGE_KINDS = [{"kind": kind} for kind in ("before", "due", "after", "follow_up")]

LATE_STEPS: Values = {
    "alert": 7,
    "of_check": "safety_stock",
    "of_subject": "PS-1000",
    "owner": "tom.becker@harborlane.example",
    "due_at": MOMENT,
    "step_at": MOMENT,
    "limits": {"late_after": timedelta(minutes=1)},
}

UNDELIVERABLE: Values = {
    "medium": "slack",
    "error": "Slack said is_archived",
    "count": 12,
    "failed": UNDELIVERED,
}

OWN_HEALTH: Values = {
    "part": "slack",
    "process": "ship:8020",
    "problem": "Socket Mode is not connected",
    "since": MOMENT,
    "limits": {"ill_after": timedelta(minutes=3), "forget_after": timedelta(days=1)},
}
PARTS = [{"part": part} for part in ("database", "clock", "outbox", "heartbeat", "process")]

FAILED_JOBS: Values = {
    "job": "price_round",
    "problem": "failed",
    "error": "OSError: no such file",
    "slot": MOMENT,
    "in_a_row": 1,
    "limits": {"late_after": timedelta(minutes=10)},
}

FULL_OUTBOX: Values = {
    "medium": "slack",
    "owed": 31,
    "failed": 2,
    "oldest": MOMENT,
    "error": "Slack gave no answer (TimeoutError)",
    "limits": {"owed_for": timedelta(minutes=15), "tell_failed_for": timedelta(days=3)},
}

LIFELINE: Values = {
    "parts": {"database": "OperationalError: disk I/O error", "clock": "a", "outbox": "b"},
    "since": MOMENT,
}

GROUP: Values = {
    "store": "Harbor Lane",
    "check": "safety_stock",
    "opened_at": NOW,
    "total": 24,
    "states": {"open": 18, "acknowledged": 4, "silent": 1, "snoozed": 0, "resolved": 1},
    "severities": {"critical": 2, "warning": 21},
    "over_at": None,
    "took": None,
    "personal": False,
    "worst": [{"number": 7, "mark": "🔴", "title": "PS-1000 *<!here>*", "owner": "Tom Becker"}],
    "more": 22,
}
OVER = {"over_at": NOW, "took": timedelta(hours=3), "severities": {}, "worst": [], "more": 0}

SILENCE: Values = {
    "id": 3,
    "what": "check=price_gap,subject=PS-10*",
    "until": NOW,
    "who": "Lin Yue 林悦",
    "reason": "<!channel> being repriced",
    "held": 12,
}
WINDOW: Values = {
    "name": "stocktaking",
    "what": "check=safety_stock",
    "until": NOW,
    "begins": NOW,
    "held": 2,
}
SILENCES: Values = {
    "row": SILENCE,
    "rows": [SILENCE],
    "windows": [WINDOW, WINDOW | {"until": None}],
    "wanted": "pric_gap",
    "near": "price_gap",
    "keys": ["check", "store"],
}

READ_WELL: Values = {
    "kind": "stock",
    "read": 1200,
    "stored": 1200,
    "unchanged": 0,
    "rejected": 0,
    "problems": [],
    "unknown_columns": [],
    "sheet": None,
    "ignored_sheets": [],
}
FILE_REPORT: Values = {
    "file": "库存 <!channel>.xlsx",
    "why": None,
    "moved_to": "done/库存 <!channel>.xlsx",
    "reports": [
        READ_WELL
        | {
            "stored": 1199,
            "rejected": 1,
            "problems": [{"row": 3, "column": "on_hand", "problem": "'<!here>' isn't a number"}],
            "unknown_columns": ["备注", "<!everyone>"],
            "sheet": "库存",
            "ignored_sheets": ["Cover"],
        }
    ],
    "rejected_files": {"stock": "rejected/库存.rejected.csv"},
}

PAIRS: Values = {
    "said": "",
    "count": 12,
    "may": True,
    "roles": ["store_manager", "operations"],
    "more": 2,
    "competitor": "Volt *Trail*",
    "url": "https://volttrail.example/p",
    "title": "TrailCell <!channel> 1000",
    "sku": "PS-1000",
    "name": "Power station 1000 W",
    "name_zh": "储能电源",
    "score": Decimal("0.9475"),
    "reasons": ["title 92 %", "1,000 W on both"],
    "left_by": "Tom *Becker*",
    "status": "confirmed",
    "who": "Tom *Becker*",
    "at": NOW,
    "what": "title",
    "value": "0.92",
    "unit": "",
}
REASONS: list[Values] = [
    {"what": "gtin", "value": "", "unit": ""},
    {"what": "other_gtin", "value": "", "unit": ""},
    {"what": "same", "value": "1000", "unit": "W"},
    {"what": "same", "value": "1000", "unit": ""},
    {"what": "other", "value": "2048", "unit": "Wh"},
    {"what": "price", "value": "", "unit": ""},
]

GAP_ROW: Values = {
    "sku": "PS-1000",
    "competitor": "Volt *Trail*",
    "quantity": 100,
    "ours": Decimal("9.90"),
    "theirs": Decimal("9.3012"),
    "gap": Decimal("0.0645"),
    "they_are": "cheaper",
    "currency": "USD",
    "url": "https://volttrail.example/p",
    "margin_after": Decimal("0.1724"),
}
EVEN: Values = {"gap": Decimal(0), "margin_after": None}
SHEET_PAGE: Values = {
    "url": "https://volttrail.example/p",
    "title": "TrailCell <!channel> 1000",
    "printed": [
        {"quantity": 100, "price": Decimal("8.60")},
        {"quantity": 500, "price": Decimal(8)},
    ],
    "currency": "EUR",
    "pack_size": 10,
    "incoterm": "EXW",
    "corrected": ["incoterm", "tax", "pack"],
    "rate": Decimal("1.0815"),
    "rate_day": DAY,
    "availability": "in_stock",
    "observed_at": NOW - timedelta(hours=3),
    "asked_at": NOW,
    "last_problem": None,
    "problem": None,
    "why": None,
}
TYPED_PAGE: Values = SHEET_PAGE | {
    "url": "typed:VoltTrail/PS-1000",
    "title": None,
    "currency": None,
    "availability": "out_of_stock",
    "rate": None,
    "why": "The page asks for a captcha.",
}
EMPTY_PAGE: Values = TYPED_PAGE | {"printed": [], "observed_at": None, "availability": "preorder"}
MOVE: Values = {
    "at": NOW,
    "competitor": "Volt *Trail*",
    "quantity": 100,
    "old": Decimal("9.90"),
    "new": Decimal("9.30"),
    "old_currency": "USD",
    "currency": "USD",
}
SHEET_DECISION: Values = {
    "choice": "undercut",
    "who": "Tom *Becker*",
    "at": NOW,
    "until": NOW,
    "note": "<!here> & more",
    "competitor": "Volt *Trail*",
    "quantity": 100,
    "new_price": Decimal("9.20"),
    "currency": "USD",
}
PRICE: Values = {
    "sku": "PS-1000",
    "name": "Power station <!here>",
    "name_zh": "储能电源",
    "currency": "USD",
    "unit_cost": Decimal("7.70"),
    "ours": [
        {"quantity": 100, "price": Decimal("9.90"), "since": NOW, "by": "Tom *Becker*",
         "margin": Decimal("0.2222")},
        {"quantity": 500, "price": Decimal("9.50"), "since": None, "by": None, "margin": None},
    ],
    "listings": [
        {"channel": "amazon", "quantity": 1, "price": Decimal("12.5"), "currency": "USD",
         "observed_at": NOW},
        {"channel": "alibaba", "quantity": 100, "price": Decimal("10"), "currency": None,
         "observed_at": NOW},
    ],
    "competitors": [
        {"competitor": "Volt *Trail*", "gaps": [GAP_ROW, GAP_ROW | {"gap": Decimal("-0.1")},
         GAP_ROW | EVEN], "pages": [SHEET_PAGE, TYPED_PAGE, EMPTY_PAGE]},
    ],
    "moves": [
        MOVE,
        MOVE | {"competitor": None, "new": None, "quantity": None},
        MOVE | {"old_currency": "EUR"},
    ],
    "decision": SHEET_DECISION,
    "now": NOW,
    "category": None,
    "compared": 24,
    "directions": [
        {"they_are": "cheaper", "rows": [GAP_ROW], "count": 12},
        {"they_are": "dearer", "rows": [GAP_ROW], "count": 1},
    ],
    "competitor": "Volt *Trail*",
    "price": Decimal("9.30"),
    "min_quantity": 100,
    "gaps": [GAP_ROW, GAP_ROW | {"gap": Decimal("-0.1")}, GAP_ROW | EVEN],
    "why": None,
    "wanted": "<!here>",
    "near": "PS-1000",
    "names": ["Volt *Trail*", "Sunhaul"],
    "problem": "price '<!here>' is no amount",
}  # fmt: skip
PRICES: list[Values] = [
    PRICE,
    PRICE | {"unit_cost": None, "ours": [], "listings": [], "competitors": [], "moves": []},
    PRICE | {"decision": None, "near": None, "gaps": [], "min_quantity": None},
    PRICE | {"gaps": [], "why": "The page shows no price.", "compared": 0},
    PRICE | {"compared": 0, "category": "power <!here> station"},
    PRICE | {"directions": [], "name": None},
    *(
        PRICE | {"decision": SHEET_DECISION | {"choice": choice, "until": None, "note": None,
                                               "new_price": None}}
        for choice in ("match", "keep", "ignore", "wrong_product")
    ),
]  # fmt: skip

COMPETITOR_RANGE: Values = {
    "what": "new",
    "competitor": "VoltTrail <!here>",
    "url": "https://volttrail.example/p?a=1&b=2",
    "title": "TrailCell *3000*",
    "sku": "PS-1000",
    "price": "1299.00",
    "currency": "USD",
    "price_at": MOMENT,
    "at": MOMENT,
    "limits": {
        "tell_for": timedelta(days=3),
        "settle_for": timedelta(days=3),
        "vanished_after": timedelta(days=2),
    },
}
NO_PRICE: Values = dict.fromkeys(("title", "sku", "price", "currency", "price_at"))

COMPETITOR_SHORTAGE: Values = {
    "sku": "PS-1000",
    "name": "Power station",
    "name_zh": "储能电源",
    "category": "power_station",
    "competitor": "VoltTrail <!here>",
    "url": "https://volttrail.example/p",
    "their_title": "TrailCell *1000*",
    "their_price": "459.00",
    "their_currency": "USD",
    "available": 1640,
    "counted_at": MOMENT,
    "sold_out_at": MOMENT,
    "seen_at": MOMENT,
    "limits": {"at_least": 1, "look_back": timedelta(days=7)},
}

COMPETITOR_READERS: Values = {
    "competitor": "VoltTrail <!here>",
    "pages": 120,
    "empty": 70,
    "jumped": 3,
    "certainty_before": "0.92",
    "certainty_now": "0.61",
    "url": "https://volttrail.example/p?a=1&b=2",
    "problem": "uncertain",
    "saved_as": "var/pages/volttrail.example/1.bad.html.gz",
    "command": "watchkeeper offer var/pages/1.gz --url 'https://volttrail.example/<!here>'",
    "limits": {
        "least_pages": 5,
        "compare_with": timedelta(days=7),
        "empty_share": Decimal("0.5"),
        "jump": Decimal("0.5"),
        "jump_share": Decimal("0.5"),
        "certainty_falls": Decimal("0.2"),
    },
}

BLOCKED_SHOPS: Values = {
    "competitor": "VoltTrail <!here>",
    "hosts": ["volttrail.example", "b.example:8443"],
    "since": MOMENT,
    "problem": "captcha",
    "pages": 500,
    "last_price_at": MOMENT,
    "limits": {},
}

LISTED_PRICES: Values = {
    "sku": "PS-1000",
    "name": "Power station",
    "name_zh": "储能电源",
    "category": "power_station",
    "channel": "shopify <!here>",
    "listing_id": "4711",
    "url": "https://harborlane.example/products/1",
    "quantity": 1,
    "listed": "59.90",
    "on_list": "599.00",
    "currency": "USD",
    "list_price": "599.00",
    "list_currency": "USD",
    "rate": None,
    "rate_day": None,
    "off": "-0.9000",
    "limit": "0.05",
    "observed_at": MOMENT,
    "limits": {"limit": Decimal("0.05"), "critical_limit": Decimal("0.30")},
}
IN_CANADA: Values = {
    "listed": "1599.00", "on_list": "838.6000", "currency": "CAD", "off": "0.9067",
    "rate": "1.4", "rate_day": "2026-03-04", "url": None,
}  # fmt: skip

POOL_STORE: Values = {
    "name": "Harbor *Lane*",
    "ours": True,
    "figures": {
        "traffic": {"value": "42984.0000", "origin": "records"},
        "conversion": {"value": "0.0020", "origin": "pages"},
        "repurchase": {"value": "0.8929", "origin": "figures"},
    },
    "z": {"traffic": "-1.2000", "conversion": "0.0000"},
}
SOLD: Values = {
    "sku": "PS-1000",
    "competitor": "VoltTrail <!here>",
    "pieces": 497,
    "at_least": True,
    "method": "counted",
    "first": MOMENT,
    "last": MOMENT,
    "ours": 19,
}
POOL: Values = {
    "stores": [POOL_STORE, {"name": "<!here>", "ours": False, "figures": {}, "z": {}}],
    "axes": [
        {"name": "traffic", "z": "-0.8000", "stores": 18, "ours_known": True},
        {"name": "conversion", "z": "1.1000", "stores": 18, "ours_known": True},
        {"name": "repurchase", "z": "0.0100", "stores": 18, "ours_known": True},
        {"name": "repurchase", "z": None, "stores": 18, "ours_known": False},
        {"name": "repurchase", "z": None, "stores": 4, "ours_known": True},
        {"name": "repurchase", "z": None, "stores": 18, "ours_known": True},
    ],
    "compared": True,
    "count": 18,
    "unknown": ["TrailCell <!here>"],
    "sales": [
        SOLD,
        SOLD | {"method": "shown", "at_least": False, "ours": None},
        SOLD | {"method": "share"},
        SOLD | {"method": "reviews"},
    ],
    "least_stores": 5,
    "orders_per_review": "10",
}
PRICE_HISTORY: Values = {
    "sku": "PS-1000",
    "name": "Power *station*",
    "quantity": 1000,
    "over": timedelta(days=90),
    "currency": "USD",
    "dated": True,
    "competitor": "VoltTrail <!here>",
    "price": Decimal("0.1275"),
    "limit": Decimal("0.03"),
}

EXAMPLES: dict[str, list[Values]] = {
    "files/_mail": [{"titles": ["PS-1000: <!here>", "*b*"]}],
    "files/competitor_pool": [
        {"count": 18, "name": name, "z": z}
        for name, z in (("traffic", "-0.8"), ("conversion", "1.1"), ("repurchase", None))
    ],
    "files/price_history": [
        PRICE_HISTORY,
        PRICE_HISTORY | {"dated": False},
        PRICE_HISTORY | {"price": None},
    ],
    "files/saved_page": [{"competitor": "VoltTrail <!here>"}],
    "reports/competitor_pool": [
        POOL,
        POOL | {"count": 0, "unknown": [], "sales": [], "compared": False},
    ],
    "alerts/blocked_shops": [
        BLOCKED_SHOPS,
        BLOCKED_SHOPS | {"problem": "it answered 403 <!here>", "last_price_at": None},
    ],
    "alerts/competitor_range": [
        COMPETITOR_RANGE | changes | {"what": what}
        for what in ("new", "sold_out", "vanished")
        for changes in ({}, NO_PRICE)
    ],
    "alerts/competitor_readers": [
        COMPETITOR_READERS,
        COMPETITOR_READERS | {"certainty_before": None, "certainty_now": None, "saved_as": None},
    ],
    "alerts/competitor_shortage": [
        COMPETITOR_SHORTAGE,
        COMPETITOR_SHORTAGE | {"their_price": None, "their_title": None},
    ],
    "alerts/listed_prices": [LISTED_PRICES, LISTED_PRICES | IN_CANADA],
    "alerts/_alert": [
        *(ALERT | state for state in STATES),
        ALERT | {"state": "resolved", "resolved_by": "Tom Becker"},
        ALERT | {"severity": "warning"},
        ALERT | {"severity": "notice"},
        ALERT | {"fell_back": True, "flapping": True, "due_at": NOW + timedelta(days=3)},
        ALERT | {"handed_over_by": "Lin Yue 林悦"},
        ALERT | {"state": "resolved", "resolved_by": "Tom Becker", "reason": "Fixed"},
        ALERT
        | {"state": "resolved", "resolved_by": "Tom Becker", "reason": "Fixed", "decided": "9.30"},
        *(ALERT | silent for silent in SILENT_BY),
    ],
    "alerts/_handed_over": [{"mention": "@Tom", "by": name} for name in (None, "Lin *Yue*")],
    "alerts/_hand_over": [{"number": 7}],
    "alerts/_history": [HISTORY, HISTORY | {"earlier": 0}],
    "alerts/_refusal": [{"number": 7, "who": ["Tom *Becker*", "<!here>"], "wanted": "<!here>"}],
    "alerts/_reopened": [{"mention": "@Tom", "by": name} for name in (None, "Lin *Yue*")],
    "alerts/_resolve": [{"number": 7}],
    "alerts/_step": [STEP | step for step in STEPS],
    "alerts/_why": [WHY, WHY | {"rule": "", "origins": [], "places": [], "times": 1}],
    "alerts/_worse": [{"mention": "@Tom"}],
    "alerts/_snooze": [{"number": 7, "length": timedelta(hours=4), "at": time(9)}],
    "alerts/_snooze_over": [{"mention": "@Tom"}],
    "alerts/bad_reviews": [BAD_REVIEWS, BAD_REVIEWS | SILENT],
    "alerts/failed_jobs": [
        FAILED_JOBS,
        FAILED_JOBS | {"in_a_row": 10},
        FAILED_JOBS | {"problem": "missed", "error": None},
        FAILED_JOBS | {"problem": "stuck", "error": None},
    ],
    "alerts/full_outbox": [
        FULL_OUTBOX,
        FULL_OUTBOX | {"owed": 0, "error": None},
        FULL_OUTBOX | {"failed": 0},
    ],
    "alerts/own_health": [
        OWN_HEALTH,
        *(OWN_HEALTH | part for part in PARTS),
        OWN_HEALTH | {"part": "watch", "problem": None, "until": MOMENT},
    ],
    "alerts/stale_sources": [
        FAILING,
        FAILING | {"in_a_row": 1, "last_done": None},
        *(
            FAILING | {"kind": kind}
            for kind in ("no_credentials", "refused", "misconfigured", "throttled", "broken")
        ),
        FAILING | {"feeds": ["orders", "stock"], "in_a_row": 10},
        FAILING | {"feeds": ["orders", "stock"], "whole": True},
        FAILING | {"kind": "throttled", "retry_at": MOMENT},
        FAILING | {"problem": "stale", "under_way_since": MOMENT},
        FAILING | {"problem": "stale", "under_way_since": None, "last_done": None},
        *(
            STALE_SOURCES | {"problem": "thin", "rows": 12, "usual": 4_000, "by_day": by_day}
            for by_day in (True, False)
        ),
        *(STALE_SOURCES | strange for strange in STRANGE),
    ],
    "alerts/no_data": [
        NO_DATA,
        NO_DATA | SILENT_SOURCES,
        NO_DATA | {"feeds": SILENT_SOURCES["feeds"] * 6},
        NO_DATA | {"last_known": None},
        NO_DATA | {"skus": ["A", "B"], "count": 12, "url": "https://a.example"},
        *(NO_DATA | problem for problem in PROBLEMS),
    ],
    "alerts/oversell": OVERSELLS,
    "alerts/price_gap": PRICE_GAPS,
    "alerts/_decision": [DECISION, *(DECISION | choice for choice in CHOICES)],
    "alerts/_reprice": [
        REPRICE,
        REPRICE | {"name": None, "name_zh": "储能电源", "floor": None},
        REPRICE | {"margin": None, "floor": None},
    ],
    "alerts/_keep_price": [REPRICE],
    "alerts/_ignore_price": [REPRICE],
    "files/price_change": [REPRICE],
    "alerts/safety_stock": [SAFETY_STOCK, SAFETY_STOCK | {"inbound": 1182, "order_quantity": 0}],
    "alerts/_nudge": [NUDGE | kind for kind in NUDGE_KINDS],
    "alerts/late_steps": [LATE_STEPS],
    "pairs_wait": [{"count": 12, "people": ["sofia.reyes@harborlane.example"]}],
    "nudges": [NUDGES | kind for kind in NUDGE_KINDS],
    "commands/_common": [COMMON, COMMON | {"stores": ["harborlane"]}],
    "commands/alerts": [
        ALERTS,
        ALERTS | {"mine": False},
        ALERTS | {"mine": False, "check": "price_gap"},
        ALERTS | {"count": 0},
        ALERTS | {"count": 0, "mine": False},
    ],
    "commands/figures": [{"groups": GROUPS, "wanted": "<!here>", "most": 53}],
    "commands/duty": [DUTY, DUTY | {"rows": [], "role": ""}],
    "commands/pairs": [
        PAIRS,
        PAIRS | {"count": 0, "title": None, "left_by": None, "name": None},
        PAIRS | {"may": False, "said": "Confirmed.", "status": "rejected"},
        *(PAIRS | reason for reason in REASONS),
    ],
    "commands/price": PRICES,
    "commands/stock": [
        STOCK,
        STOCK
        | {"rows": [], "untold": [], "days": 0, "product": STOCK["product"] | {"level": None}},
    ],
    "commands/silences": [SILENCES, SILENCES | {"rows": [], "windows": [], "near": None}],
    "commands/watch": [
        WATCH | SOURCES,
        WATCH
        | SOURCES
        | NO_SOURCES
        | {"feeds": {"count": 0, "failing": []}}
        | {"off": [], "near": None, "alerts": {}, "summary": {"pages": 3, "failed": 1}}
        | {"posts": {"owed": 0, "sending": 0, "failed": 0, "oldest": None}},
    ],
    "duty_change": [
        DUTY | {"by": "Lin", "person": "emma@a.example", "role": role, "taken_back": taken_back}
        for role in ("sales", None)
        for taken_back in (True, False)
    ],
    "file_report": [
        FILE_REPORT,
        FILE_REPORT | {"why": "no rule matches <!here>", "reports": [], "rejected_files": {}},
        FILE_REPORT | {"reports": [READ_WELL], "rejected_files": {}},
    ],
    "lifeline": [LIFELINE],
    "commands/whatsapp": [
        {"phone": "8613800138000", "set_up": set_up, "known": set_up, "written": "138 0013 8000"}
        for set_up in (True, False)
    ],
    "groups/_group": [GROUP, GROUP | OVER, GROUP | {"check": None, "severities": {}}],
    "groups/digest": [GROUP, GROUP | OVER, GROUP | {"personal": True}],
    "groups/storm": [GROUP, GROUP | OVER, GROUP | {"personal": True}],
    "undeliverable": [UNDELIVERABLE, UNDELIVERABLE | {"count": 1, "failed": UNDELIVERED[:1]}],
}
