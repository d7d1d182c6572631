"""Trying a shop's credentials, and whether they open what config.yaml asks for."""

from scrapers.api.service import Connection
from scrapers.sources.shopify.graph import Graph, Query, understood
from scrapers.sources.shopify.settings import Settings

SHOP = Query(
    "shop",
    "query Shop { shop { name ianaTimezone currencyCode }"
    " currentAppInstallation { accessScopes { handle } } }",
)
SCOPES = {
    "orders": {"read_orders"},
    "stock": {"read_inventory", "read_locations", "read_products"},
    "prices": {"read_products"},
    "disputes": {"read_shopify_payments_accounts", "read_shopify_payments_disputes"},
    "visits": {"read_reports"},
    "products": {"read_products"},
}
SHIP_BY = "read_merchant_managed_fulfillment_orders"


async def look(source: Connection) -> str:
    """Return which shop answers, and which scopes are missing for its feeds."""
    graph = Graph(source)
    data = await graph.ask(SHOP)
    with understood("shops"):
        shop = data["shop"]
        has = {scope["handle"] for scope in data["currentAppInstallation"]["accessScopes"]}
        told = [f"{shop['name']} ({shop['ianaTimezone']}, {shop['currencyCode']})", *graph.notes]
    # who may write may read
    has |= {scope.replace("write_", "read_", 1) for scope in has}
    missing = sorted(_wanted(source.settings) - has)
    if missing:
        told.append(f"scopes are missing: {', '.join(missing)}")
    return "; ".join(told)


def _wanted(settings: Settings) -> set[str]:
    feeds = [name for name, _ in settings.running_feeds()]
    wanted = set().union(*(SCOPES[name] for name in feeds))
    orders = settings.feeds.orders
    return wanted | ({SHIP_BY} if orders and orders.ship_by else set())
