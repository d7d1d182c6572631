"""The weekly report on the competitor pool: what it says, for whom, and its picture."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlmodel import col, select

from bot.files.competitor_pool import picture
from core.finding import Facts
from core.hours import Hours
from core.ledger.database import Database
from core.ledger.posts import FILE, UNDER
from core.ledger.tables import Post
from core.markup import to_plain
from core.schedule import Weekday, last_slot
from core.settings import Settings, Store
from core.texts import render
from core.values import Locale
from jobs.registry import Work, jobs
from tests.jobs.conftest import Put

NOW = datetime(2026, 3, 9, 0, 30, tzinfo=UTC)  # a Monday, 08:30 in Shanghai
TODAY = date(2026, 3, 9)
DAY = timedelta(days=1)
SOFIA = "sofia.reyes@harborlane.example"
# mean 0.25, squares of the distances 0.0225 0.0025 0.0025 0.0025 0 0 0.01 0.04 = 0.08;
# √(0.08 ÷ 8) = 0.1
BUYING_AGAIN = [10, 20, 20, 20, 25, 25, 35, 45]


async def report(database: Database, settings: Settings, at: datetime = NOW) -> list[Post]:
    store, job = settings.stores[0], jobs()["competitor_pool"]
    await job.run(Work(database, settings, store, settings.job("competitor_pool"), at))
    with database.read() as ledger:
        return list(
            ledger.exec(select(Post).order_by(col(Post.created_at), col(Post.template).desc()))
        )


def said(post: Post, store: Store, locale: Locale = Locale.ENGLISH) -> str:
    return to_plain(render(post.template, "slack", post.facts, locale=locale, zone=store.zone))


def shop(number: int, again: int, **more: object) -> Facts:
    known: Facts = {"competitor": f"store {number}", "day": TODAY - DAY, "visitors": 1000}
    return known | {"orders": 20, "buyers": 100, "repeat_buyers": again} | more


@pytest.fixture
def pool(put: Put) -> None:
    """Eight stores, and us: 100 visitors a day, 17 of 100 buyers had bought before."""
    put("competitor_figures", *(shop(n, again) for n, again in enumerate(BUYING_AGAIN)), at=NOW)
    days = [{"day": TODAY - n * DAY, "channel": "alibaba", "visitors": 100} for n in range(1, 31)]
    put("visits", *days, at=NOW)
    orders = [(f"N{n}", n, 5) for n in range(100)] + [(f"O{n}", n, 50) for n in range(17)]
    put(
        "order",
        *(
            {"channel": "alibaba", "order_no": no, "buyer_name": f"buyer {who}"}
            | {"placed_at": NOW - ago * DAY}
            for no, who, ago in orders
        ),
        at=NOW,
    )


async def test_it_says_how_far_we_are_behind(
    pool: None, database: Database, settings: Settings, store: Store
) -> None:
    message, _ = await report(database, settings)
    lines = said(message, store).splitlines()
    assert "• repurchase: 0.8 σ behind the pool" in lines  # (0.17 − 0.25) ÷ 0.1: plan F3
    assert "• traffic: all the others are equal" in lines  # 3,000, they have 1,000 each
    assert "Harbor Lane: 3,000 · 3.33 % · 17.00 % (-0.8)" in lines
    assert "store 7: 1,000 (0.0) · 2.00 % (0.0) · 45.00 % (+2.0)" in lines
    assert "• 复购率：落后竞品池 0.8 σ" in said(message, store, Locale.CHINESE)


async def test_it_is_for_the_roles_person_and_waits_for_their_morning(
    pool: None, database: Database, settings: Settings
) -> None:
    nine_to_six = Hours(start=time(9), end=time(18), days=[Weekday("mon")])
    duty = settings.duty.model_copy(update={"working_hours": nine_to_six})
    message, _ = await report(database, settings.model_copy(update={"duty": duty}))
    assert (message.recipient, message.facts["people"]) == ("prices", [SOFIA])
    assert message.next_attempt_at == NOW + timedelta(minutes=30)


async def test_its_picture_stands_under_it_and_shows_what_it_says(
    pool: None, database: Database, settings: Settings, store: Store
) -> None:
    message, file = await report(database, settings)
    assert (file.template, file.facts[FILE], file.facts[UNDER]) == (
        FILE,
        "competitor_pool",
        message.id,
    )
    drawn = picture(file.facts, store, Locale.ENGLISH)
    assert drawn
    chart = drawn.chart
    assert chart.kind == "radar"
    assert chart.axes == ("traffic", "conversion", "repurchase -0.8 σ")
    ours = next(shape for shape in chart.shapes if shape.ours)
    assert ours.label == "Harbor Lane"
    assert list(ours.values) == [None, None, -0.8]
    assert len(chart.shapes) == 9


async def test_without_data_it_says_what_is_missing_and_draws_nothing(
    database: Database, settings: Settings, store: Store
) -> None:
    [message] = await report(database, settings)
    text = said(message, store)
    assert "nothing is known of other stores yet" in text
    assert "watchkeeper import competitor_figures FILE" in text
    assert picture(message.facts, store, Locale.ENGLISH) is None


async def test_of_too_few_stores_it_says_how_many_tell_it(
    put: Put, database: Database, settings: Settings, store: Store
) -> None:
    put("competitor_figures", *(shop(n, 9) for n in range(4)), at=NOW)
    put("visits", *({"day": TODAY - n * DAY, "visitors": 5} for n in range(1, 31)), at=NOW)
    [message] = await report(database, settings)
    lines = said(message, store).splitlines()
    assert "• traffic: 4 stores tell it, 5 are needed" in lines
    assert "• repurchase: ours is not known" in lines


async def test_what_sold_most_is_shown_with_how_it_is_known(
    put: Put, database: Database, settings: Settings, store: Store
) -> None:
    page = {"competitor": "VoltTrail", "observed_at": NOW - DAY, "sold_over": "30d"}
    pages = [
        page
        | {"url": f"https://v.example/{n}", "sku": f"S-{n}", "sold": n, "sold_at_least": n == 9}
        for n in range(12)
    ]
    put("competitor_offer", *pages, at=NOW)
    put("sales", {"sku": "S-9", "day": TODAY - DAY, "channel": "", "units": 4}, at=NOW)
    [message] = await report(database, settings)
    sold = [line for line in said(message, store).splitlines() if "S-" in line]
    assert len(sold) == 10  # articles: 10
    assert sold[0] == "• S-11: VoltTrail 11 (as the page says), ours unknown"
    assert sold[2] == "• S-9: VoltTrail ≥ 9 (as the page says), ours 4"


def test_it_comes_on_mondays(settings: Settings) -> None:
    stanza = settings.job("competitor_pool")
    assert stanza
    sunday = datetime(2026, 3, 15, 4, tzinfo=UTC)
    assert last_slot(stanza.schedule, sunday, ZoneInfo("Asia/Shanghai")) == NOW
