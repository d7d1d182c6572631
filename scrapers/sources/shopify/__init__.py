"""A Shopify shop by the Admin GraphQL API 2026-10: orders, stock, prices, visits and more."""

from scrapers.api.service import Service
from scrapers.sources.shopify import (
    disputes,
    orders,
    prices,
    probe,
    products,
    stock,
    visits,
    webhook,
)
from scrapers.sources.shopify.settings import Settings

SERVICE = Service(
    settings=Settings,
    feeds={
        "orders": orders.read,
        "stock": stock.read,
        "prices": prices.read,
        "disputes": disputes.read,
        "visits": visits.read,
        "products": products.read,
    },
    probe=probe.look,
    credentials=(("access_token",), ("client_id", "client_secret")),
    webhook=webhook.read,
    webhook_credentials=("client_secret",),
)
