"""The mailbox: what is sent by SMTP can be read, as it came and as people see it."""

import smtplib
from email import message_from_string
from email.message import EmailMessage

from tests.support.sandbox_process import RunningSandbox


def mail(**headers: str) -> EmailMessage:
    message = EmailMessage()
    message["From"] = "Watch <watch@harborlane.example>"
    message["To"] = "lin.yue@harborlane.example"
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content("库存不足\n")
    return message


def send(sandbox: RunningSandbox, *mails: EmailMessage) -> None:
    with smtplib.SMTP("127.0.0.1", sandbox.ready["smtp_port"], timeout=5) as smtp:
        for message in mails:
            smtp.send_message(message)


def test_a_mail_is_shown_with_its_headers_decoded(sandbox: RunningSandbox) -> None:
    ids = {
        "Message_ID": "<post-1@harborlane.example>",
        "In_Reply_To": "<post-0@harborlane.example>",
    }
    send(sandbox, mail(Subject="库存警报 PS-0300", **ids))

    (shown,) = sandbox.get("/sandbox/mails")["mails"]

    assert shown["subject"] == "库存警报 PS-0300"
    assert (shown["message_id"], shown["in_reply_to"]) == tuple(ids.values())
    assert (shown["from"], shown["to"]) == (
        "Watch <watch@harborlane.example>",
        ["lin.yue@harborlane.example"],
    )
    assert (shown["text"], shown["html"]) == ("库存不足\n", None)


def test_both_bodies_and_the_attachments_are_shown(sandbox: RunningSandbox) -> None:
    message = mail(Subject="Report")
    message.add_alternative("<p>库存不足</p>", subtype="html")
    message.add_attachment(b"a,b\n", maintype="text", subtype="csv", filename="report.csv")
    send(sandbox, message)

    (shown,) = sandbox.get("/sandbox/mails")["mails"]

    assert (shown["text"], shown["html"]) == ("库存不足\n", "<p>库存不足</p>\n")
    assert shown["attachments"] == [{"name": "report.csv", "mimetype": "text/csv", "size": 4}]


def test_a_picture_inside_the_mail_is_shown_in_its_page(sandbox: RunningSandbox) -> None:
    message = mail(Subject="Chart")
    message.add_alternative('<img src="cid:1@x"><img src="cid:2@x">', subtype="html")
    html = message.get_payload(1)
    assert isinstance(html, EmailMessage)
    html.add_related(b"\x89PNG", "image", "png", cid="<1@x>")
    send(sandbox, message)

    (shown,) = sandbox.get("/sandbox/mails")["mails"]

    assert shown["html"] == '<img src="data:image/png;base64,iVBORw=="><img src="cid:2@x">\n'


def test_hidden_readers_are_known_from_the_envelope(sandbox: RunningSandbox) -> None:
    send(sandbox, mail(Subject="a", Bcc="boss@harborlane.example"))

    (shown,) = sandbox.get("/sandbox/mails")["mails"]

    assert shown["to"] == ["lin.yue@harborlane.example", "boss@harborlane.example"]


def test_the_raw_mail_can_be_had(sandbox: RunningSandbox) -> None:
    send(sandbox, mail(Subject="first"), mail(Subject="second"))
    second = sandbox.get("/sandbox/mails")["mails"][1]

    raw = sandbox.http.get(f"/sandbox/mails/{second['id']}.eml")

    assert raw.headers["Content-Type"].startswith("message/rfc822")
    assert message_from_string(raw.text)["Subject"] == "second"


def test_a_mail_that_is_not_there_is_not_found(sandbox: RunningSandbox) -> None:
    assert sandbox.http.get("/sandbox/mails/m0.eml").status_code == 404


def test_a_mail_without_any_header_is_kept_too(sandbox: RunningSandbox) -> None:
    with smtplib.SMTP("127.0.0.1", sandbox.ready["smtp_port"], timeout=5) as smtp:
        smtp.sendmail("a@x.example", ["b@x.example"], b"\xff\xfe words")

    (shown,) = sandbox.get("/sandbox/mails")["mails"]

    assert (shown["from"], shown["subject"]) == ("a@x.example", None)
