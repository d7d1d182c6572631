"""What is wrong in the demo store: the planted troubles by the files' numbers, nothing else."""

import json
from collections import defaultdict
from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from tests.sandbox.test_demo.reading import SHOP, Files, Row, moment

NOW = timedelta(0)


def test_every_kind_of_trouble_is_planted(store: Files) -> None:
    rows = sorted({each["plan"] for each in store.planted})
    assert " ".join(rows) == "A1 A2 A3 A4 A6 B1 C1 C2 C3 D1 D2 D3 E1 E2 E3"
    assert all(
        set(each) - {"visible_from"} == {"plan", "check", "subject", "why"}
        for each in store.planted
    )


def test_prices_are_those_of_the_plan_and_keep_their_margin(store: Files) -> None:
    fob = {row["sku"]: row["fob_usd"] for row in store.rows["product"]}
    bases = ("PS-0300", "PS-0600", "PS-1000", "PS-2000", "AC-0800", "AC-1200", "AC-1600", "AC-2000")
    wanted = "148.00 287.00 455.00 865.00 338.00 455.00 566.00 685.00"
    assert " ".join(fob[sku] for sku in bases) == wanted
    for row in store.rows["product"]:
        margin = 1 - Decimal(row["unit_cost_usd"]) / Decimal(row["fob_usd"])
        assert Decimal("0.18") <= margin <= Decimal("0.301")


def test_lead_times_and_minimum_orders_are_believable(store: Files) -> None:
    for row in store.rows["product"]:
        assert 15 <= int(row["purchase_lead_days"]) <= 25
        assert 25 <= int(row["transport_lead_days"]) <= 40
        assert row["moq"] in {"50", "100"}
        assert len(row["hs_code"]) == 8


def test_exactly_the_planted_products_are_below_their_safety_stock(store: Files) -> None:
    safety, available = store.safety(store.day), store.available(store.today)
    below = {sku for sku, units in available.items() if units < safety[sku]}
    assert below == store.subjects("safety_stock")
    assert len(below) == 4


def test_arithmetic_of_ps_1000_is_the_one_it_says(store: Files) -> None:
    # 552 / 30 = 18.4 a day; 18.4 x (20 + 35) x 1.8 = 1821.6
    assert store.sold(store.day)["PS-1000"] == 552
    assert store.safety(store.day)["PS-1000"] == Decimal("1821.6")
    assert store.available(store.today)["PS-1000"] == 640
    assert store.why("PS-1000", "safety_stock") == (
        "552 units sold in the last 30 complete days = 18.4 a day; "
        "18.4 x (20 + 35) days x 1.8 = 1821.6; available 640"
    )


@pytest.mark.parametrize("back", [4, 25, 59])
def test_stock_was_ample_in_the_past(store: Files, back: int) -> None:
    safety = store.safety(store.day - timedelta(days=back))
    available = store.available(store.today - timedelta(days=back))
    assert [sku for sku, units in available.items() if units < safety[sku]] == []


def test_one_warehouse_alone_is_oversold(store: Files) -> None:
    latest = {(row["sku"], row["location"]): row for row in store.stock}
    sold = [key for key, row in latest.items() if int(row["committed"]) > int(row["on_hand"])]
    assert sold == [("SP-0400", "US-West")]
    assert store.subjects("oversell") == {"SP-0400"}
    assert store.why("SP-0400", "oversell") == "US-West: committed 20 > on hand 14"


def test_stock_is_as_fresh_as_its_rhythm(store: Files) -> None:
    moments = sorted({moment(row["observed_at"]) for row in store.rows["stock"]})
    assert NOW < store.today - moments[-1] <= timedelta(minutes=15)
    assert {b - a for a, b in zip(moments[-8:], moments[-7:], strict=False)} == {
        timedelta(minutes=15)
    }


def test_three_orders_are_late_and_no_other_broke_a_promise(store: Files) -> None:
    late, broken = set(), []
    for row in store.rows["order"]:
        if not row["shipped_at"] and store.age(row["promised_ship_at"]) > NOW:
            late.add(row["order_no"])
        broken += [
            row["order_no"]
            for done, promise in (("shipped", "promised_ship"), ("delivered", "promised_delivery"))
            if row[f"{done}_at"] > row[f"{promise}_at"]  # same offset: text sorts like time
        ]
    assert (late, broken) == (store.subjects("late_shipments"), [])
    assert len(late) == 3


