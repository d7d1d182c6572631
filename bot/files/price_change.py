"""The new prices that somebody decided on, as a file for the back office (plan B1)."""

from datetime import datetime

from sqlmodel import Session

from bot.files import File, file_name
from bot.price_list_csv import price_list_csv
from core.finding import Facts
from core.ledger.tables import Alert, Post
from core.markup import to_plain
from core.settings import Settings
from core.texts import render
from core.values import Locale


def make(
    ledger: Session,  # noqa: ARG001  (what was decided stands in the post)
    settings: Settings,
    alert: Alert | None,
    post: Post | None,
    locale: Locale,
) -> File | None:
    """Return the whole ladder of the article with its old prices; moments are the store's."""
    if alert is None or post is None:
        return None
    zone = settings.store_of(alert.store).zone

    def told(row: Facts) -> Facts:
        since = datetime.fromisoformat(row["valid_from"]).astimezone(zone)
        return row | {"valid_from": since.isoformat()}

    title = render("files/price_change", "title", alert.facts, locale=locale, zone=zone)
    return File(
        name=file_name("price-list", alert.facts["sku"], ending=".csv"),
        title=to_plain(title),
        content=price_list_csv(map(told, post.facts["rows"])),
        media_type="text/csv",
    )
