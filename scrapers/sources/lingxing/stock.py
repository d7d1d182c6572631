"""Stock in Amazon's warehouses, and in the team's own and third parties'."""

from collections import defaultdict
from collections.abc import AsyncIterator, Iterable

from core.ledger.records.base import Row
from scrapers.api.service import Asked, Connection, Page
from scrapers.api.values import known, whole
from scrapers.sources.lingxing.gateway import Item, ask, every, rows_of

SELLERS = "/erp/sc/data/seller/lists"
FBA = "/erp/sc/routing/fba/fbaStock/fbaList"
WAREHOUSES = "/erp/sc/data/local_inventory/warehouse"
OWN = "/erp/sc/routing/data/local_inventory/inventoryDetails"

OWN_KINDS = (1, 3)
"""Warehouses of the team, and overseas ones; Amazon's have a list of their own."""

INBOUND_FBA = (
    *("afn_inbound_shipped_quantity", "afn_inbound_receiving_quantity"),
    *("reserved_fc_transfers", "reserved_fc_processing"),
)
INBOUND_OWN = ("quantity_receive", "product_onway")

Place = tuple[str, str]
"""SKU and location."""


async def stock(asked: Asked) -> AsyncIterator[Page]:
    """Yield all stock. One article may stand in several rows of Lingxing's: they are added up."""
    yield Page({"stock": await _fba(asked)})
    yield Page({"stock": await _own(asked)})


async def _fba(source: Connection) -> list[Row]:
    """Return what lies with Amazon, by Lingxing's name of the warehouse.

    Stock that countries share is listed under each of them: an article's label (FNSKU) counts once
    in a warehouse.
    """
    answer, told = await ask(source, SELLERS)
    sellers = [str(row["sid"]) for row in rows_of(answer, told) if row.get("sid")]
    if not sellers:
        return []
    labels: dict[tuple[Place, str], Item] = {}
    async for rows, _, _ in every(source, FBA, {"sid": ",".join(sellers)}):
        for row in rows:
            place = _place(row, row.get("wname"))
            if place:
                labels.setdefault((place, str(row.get("fnsku") or row.get("seller_sku"))), row)
    places = defaultdict(list)
    for (place, _), row in labels.items():
        places[place].append(row)
    names = ("afn_fulfillable_quantity", "reserved_customerorders", INBOUND_FBA)
    return [level for place, found in places.items() if (level := _level(place, found, *names))]


async def _own(source: Connection) -> list[Row]:
    names: dict[str, str] = {}
    for kind in OWN_KINDS:
        async for rows, _, _ in every(source, WAREHOUSES, {"type": kind}):
            names |= {str(row.get("wid")): str(row.get("name")) for row in rows}
    places = defaultdict(list)
    async for rows, _, _ in every(source, OWN, {}):
        for row in rows:
            place = _place(row, names.get(str(row.get("wid"))))
            if place:
                places[place].append(row)
    columns = ("product_valid_num", "good_lock_num", INBOUND_OWN)
    return [level for place, found in places.items() if (level := _level(place, found, *columns))]


def _place(row: Item, warehouse: object) -> Place | None:
    """Return an article by our number, else the seller's on Amazon; None without a warehouse."""
    sku = row.get("sku") or row.get("seller_sku")
    return (str(sku), str(warehouse)) if sku and warehouse else None


def _level(
    place: Place, rows: list[Item], free: str, promised: str, coming: Iterable[str]
) -> Row | None:
    """Return the stock of an article at a place; None where Lingxing does not say it."""
    left, committed = _total(rows, free), _total(rows, promised)
    if left is None:
        return None
    on_way = [number for name in coming if (number := _total(rows, name)) is not None]
    row = {"sku": place[0], "location": place[1], "on_hand": left + (committed or 0)}
    return {**row, **known(committed=committed, inbound=sum(on_way) if on_way else None)}


def _total(rows: list[Item], name: str) -> int | None:
    numbers = [number for row in rows if (number := whole(row.get(name))) is not None]
    return sum(numbers) if numbers else None
