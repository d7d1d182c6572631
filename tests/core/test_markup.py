"""A stranger's words reach every medium as words: no mention, no link, no tag."""

import html
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from html.parser import HTMLParser
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.ledger.records import Review
from core.markup import Trusted, cut, guard, link, to_html, to_plain, to_slack

HOSTILE = [
    "<!channel> everybody look",
    "<!here|here> <!subteam^S1>",
    "<@U0LINYUE> you are fired",
    "<#C0STOCK>",
    "<https://evil.example|refund>",
    "<mailto:a@b.example|write>",
    "*bold* _it_ ~gone~ `code` ```block```",
    "&lt;!channel&gt; &amp;lt;",
    "AT&T < 3 > 2",
    "\u202egnp.exe \u2066hidden\u2069 \u200fright",
    "a\r\nBcc: all@example.com",
    "\x00\x1b[31mred\x9b",
    "\ue000!channel\ue001 \ue002bold\ue002 \uf8ff",
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    '" onmouseover="x" \'',
    "half a character: \ud83d",
    "差评！<!channel> 完全坏了 😡",
    "<" * 60_000,
    "",
]
TEXTS = st.text() | st.sampled_from(HOSTILE) | st.text("<>&*|!@#U1\ue000\ue001\ue003\n\r\u202e")
UNWANTED = re.compile(
    "[\ue000-\uf8ff\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
    "\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]"
)
"""Private use, marks that turn the direction, controls but tab and line feed, half characters."""


def wanted(text: str) -> str:
    return UNWANTED.sub("", text)


class TagReader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002
        self.found.append(tag)


def tags(page: str) -> list[str]:
    """The tags that a browser sees."""
    parser = TagReader()
    parser.feed(page)
    parser.close()
    return parser.found


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_only_text_in_slack(text: str) -> None:
    shown = to_slack(guard(text))
    assert not set(shown) & set("<>")
    assert html.unescape(shown) == wanted(text)


@given(TEXTS)
def test_slack_never_sees_its_own_characters(text: str) -> None:
    shown = to_slack(guard(text))
    assert "<" not in shown
    assert ">" not in shown
    assert re.findall(r"&(?!amp;|lt;|gt;)", shown) == []
    assert shown.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&") == wanted(text)


@given(TEXTS)
def test_plain_text_is_the_text_itself(text: str) -> None:
    assert to_plain(guard(text)) == wanted(text)


@given(TEXTS, TEXTS)
def test_two_texts_side_by_side_make_no_markup(one: str, other: str) -> None:
    side_by_side = guard(one) + guard(other)
    assert to_plain(side_by_side) == wanted(one) + wanted(other)
    assert tags(to_html(side_by_side)) == ["br"] * wanted(one + other).count("\n")


@given(TEXTS)
def test_html_has_no_tag_of_a_text(text: str) -> None:
    page = to_html(guard(text))
    assert tags(page) == ["br"] * wanted(text).count("\n")
    assert html.unescape(page.replace("<br>", "")) == wanted(text)


@given(TEXTS)
def test_guarding_twice_leaves_nothing_to_hide_behind(text: str) -> None:
    assert not set(to_slack(guard(guard(text)))) & set("<>")


def test_a_templates_own_markup_is_meant() -> None:
    text = f"*Order* now: {link('https://shop.example/a?b=1&c=2', 'the *page*')}\n1 < 2"
    assert to_slack(text).startswith("*Order* now: <https://shop.example/a?b=1&amp;c=2|the *page*>")
    assert to_plain(text) == "Order now: the page: https://shop.example/a?b=1&c=2\n1 < 2"
    assert to_html(text) == (
        "<strong>Order</strong> now: "
        '<a href="https://shop.example/a?b=1&amp;c=2">the page</a><br>\n1 &lt; 2'
    )


def test_a_mention_of_our_own_passes_the_guard() -> None:
    assert to_slack(guard({"mention": Trusted("<@U1>")})["mention"]) == "<@U1>"


