"""What reaches Slack stays within its limits, and outside text reaches nobody as markup."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.slack.messages import SECTION_LIMIT, TEXT_LIMIT, text_message
from core.markup import guard, link
from core.values import Medium
from tests.support.post_office import Json, PostOffice, check_with

HOSTILE = [
    "<!channel> look", "<@U0LINYUE>", "<https://evil.example|refund here>", "&lt;!here&gt;",
    "*bold* _it_ ~s~ `c`", "<!subteam^S1>", "a\u202eb\u0000c", "\ue000\ue001", "x" * 60_000,
    "line\n" * 300 + "\n\n" * 80 + "end", "para\n\n" * 200, "&" * 5000,
]  # fmt: skip


def texts(message: Json) -> str:
    """Everything a message says."""
    return "".join([message["text"], *(str(block) for block in message["blocks"])])


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
async def test_a_hostile_review_is_posted_as_text_and_pings_nobody_else(
    office: PostOffice, text: str
) -> None:
    office.find("R1", text=text, title=text, buyer_name=text, name=text)
    await office.deliver()
    (message,) = office.said("reviews")
    assert message["notifies"] == ["U0EMMACLARKE"]
    assert "<!" not in texts(message)
    assert "<https://evil" not in texts(message)


async def test_a_link_in_a_review_goes_where_it_says(office: PostOffice) -> None:
    office.find("R1", url="https://shop.example/r?a=1&b=<!channel>|x")
    await office.deliver()
    (message,) = office.said("reviews")
    assert "<https://shop.example/r?a=1&amp;b=%3C!channel%3E%7Cx|open the review>" in texts(message)


async def test_a_name_with_line_breaks_stays_on_the_title_line(office: PostOffice) -> None:
    office.find("R1", name="Power\n\nstation")
    await office.deliver()
    (message,) = office.said("reviews")
    assert "*2-star review on amazon: Power station*" in message["blocks"][0]["text"]["text"]


async def test_a_mail_has_no_header_of_the_buyers_making(office: PostOffice) -> None:
    office.settings = check_with(office.settings, "bad_reviews", notify=[Medium.MAIL])
    office.find("R1", name="Station\r\nBcc: everybody@b.example\r\n\r\n<script>")
    await office.deliver()
    (mail,) = office.mails()
    subject = "2-star review on amazon: Station Bcc: everybody@b.example <script> (#1)"
    assert mail["subject"].strip() == subject  # folded, as it is long
    assert mail["to"] == ["emma.clarke@harborlane.example"]
    assert "<script>" not in mail["html"]


paragraphs = st.lists(st.text(alphabet="ab &<>*\n|", max_size=4000), max_size=70)


@given(paragraphs)
def test_any_text_fits_into_a_message(parts: list[str]) -> None:
    text, blocks = text_message(str(guard("\n\n".join(parts))))
    assert len(text) <= TEXT_LIMIT
    assert len(blocks) <= 50
    assert all(0 < len(block["text"]["text"]) <= SECTION_LIMIT for block in blocks)


@given(st.integers(min_value=0, max_value=40))
def test_what_is_cut_ends_before_a_link_or_an_escape(length: int) -> None:
    address = link("https://shop.example/a", "the page")
    for tail in (address, str(guard("&<>"))):
        text, _ = text_message("x" * (TEXT_LIMIT - length) + tail)
        cut = text.removesuffix("…")
        assert cut.count("<") == cut.count(">")
        assert "&" not in cut.replace("&amp;", "").replace("&lt;", "").replace("&gt;", "")
