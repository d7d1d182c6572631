"""What a shop and a tracker say of one parcel: the one who knows its events knows better."""

from datetime import UTC, datetime, timedelta

import pytest

from core.ledger.database import Database
from core.ledger.parcels import news, on_their_way
from core.ledger.records import Shipment
from tests.support.intake import NOW, STORE, facts, stored, take

YESTERDAY = datetime(2026, 3, 4, 9, 0, tzinfo=UTC)
PARCEL = {"carrier": "DHL", "tracking_no": "JD01"}
LEFT = datetime(2026, 3, 1, tzinfo=UTC)
TRACKED = {
    "status": "exception",
    "sub_status": "Exception_Returning",
    "last_event_at": YESTERDAY,
    "last_event": "On its way back",
    "eta": datetime(2026, 3, 9, tzinfo=UTC),
}


def told(database: Database, **row: object) -> Shipment:
    """Return the parcel after somebody told of it; without a carrier it was a tracker."""
    with database.read() as ledger:
        fresh = news(ledger, STORE.name, [{"tracking_no": "JD01", **row}])
    take(database, "shipment", *fresh)
    (parcel,) = stored(database, Shipment)
    return parcel


def test_a_shop_does_not_set_back_what_a_tracker_knows(sqlite_database: Database) -> None:
    take(sqlite_database, "shipment", {**PARCEL, "status": "in_transit"})
    told(sqlite_database, **TRACKED)
    shops = {"status": "in_transit", "sub_status": "fulfilled", "eta": LEFT, "shipped_at": LEFT}
    parcel = told(sqlite_database, carrier="DHL", order_no="#1", **shops)
    assert facts(parcel, *TRACKED) == tuple(TRACKED.values())
    assert facts(parcel, "order_no", "shipped_at") == ("#1", LEFT)  # which only the shop knows


def test_until_a_tracker_speaks_the_shop_is_believed(sqlite_database: Database) -> None:
    take(sqlite_database, "shipment", {**PARCEL, "status": "info_received"})
    assert told(sqlite_database, carrier="DHL", status="in_transit").status == "in_transit"


def test_an_arrival_is_news_from_a_shop_too(sqlite_database: Database) -> None:
    take(sqlite_database, "shipment", {**PARCEL, **TRACKED})
    arrived = {"status": "delivered", "delivered_at": YESTERDAY + timedelta(days=1)}
    parcel = told(sqlite_database, carrier="DHL", **arrived)
    assert facts(parcel, *arrived) == tuple(arrived.values())


@pytest.mark.parametrize("carrier", [{"carrier": "DHL"}, {}])
def test_nobody_without_a_later_event_takes_an_arrival_back(
    sqlite_database: Database, carrier: dict[str, str]
) -> None:
    take(sqlite_database, "shipment", {**PARCEL, "status": "delivered", "sub_status": "Signed"})
    parcel = told(sqlite_database, **carrier, status="in_transit", sub_status="fulfilled")
    assert facts(parcel, "status", "sub_status") == ("delivered", "Signed")
    later = {"status": "exception", "last_event_at": YESTERDAY}
    assert told(sqlite_database, **later).status == "exception"


def test_of_one_number_each_carrier_has_its_own_parcel(sqlite_database: Database) -> None:
    take(sqlite_database, "shipment", {**PARCEL, **TRACKED})
    take(sqlite_database, "shipment", {**PARCEL, "carrier": "UPS", "status": "info_received"})
    with sqlite_database.read() as ledger:
        row = {**PARCEL, "carrier": "UPS", "status": "in_transit"}
        assert news(ledger, STORE.name, [row]) == [row]


def test_a_parcel_that_never_left_is_not_followed(sqlite_database: Database) -> None:
    numbers = {"in_transit": "A", "delivered": "B", "cancelled": "C", None: "D"}
    for status, number in numbers.items():
        row = {"carrier": "DHL", "tracking_no": number, "shipped_at": YESTERDAY, "status": status}
        take(sqlite_database, "shipment", row)
    with sqlite_database.read() as ledger:
        found = on_their_way(ledger, STORE.name, NOW, timedelta(days=60))
    assert sorted(number for _, number in found) == ["A", "D"]
