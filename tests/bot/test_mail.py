"""Mail about alerts: one conversation an alert, known as a machine's, tried as SMTP asks."""

import socket
from datetime import timedelta

import pytest

from bot.attachments import Attachments
from bot.senders.mail import MailSender
from core.ledger.life import owing
from core.ledger.tables import Alert
from core.secrets import Secrets
from core.values import Medium
from tests.support.post_office import Json, PostOffice, check_with, with_changes

EMMA, LIN = "emma.clarke@harborlane.example", "lin.yue@harborlane.example"
TITLE = "2-star review on amazon: Power station 1000 (#1)"


@pytest.fixture
def office(office: PostOffice) -> PostOffice:
    """A post office where bad reviews are told by mail only."""
    office.settings = check_with(office.settings, "bad_reviews", notify=[Medium.MAIL])
    return office


def nudge(office: PostOffice, email: str = EMMA, kind: str = "due") -> None:
    """Owe a reminder by mail, as a step of a chain does."""
    now = office.clock()
    with office.database.write() as ledger:
        alert = ledger.get_one(Alert, 1)
        reminder = owing.about(alert, Medium.MAIL, email, "nudge", now, due=now)
        reminder.facts = {"kind": kind, "people": [email], "due_at": now.isoformat()}
        ledger.add(reminder)


def headers(mail: Json) -> dict[str, str]:
    return dict(mail["headers"])


async def test_a_mail_says_that_a_machine_wrote_it(office: PostOffice) -> None:
    office.find("R1")
    await office.deliver()
    (mail,) = office.mails()
    assert headers(mail)["Auto-Submitted"] == "auto-generated"
    assert headers(mail)["X-Auto-Response-Suppress"] == "All"
    assert mail["text"].startswith("2-star review")
    assert "<h1" in mail["html"]


async def test_later_mails_about_an_alert_follow_the_first(office: PostOffice) -> None:
    office.find("R1")
    await office.deliver()
    office.find("R1", stars=1)  # its title changes
    for kind in ("due", "after"):
        nudge(office, kind=kind)
        office.clock.ahead(minutes=1)
    await office.deliver()
    first, *later = office.mails()
    assert first["subject"] == TITLE
    assert "In-Reply-To" not in headers(first)
    assert [mail["subject"] for mail in later] == [f"Re: {TITLE}"] * 2
    assert {mail["in_reply_to"] for mail in later} == {first["message_id"]}
    assert {headers(mail)["References"] for mail in later} == {first["message_id"]}


async def test_a_reminder_says_why_it_comes_before_all_else(office: PostOffice) -> None:
    office.find("R1")
    nudge(office, kind="after")
    await office.deliver()
    reminder = office.mails()[-1]
    body = reminder["text"].split("\n\n")
    assert body[0].startswith("2-star review")
    assert body[1].startswith("Nobody has answered this yet")


async def test_another_person_has_a_conversation_of_their_own(office: PostOffice) -> None:
    office.find("R1")
    await office.deliver()
    nudge(office, LIN)
    await office.deliver()
    _, lins = office.mails()
    assert lins["to"] == [LIN]
    assert lins["in_reply_to"] is None
    assert lins["subject"].endswith("(#1)")


async def test_alerts_of_one_title_are_two_conversations(office: PostOffice) -> None:
    office.find("R1", "R2")
    await office.deliver()
    assert len({mail["subject"] for mail in office.mails()}) == 2
    assert {mail["in_reply_to"] for mail in office.mails()} == {None}


async def test_hostile_text_is_text_in_subject_and_both_bodies(office: PostOffice) -> None:
    evil = "A\r\nBcc: all@evil.example <script>alert(1)</script> <https://evil.example|refund>"
    office.find("R1", name=evil)
    await office.deliver()
    (mail,) = office.mails()
    assert mail["to"] == [EMMA]
    assert "Bcc" not in headers(mail)
    assert "<script>" not in mail["html"]
    assert 'href="https://evil.example' not in mail["html"]


def set_up(office: PostOffice, **values: object) -> None:
    """Let the mail server be another."""
    settings = with_changes(office.settings, mail=values)
    attachments = Attachments(office.database, settings)
    office.senders[Medium.MAIL] = MailSender(settings, Secrets(), attachments)


async def test_a_refused_connection_is_tried_again(office: PostOffice) -> None:
    port = office.settings.mail.port
    with socket.create_server(("127.0.0.1", 0)) as closed:
        nobody = closed.getsockname()[1]
    set_up(office, port=nobody)
    office.find("R1")
    async with office.open() as outbox:
        await office.until(lambda: office.posts()[0].error is not None, outbox, hurry=0)
        assert not office.posts()[0].uncertain  # nobody was there to take it
        set_up(office, port=port)
        await office.until(office.settled, outbox)
    assert len(office.mails()) == 1


async def test_a_server_that_hangs_is_left_and_its_copy_is_known(office: PostOffice) -> None:
    office.settings = with_changes(office.settings, outbox={"send_timeout": timedelta(seconds=0.2)})
    office.sandbox.fault("smtp", "hang", times=1)
    office.find("R1")
    async with office.open() as outbox:
        await office.until(lambda: office.posts()[0].error is not None, outbox, hurry=0)
        assert office.posts()[0].uncertain
        office.sandbox.clear_faults()
        await office.until(office.settled, outbox)
    expected = f"<{office.posts()[0].id}@harborlane.example>"
    assert {mail["message_id"] for mail in office.mails()} == {expected}


async def test_a_server_that_cannot_encrypt_is_told_at_once(office: PostOffice) -> None:
    set_up(office, security="starttls")
    office.find("R1")
    await office.deliver()
    (notice,) = office.told("watch")
    assert "cannot do what is set up: SMTP STARTTLS" in notice["text"]


async def test_an_alert_that_cannot_be_mailed_reaches_its_owner_in_slack(
    office: PostOffice,
) -> None:
    office.sandbox.fault("smtp", "550")
    office.find("R1")
    await office.deliver()
    direct = next(post for post in office.posts() if post.recipient == f"@{EMMA}")
    assert (direct.medium, direct.template, direct.state) == ("slack", "alert", "sent")
