"""The nodes that a page's JSON-LD describes, and the one that is its product."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from scrapers.page.document import Document
from scrapers.page.loosejson import loads
from scrapers.page.nodes import Node, identity
from scrapers.page.schema import PRODUCT_TYPES, local_name

_BLOCK = re.compile(
    r"<script[^>]{0,300}?\btype\s*=\s*[\"']?application/ld\+json[^>]{0,300}>(.*?)(?:</script|\Z)",
    re.DOTALL | re.IGNORECASE,
)
_DEPTH = 6


def described(html: str) -> list[Node]:
    """Every node that describes the page itself, of all its blocks."""
    return [node for block in _blocks(html) for node in _nodes(block)]


def _blocks(html: str) -> list[Any]:
    if "ld+json" not in html:
        return []
    return [loads(match[1]) for match in _BLOCK.finditer(html)]


def _nodes(value: Any, depth: int = 0) -> Iterator[Node]:
    """Nodes that describe the page: top level, `@graph`, `mainEntity`; not what they relate to."""
    if depth > _DEPTH:
        return
    if isinstance(value, list):
        for item in value:
            yield from _nodes(item, depth + 1)
    elif isinstance(value, dict):
        yield value
        for key in ("@graph", "mainEntity"):
            yield from _nodes(value.get(key), depth + 1)


def main_product(nodes: list[Node], document: Document) -> Node | None:
    """The page's own product among several: by its address or its heading; None when unclear."""
    products = [node for node in nodes if _types(node) & PRODUCT_TYPES]
    if len(products) > 1:
        products = [node for node in products if _is_about(node, document)][:1]
    return products[0] if products else None


def _is_about(node: Node, document: Document) -> bool:
    address = _bare(str(node.get("url") or node.get("@id") or ""))
    return (bool(address) and address == _bare(document.url)) or document.is_named(
        identity(node.get("name"))
    )


def _bare(url: str) -> str:
    return re.split(r"[?#]", url)[0].rstrip("/")


def _types(node: Node) -> set[str]:
    stated = node.get("@type")
    return {local_name(each) for each in (stated if isinstance(stated, list) else [stated])}
