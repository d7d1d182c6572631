"""The lines of an order: the same article may stand in several of them."""

from collections.abc import Iterable

from core.ledger.records.base import Row
from scrapers.api.values import total_of


def by_sku(lines: Iterable[Row]) -> list[Row]:
    """Return one line for each article: pieces in several lines are added up."""
    articles: dict[object, Row] = {}
    for line in lines:
        before = articles.get(line["sku"])
        articles[line["sku"]] = _together(before, line) if before else line
    return list(articles.values())


def _together(one: Row, other: Row) -> Row:
    """Return two lines of one article as one; pieces at two prices have no one price."""
    told = {**one, "quantity": total_of(one["quantity"], other["quantity"])}
    return told if _price(one) == _price(other) else {**told, "unit_price": None}


def _price(line: Row) -> tuple[object, object]:
    return line.get("unit_price"), line.get("currency")
