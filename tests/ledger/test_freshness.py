"""When facts of a kind last came in, as far as was known at a moment (law 5)."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest

from core.ledger.database import Database
from core.ledger.freshness import last_heard
from core.ledger.intake import store_records
from core.ledger.records import KINDS
from core.settings import Store

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def take(
    database: Database, store: Store, kind: str, now: datetime, *rows: Mapping[str, object]
) -> None:
    """Import rows at a moment."""
    store_records(database, store=store, kind=kind, source="test", now=now, rows=rows)


def heard(database: Database, kind: str, store: Store, as_of: datetime) -> datetime | None:
    with database.read() as ledger:
        return last_heard(ledger, kind, store, as_of)


def stock(now: datetime, on_hand: object = 1) -> dict[str, object]:
    return {"sku": "A", "on_hand": on_hand, "observed_at": now.isoformat()}


def test_before_anything_came_in_nothing_was_heard(
    database: Database, store: Store, now: datetime
) -> None:
    assert {heard(database, kind, store, now) for kind in KINDS} == {None}


def review(posted_at: datetime, stars: object = 5) -> dict[str, object]:
    return {"channel": "amazon", "review_id": "R1", "stars": stars, "posted_at": posted_at}


def test_an_import_is_a_sign_of_life(database: Database, store: Store, now: datetime) -> None:
    take(database, store, "review", now, review(now - 30 * DAY))
    take(database, store, "order", now)  # somebody looked, and nothing was new
    for kind in ("review", "order"):
        ended = heard(database, kind, store, now + HOUR)
        assert ended
        assert now <= ended < now + MINUTE  # it took a moment


def test_an_import_of_old_levels_or_days_is_no_news(
    database: Database, store: Store, now: datetime
) -> None:
    take(database, store, "stock", now, stock(now - 30 * DAY))
    take(database, store, "sales", now, {"sku": "A", "day": "2026-02-01", "units": 1})
    assert heard(database, "stock", store, now + HOUR) == now - 30 * DAY
    # 1 February in Shanghai (+8) ends at 16:00 UTC
    assert heard(database, "sales", store, now) == datetime(2026, 2, 1, 16, tzinfo=UTC)


def test_a_file_without_levels_says_nothing_of_stock(
    database: Database, store: Store, now: datetime
) -> None:
    take(database, store, "stock", now)
    assert heard(database, "stock", store, now + HOUR) is None


def test_an_import_that_refused_every_row_is_none(
    database: Database, store: Store, now: datetime
) -> None:
    take(database, store, "review", now, review(now, stars="many"))
    assert heard(database, "review", store, now + HOUR) is None
    good = review(now - DAY) | {"review_id": "R2"}
    take(database, store, "review", now + HOUR, review(now, stars="many"), good)
    ended = heard(database, "review", store, now + DAY)
    assert ended
    assert ended >= now + HOUR


def test_a_past_moment_knows_nothing_of_later_imports(
    database: Database, store: Store, now: datetime
) -> None:
    take(database, store, "stock", now, stock(now))
    assert heard(database, "stock", store, now - HOUR) is None


def test_a_past_moment_knows_the_facts_of_its_time_whenever_they_were_imported(
    database: Database, store: Store, now: datetime
) -> None:
    take(database, store, "stock", now, stock(now - 3 * DAY), stock(now - DAY))
    assert heard(database, "stock", store, now - 2 * DAY) == now - 3 * DAY
    assert heard(database, "stock", store, now - HOUR) == now - DAY


def test_a_day_of_sales_is_known_until_its_end_in_the_stores_zone(
    database: Database, store: Store, now: datetime
) -> None:
    take(database, store, "sales", now, {"sku": "A", "day": "2026-03-01", "units": 1})
    # 1 March in Shanghai (+8) ends at 16:00 UTC
    ends = datetime(2026, 3, 1, 16, tzinfo=UTC)
    assert heard(database, "sales", store, now - DAY) == ends
    assert heard(database, "sales", store, ends + HOUR) == ends
    assert heard(database, "sales", store, ends - HOUR) == ends - HOUR  # the day is not over
    assert heard(database, "sales", store, ends - DAY - HOUR) is None


def test_another_store_and_another_kind_are_not_heard(
    database: Database, store: Store, now: datetime
) -> None:
    take(database, store, "stock", now, stock(now))
    other = store.model_copy(update={"name": "other"})
    assert heard(database, "stock", other, now) is None
    assert heard(database, "sales", store, now) is None


def test_a_kind_that_does_not_exist_is_refused_with_those_that_do(
    database: Database, store: Store, now: datetime
) -> None:
    with pytest.raises(ValueError, match=r"no kind of record 'stok'; there are .*stock"):
        heard(database, "stok", store, now)
