"""The kinds of record, one table each.

A new kind is a class in any module of this package: importing the package finds it.
"""

from importlib import import_module
from pkgutil import iter_modules

from core.ledger.records.base import KINDS, Intake, Record, columns_of, kind_of, table_of
from core.ledger.records.buyers import Buyer, Rfq, Sample
from core.ledger.records.care import Case, Dispute, Review
from core.ledger.records.goods import Product, Sale, Stock
from core.ledger.records.orders import Order, OrderLine, Shipment
from core.ledger.records.prices import (
    CompetitorFigures,
    CompetitorOffer,
    CompetitorPage,
    Listing,
    PriceListEntry,
)
from core.ledger.records.traffic import Rate, Score, SearchHeat, Spend, Visit

for _module in iter_modules(__path__):
    import_module(f"{__name__}.{_module.name}")

__all__ = [
    "KINDS",
    "Buyer",
    "Case",
    "CompetitorFigures",
    "CompetitorOffer",
    "CompetitorPage",
    "Dispute",
    "Intake",
    "Listing",
    "Order",
    "OrderLine",
    "PriceListEntry",
    "Product",
    "Rate",
    "Record",
    "Review",
    "Rfq",
    "Sale",
    "Sample",
    "Score",
    "SearchHeat",
    "Shipment",
    "Spend",
    "Stock",
    "Visit",
    "columns_of",
    "kind_of",
    "table_of",
]
