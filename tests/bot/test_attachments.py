"""Files that go with alerts: into the thread once, into the mail, and what is not sent along."""

import email
import gzip
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from struct import unpack
from typing import Any

import httpx
import pytest

from bot.attachments import Attachments, refuse_unknown_files
from bot.files import file_name
from bot.senders.mail import MailSender
from core.configuration import ConfigurationError
from core.finding import Facts, Finding, facts
from core.ledger.intake import store_records
from core.ledger.tables import Alert
from core.secrets import Secrets
from core.sections import CopiesSettings
from core.settings import Settings
from core.values import Locale, Medium
from tests.support import post_office
from tests.support.fonts import without_chinese
from tests.support.post_office import Json, PostOffice, check_with, with_changes
from tests.support.sandbox_process import PLAIN

PAGE = gzip.compress(b"<html>captcha</html>", mtime=0)
SOFIA = "sofia.reyes@harborlane.example"
TITLE = "The page of VoltTrail as it was kept (packed)"


def use(office: PostOffice, settings: Settings) -> None:
    """Let everything work with other settings."""
    office.settings = settings
    attachments = Attachments(office.database, settings)
    office.senders[Medium.SLACK]._attachments = attachments  # type: ignore[attr-defined]
    office.senders[Medium.MAIL] = MailSender(settings, Secrets(), attachments)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where copies of pages are kept."""
    folder = tmp_path / "pages"
    (folder / "volttrail.example").mkdir(parents=True)
    return folder


@pytest.fixture
def with_page(office: PostOffice, folder: Path) -> Callable[..., None]:
    """Let bad reviews carry a saved page, and find one that names a path."""

    def find(saved_as: object, content: bytes = PAGE, notify: Medium = Medium.SLACK) -> None:
        (folder / "volttrail.example" / "1.bad.html.gz").write_bytes(content)
        copies = {"copies": CopiesSettings(folder=str(folder), max_bytes=10**7)}
        settings = with_changes(office.settings, fetch=copies)
        use(office, check_with(settings, "bad_reviews", attach=["saved_page"], notify=[notify]))
        office.find("R1", saved_as=str(saved_as), competitor="VoltTrail")

    return find


def replies(office: PostOffice, channel: str = "reviews") -> list[Json]:
    [message] = office.told(channel)
    where = {"channel": f"C0{channel.upper()}", "thread_ts": message["ts"]}
    return list(office.sandbox.get("/sandbox/messages", **where)["messages"])[1:]


def files(office: PostOffice, channel: str = "reviews") -> list[Json]:
    return [file for reply in replies(office, channel) for file in reply["files"]]


def content(file: Json) -> bytes:
    return httpx.get(file["url"], verify=PLAIN).content


async def test_the_page_goes_into_the_alerts_thread(
    office: PostOffice, with_page: Callable[..., None], folder: Path
) -> None:
    with_page(folder / "volttrail.example" / "1.bad.html.gz")
    await office.deliver()
    [file] = files(office)
    assert file["title"] == TITLE
    assert file["name"].startswith("page-VoltTrail")
    assert gzip.decompress(content(file)) == b"<html>captcha</html>"


@pytest.mark.parametrize(
    ("method", "mode"),
    [
        ("chat.postMessage", "lost_answer"),
        ("files.getUploadURLExternal", "500"),
        ("files.completeUploadExternal", "500"),
        ("files.completeUploadExternal", "lost_answer"),
        ("files.completeUploadExternal", "429"),
    ],
)
async def test_a_failing_slack_gets_the_file_once(
    office: PostOffice, with_page: Callable[..., None], folder: Path, method: str, mode: str
) -> None:
    office.sandbox.fault("slack", mode, method=method, times=1)
    with_page(folder / "volttrail.example" / "1.bad.html.gz")
    await office.deliver()
    assert len(files(office)) == 1


@pytest.mark.parametrize(
    "saved_as",
    ["{0}/../secret.gz", "/etc/passwd", "{0}/volttrail.example", "{0}/none.gz", "{0}/link.gz", ""],
)
async def test_nothing_outside_the_folder_of_copies_is_sent(
    office: PostOffice, with_page: Callable[..., None], folder: Path, saved_as: str
) -> None:
    folder.with_name("secret.gz").write_bytes(b"secret")
    (folder / "link.gz").symlink_to(folder.with_name("secret.gz"))
    with_page(saved_as.format(folder))
    await office.deliver()
    assert replies(office) == []
    assert office.states() == ["sent", "sent"]  # there was nothing to show


async def test_a_page_too_large_stays_where_it_is(
    office: PostOffice, with_page: Callable[..., None], folder: Path
) -> None:
    with_page(folder / "volttrail.example" / "1.bad.html.gz", b"x" * 1_000_001)
    await office.deliver()
    assert replies(office) == []


def mail_of(office: PostOffice) -> EmailMessage:
    [mail] = office.mails()
    address = f"{office.sandbox.ready['page']}sandbox/mails/{mail['id']}.eml"
    raw = httpx.get(address, verify=PLAIN).content
    return email.message_from_bytes(raw, policy=default)


async def test_a_mail_has_it_as_an_attachment_and_says_so(
    office: PostOffice, with_page: Callable[..., None], folder: Path
) -> None:
    with_page(folder / "volttrail.example" / "1.bad.html.gz", notify=Medium.MAIL)
    await office.deliver()
    [attached] = mail_of(office).iter_attachments()
    assert attached.get_content() == PAGE
    assert attached.get_filename() == "page-VoltTrail.html.gz"
    assert f"With this mail: {TITLE}" in office.mails()[0]["text"]


# The picture with a price gap


def price_gap(office: PostOffice, **other: Any) -> Finding:
    """A gap, with the records that it was found in."""
    now = office.clock()
    offer: Facts = {"competitor": "VoltTrail $x$", "url": "https://v.example", "sku": "PS-1000"}
    offer |= {"observed_at": now, "price": "419", "currency": "USD", "min_quantity": 10}
    rows = {"product": {"sku": "PS-1000", "fob_usd": "439", "moq": 10, "name": "Power station"}}
    store = office.settings.stores[0]
    for kind, row in (rows | {"competitor_offer": offer}).items():
        store_records(office.database, store=store, kind=kind, source="test", now=now, rows=[row])
    told: Facts = {
        "sku": "PS-1000", "name": "Power station", "name_zh": None, "category": None,
        "competitor": "VoltTrail $x$", "url": "https://v.example", "their_title": None,
        "quantity": 10, "ours": "439.00", "theirs": "419.00", "currency": "USD",
        "their_price": "419.00", "their_currency": "USD", "rate": None, "rate_day": None,
        "incoterm": "FOB", "corrected": [], "gap": "0.0477", "they_are": "cheaper",
        "observed_at": now, "last_problem": None, "unit_cost": None, "margin_now": None,
        "margin_after": None, "least_margin": "0.18", "under_margin": None, "limit": "0.03",
        "ladder": [], "decision": None,
    }  # fmt: skip
    return Finding("PS-1000 VoltTrail 10", facts(told | other), since=now)


def size(png: bytes) -> tuple[int, int]:
    assert png.startswith(b"\x89PNG")
    width, height = unpack(">II", png[16:24])
    return width, height


@pytest.mark.slow
async def test_a_price_gap_has_its_picture_in_the_thread_and_in_the_mail(
    office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(post_office, "GIVE_UP_SECONDS", 60)  # machines are busy at times
    use(office, with_changes(office.settings, outbox={"send_timeout": timedelta(minutes=1)}))
    office.check = "price_gap"
    office.find(price_gap(office))
    await office.deliver(hurry=0.01)
    [file] = files(office, "prices")
    assert file["title"] == "PS-1000: prices over 90 days"
    assert size(content(file)) == (800, 450)
    mail = mail_of(office)
    assert mail["To"] == SOFIA
    [html] = [part for part in mail.walk() if part.get_content_type() == "text/html"]
    [picture] = [part for part in mail.walk() if part.get_content_type() == "image/png"]
    assert f'src="cid:{picture["Content-ID"][1:-1]}"' in html.get_content()
    assert picture.get_content_disposition() == "inline"
    assert size(picture.get_content()) == (800, 450)
    assert "With this mail: PS-1000: prices over 90 days" in office.mails()[0]["text"]


async def test_a_gap_without_any_price_has_no_picture(office: PostOffice) -> None:
    office.check = "price_gap"
    office.find(replace(price_gap(office), facts=price_gap(office, sku="NONE").facts))
    await office.deliver()
    assert files(office, "prices") == []
    assert [part.get_content_type() for part in mail_of(office).walk()] == [
        *("multipart/alternative", "text/plain", "text/html")
    ]


@pytest.mark.slow
async def test_without_a_chinese_font_a_chinese_readers_picture_is_english(
    office: PostOffice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.check = "price_gap"
    office.find(price_gap(office))
    with office.database.read() as ledger:
        alert = ledger.get_one(Alert, 1)
    patient = with_changes(office.settings, outbox={"send_timeout": timedelta(minutes=1)})
    attachments = Attachments(office.database, patient)
    [english] = await attachments.of_alert(alert, Locale.ENGLISH)
    without_chinese(tmp_path, monkeypatch)
    [drawn] = await attachments.of_alert(alert, Locale.CHINESE)
    assert drawn.title == "PS-1000：近90天价格"
    assert drawn.content == english.content


async def test_a_mail_does_not_wait_for_a_picture_that_takes_long(office: PostOffice) -> None:
    attachments = office.senders[Medium.MAIL]._attachments  # type: ignore[attr-defined]
    attachments._limit = 0.01
    settings = check_with(office.settings, "price_gap", notify=[Medium.MAIL])
    office.settings, office.check = settings, "price_gap"
    office.find(price_gap(office))
    await office.deliver()
    assert "With this mail" not in office.mails()[0]["text"]
    assert office.posts()[0].error is None


async def test_an_alert_goes_out_when_its_picture_cannot_be_drawn(
    office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.executable", "/bin/false")  # what draws is broken
    office.settings = check_with(office.settings, "price_gap", notify=[Medium.SLACK])
    office.check = "price_gap"
    office.find(price_gap(office))
    await office.deliver()
    assert len(office.told("prices")) == 1
    [failed] = [post for post in office.posts() if post.state == "failed"]
    assert failed.error == "the chart could not be drawn: no reason given"
    [notice] = office.mails()  # that it failed; the alert itself has been told
    assert failed.error in notice["text"]


# Names


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("price_histry", "did you mean 'price_history'?"),
        ("zzz", "known are competitor_pool, price_change, price_history, saved_page"),
    ],
)
def test_a_file_that_nothing_makes_is_told_at_start(
    settings: Settings, name: str, told: str
) -> None:
    wrong = check_with(settings, "price_gap", attach=[name])
    with pytest.raises(ConfigurationError) as caught:
        refuse_unknown_files(wrong)
    [problem] = caught.value.problems
    assert problem.startswith("config.yaml:")
    assert problem.endswith(f"nothing makes the file {name!r}; {told}")
    refuse_unknown_files(settings)


@pytest.mark.parametrize(
    ("part", "name"),
    [
        ("PS-1000", "x-PS-1000.png"),
        ("../../etc/passwd", "x-.._.._etc_passwd.png"),
        ('a"\r\nBcc: x', "x-a___Bcc__x.png"),
        ("储能", "x-储能.png"),
        ("", "x.png"),
        ("y" * 300, f"x-{'y' * 98}.png"),
    ],
)
def test_a_files_name_has_no_path_and_no_tricks(part: str, name: str) -> None:
    assert file_name("x", part, ending=".png") == name
