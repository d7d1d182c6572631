"""What 17TRACK says of a parcel, as the columns of a shipment."""

from datetime import datetime
from zoneinfo import ZoneInfo

from core.ledger.records.base import Row
from scrapers.api.moments import deadline, moment
from scrapers.api.tracking import Shape
from scrapers.api.values import known
from scrapers.api.words import Words

NOT_FOUND = "NotFound"
"""The carrier does not know the parcel (yet): that says nothing of where it is."""

STATUSES = Words(
    {
        "InfoReceived": "info_received",
        "InTransit": "in_transit",
        "Expired": "expired",
        "AvailableForPickup": "available_for_pickup",
        "OutForDelivery": "out_for_delivery",
        "DeliveryFailure": "attempt_failed",
        "Delivered": "delivered",
        "Exception": "exception",
    }
)


class _RawTime(Shape):
    date: str | None = None
    time: str | None = None
    timezone: str | None = None


class _Timed(Shape):
    time_iso: str | None = None
    time_utc: str | None = None
    time_raw: _RawTime | None = None

    def at(self) -> datetime | None:
        """Return when it happened; None where only a local time without its zone is told."""
        raw = self.time_raw
        told = f"{raw.date}T{raw.time}{raw.timezone}" if raw and raw.timezone else None
        return moment(self.time_utc) or moment(self.time_iso) or moment(told)


class _Milestone(_Timed):
    key_stage: str | None = None


class _Translation(Shape):
    description: str | None = None


class _Event(_Timed):
    description: str | None = None
    description_translation: _Translation | None = None
    location: str | None = None

    def text(self) -> str | None:
        """Return what happened and where, translated where the service did."""
        translated = self.description_translation and self.description_translation.description
        return ", ".join(filter(None, [translated or self.description, self.location])) or None


class _Status(Shape):
    status: str | None = None
    sub_status: str | None = None


class _Metrics(Shape):
    estimated_delivery_date: dict[str, str | None] | None = None


class _Info(Shape):
    latest_status: _Status
    latest_event: _Event | None = None
    time_metrics: _Metrics | None = None
    milestone: list[_Milestone] | None = None

    def reached(self, stage: str) -> datetime | None:
        """Return when the parcel reached a stage."""
        times = [mile.at() for mile in self.milestone or () if mile.key_stage == stage]
        return times[0] if times else None

    def estimate(self, zone: ZoneInfo) -> datetime | None:
        """Return until when the parcel should arrive."""
        told = (self.time_metrics and self.time_metrics.estimated_delivery_date) or {}
        return deadline(told.get("to") or told.get("from"), zone)


class Item(Shape):
    """A parcel in an answer or a webhook."""

    number: str
    track_info: _Info | None = None


def shipment(item: Item, zone: ZoneInfo) -> Row:
    """Return a parcel's row; `zone` is the store's.

    When the latest event happened is forgotten where it is only told as a local time: the moment
    of an earlier event would be wrong.
    """
    info = item.track_info
    if info is None:
        return {"tracking_no": item.number}
    told = info.latest_status.status
    status = None if told == NOT_FOUND else STATUSES.ours(told)
    arrived = info.reached("Delivered")
    row = {
        "status": status,
        "sub_status": info.latest_status.sub_status,
        "eta": info.estimate(zone),
        "shipped_at": info.reached("PickedUp"),
        "delivered_at": arrived if status == "delivered" else None,
    }
    return {"tracking_no": item.number, **known(**row), **_last(info.latest_event)}


def _last(event: _Event | None) -> Row:
    if event is None:
        return {}
    return {"last_event": event.text(), "last_event_at": event.at()}
