"""What a buyer writes goes from the review to Slack and mail as text, and reaches nobody as markup.

The whole way: stored as a source stores it, found by the check, told by the outbox (law 6).
"""

import re
from html.parser import HTMLParser

import pytest

from core.ledger.intake import store_records
from core.ledger.records.column import LONGEST_TEXT
from core.values import Medium
from jobs.running import Runner
from tests.support.post_office import Json, PostOffice, check_with

EMMA, ADDRESS = "U0EMMACLARKE", "emma.clarke@harborlane.example"
SHOP = "https://shop.example/"

HOSTILE = {
    "channel": "<!channel> look here",
    "person": "<@U0LINYUE> come",
    "group": "<!subteam^S123> <!here|here>",
    "link": "<https://evil.example|refund> [refund](https://evil.example)",
    "ampersand": "Tom & Jerry &lt;!channel&gt; &amp;amp;",
    "html": "<a href='https://evil.example'>refund</a><script>x()</script>",
    "right to left": "invoice\u202efdp.exe\u2066\u200f",
    "long": "x" * 60_000,
    "line breaks": "Ann\r\nBcc: everyone@evil.example\r\nX-Evil: 1\r\n\r\n<b>hi</b>",
    "formula": "=cmd()|' /C calc'!A0",
    "markup": "*bold* _it_ ~s~ `c` ```block``` :tada:",
}

BY_THE_BUYER, REFERENCES = ("title", "text", "buyer_name"), ("order_no", "language")


@pytest.fixture
def office(office: PostOffice) -> PostOffice:
    """Bad reviews are told in Slack and by mail."""
    both = [Medium.SLACK, Medium.MAIL]
    office.settings = check_with(office.settings, "bad_reviews", notify=both)
    return office


async def told(office: PostOffice, text: str) -> tuple[Json, Json]:
    """Let a review say this wherever a buyer can write; the Slack message and the mail of it."""
    store, now = office.settings.stores[0], office.clock()
    row = {"channel": "amazon", "review_id": "R1", "stars": 2, "posted_at": now, "url": SHOP + "r"}
    row |= dict.fromkeys(BY_THE_BUYER, text) | dict.fromkeys(REFERENCES, text[:LONGEST_TEXT])
    taken, rejected = store_records(
        office.database, store=store, kind="review", source="test", now=now, rows=[row]
    )
    assert (taken.stored, rejected) == (1, [])
    runner = Runner(office.database, office.settings, office.clock, lambda: None)
    await runner.run_now("bad_reviews", store)
    return await delivered(office)


async def delivered(office: PostOffice) -> tuple[Json, Json]:
    """Deliver an alert; its Slack message and its mail."""
    await office.deliver()
    (message,), (mail,) = office.said("reviews"), office.mails()
    return message, mail


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
async def test_hostile_text_notifies_nobody_and_links_nowhere(
    office: PostOffice, text: str
) -> None:
    message, mail = await told(office, text)
    look_at_slack(message)
    look_at_mail(mail)


async def test_sixty_thousand_characters_are_cut_to_slacks_limits(office: PostOffice) -> None:
    """More than a record holds: what a check itself might say."""
    office.find("R1", **dict.fromkeys(BY_THE_BUYER, "<!channel>" * 6_000))
    message, mail = await delivered(office)
    look_at_slack(message)
    look_at_mail(mail)


def look_at_slack(message: Json) -> None:
    """Only our own mention and link are markup; Slack's limits are kept."""
    assert message["notifies"] == [EMMA]
    said = message["text"] + str(message["blocks"])
    for markup in re.findall(r"<[^>]*>?", said):
        assert markup.startswith((f"<@{EMMA}>", f"<{SHOP}"))
    assert not turns_direction(said)
    sections = [block["text"]["text"] for block in message["blocks"] if block["type"] == "section"]
    assert len(message["text"]) <= 4000
    assert len(message["blocks"]) <= 50
    assert max(map(len, sections)) <= 3000


def look_at_mail(mail: Json) -> None:
    """No header of the buyer's making, a subject of one line, no link but our own."""
    assert mail["to"] == [ADDRESS]
    headers = dict(mail["headers"])
    assert headers["To"] == ADDRESS
    assert not headers.keys() & {"Bcc", "Cc", "X-Evil"}
    assert len(mail["subject"]) <= 200
    assert len(mail["subject"].splitlines()) == 1
    assert not turns_direction(mail["subject"] + mail["text"] + mail["html"])
    page = Tags(mail["html"])
    assert all(link.startswith(SHOP) for link in page.links)
    assert not page.names & {"script", "b", "img", "iframe", "form"}


def turns_direction(text: str) -> bool:
    """Whether what follows a sign in it would be shown from right to left."""
    return bool(re.search("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]", text))


class Tags(HTMLParser):
    """The tags of a page, and where its links lead."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.links: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)
        self.links += [value or "" for name, value in attrs if name in {"href", "src"}]


async def test_what_a_buyer_wrote_can_still_be_read(office: PostOffice) -> None:
    message, mail = await told(office, HOSTILE["ampersand"])
    assert "Tom &amp; Jerry &amp;lt;!channel&amp;gt;" in str(message["blocks"])
    assert "Tom & Jerry &lt;!channel&gt;" in mail["text"]
    assert "Tom &amp; Jerry &amp;lt;!channel&amp;gt;" in mail["html"]
