"""Mails as they come: broken charsets, HTML only, forwarded, and made to do harm."""

import time
from base64 import b64encode
from datetime import UTC, datetime
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrapers.sources.mailbox.envelope import Envelope, read_envelope
from scrapers.sources.mailbox.texts import text_of

ARRIVED = datetime(2026, 3, 4, 8, 0, tzinfo=UTC)


def envelope(headers: bytes) -> Envelope:
    return read_envelope(headers + b"\r\n\r\n", ARRIVED)


def encoded(text: str, charset: str) -> bytes:
    return b"=?%s?B?%s?=" % (charset.encode(), b64encode(text.encode(charset)))


@pytest.mark.parametrize(
    ("line", "subject"),
    [
        (encoded("纠纷 55", "gb2312"), "纠纷 55"),
        (b"=?gb2312?B?" + b64encode("镕 55".encode("gbk")) + b"?=", "镕 55"),  # not in GB2312
        (encoded("注文 55", "shift-jis"), "注文 55"),
        (encoded("注文 55", "iso-2022-jp"), "注文 55"),
        (encoded("纠纷", "utf-8") + b"\r\n " + encoded(" 55", "utf-8"), "纠纷 55"),
        ("纠纷 55".encode("gbk"), "纠纷 55"),
        ("纠纷 55".encode(), "纠纷 55"),
        (b"=?no-such-charset?Q?Dispute_55?=", "Dispute 55"),
        (b"=?utf-8?B?a?= 55", "=?utf-8?B?a?= 55"),
        (b"Dispute\r\n\t55", "Dispute 55"),
        (b"a\x00b\x1b[31m", "ab[31m"),
    ],
)
def test_a_subject_is_read_whatever_its_letters(line: bytes, subject: str) -> None:
    assert envelope(b"Subject: " + line).subject == subject


@pytest.mark.parametrize(
    ("line", "sender"),
    [
        (b"From: Notices <Feedback@Notice.example>", "feedback@notice.example"),
        (b'From: "service@notice.example" <x@evil.example>', "x@evil.example"),
        (b"From: service@notice.example <x@evil.example>", ""),
        (b"From: a@notice.example, x@evil.example", ""),
        (b"From: a@notice.example\r\nFrom: x@evil.example", ""),
        ("From: 通知 <a@notice.example>".encode("gbk"), "a@notice.example"),
        (b"From: " + b"(" * 990, ""),
        (b"From: nobody", ""),
        (b"", ""),
    ],
)
def test_the_sender_is_one_address_or_nobody(line: bytes, sender: str) -> None:
    assert envelope(line).sender == sender


@pytest.mark.parametrize(
    ("line", "sent_at"),
    [
        (b"Date: Wed, 04 Mar 2026 02:00:00 +0800", datetime(2026, 3, 3, 18, 0, tzinfo=UTC)),
        (b"Date: Wed, 04 Mar 2026 02:00:00 -0000", datetime(2026, 3, 4, 2, 0, tzinfo=UTC)),
        (b"Date: Wed, 04 Mar 2099 02:00:00 +0000", ARRIVED),  # nobody has sent it after it came
        (b"Date: yesterday", ARRIVED),
        (b"Date: 31 Dec 9999 23:00:00 -2359", ARRIVED),
        (b"", ARRIVED),
    ],
)
def test_the_date_is_when_it_was_sent_or_else_when_it_came(line: bytes, sent_at: datetime) -> None:
    assert envelope(line).sent_at == sent_at


def test_a_mail_without_a_number_gets_one_of_its_own() -> None:
    first, second = (envelope(b"Subject: %d" % n).message_id for n in (1, 2))
    assert first != second
    assert envelope(b"Subject: 1").message_id == first
    assert envelope(b"Message-ID: <" + b"x" * 900 + b"@y>").message_id.startswith("sha256:")


def test_html_alone_is_read_as_people_see_it() -> None:
    mail = EmailMessage()
    html = (
        "<style>p{}</style><p>Order <b>12</b>-A&nbsp;has</p><table><tr><td>Due:</td>"
        "<td>5\u200b May</td></tr></table>a<br>b &amp;lt;"
    )
    mail.set_content(html, subtype="html", cte="base64")
    assert text_of(mail.as_bytes()) == "Order 12-A has\nDue: 5 May\na\nb &lt;"


def test_every_part_is_read_but_no_attached_file() -> None:
    mail = EmailMessage()
    mail.set_content("see the HTML, caf\u00e9", cte="quoted-printable")
    mail.add_alternative("<p>Dispute 7</p>", subtype="html")
    mail.add_attachment("Dispute 8", filename="old.txt")
    assert text_of(mail.as_bytes()) == "see the HTML, café\nDispute 7"


def test_a_forwarded_mail_is_read_with_its_subject() -> None:
    inner = EmailMessage()
    inner["Subject"] = "Dispute 7 for order 8"
    inner.set_content("Reason: late")
    outer = EmailMessage()
    outer.set_content("FYI")
    outer.add_attachment(inner)
    assert text_of(outer.as_bytes()) == "FYI\nDispute 7 for order 8\nReason: late"


@pytest.mark.parametrize("label", ["gb2312", "us-ascii", "utf-8", "no-such-charset", ""])
def test_a_wrong_charset_label_costs_no_text(label: str) -> None:
    head = f'Content-Type: text/plain; charset="{label}"\r\n\r\n'.encode()
    assert text_of(head + "纠纷 55".encode()) == "纠纷 55"


HEAD = b"From: a@b.example\r\n"
LEVELS = b"".join(
    b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(30)
)


@pytest.mark.parametrize(
    ("mail", "problem"),
    [
        (HEAD + b"\r\n" + b"x" * 2_000_000, "larger than 2,000,000 bytes"),
        (HEAD + LEVELS[:50] + b"--b0\r\n\r\nhi\r\n" * 10_000, "too many parts"),
        (HEAD + LEVELS, "too many parts"),
        (HEAD + b"\r\n" + b"\n" * 900_000, "too many lines"),
        (HEAD + b"Content-Type: message/rfc822\r\n\r\n" * 20_000, "mails within each other"),
        (HEAD + b"Content-Type: text/html\r\n\r\n" + b"<div>" * 380_000, "too many tags"),
    ],
)
def test_a_mail_made_to_do_harm_is_refused(mail: bytes, problem: str) -> None:
    began = time.process_time()
    with pytest.raises(ValueError, match=problem):
        text_of(mail)
    assert time.process_time() - began < 3


def test_endless_headers_are_cut() -> None:
    began = time.process_time()
    assert text_of(HEAD + b"Content-Type: text/plain; " + b"a;" * 500_000 + b"\r\n\r\nhi") == "hi"
    assert time.process_time() - began < 3  # minutes, if all of them were looked at


@given(st.binary(max_size=600))
def test_any_bytes_are_a_mail_or_a_clear_problem(junk: bytes) -> None:
    found = read_envelope(junk, ARRIVED)
    assert found.sent_at <= ARRIVED
    found.subject.encode()
    found.message_id.encode()
    text_of(junk)
