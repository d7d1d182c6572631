"""What buyers say of the seller on Amazon: read whatever it is written in."""

from datetime import UTC, datetime
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.ledger.database import Database
from core.ledger.records import Review
from core.settings import Settings, Store
from scrapers.sources.amazon.feedback import read_feedback
from scrapers.sources.amazon.marketplaces import MARKETPLACES
from tests.support.amazon import CA, DE, JP, US
from tests.support.amazon_reports import (
    HEAD,
    Shop,
    a_row,
    feedback,
    shop_of,
)
from tests.support.intake import facts, stored


@pytest.fixture
def shop(sqlite_database: Database, settings: Settings, store: Store) -> Shop:
    return partial(shop_of, sqlite_database, settings, store)


async def test_what_a_buyer_says_of_the_seller(shop: Shop) -> None:
    making = shop(feedback(a_row()).encode())
    assert await making.bench.sync("feedback") == {"read": 1, "review": 1}
    [review] = stored(making.bench.database, Review)
    assert facts(review, "channel", "review_id", "order_no", "stars", "text", "buyer_name") == (
        "amazon", "112-1234567-1234567/2026-02-28", "112-1234567-1234567", 1, "Broken", None,
    )  # fmt: skip
    # the day begins in Los Angeles at 00:00-08:00
    assert review.posted_at == datetime(2026, 2, 28, 8, tzinfo=UTC)
    [asked] = making.asked_for
    assert asked == {
        "reportType": "GET_SELLER_FEEDBACK_DATA",
        "marketplaceIds": [US],
        "dataStartTime": "2025-12-05T02:30:00Z",  # 90 days; with an end Amazon finds no data
    }


@pytest.mark.parametrize(
    ("place", "region", "day", "encoding", "text", "begins"),
    [
        (DE, "eu", "28.02.26", "cp1252", "Für 5 € zu spät", "2026-02-27T23:00:00Z"),
        (DE, "eu", "28.02.2026", "utf-8", "Für 5 € zu spät", "2026-02-27T23:00:00Z"),
        (JP, "fe", "2026/02/28", "cp932", "遅れて届きました", "2026-02-27T15:00:00Z"),
        (JP, "fe", "2026/02/28", "utf-8-sig", "遅れて届きました", "2026-02-27T15:00:00Z"),
        (CA, "na", "28/2/26", "cp1252", "Trop tard, c’est cassé", "2026-02-28T08:00:00Z"),
    ],
)
async def test_every_marketplace_writes_in_its_own_way(
    shop: Shop, place: str, region: str, day: str, encoding: str, text: str, begins: str
) -> None:
    stanza = {"region": region, "marketplaces": [place]}
    making = shop(feedback(a_row(day, text=text)).encode(encoding), stanza=stanza, held=False)
    await making.bench.sync("feedback")
    [review] = stored(making.bench.database, Review)
    assert (review.text, review.posted_at) == (text, datetime.fromisoformat(begins))


async def test_rows_that_cannot_be_read_are_told_as_refused(shop: Shop) -> None:
    rows = [
        a_row("31/12/25"),  # no month 31 in the US
        a_row(stars="six", order="112-0000000-0000001"),
        a_row(order="none"),
        "torn in the mid",
        "",
        a_row(text="<!channel> =cmd()\x07 \x85 ok", order="112-0000000-0000002"),
    ]
    making = shop("\r\n".join([HEAD.strip(), *rows]).encode())
    summary = await making.bench.sync("feedback")
    assert (summary["read"], summary["rejected"]) == (5, 4)
    assert any("31/12/25" in problem for problem in summary["refused"])
    [review] = stored(making.bench.database, Review)
    assert review.text == "<!channel> =cmd()  ok"


async def test_the_same_feedback_is_one_review(shop: Shop) -> None:
    making = shop(feedback(a_row(), a_row()).encode(), feedback(a_row()).encode())
    await making.bench.sync("feedback")
    await making.bench.sync("feedback")
    assert len(stored(making.bench.database, Review)) == 1


async def test_cancelled_by_amazon_means_no_feedback(shop: Shop) -> None:
    making = shop("CANCELLED")
    assert await making.bench.sync("feedback") == {"read": 0}
    assert making.bench.cursor("feedback") == {}


@given(st.binary(max_size=200) | st.text(alphabet="\t\n1/26-", max_size=80).map(str.encode))
def test_no_bytes_break_the_reading(content: bytes) -> None:
    for marketplace in (MARKETPLACES[US], MARKETPLACES[JP]):
        for row in read_feedback(content, marketplace):
            assert {"review_id", "stars", "posted_at"} <= row.keys()
