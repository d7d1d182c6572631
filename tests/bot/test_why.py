"""Why?: the rule, its numbers, where they came from, the configuration, how often."""

from collections.abc import AsyncIterator
from datetime import date, timedelta

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.why import gather, rule_text, why_text
from core.finding import Finding
from core.ledger.intake import store_records
from core.ledger.life.provenance import came_from, came_from_days
from core.ledger.life.standing import live_alerts
from core.ledger.records import CompetitorOffer, Product, Review
from core.ledger.tables import Alert
from core.markup import to_slack
from core.values import Locale
from jobs.asking import ask_and_absorb
from jobs.registry import checks
from tests.bot.test_slack_messages import HOSTILE
from tests.conftest import CONFIG
from tests.support.post_office import PostOffice, review
from tests.support.watch import EMMA, SUN, Watch, watch_over_socket


@pytest.fixture
async def watch(office: PostOffice, client: AsyncWebClient) -> AsyncIterator[Watch]:
    """Watchkeeper, connected over Socket Mode."""
    async with watch_over_socket(office, client) as watch:
        yield watch


def fill(office: PostOffice) -> None:
    """Import an article, 30 days of sales, a count and a review, each from a file of its own."""
    now = office.clock()
    today = now.astimezone(office.settings.stores[0].zone).date()
    files: dict[str, list[dict[str, object]]] = {
        "product": [{"sku": "PS-1000", "purchase_lead_days": 20, "transport_lead_days": 35}],
        "sales": [
            {"day": (today - timedelta(days=back)).isoformat(), "sku": "PS-1000",
             "channel": "alibaba", "units": 18}
            for back in range(1, 31)
        ],
        "stock": [
            {"sku": "PS-1000", "location": place, "on_hand": 320, "observed_at": now.isoformat()}
            for place in ("Ningbo", "LA")
        ],
        "review": [
            {"channel": "amazon", "review_id": "R9", "stars": 2, "text": "<!channel> bad",
             "posted_at": now.isoformat(), "url": "https://amazon.example/r/9?a=1&b=2"},
        ],
    }  # fmt: skip
    for kind, rows in files.items():
        taken, _ = store_records(
            office.database, store=office.settings.stores[0], kind=kind, now=now, rows=rows,
            source=f"file:{kind}.csv",
        )  # fmt: skip
        assert taken.stored == len(rows)


def explained(office: PostOffice, check: str, locale: Locale = Locale.ENGLISH) -> str:
    """Run a check; why its only alert is there, as Slack gets it."""
    fill(office)
    store = office.settings.stores[0]
    ask_and_absorb(office.database, checks()[check], office.settings, store, office.clock())
    with office.database.read() as ledger:
        why = gather(ledger, office.settings, ledger.get_one(Alert, 1), office.clock())
    return to_slack(why_text(why, office.settings, locale))


def line_of(text: str) -> int:
    """The line of config.yaml that has this text."""
    lines = CONFIG.read_text(encoding="utf-8").splitlines()
    (line,) = [number for number, line in enumerate(lines, 1) if text in line]
    return line


def test_a_stock_alert_names_its_files_its_days_and_its_lines(office: PostOffice) -> None:
    told = explained(office, "safety_stock")
    assert "Safety stock is the average daily sales of the last 30 complete days" in told
    assert "18 a day × (20 + 35) days × 1.8 = 1,782" in told
    assert "article *PS-1000*: file:product.csv, row 1, learned " in told
    assert "stock level *PS-1000 LA*: file:stock.csv, row 2" in told
    assert "stock level *PS-1000 Ningbo*: file:stock.csv, row 1" in told
    assert "daily sales *PS-1000*: 30 rows from " in told
    assert "the latest by file:sales.csv" in told
    assert f"config.yaml:{line_of('factor: 1.8')} factor: 1.8" in told
    assert "answer_within" not in told  # every check has it: none of its own numbers
    assert "It came once in 90 days: now." in told


def test_a_review_is_linked_and_its_words_stay_words(office: PostOffice) -> None:
    told = explained(office, "bad_reviews")
    assert "A review with 3 stars or fewer, written in the last 60 days" in told
    assert "review *amazon R9*: file:review.csv, row 1" in told
    assert "<https://amazon.example/r/9?a=1&amp;b=2|open the page>" in told
    assert "&lt;!channel&gt; bad" in told


def test_it_is_told_in_the_readers_language(office: PostOffice) -> None:
    told = explained(office, "safety_stock", Locale.CHINESE)
    assert "*规则*" in told
    assert "90天内仅此一次" in told