@pytest.mark.parametrize(
    "address",
    [
        *("javascript:alert(1)", "data:text/html,x", "ftp://a.example", "//a.example", "a.example"),
        *("https:evil", "https://", "http://[::1", "mailto:a@b.example", "", None, "\x00https://a"),
        *("slack://user?id=U1", "<https://a.example>"),
    ],
)
def test_only_web_addresses_become_links(address: str | None) -> None:
    given_by_a_stranger = address if address is None else guard(address)
    expected = "page" if address != "\x00https://a" else "<https://a|page>"
    assert to_slack(link(given_by_a_stranger, "page")) == expected


@pytest.mark.parametrize(
    ("address", "written"),
    [
        ("https://a.example/x|y>z<w", "https://a.example/x%7Cy%3Ez%3Cw"),
        ("https://a.example/*a*", "https://a.example/%2Aa%2A"),
        ("https://a.example/商品 1", "https://a.example/%E5%95%86%E5%93%81%201"),
        ("https://a.example/%E5%95%86?q=%3C", "https://a.example/%E5%95%86?q=%3C"),
        ("https://a.example/\n<!channel>", "https://a.example/%0A%3C!channel%3E"),
        (" https://a.example/ ", "https://a.example/"),
        ('https://a.example/"onx=1', "https://a.example/%22onx=1"),
    ],
)
def test_an_address_cannot_leave_its_link(address: str, written: str) -> None:
    assert to_slack(link(guard(address), "page")) == f"<{written}|page>"
    assert to_plain(link(address, "page")) == f"page: {written}"


@given(TEXTS, TEXTS)
def test_a_link_is_one_link_whatever_its_parts(address: str, label: str) -> None:
    shown = to_slack(link("https://a.example/" + guard(address), guard(label)))
    assert shown.count("<") == shown.count(">") == 1
    assert shown.count("|") == 1 + wanted(label).count("|")
    assert set(tags(to_html(link("https://a.example/" + guard(address), guard(label))))) <= {
        "a",
        "br",
    }


@dataclass(frozen=True)
class Place:
    name: str
    level: int


def test_a_text_is_found_wherever_it_hides() -> None:
    review = Review.model_construct(stars=1, text="<!here>")
    nested = guard({"a": [("<@U1>",)], "b": Place("<!channel>", 3), "c": {"d": review}})
    shown = to_slack(str(nested))
    assert "<!" not in shown
    assert "<@" not in shown
    assert (nested["b"]["level"], nested["c"]["d"]["stars"]) == (3, 1)


@pytest.mark.parametrize(
    "value", [None, True, 3, 1.5, Decimal("1.20"), datetime(2026, 3, 5, tzinfo=UTC)]
)
def test_what_is_no_text_stays_as_it_is(value: Any) -> None:
    assert guard(value) is value


@pytest.mark.parametrize(
    "value", [SimpleNamespace(name="<!here>"), object(), {"<!here>"}, b"<!here>"]
)
def test_what_could_hide_a_text_is_refused(value: Any) -> None:
    with pytest.raises(TypeError, match="a template cannot show a"):
        guard(value)


@pytest.mark.parametrize("word", ["zh_CN", "not_found", "power_station", "run late"])
def test_words_that_templates_compare_with_stay_the_same(word: str) -> None:
    assert guard(word) == word


@pytest.mark.parametrize(("limit", "expected"), [(5, "abcde"), (4, "abc…"), (1, "…")])
def test_a_cut_is_shown(limit: int, expected: str) -> None:
    assert cut("abcde", limit) == expected


@pytest.mark.parametrize("finish", [to_slack, to_plain, to_html])
def test_sixty_thousand_hostile_characters_are_quick(
    finish: Callable[[str], str],
) -> None:
    assert len(finish(guard("<*|&" * 15_000))) >= 60_000
