"""The shop's pages, rendered."""

from decimal import Decimal
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from sandbox.shop.catalogue import Product
from sandbox.shop.feeds import json_ld, with_last_quantity

_SYMBOLS = {"USD": "US$", "EUR": "€", "GBP": "£", "CNY": "￥", "JPY": "¥"}
_AVAILABLE = {"in_stock": "In stock", "out_of_stock": "Sold out", "preorder": "Pre-order"}
_OPEN_GRAPH = {"in_stock": "instock", "out_of_stock": "oos", "preorder": "preorder"}


def money(amount: Decimal, currency: str) -> str:
    """Write an amount as the shop shows it: US$1,549.00, or SEK 1,549.00 without a sign."""
    return f"{_SYMBOLS.get(currency, currency + ' ')}{amount:,.2f}"


_pages = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_pages.filters["money"] = money


def product_page(product: Product, related: list[Product], origin: str) -> str:
    """Render one product's page; `origin` is the shop's scheme and host."""
    url = f"{origin}/shop/products/{product.handle}"
    picture = f"{origin}/shop/pictures/{product.handle}.svg"
    return _render(
        "product.html",
        product=product,
        tiers=with_last_quantity(product.tiers),
        related=related,
        url=url,
        picture=picture,
        available=_AVAILABLE[product.availability],
        open_graph=_OPEN_GRAPH[product.availability],
        on_request=product.mode == "price_on_request",
        data=json_ld(product, url, picture),
    )


def list_page(products: list[Product]) -> str:
    """Render the storefront with every product."""
    return _render("list.html", products=products, available=_AVAILABLE)


def picture(product: Product) -> str:
    """Draw the product as SVG."""
    return _render("picture.svg", product=product)


def captcha_page(path: str) -> str:
    """Render the block page of a large marketplace, served with HTTP 200 and the asked path."""
    return _render("captcha.html", path=path)


def login_page(path: str) -> str:
    """Render a page that wants an account before it shows prices."""
    return _render("login.html", path=path)


def not_available_page(url: str) -> str:
    """Render a gone product as marketplaces do: HTTP 200 and yet og:availability instock."""
    return _render("not_available.html", url=url)


def _render(template: str, **values: Any) -> str:
    return _pages.get_template(template).render(**values)
