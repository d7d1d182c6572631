"""The radar under the report on the competitor pool (plan F3)."""

from sqlmodel import Session

from bot.charts import Radar, Shape
from bot.files import Picture
from core.finding import Facts
from core.ledger.tables import Alert, Post
from core.markup import to_plain
from core.rules.pool import Axis
from core.settings import Settings, Store
from core.texts import render
from core.values import Locale


def make(
    *,
    ledger: Session,  # noqa: ARG001  (it draws what the report says)
    settings: Settings,
    alert: Alert | None,  # noqa: ARG001
    post: Post | None,
    locale: Locale,
) -> Picture | None:
    """Return the radar of a report; None where it compares nothing."""
    return picture(post.facts, settings.store_of(post.store), locale) if post else None


def picture(report: Facts, store: Store, locale: Locale) -> Picture | None:
    """Return the radar of what a report says."""
    if not report["compared"]:
        return None

    def say(block: str, **values: object) -> str:
        named = {"count": report["count"]} | values
        text = render("files/competitor_pool", block, named, locale=locale, zone=store.zone)
        return to_plain(text)

    chart = Radar(
        language=str(locale),
        title=say("title"),
        axes=tuple(say("axis", name=axis["name"], z=axis["z"]) for axis in report["axes"]),
        shapes=tuple(_shape(each) for each in report["stores"] if each["z"]),
        mean_label=say("mean"),
        pool_label=say("pool"),
    )
    return Picture("competitor-pool.png", say("file"), chart)


def _shape(store: Facts) -> Shape:
    known = {axis: float(z) for axis, z in store["z"].items()}
    return Shape(store["name"], tuple(known.get(axis.value) for axis in Axis), store["ours"])