def test_promises_follow_the_kind_of_order(store: Files) -> None:
    within = {"rts": timedelta(hours=48), "custom": timedelta(days=15)}
    for row in store.rows["order"]:
        allowed = moment(row["promised_ship_at"]) - moment(row["placed_at"])
        assert allowed == within[row["kind"]]


def test_three_parcels_are_in_trouble(store: Files) -> None:
    def wrong(row: Row) -> bool:
        silent = store.age(row["last_event_at"]) > timedelta(hours=36)
        return row["status"] == "exception" or silent or row["eta"] > row["promised_at"]

    going = [row for row in store.rows["shipment"] if row["status"] != "delivered"]
    assert {row["tracking_no"] for row in going if wrong(row)} == store.subjects("stuck_parcels")
    assert len(going) > 20


def test_fresh_bad_reviews_wait_and_older_ones_are_settled(store: Files) -> None:
    bad = [row for row in store.rows["review"] if int(row["stars"]) <= 3]
    waiting = [row for row in bad if "contacted_at" not in row]
    assert {row["review_id"] for row in waiting} == store.subjects("bad_reviews")
    assert all(store.age(row["posted_at"]) < timedelta(hours=7) for row in waiting)
    for row in (row for row in bad if row not in waiting):
        assert moment(row["contacted_at"]) - moment(row["posted_at"]) < timedelta(hours=48)
        assert row["outcome"] in {"removed", "changed", "unchanged"}


def test_two_disputes_are_open_and_one_is_due_in_20_hours(store: Files) -> None:
    waiting = [row for row in store.rows["dispute"] if row["status"] == "open"]
    assert {row["dispute_id"] for row in waiting} == store.subjects("disputes")
    hours = sorted(-store.age(row["answer_due_at"]) / timedelta(hours=1) for row in waiting)
    assert hours == pytest.approx([20, 100], abs=1 / 60)


def test_three_cases_broke_the_clock(store: Files) -> None:
    limits = {"first_reply_at": 0.5, "solution_at": 72.0, "closed_at": 168.0}  # hours
    broke = set()
    for row in store.rows["case"]:
        for step, hours in limits.items():
            end = moment(row[step]) if row[step] else store.today
            if end - moment(row["opened_at"]) > timedelta(hours=hours):
                broke.add(row["case_no"])
    assert broke == store.subjects("after_sales")
    assert len(broke) == 3


@pytest.mark.parametrize("days", [30, 91])
def test_one_product_goes_beside_trade_assurance(store: Files, days: int) -> None:
    assured = {
        row["order_no"]: row["trade_assurance"] == "true"
        for row in store.rows["order"]
        if row["trade_assurance"] and store.age(row["placed_at"]) < timedelta(days=days)
    }
    by_sku = defaultdict(list)
    for line in store.rows["order_line"]:
        if line["order_no"] in assured:
            by_sku[line["sku"]].append(assured[line["order_no"]])
    low = {sku for sku, orders in by_sku.items() if sum(orders) < 0.9 * len(orders)}
    assert low == store.subjects("trade_assurance") == {"PS-0600-OR"}
    assert sum(assured.values()) >= 0.95 * len(assured)


def last_offers(store: Files) -> list[Row]:
    rows = sorted(store.rows["competitor_offer"], key=lambda row: row["observed_at"])
    return list({row["url"]: row for row in rows}.values())


def test_one_competitor_is_more_than_3_percent_away(store: Files) -> None:
    fob = {row["sku"]: Decimal(row["fob_usd"]) for row in store.rows["product"]}
    far = {
        (row["competitor"], row["sku"], row["price"])
        for row in last_offers(store)
        if abs(fob[row["sku"]] / Decimal(row["price"]) - 1) > Decimal("0.03")
    }
    assert far == {("PeakGrid", "PS-0600", "272.65")}  # 287.00 x 0.95
    assert store.subjects("price_gap") == {"PS-0600"}
    assert "(287.00 - 272.65) / 272.65 = 5.26 %" in store.why("PS-0600", "price_gap")


