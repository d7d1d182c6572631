"""The price list as a file: what `watchkeeper import price_list` reads, and the old prices."""

from collections.abc import Iterable, Mapping

from bot.spreadsheet import as_csv
from core.ledger.records import PriceListEntry, columns_of

OLD_PRICE = "old_price"
"""What was asked before; the importer passes over it."""


def price_list_csv(rows: Iterable[Mapping[str, object]]) -> bytes:
    """Return rows of the price list as a CSV file; a column that a row has not is an empty cell."""
    columns = [column.name for column, spec in columns_of(PriceListEntry) if spec.in_files]
    columns.append(OLD_PRICE)
    return as_csv([columns, *([row.get(name) for name in columns] for row in rows)])
