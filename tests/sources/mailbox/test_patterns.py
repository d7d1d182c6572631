"""Patterns that a store manager writes, and what they find."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrapers.sources.mailbox.patterns import Pattern, find_all

WORD = st.text(st.characters(categories=["Lu", "Ll", "Nd", "Lo"]), min_size=1, max_size=40)


@pytest.mark.parametrize(
    ("written", "text", "found"),
    [
        ("Dispute {id}", "Re: dispute  77, please", {"id": "77"}),
        ("Order {order_no} has", "your order\n#12-3 has a claim", {"order_no": "#12-3"}),
        ("({order_no})", "A claim (113-99) came", {"order_no": "113-99"}),
        ("order {order_no}", "preorder 1, order 2", {"order_no": "2"}),
        ("{stars} out of 5", "Rating: 2 out of 5", {"stars": "2"}),
        ("{name...} left {stars}", "Hello,\nJo Ann left 1 star", {"name": "Jo Ann", "stars": "1"}),
        ("Reason: {kind...}", "Reason: not as described\nMore", {"kind": "not as described"}),
        ("Says: {text...} End", "Says: a\nb\nEnd", {"text": "a\nb"}),
        ("by {due...} ({...})", "by May 5, 2026 (PST)", {"due": "May 5, 2026"}),
        ("纠纷编号：{id}", "纠纷编号：12345，请处理", {"id": "12345"}),
        ("订单 {order_no} 的", "您的订单 678 的纠纷", {"order_no": "678"}),
        ("Price {amount}", "Price US$1,240.50.", {"amount": "US$1,240.50"}),
        ("Dispute {id} open", "Dispute 77 closed", None),
        ("Rating: {stars}", "Rating:", None),
    ],
)
def test_a_pattern_finds_its_fields(written: str, text: str, found: dict[str, str] | None) -> None:
    assert Pattern(written).find(text) == found


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        ("", "isn't words with fields"),
        ("Order {order no}", "isn't words with fields"),
        ("Order {order_no", "isn't words with fields"),
        ("{}", "a field without a name"),
        ("{a}{b}", "nothing between them"),
        ("{a} or {a}", "the same field twice"),
    ],
)
def test_what_is_no_pattern_is_refused_with_the_reason(written: str, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        Pattern(written)


def test_the_first_pattern_that_finds_a_field_counts() -> None:
    text = "Order: 1\nBestellung: 2\nReason: late"
    patterns = ["Bestellung: {order_no}", "Order: {order_no}", "Reason: {kind}", "Due {due}"]
    assert find_all(text, patterns) == {"order_no": "2", "kind": "late"}


@given(first=WORD, second=WORD, noise=st.text(st.characters(exclude_characters="[]|"), max_size=60))
def test_what_was_written_in_is_found_again(first: str, second: str, noise: str) -> None:
    found = Pattern("[{one}|{two}]").find(f"{noise}[{first}|{second}]{noise}")
    assert found == {"one": first, "two": second}


@given(st.text(max_size=200), st.text(max_size=200))
def test_any_text_is_a_pattern_or_a_clear_mistake(written: str, text: str) -> None:
    try:
        made = Pattern(written)
    except ValueError:
        return
    found = made.find(text)
    assert found is None or set(found) == made.names


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("a {x...} {y...} {z...} b", "a " * 25_000),
        ("{x} {y} {z} !", "q " * 25_000),
        ("a{x}b{y}c", "a" * 50_000),
        ("{x...}  {y...} !", " " * 50_000),
    ],
)
def test_no_pattern_searches_for_long(written: str, text: str) -> None:
    began = time.process_time()
    assert Pattern(written).find(text) is None
    assert time.process_time() - began < 5  # with backtracking it were hours
