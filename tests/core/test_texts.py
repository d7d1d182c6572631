"""What people read: every template, in both languages, with the reader's numbers and moments."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import product
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from jinja2 import UndefinedError
from markupsafe import Markup

from core.ledger.records import KINDS
from core.markup import to_html, to_slack
from core.texts import TEMPLATES, page, render, translate
from core.values import Locale
from tests.core.examples import (
    BAD_REVIEWS,
    CONVERTED,
    DEARER,
    EXAMPLES,
    FAILING,
    LADDER,
    MOMENT,
    NO_COST,
    NO_DATA,
    PRICE_GAP,
    SAFETY_STOCK,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")
BLOCK = re.compile(r"{%-? block (\w+) ")
EN, ZH = Locale.ENGLISH, Locale.CHINESE


def said(template: str, block: str, values: Any, locale: Locale = EN) -> str:
    return to_slack(render(template, block, values, locale=locale, zone=SHANGHAI))


def _blocks() -> Iterator[tuple[str, str]]:
    for path in sorted(TEMPLATES.rglob("*.j2")):
        if not path.name.endswith(".html.j2"):
            name = path.relative_to(TEMPLATES).as_posix().removesuffix(".j2")
            yield from ((name, block) for block in BLOCK.findall(path.read_text("utf-8")))


BLOCKS = list(_blocks())


@pytest.mark.parametrize(("template", "block"), BLOCKS)
@pytest.mark.parametrize("locale", Locale)
def test_every_block_renders_in_both_languages(template: str, block: str, locale: Locale) -> None:
    assert template in EXAMPLES, "add example values to tests/core/examples.py"
    for values in EXAMPLES[template]:
        text = said(template, block, values, locale)
        assert "%(" not in text
        assert "None" not in text
        assert not re.search("[\ue000-\uf8ff]", text)


def test_no_text_of_a_stranger_is_markup() -> None:
    for template, block in BLOCKS:
        for values, locale in product(EXAMPLES[template], Locale):
            assert "<!" not in said(template, block, values, locale)


def test_safety_stock_shows_its_sum_with_the_numbers_put_in() -> None:
    body = said("alerts/safety_stock", "body", SAFETY_STOCK)
    expected = "18.4 a day × (20 + 35) days × 1.8 = 1,822; available 640; *order 1,182*"
    assert body.splitlines()[0] == expected  # plan C1's example


@pytest.mark.parametrize(
    ("amount", "currency", "written"),
    [("1400.00", "JPY", "JPY 1,400"), ("0.0125", "USD", "USD 0.0125"), ("9.3", "USD", "USD 9.30")],
)
def test_an_amount_is_written_as_its_currency_is(amount: str, currency: str, written: str) -> None:
    """Yen have no minor unit (ISO 4217)."""
    their_price = {"their_price": amount, "their_currency": currency}
    body = said("alerts/price_gap", "body", PRICE_GAP | CONVERTED | their_price)
    assert f"Their page says {written} ·" in body


def test_a_price_gap_shows_its_sum_and_which_way_it_goes() -> None:
    body = said("alerts/price_gap", "body", PRICE_GAP)  # 20 / 419 = 0.04773…
    assert body.startswith(
        "(USD 439.00 − USD 419.00) ÷ USD 419.00 = +4.77 % at quantity 10, FOB; told over 3 %"
    )
    assert "<https://volttrail.example/p?a=1&amp;b=2|TrailCell *1000*>" in body
    assert said("alerts/price_gap", "title", DEARER).endswith("we are 3.04 % below")


def test_a_price_gap_of_a_ladder_names_its_tier_and_shows_the_others() -> None:
    values = PRICE_GAP | LADDER
    assert "PS-1000 Power station from 10 pieces: " in said("alerts/price_gap", "title", values)
    lines = said("alerts/price_gap", "body", values).splitlines()
    assert "• from 100: ours USD 429.00, theirs USD 429.00, +0.0 %" in lines


def test_a_price_gap_says_what_matching_leaves_and_what_was_converted() -> None:
    values = PRICE_GAP | CONVERTED | {"margin_after": "0.1512", "under_margin": True}
    lines = said("alerts/price_gap", "body", values).splitlines()
    assert "Margin 23.9 % now, 15.1 % after matching (*under the floor of 18 %*)" in lines
    assert (
        "Their page says EUR 359.90 · EUR at 1.1642, the rate of 2026-03-04"
        " · EXW made FOB, tax taken off, for one piece of the pack"
    ) in lines
    unknown = said("alerts/price_gap", "body", PRICE_GAP | NO_COST)
    assert "Unit cost unknown" in unknown


def test_a_bad_review_says_what_to_offer_and_until_when() -> None:
    body = said("alerts/bad_reviews", "body", BAD_REVIEWS)  # posted 5 March 10:30 in Shanghai
    told = (
        "Contact the buyer by 2026-03-07 10:30 with one of: reship, discount, warranty extension."
    )
    assert told in body
    assert "&lt;!channel&gt;" in body


@pytest.mark.parametrize(("locale", "name"), [(EN, "Power station"), (ZH, "储能电源")])
def test_products_have_their_name_in_the_readers_language(locale: Locale, name: str) -> None:
    assert name in said("alerts/safety_stock", "title", SAFETY_STOCK, locale)
    assert name in said("alerts/bad_reviews", "title", BAD_REVIEWS, locale)


@pytest.mark.parametrize(
    ("problem", "told"),
    [
        ("not_found", "The page says that the product is gone."),
        ("no_product", "The page shows no price."),
        ("HTTP 503", "The answer was: HTTP 503"),
    ],
)
def test_a_blind_spot_says_why_on_a_line_of_its_own(problem: str, told: str) -> None:
    lines = said("alerts/no_data", "body", NO_DATA | {"problem": problem}).splitlines()
    assert lines[:2] == [told, "Last known: 2026-03-05 10:30."]


def test_old_facts_are_told_with_their_moment_source_and_kinds() -> None:
    feed = {"job": "shopify_orders", "kinds": ["order", "order_line"], "last_known": MOMENT}
    title = said("alerts/no_data", "title", NO_DATA | {"feeds": [feed]})
    assert title == "price_gap cannot tell: orders, order lines from shopify_orders"
    body = said("alerts/no_data", "body", NO_DATA | {"feeds": [feed]}).splitlines()
    assert body[0] == "No data since 2026-03-05 10:30."
    never = said("alerts/no_data", "body", NO_DATA | {"feeds": [feed | {"last_known": None}]})
    assert never.startswith("No data has come from it yet.")


def test_several_silent_feeds_are_told_together_each_with_its_moment() -> None:
    jobs = [f"shop{number}_stock" for number in range(4)]
    feeds = [{"job": job, "kinds": ["stock"], "last_known": MOMENT} for job in jobs]
    title = said("alerts/no_data", "title", NO_DATA | {"feeds": feeds})
    assert (
        title == "price_gap cannot tell: stock levels from shop0_stock, shop1_stock, shop2_stock …"
    )
    body = said("alerts/no_data", "body", NO_DATA | {"feeds": feeds}).splitlines()
    assert body[3] == "• shop3_stock: No data since 2026-03-05 10:30."


@pytest.mark.parametrize(
    ("concerned", "title"),
    [
        ({"feeds": ["stock"]}, "shopify_stock does not answer"),
        ({"feeds": ["orders", "stock"]}, "shopify (orders, stock) does not answer"),
        ({"feeds": ["orders", "stock"], "whole": True}, "shopify does not answer"),
    ],
)
def test_a_source_is_named_by_what_of_it_is_concerned(
    concerned: dict[str, object], title: str
) -> None:
    assert said("alerts/stale_sources", "title", FAILING | concerned) == title


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_record_has_its_word_where_data_is_missing(kind: str) -> None:
    feeds = [{"job": "shop_x", "kinds": [kind], "last_known": None}]
    assert f" {kind}" not in said("alerts/no_data", "title", NO_DATA | {"feeds": feeds}, ZH)


@pytest.mark.parametrize(
    ("minutes", "english", "chinese"),
    [
        (60, "in 1 hour", "1小时后"),
        (90, "in 90 minutes", "90分钟后"),  # not "2 hours"
        (36 * 60, "in 36 hours", "36小时后"),
        (48 * 60, "in 2 days", "2天后"),
    ],
)
def test_a_length_of_time_is_not_rounded(minutes: int, english: str, chinese: str) -> None:
    values = {"length": timedelta(minutes=minutes)}
    assert said("alerts/_snooze", "length", values, EN) == english
    assert said("alerts/_snooze", "length", values, ZH) == chinese


def test_moments_are_shown_in_the_stores_zone() -> None:
    for text in (MOMENT, datetime.fromisoformat(MOMENT).astimezone(ZoneInfo("America/New_York"))):
        body = said("alerts/safety_stock", "body", SAFETY_STOCK | {"observed_at": text})
        assert "stock counted 2026-03-05 10:30." in body


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="has no time zone"):
        said("alerts/safety_stock", "body", SAFETY_STOCK | {"observed_at": "2026-03-05T10:30:00"})


def test_a_value_that_is_not_given_is_a_mistake_not_a_blank() -> None:
    with pytest.raises(UndefinedError, match="is undefined"):
        said("alerts/safety_stock", "title", {})


def test_a_block_that_does_not_exist_is_a_mistake() -> None:
    with pytest.raises(KeyError):
        said("alerts/safety_stock", "haiku", SAFETY_STOCK)


def test_a_template_cannot_reach_out_of_its_sandbox() -> None:
    hostile = {"number": "{{ ''.__class__.__mro__ }}{% raw %}"}
    assert "{{ ''.__class__.__mro__ }}{% raw %}" in said("alerts/_snooze", "label", hostile)


def test_a_message_is_translated_and_an_unknown_one_stays() -> None:
    assert translate("Acknowledge", ZH) == "接手"
    assert translate("Acknowledge", EN) == "Acknowledge"
    assert translate("never heard of", ZH) == "never heard of"


def test_a_mail_escapes_what_is_not_markup_of_ours() -> None:
    title = to_html("*Short*: <b>")
    told = {"title": title, "paragraphs": ["<script>", Markup("<br>")], "status": ""}
    html = page("mail", told | {"pictures": [{"id": "1@x", "title": '"><b>'}]})
    assert 'src="cid:1@x" alt="&#34;&gt;&lt;b&gt;"' in html
    assert "<strong>Short</strong>: &lt;b&gt;" in html
    assert "&lt;script&gt;" in html
    assert "<br>" in html