def test_at_200_pieces_nobody_is_more_than_3_percent_away(store: Files) -> None:
    prices = {
        row["min_quantity"]: row["price"]
        for row in store.rows["price_list"]
        if row["sku"] == "PS-0600"
    }  # the ladder's latest rows come last of each quantity
    assert prices["200"] == "280.80"
    theirs = [Decimal(row["price"]) for row in last_offers(store) if row["sku"] == "PS-0600"]
    assert all(abs(Decimal("280.80") / price - 1) <= Decimal("0.03") for price in theirs)


def test_one_competitor_is_sold_out_of_what_we_have(store: Files) -> None:
    gone = [row for row in last_offers(store) if row["availability"] == "out_of_stock"]
    assert [(row["competitor"], row["sku"]) for row in gone] == [("KoolTrek", "AC-1600")]
    assert store.subjects("competitor_shortage") == {"AC-1600"}


def test_our_price_list_asks_what_the_catalogue_says_and_one_price_was_lowered(
    store: Files,
) -> None:
    fob = {row["sku"]: row["fob_usd"] for row in store.rows["product"]}
    at_50 = [row for row in store.rows["price_list"] if row["min_quantity"] == "50"]
    at_50.sort(key=lambda row: row["valid_from"])
    assert all(price == fob[sku] for sku, price in {r["sku"]: r["price"] for r in at_50}.items())
    assert [r["price"] for r in at_50 if r["sku"] == "PS-0600"] == ["295.00", "287.00"]


def test_somebody_kept_our_price_when_the_gap_was_over_2_points_smaller(store: Files) -> None:
    [decided] = json.loads((store.folder / "decisions.json").read_text("utf-8"))
    assert (decided["sku"], decided["competitor"], decided["choice"]) == (
        "PS-0600", "PeakGrid", "keep",
    )  # fmt: skip
    # 287.00 / 278.39 - 1 = 3.09 %, told; 5.26 % - 3.09 % = 2.17 %, told again
    assert (decided["ours"], decided["theirs"]) == ("287.00", "278.39")
    then = [
        row["price"]
        for row in store.rows["competitor_offer"]
        if row["url"] == decided["url"] and row["observed_at"] < decided["at"]
    ]
    assert then[-1] == "278.39"


def test_two_pairs_wait_for_a_persons_word(store: Files) -> None:
    pages = [(row["sku"], row["status"]) for row in store.rows["competitor_page"]]
    assert pages == [("PS-1500", "proposed"), ("PS-3600", "proposed")]


def test_one_listing_asks_a_tenth(store: Files) -> None:
    fob = {row["sku"]: Decimal(row["fob_usd"]) for row in store.rows["product"]}
    off = [row for row in store.rows["listing"] if Decimal(row["price"]) != fob[row["sku"]]]
    assert [(row["sku"], row["price"]) for row in off] == [("BG-AC", "1.58")]  # 15.80 x 0.1
    [wrong] = off
    subject = f"alibaba {wrong['listing_id']} {wrong['min_quantity']}"
    assert store.subjects("listed_prices") == {subject}
    assert "(1.58 - 15.80) / 15.80 = -90.0 %" in store.why(subject, "listed_prices")


def test_volttrail_was_last_seen_at_the_prices_of_its_shop(store: Files) -> None:
    prices = {
        row["url"].removeprefix(f"{SHOP}products/"): row["price"]
        for row in last_offers(store)
        if row["competitor"] == "VoltTrail"
    }
    assert prices == {
        "trailcell-300": "149.00",
        "trailcell-600": "289.00",
        "trailcell-1000": "459.00",
        "trailcell-2000": "869.00",
        "breeze-800": "339.00",
        "breeze-1200": "459.00",
        "breeze-1600": "569.00",
        "breeze-2000": "689.00",
    }


def test_offers_are_comparable_and_from_the_two_daily_rounds(store: Files) -> None:
    for row in store.rows["competitor_offer"]:
        terms = row["currency"], row["min_quantity"], row["incoterm"]
        assert terms == ("USD", "50", "FOB")
        assert f"{moment(row['observed_at']):%H:%M}" in {"02:00", "08:00"}  # 10:00, 16:00 there


