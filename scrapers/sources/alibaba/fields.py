"""What Alibaba's answers are made of: numbers that may be texts, stamps, amounts, lists."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from core.sources import ProblemKind
from scrapers.api.problems import SourceProblem
from scrapers.api.values import Item, is_item, whole

CHANNEL = "alibaba"
LOS_ANGELES = ZoneInfo("America/Los_Angeles")
"""The zone of every date that Alibaba.com is asked with."""

ORDERED = ("sku_code", "model_number", "product_id")
OFFERED = ("model_number", "red_model", "id", "product_id")
"""What names an article in an order and among the products, the seller's own word first."""


def items(value: object) -> list[Item]:
    """Return the objects of a list; Alibaba wraps some as `{"order": [...]}`. None: no objects."""
    if is_item(value) and len(value) == 1:
        value = next(iter(value.values()))
    return [item for item in value if is_item(item)] if isinstance(value, list) else []


def having(value: object, *names: str) -> Iterator[Item]:
    """Yield the objects anywhere in a value that have all of these fields."""
    if is_item(value) and all(value.get(name) is not None for name in names):
        yield value
        return
    inner = value.values() if is_item(value) else value if isinstance(value, list) else ()
    for part in inner:
        yield from having(part, *names)


def moment(value: object) -> datetime | None:
    """Return the moment of a date's stamp, in milliseconds; its text is for people."""
    stamp = whole(value.get("timestamp")) if is_item(value) else None
    try:
        return datetime.fromtimestamp(stamp / 1000, UTC) if stamp else None
    except (OverflowError, OSError, ValueError):
        return None


def asked_from(since: datetime) -> Item:
    """Return how a beginning is asked for: Los Angeles' wall clock, and the stamp.

    An hour that the clock there shows twice is asked from before its first time: whichever of the
    two Alibaba reads, nothing is left out.
    """
    local = since.astimezone(LOS_ANGELES)
    while local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset():
        since -= timedelta(hours=1)
        local = since.astimezone(LOS_ANGELES)
    stamp = str(int(since.timestamp()) * 1000)
    return {"date_str": f"{local:%Y-%m-%d %H:%M:%S}", "date_timestamp": stamp}


def money(value: object) -> tuple[str | None, str | None]:
    """Return an amount as it is written, and its currency."""
    if not is_item(value) or value.get("amount") in (None, ""):
        return None, None
    return str(value["amount"]), value.get("currency") or None


def named(value: object) -> str | None:
    """Return a text, or the name or code of what is told with both."""
    if is_item(value):
        value = value.get("name") or value.get("code")
    return value if isinstance(value, str) and value else None


def sku_of(item: Item, names: Iterable[str]) -> str | None:
    """Return our number of an article: the seller's own code or model, else Alibaba's id."""
    return next((str(item[name]) for name in names if item.get(name)), None)


def trade_id(item: Item) -> str:
    """Return an order's number. Raises SourceProblem for one that Alibaba hides (`21***54`)."""
    number = str(item.get("trade_id") or "")
    if "*" in number:
        told = (
            f"Alibaba hides the orders' numbers from this app ({number}), so no order can be read; "
            "authorise it with the store's main account, or ask Alibaba's support to show them"
        )
        raise SourceProblem(ProblemKind.REFUSED, told)
    return number
