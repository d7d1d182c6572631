"""Many alerts in one message: who is mentioned, the list beside it, how it follows its alerts."""

import csv
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import httpx
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.group_text import group_list
from core.finding import facts
from core.ledger.life.groups import GroupView
from core.ledger.life.silences import add
from core.ledger.life.steps import acknowledge
from core.ledger.life.telling import tell_digest
from core.ledger.life.watch import watch as watch_at
from core.ledger.tables import Alert, AlertGroup
from core.matching import Matcher
from core.settings import Settings
from core.values import Locale, Medium, Severity
from tests.support.post_office import Json, PostOffice, check_with, review, with_changes
from tests.support.sandbox_process import PLAIN
from tests.support.watch import EMMA, LIN, SOFIA, Watch, watch_over_socket

DANIEL = "U0DANIELNOVAK"
DANIEL_MAIL = "daniel.novak@harborlane.example"
EMMA_MAIL = "emma.clarke@harborlane.example"
HOUR = timedelta(hours=1)
NOW = datetime(2026, 3, 5, 2, 30, tzinfo=UTC)  # 10:30 in Shanghai


@pytest.fixture
def office(office: PostOffice) -> PostOffice:
    """A post office that rewrites as often as there is something, and groups more than three."""
    often = {"rewrite_every": timedelta(milliseconds=1), "group_over": 3, "worst_shown": 2}
    office.settings = with_changes(office.settings, alerts=often)
    return office


def storm(office: PostOffice, count: int = 4, **other: Any) -> None:
    """Emma's reviews, but one is Daniel's and critical."""
    found = [review(f"R{n}", office.clock(), **other) for n in range(count)]
    found[-1] = replace(found[-1], owner=DANIEL_MAIL, severity=Severity.CRITICAL)
    office.find(*found)


def the_list(office: PostOffice) -> list[list[str]]:
    """The rows of the only file in #reviews' threads."""
    [file] = [file for reply in replies(office) for file in reply["files"]]
    text = httpx.get(file["url"], verify=PLAIN).content.decode("utf-8-sig")
    return list(csv.reader(StringIO(text, newline="")))


def replies(office: PostOffice) -> list[Json]:
    [message] = top(office)
    channel = {"channel": "C0REVIEWS", "thread_ts": message["ts"]}
    return list(office.sandbox.get("/sandbox/messages", **channel)["messages"])[1:]


def top(office: PostOffice) -> list[Json]:
    return [m for m in office.said("reviews") if m["thread_ts"] in (None, m["ts"])]


async def test_a_storm_is_one_message_that_mentions_each_owner_once(office: PostOffice) -> None:
    storm(office)
    await office.deliver()
    [message] = top(office)
    assert message["text"] == (f"<@{EMMA}> 3, <@{DANIEL}> 1: bad_reviews: 4 alerts opened together")
    assert sorted(message["notifies"]) == sorted([EMMA, DANIEL])


@pytest.mark.parametrize(
    ("severity", "text"),
    [("critical", f"<@{EMMA}> 3: bad_reviews: 4"), (None, "bad_reviews: 4")],
)
async def test_who_owns_only_silent_ones_is_not_mentioned(
    office: PostOffice, severity: Severity | None, text: str
) -> None:
    storm(office)
    await office.deliver()
    match, now = Matcher(check="bad_reviews", severity=severity), office.clock()
    with office.database.write() as ledger:
        add(ledger, watch_at(ledger, office.settings, now), match, now + HOUR, "known", EMMA_MAIL)
    await office.deliver()
    assert top(office)[0]["text"] == f"{text} alerts opened together"


async def test_it_names_the_worst_and_says_how_many_more_there_are(office: PostOffice) -> None:
    storm(office)
    await office.deliver()
    shown = str(top(office)[0]["blocks"])
    assert "🔴 *#4*" in shown  # the critical one first, then the oldest
    assert "🟠 *#1*" in shown
    assert "*#2*" not in shown
    assert "and 2 more" in shown
    assert "4 open" in shown