def test_how_often_it_came_counts_the_same_subject_in_90_days(office: PostOffice) -> None:
    def come_and_go() -> None:
        office.find("R1", "R2")
        office.find()
        office.clock.ahead(days=20)

    for _ in range(6):  # 20 days apart: of six, the last five are less than 90 days ago
        come_and_go()
    office.find("R1")
    with office.database.read() as ledger:
        (alert,) = live_alerts(ledger)
        why = gather(ledger, office.settings, alert, office.clock())
    assert why.times == 5
    assert "It came 5 times in 90 days." in why_text(why, office.settings, Locale.ENGLISH)


def test_a_blind_spot_is_explained_by_the_rule_of_blind_spots(office: PostOffice) -> None:
    alert = Alert(
        store="harborlane", check="price_gap", subject="x", blind=True, severity="warning",
        role="operations", channel="prices", owner="x", facts={}, since=office.clock(),
        opened_at=office.clock(), due_at=office.clock(),
    )  # fmt: skip
    told = rule_text(alert, office.settings, Locale.ENGLISH)
    assert told.startswith("A check whose facts are too old")


def test_old_facts_are_explained_by_how_old_they_may_be(office: PostOffice) -> None:
    store = office.settings.stores[0]
    fill(office)
    office.clock.ahead(days=8)
    ask_and_absorb(office.database, checks()["bad_reviews"], office.settings, store, office.clock())
    with office.database.read() as ledger:
        why = gather(ledger, office.settings, ledger.get_one(Alert, 1), office.clock())
    assert why.alert.blind
    assert why.places == [f"config.yaml:{line_of('stale_after: {review: 7d}')} review: 7d"]


def test_a_check_that_was_switched_off_since_is_explained_without_its_rule(
    office: PostOffice,
) -> None:
    assert "*The rule*" in explained(office, "safety_stock")
    without = office.settings.checks.model_copy(update={"safety_stock": None})
    settings = office.settings.model_copy(update={"checks": without})
    with office.database.read() as ledger:
        why = gather(ledger, settings, ledger.get_one(Alert, 1), office.clock())
    told = why_text(why, settings, Locale.ENGLISH)
    assert "18 a day × (20 + 35) days × 1.8 = 1,782" in told
    assert "The rule" not in told
    assert "config.yaml" not in told


def test_where_a_record_came_from_is_its_key_without_moments_and_address() -> None:
    offer = CompetitorOffer(
        store="s", competitor="VoltTrail", url="https://v.example/p", intake_id=4, intake_row=7
    )
    assert came_from(offer) == {
        "kind": "competitor_offer", "key": "VoltTrail", "intake_id": 4, "row": 7,
        "url": "https://v.example/p",
    }  # fmt: skip
    assert came_from(Product(store="s", sku="A", intake_id=1, intake_row=2))["key"] == "A"
    one = Review(store="s", channel="amazon", review_id="R", stars=1, intake_id=1, intake_row=2)
    assert came_from(one)["key"] == "amazon R"


async def pressed_why(watch: Watch, who: str = EMMA) -> str:
    """Press Why? on the alert; all that its window says."""
    message = (await watch.messages("C0REVIEWS"))[0]
    done = await watch.press("alert_why", message, who)
    assert done["ok"], done
    view = await watch.window_of(who)
    assert len(view["blocks"]) <= 100
    return str(view)


async def test_everybody_may_ask_why(watch: Watch) -> None:
    watch.office.find("R1")
    await watch.until(watch.office.settled)
    told = await pressed_why(watch, EMMA)
    assert "The rule" in told
    assert "It opened · check" in told
    assert "规则" in await pressed_why(watch, SUN)


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
async def test_hostile_words_open_a_window_all_the_same(watch: Watch, text: str) -> None:
    origin = {"kind": "review", "key": text, "intake_id": 1, "row": 1, "url": text}
    told = review("R1", watch.office.clock(), text=text, title=text)
    watch.office.find(Finding(told.subject, told.facts, told.since, provenance=[origin]))
    await watch.until(watch.office.settled)
    shown = await pressed_why(watch)
    assert "<!" not in shown
    assert "<https://evil" not in shown
    assert "<@" not in shown


def test_a_sum_says_of_which_days_it_is() -> None:
    first, last = date(2026, 2, 3), date(2026, 3, 4)
    days = came_from_days("sales", "PS-1000", first=first, last=last, rows=30, intake_id=5)
    assert days == {
        "kind": "sales", "key": "PS-1000", "first": "2026-02-03", "last": "2026-03-04",
        "count": 30, "intake_id": 5,
    }  # fmt: skip