def test_samples_stand_at_each_step(store: Files) -> None:
    due = {}
    for row in store.rows["sample"]:
        if not row["ordered_at"] and row["stop_contact"] == "false":
            due[row["sample_no"]] = store.age(row["sent_at"]) // timedelta(hours=1)
    assert sorted(due.values()) == [5, 25, 73, 169]
    assert {number for number, hours in due.items() if hours >= 24} == store.subjects("samples")


def test_three_requests_are_unanswered_and_enough_are_won(store: Files) -> None:
    rows = store.rows["rfq"]
    waiting = {row["rfq_no"] for row in rows if not row["quoted_at"]}
    assert waiting == store.subjects("rfqs")
    assert sum(bool(row["won_at"]) for row in rows) >= 0.18 * len(rows)


def test_two_good_buyers_fell_silent(store: Files) -> None:
    orders: dict[str, int] = defaultdict(int)
    last: dict[str, datetime] = {}
    for row in store.rows["order"]:
        if row["buyer_email"] and store.age(row["placed_at"]) <= timedelta(days=90):
            orders[row["buyer_email"]] += 1
    heard = [(row["buyer_email"], row["placed_at"]) for row in store.rows["order"]]
    heard += [(row["buyer_email"], row["received_at"]) for row in store.rows["rfq"]]
    for email, at in heard:
        last[email] = max(moment(at), last.get(email, moment(at)))
    good = {email for email, count in orders.items() if count >= 2}
    silent = {email for email in good if store.today - last[email] > timedelta(days=30)}
    assert silent == store.subjects("quiet_buyers")
    assert len(silent) == 2 < len(good)


def test_influencers_alone_overspend(store: Files) -> None:
    shares = {"p4p": 0.65, "trade_assurance": 0.1, "influencer": 0.1, "seo": 0.05, "fair": 0.1}
    spent = dict.fromkeys(shares, 0.0)
    for row in store.rows["spend"]:
        if row["day"] >= f"{store.day.year}-01-01":
            spent[row["channel"]] += float(row["spend"])
    elapsed = (store.day - store.day.replace(month=1, day=1)).days / 365
    over = {c for c, used in spent.items() if used > 1_500_000 * 0.15 * shares[c] * elapsed}
    assert over == store.subjects("budget") == {"influencer"}


def test_returns_are_near_the_plan_but_for_influencers_of_late(store: Files) -> None:
    first = str(store.day - timedelta(days=30))
    gmv: dict[str, float] = defaultdict(float)
    spent: dict[str, float] = defaultdict(float)
    for row in (row for row in store.rows["spend"] if row["day"] >= first):
        gmv[row["channel"]] += float(row["gmv"])
        spent[row["channel"]] += float(row["spend"])
    assert gmv["p4p"] / spent["p4p"] == pytest.approx(3.0, abs=0.15)
    assert gmv["seo"] / spent["seo"] == pytest.approx(4.0, abs=0.15)
    assert gmv["influencer"] / spent["influencer"] == pytest.approx(1.9, abs=0.1)
    assert sum(gmv.values()) / sum(spent.values()) == pytest.approx(3.2, abs=0.25)


def test_sales_of_the_year_are_behind_the_curve(sunday: Files) -> None:
    booked = sum(
        Decimal(row["revenue"])
        for row in sunday.rows["sales"]
        if "2026-01-01" <= row["day"] < "2026-11-22"
    )
    due = 12_000_000 * (Decimal("0.77") + Decimal("0.23") * 52 / 92)  # 52 of Q4's 92 days: 10.8 M
    assert due == 10_800_000
    assert Decimal("0.80") < booked / due < Decimal("0.95")
    assert f"USD {booked:.0f} booked" in sunday.why("gmv", "gmv_pace")
    assert "the curve asks 10800000" in sunday.why("gmv", "gmv_pace")


def test_prestock_shows_in_the_45_days_before_the_peak_only(store: Files) -> None:
    [planted] = [each for each in store.planted if each["check"] == "prestock"]
    due = f"{store.day.year}-05-17" <= str(store.day) < f"{store.day.year}-07-01"
    assert ("visible_from" not in planted) == due