async def test_the_list_in_its_thread_has_every_alert(office: PostOffice) -> None:
    storm(office)
    await office.deliver()
    header, *rows = the_list(office)
    assert header[:7] == ["number", "severity", "subject", "title", "owner", "opened", "due"]
    assert "stars" in header
    assert [row[0] for row in rows] == ["4", "1", "2", "3"]  # worst first
    assert rows[0][1:3] == ["critical", "amazon R3"]
    assert rows[0][4] == "Daniel Novak"
    assert rows[0][header.index("stars")] == "2"


@pytest.mark.parametrize(
    ("method", "mode"),
    [
        ("chat.postMessage", "lost_answer"),
        ("chat.postMessage", "500"),
        ("files.getUploadURLExternal", "500"),
        ("files.completeUploadExternal", "500"),
        ("files.completeUploadExternal", "lost_answer"),
        ("files.completeUploadExternal", "429"),
    ],
)
async def test_a_failing_slack_gets_message_and_list_once(
    office: PostOffice, method: str, mode: str
) -> None:
    office.sandbox.fault("slack", mode, method=method, times=1)
    storm(office)
    await office.deliver()
    assert len(top(office)) == 1
    assert len(the_list(office)) == 5


async def test_a_change_is_shown_in_place(office: PostOffice) -> None:
    storm(office)
    await office.deliver()
    before = top(office)[0]["ts"]
    office.step(acknowledge, 4)
    await office.deliver()
    [message] = top(office)
    assert message["ts"] == before
    assert "3 open · 1 taken" in str(message["blocks"])


async def test_when_all_are_over_it_says_so_and_asks_nobody(office: PostOffice) -> None:
    storm(office)
    await office.deliver()
    office.clock.ahead(hours=3)
    office.find()
    await office.deliver()
    [message] = top(office)
    assert message["text"] == "bad_reviews: all 4 alerts are over"
    assert "✅" in str(message["blocks"])
    assert "after 3 hours" in str(message["blocks"])
    assert "button" not in str(message["blocks"])


async def test_words_of_strangers_are_no_markup_in_it(office: PostOffice) -> None:
    storm(office, name="<!channel> *x* <https://evil.example|refund>\r\nBcc: x", name_zh=None)
    await office.deliver()
    [message] = top(office)
    assert "<!" not in str(message)
    assert "&lt;!channel&gt;" in str(message["blocks"])
    assert "<https://evil" not in str(message)


async def test_a_channel_is_written_to_in_the_language_of_who_owns_most(
    office: PostOffice,
) -> None:
    people = [replace_locale(person) for person in office.settings.people]
    office.settings = office.settings.model_copy(update={"people": people})
    office.senders["slack"]._settings = office.settings  # type: ignore[attr-defined]
    storm(office)
    await office.deliver()
    assert "4 alerts opened" not in top(office)[0]["text"]


def replace_locale(person: Any) -> Any:
    is_emma = person.email.startswith("emma")
    return person.model_copy(update={"locale": Locale.CHINESE}) if is_emma else person


async def test_each_owner_gets_a_mail_with_theirs(office: PostOffice) -> None:
    both = [Medium.SLACK, Medium.MAIL]
    office.settings = check_with(office.settings, "bad_reviews", notify=both)
    storm(office)
    await office.deliver()
    mails = {mail["to"][0]: mail for mail in office.mails()}
    assert sorted(mails) == [DANIEL_MAIL, EMMA_MAIL]
    assert mails[EMMA_MAIL]["subject"] == "bad_reviews: 3 alerts for you opened together"
    assert "#1 2-star review" in mails[EMMA_MAIL]["text"]
    assert "#4" not in mails[EMMA_MAIL]["text"]
    assert "and 1 more" in mails[EMMA_MAIL]["text"]
    assert "#4 2-star review" in mails[DANIEL_MAIL]["text"]


async def test_the_digest_is_one_message(office: PostOffice) -> None:
    mild = [replace(review(f"R{n}", office.clock()), severity=Severity.NOTICE) for n in range(2)]
    office.find(*mild)
    await office.deliver()
    assert office.said("reviews") == []
    with office.database.write() as ledger:
        now = watch_at(ledger, office.settings, office.clock())
        tell_digest(ledger, now, office.settings.stores[0])
    await office.deliver()
    [message] = top(office)
    day = office.clock().astimezone(office.settings.stores[0].zone).date()
    assert message["text"] == f"<@{EMMA}> 2: Digest of {day}: 2"
    assert "🔵" in str(message["blocks"])


# Take mine


