"""A Shopify shop that is made in a test: what it sells, and how it answers the Admin API."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx

from core.sources import SourceSettings
from tests.support.graphql import answered
from tests.support.sources import source_settings

TOKEN = "shpat_5ecret"
ACCESS_TOKEN = {"SHOPIFY_ACCESS_TOKEN": TOKEN}
CLIENT = {"SHOPIFY_CLIENT_ID": "app", "SHOPIFY_CLIENT_SECRET": "s3cr3t-of-the-app"}
FEEDS: Mapping[str, Mapping[str, str]] = {
    "orders": {"overlap": "15m", "look_back": "60d"},
    "stock": {},
    "prices": {},
    "disputes": {"look_back": "180d"},
    "visits": {"overlap": "3d", "look_back": "30d"},
    "products": {"overlap": "1h", "look_back": "365d"},
}

Node = dict[str, Any]


def shop_settings(**changes: Any) -> SourceSettings:
    feeds = {
        name: {"schedule": {"every": "15m"}, "stale_after": "1h", **feed}
        for name, feed in FEEDS.items()
    }
    return source_settings(**{"service": "shopify", "shop": "harborlane", "feeds": feeds} | changes)


def connection(
    nodes: Sequence[Node], first: int | None = None, after: str | None = None, **_: Any
) -> Node:
    """Return a page of a list; a cursor is the place of a node."""
    begin = int(after) if after else 0
    end = len(nodes) if first is None else begin + first
    is_cut = end < len(nodes)
    return {
        "nodes": list(nodes[begin:end]),
        "pageInfo": {"hasNextPage": is_cut, "endCursor": str(end) if is_cut else None},
    }


def money(amount: str) -> Node:
    return {"shopMoney": {"amount": amount, "currencyCode": "USD"}}


def item(sku: str | None, quantity: int = 1, price: str = "10.00") -> Node:
    return {"sku": sku, "quantity": quantity, "originalUnitPriceSet": money(price)}


def parcel(number: str | None, **changes: Any) -> Node:
    return {
        "status": "SUCCESS",
        "displayStatus": "IN_TRANSIT",
        "createdAt": "2026-03-02T08:00:00Z",
        "inTransitAt": None,
        "deliveredAt": None,
        "estimatedDeliveryAt": None,
        "trackingInfo": [{"company": "DHL Express", "number": number}],
    } | changes


def order(number: int, items: Sequence[Node] = (), **changes: Any) -> Node:
    """Return an order that was placed on the 1st of March, number minutes after noon."""
    at = f"2026-03-01T{12 + number // 60 % 12:02}:{number % 60:02}:00Z"
    lines = list(items)
    return {
        "id": f"gid://shopify/Order/{number}",
        "name": f"#{1000 + number}",
        "test": False,
        "processedAt": at,
        "updatedAt": at,
        "cancelledAt": None,
        "email": None,
        "displayFinancialStatus": "PAID",
        "displayFulfillmentStatus": "UNFULFILLED",
        "totalPriceSet": money("20.00"),
        "displayAddress": None,
        "lineItems": lambda **given: connection(lines, **given),
        "fulfillments": [],
        "fulfillmentOrders": connection([]),
    } | changes


def stock_item(number: int, sku: str | None, *levels: Node, tracked: bool = True) -> Node:
    return {
        "id": f"gid://shopify/InventoryItem/{number}",
        "legacyResourceId": str(number),
        "sku": sku,
        "tracked": tracked,
        "inventoryLevels": lambda **given: connection(levels, **given),
    }


def level(location: str, **pieces: int) -> Node:
    counted = {"available": 0, "on_hand": 0, "committed": 0, "incoming": 0} | pieces
    return {
        "location": {"name": location},
        "quantities": lambda names: [{"name": name, "quantity": counted[name]} for name in names],
    }


def variant(number: int, sku: str | None, price: str = "10.00", status: str = "ACTIVE") -> Node:
    """Return a variant on sale, or of a product of another status."""
    address = f"https://harborlane.example/products/{number}" if status == "ACTIVE" else None
    return {
        "legacyResourceId": str(number),
        "sku": sku,
        "price": price,
        "product": {"status": status, "onlineStoreUrl": address},
    }


@dataclass
class Shop:
    """A shop that answers. `refusals` come first: each takes the place of one answer."""

    orders: list[Node] = field(default_factory=list)
    items: list[Node] = field(default_factory=list)
    variants: list[Node] = field(default_factory=list)
    root: dict[str, Any] = field(default_factory=dict)
    refusals: list[httpx.Response] = field(default_factory=list)
    asked: list[dict[str, Any]] = field(default_factory=list)
    """The variables of each GraphQL question, with its name under `question`."""
    cost: Callable[[dict[str, Any]], dict[str, Any]] | None = None

    def __call__(self, request: httpx.Request) -> httpx.Response:
        body = json.loads(request.content)
        name = re.match(r"\s*query (\w+)", body["query"])
        assert name
        self.asked.append({"question": name[1], **body["variables"]})
        if self.refusals:
            return self.refusals.pop(0)
        root = {
            "orders": self._orders,
            "order": lambda **given: _by_id(self.orders, given["id"]),
            "inventoryItems": self._items,
            "productVariants": self._variants,
            "shop": {"currencyCode": "USD"},
            "inventoryItem": lambda **given: _by_id(self.items, given["id"]),
        }
        data = answered(body["query"], body["variables"], root | self.root)
        extensions = {"cost": self.cost(body["variables"])} if self.cost else {}
        return httpx.Response(200, json={"data": data, "extensions": extensions})

    def _orders(self, query: str, first: int, after: str | None, sortKey: str) -> Node:  # noqa: N803
        """Return a page; its cursor is the last order's moment and id, as Shopify's is."""
        assert sortKey == "UPDATED_AT"
        since, until = re.findall(r"'([^']+)'", query)
        found = [o for o in self.orders if since <= o["updatedAt"] <= until]
        ahead = [o for o in sorted(found, key=_place) if _place(o) > (after or "")]
        page = connection(ahead, first)
        if page["pageInfo"]["endCursor"]:
            page["pageInfo"]["endCursor"] = _place(page["nodes"][-1])
        return page

    def _items(self, query: str, **given: Any) -> Node:
        if query.startswith("sku:"):
            # as Shopify's search, it also finds what only begins so
            wanted = query[5:-1].replace("\\'", "'")
            found = [i for i in self.items if str(i["sku"]).startswith(wanted)]
        else:
            after = int(query.removeprefix("id:>"))
            found = [i for i in self.items if int(i["legacyResourceId"]) > after]
        return connection(found, **given)

    def _variants(self, query: str, **given: Any) -> Node:
        after = int(query.removeprefix("id:>"))
        found = [v for v in self.variants if int(v["legacyResourceId"]) > after]
        return connection(found, **given)


def _place(order: Node) -> str:
    return f"{order['updatedAt']} {order['id']}"


def _by_id(nodes: Sequence[Node], wanted: str) -> Node | None:
    return next((node for node in nodes if node["id"] == wanted), None)


def errors(message: str, code: str = "", **extensions: Any) -> httpx.Response:
    """Return a refusal as GraphQL has it, with HTTP 200."""
    error = {"message": message, "extensions": {"code": code}}
    return httpx.Response(200, json={"errors": [error], **extensions})
