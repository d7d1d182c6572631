"""What AfterShip says of a parcel, as the columns of a shipment."""

from datetime import datetime
from zoneinfo import ZoneInfo

from core.ledger.records.base import Row
from scrapers.api.moments import deadline, moment
from scrapers.api.tracking import Shape
from scrapers.api.values import known
from scrapers.api.words import Words

PENDING = "Pending"
"""AfterShip has heard nothing of the parcel yet: that says nothing of where it is."""

STATUSES = Words(
    {
        "InfoReceived": "info_received",
        "InTransit": "in_transit",
        "OutForDelivery": "out_for_delivery",
        "AttemptFail": "attempt_failed",
        "AvailableForPickup": "available_for_pickup",
        "Delivered": "delivered",
        "Exception": "exception",
        "Expired": "expired",
    }
)


class _Checkpoint(Shape):
    checkpoint_time: str | None = None
    message: str | None = None
    location: str | None = None
    tag: str | None = None

    @property
    def at(self) -> datetime | None:
        return moment(self.checkpoint_time)

    @property
    def text(self) -> str | None:
        return ", ".join(filter(None, [self.message, self.location])) or None


class _Estimate(Shape):
    datetime: str | None = None
    datetime_max: str | None = None


class _CourierEstimate(Shape):
    estimated_delivery_date: str | None = None
    estimated_delivery_date_max: str | None = None


class Tracking(Shape):
    """A parcel in an answer or a webhook."""

    tracking_number: str
    slug: str | None = None
    tag: str | None = None
    subtag: str | None = None
    checkpoints: list[_Checkpoint] | None = None
    latest_estimated_delivery: _Estimate | None = None
    courier_estimated_delivery_date: _CourierEstimate | None = None
    shipment_pickup_date: str | None = None
    shipment_delivery_date: str | None = None

    def last(self) -> _Checkpoint | None:
        """Return the latest checkpoint: the last one told, where one of them has no moment."""
        passed = self.checkpoints or []
        timed = [(point.at, place, point) for place, point in enumerate(passed) if point.at]
        if len(timed) < len(passed):
            return passed[-1]
        return max(timed)[-1] if timed else None

    def arrived(self) -> datetime | None:
        """Return when the parcel was handed over."""
        scans = [point.at for point in self.checkpoints or () if point.tag == "Delivered"]
        return moment(self.shipment_delivery_date) or next(filter(None, scans), None)

    def estimate(self, zone: ZoneInfo) -> datetime | None:
        """Return until when the parcel should arrive: AfterShip's word, else the carrier's."""
        latest, courier = self.latest_estimated_delivery, self.courier_estimated_delivery_date
        told = latest and (latest.datetime_max or latest.datetime)
        carriers = courier and (
            courier.estimated_delivery_date_max or courier.estimated_delivery_date
        )
        return deadline(told or carriers, zone)


def shipment(tracking: Tracking, zone: ZoneInfo) -> Row:
    """Return a parcel's row; `zone` is the store's.

    When the latest event happened is forgotten where it is only told as a local time: the moment
    of an earlier event would be wrong.
    """
    status = None if tracking.tag == PENDING else STATUSES.ours(tracking.tag)
    row = {
        "status": status,
        "sub_status": tracking.subtag,
        "eta": tracking.estimate(zone),
        "shipped_at": moment(tracking.shipment_pickup_date),
        "delivered_at": tracking.arrived() if status == "delivered" else None,
    }
    last = tracking.last()
    moved = {"last_event": last.text, "last_event_at": last.at} if last else {}
    return {"tracking_no": tracking.tracking_number, **known(**row), **moved}