@pytest.fixture
async def watch(office: PostOffice, client: AsyncWebClient) -> AsyncIterator[Watch]:
    """Watchkeeper, connected, with a storm in #reviews."""
    storm(office)
    async with watch_over_socket(office, client) as watch:
        await watch.until(office.settled)
        yield watch


def taken(watch: Watch) -> list[str | None]:
    with watch.office.database.read() as ledger:
        return [ledger.get_one(Alert, number).acknowledged_by for number in range(1, 5)]


async def test_take_mine_takes_all_that_is_mine(watch: Watch) -> None:
    message = top(watch.office)[0]
    assert (await watch.press("group_take", message))["ok"]
    await watch.until_said("1 open · 3 taken")
    assert taken(watch) == [EMMA_MAIL] * 3 + [None]


async def test_who_owns_none_of_it_is_told_so(watch: Watch) -> None:
    await watch.press("group_take", top(watch.office)[0], who=SOFIA)
    await watch.until_said("No alert of these waits for you", who=SOFIA)
    assert taken(watch) == [None] * 4


async def test_a_manager_who_owns_none_of_it_takes_none(watch: Watch) -> None:
    await watch.press("group_take", top(watch.office)[0], who=LIN)
    await watch.until_said("这些提醒", who=LIN)
    assert taken(watch) == [None] * 4


async def test_show_mine_lists_what_is_mine(watch: Watch) -> None:
    await watch.press("group_show", top(watch.office)[0])
    shown = await watch.until_said("Yours: 3")
    assert "#4" not in str(shown["blocks"])


# The list


def listed(settings: Settings, **values: Any) -> list[list[str]]:
    """The rows of the list of one alert."""
    told = values.pop("facts", {})
    usual = review("R1", NOW).facts | facts(told)
    alert = Alert(
        id=1, store="harborlane", check="bad_reviews", subject="amazon R1", severity="warning",
        role="sales", channel="reviews", owner=DANIEL_MAIL, facts=usual, since=NOW,
        opened_at=NOW, due_at=NOW + timedelta(minutes=30),
    )  # fmt: skip
    for name, value in values.items():
        setattr(alert, name, value)
    group = AlertGroup(
        id=1, store="harborlane", kind="storm", check=None, channel="reviews", opened_at=NOW
    )
    owners = {DANIEL_MAIL: 1}
    view = GroupView(group, {"open": 1}, {"warning": 1}, owners, [alert], DANIEL_MAIL, None)
    _, content = group_list(view, settings, Locale.ENGLISH)
    assert content.startswith(b"\xef\xbb\xbf")  # what Excel knows UTF-8 by
    return list(csv.reader(StringIO(content.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=cmd|'/C calc'!A0", "'=cmd|'/C calc'!A0"),
        ("+1-800", "'+1-800"),
        ("-2+3", "'-2+3"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'=1"),
        (" \n=1", "' \n=1"),
        ("＝1", "'＝1"),
        ("\u3000=1", "'\u3000=1"),
        ("a;=cmd()", "a;'=cmd()"),
        ("Ann\r\n=cmd()", "Ann\n=cmd()"),
        ("-12.5", "-12.5"),
        ("a=b", "a=b"),
        ("储能电源", "储能电源"),
        ("<b>&\u202e", "<b>&"),
        ("", ""),
    ],
)
def test_no_cell_is_a_formula(settings: Settings, text: str, cell: str) -> None:
    header, row = listed(settings, facts={"text": text})
    assert row[header.index("text")] == cell
    assert listed(settings, subject=text)[1][2] == cell


def test_only_plain_facts_are_columns_and_none_twice(settings: Settings) -> None:
    told = {"skus": ["A"], "deep": {"a": 1}, "owner": "me", "paid": None, "late": True}
    header, row = listed(settings, facts=told)
    assert "skus" not in header
    assert "deep" not in header
    assert header.count("owner") == 1
    assert row[header.index("paid")] == ""
    assert row[header.index("late")] == "True"


def test_moments_are_the_stores_and_long_texts_are_cut(settings: Settings) -> None:
    header, row = listed(settings, facts={"text": "x" * 60_000})
    assert row[5:7] == ["2026-03-05 10:30", "2026-03-05 11:00"]
    assert len(row[header.index("text")]) == 32_000
