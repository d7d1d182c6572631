"""Services that fail when told to: each mode, for each service."""

import smtplib
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from email.message import EmailMessage
from typing import Any

import httpx
import pytest

from tests.support.sandbox_process import RunningSandbox

Json = dict[str, Any]

BOT = {"Authorization": "Bearer xoxb-sandbox"}
WHATSAPP = {"Authorization": "Bearer sandbox-whatsapp"}
TEMPLATE = {
    "messaging_product": "whatsapp",
    "recipient_type": "individual",
    "to": "15551234567",
    "type": "template",
    "template": {
        "name": "order_late",
        "language": {"policy": "deterministic", "code": "en_US"},
    },
}


def use_slack(sandbox: RunningSandbox) -> httpx.Response:
    body = {"channel": "C0STOCK", "text": "a"}
    return sandbox.http.post("/api/chat.postMessage", json=body, headers=BOT)


def use_whatsapp(sandbox: RunningSandbox) -> httpx.Response:
    return sandbox.http.post("/graph/v23.0/15550001111/messages", json=TEMPLATE, headers=WHATSAPP)


def use_shop(sandbox: RunningSandbox) -> httpx.Response:
    return sandbox.http.get("/shop/")


def sent(sandbox: RunningSandbox, target: str) -> int:
    """How many messages have arrived at a service."""
    if target == "slack":
        return len(sandbox.get("/sandbox/messages", channel="C0STOCK")["messages"])
    return len(sandbox.get("/sandbox/whatsapp")["messages"])


Use = Callable[[RunningSandbox], httpx.Response]
USES: dict[str, Use] = {"slack": use_slack, "whatsapp": use_whatsapp, "shop": use_shop}
SENDS = ["slack", "whatsapp"]


@pytest.mark.parametrize("target", USES)
def test_too_many_requests_come_with_a_time_to_wait(sandbox: RunningSandbox, target: str) -> None:
    sandbox.fault(target, "429", retry_after=7, times=1)

    refused, served = USES[target](sandbox), USES[target](sandbox)

    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "7")
    assert served.status_code == 200


@pytest.mark.parametrize("target", USES)
def test_a_broken_server_answers_500(sandbox: RunningSandbox, target: str) -> None:
    sandbox.fault(target, "500", times=2)

    assert [USES[target](sandbox).status_code for _ in range(3)] == [500, 500, 200]


@pytest.mark.parametrize("target", USES)
def test_a_reset_connection_answers_nothing(sandbox: RunningSandbox, target: str) -> None:
    sandbox.fault(target, "reset", times=1)

    with pytest.raises((httpx.ReadError, httpx.RemoteProtocolError)):
        USES[target](sandbox)

    assert USES[target](sandbox).status_code == 200


@pytest.mark.parametrize("target", SENDS)
def test_a_lost_answer_is_work_that_was_done(sandbox: RunningSandbox, target: str) -> None:
    sandbox.fault(target, "lost_answer", times=1)

    with pytest.raises((httpx.ReadError, httpx.RemoteProtocolError)):
        USES[target](sandbox)

    assert sent(sandbox, target) == 1


@pytest.mark.parametrize("target", SENDS)
def test_a_hanging_request_is_not_done(sandbox: RunningSandbox, target: str) -> None:
    sandbox.fault(target, "hang", times=1, hang_seconds=0.2)

    began = time.monotonic()
    with pytest.raises((httpx.ReadError, httpx.RemoteProtocolError)):
        USES[target](sandbox)

    assert time.monotonic() - began == pytest.approx(0.2, abs=0.15)
    assert sent(sandbox, target) == 0


def test_clearing_the_faults_lets_go_of_what_hangs(sandbox: RunningSandbox) -> None:
    sandbox.fault("slack", "hang")

    with ThreadPoolExecutor(1) as pool:
        hanging = pool.submit(use_slack, sandbox)
        deadline = time.monotonic() + 5
        while not sandbox.get("/sandbox/calls")["calls"]:
            assert time.monotonic() < deadline
        sandbox.clear_faults()

        assert isinstance(hanging.exception(5), httpx.ReadError | httpx.RemoteProtocolError)


def test_slack_can_refuse_with_any_error(sandbox: RunningSandbox) -> None:
    sandbox.fault("slack", "ok_false", error="account_inactive", times=1)

    answer = use_slack(sandbox)

    assert (answer.status_code, answer.json()) == (200, {"ok": False, "error": "account_inactive"})


def test_whatsapp_can_refuse_with_any_code(sandbox: RunningSandbox) -> None:
    sandbox.fault("whatsapp", "ok_false", error="131056", times=1)

    answer = use_whatsapp(sandbox)

    assert (answer.status_code, answer.json()["error"]["code"]) == (400, 131056)


def test_a_fault_can_concern_one_method_only(sandbox: RunningSandbox) -> None:
    sandbox.fault("slack", "500", method="chat.postMessage")

    assert use_slack(sandbox).status_code == 500
    assert sandbox.http.get("/api/auth.test", headers=BOT).status_code == 200


def test_a_fault_can_end_by_itself(sandbox: RunningSandbox) -> None:
    sandbox.fault("slack", "500", seconds=0.05)
    assert use_slack(sandbox).status_code == 500

    deadline = time.monotonic() + 5
    while use_slack(sandbox).status_code == 500:
        assert time.monotonic() < deadline

    assert sandbox.get("/sandbox/faults") == {"faults": []}


def test_faults_are_listed_with_what_is_left(sandbox: RunningSandbox) -> None:
    sandbox.fault("slack", "500", times=3)
    use_slack(sandbox)

    (fault,) = sandbox.get("/sandbox/faults")["faults"]

    assert (fault["target"], fault["mode"], fault["times"], fault["left"]) == ("slack", "500", 3, 2)


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ({"target": "fax", "mode": "500"}, "target"),
        ({"target": "smtp", "mode": "429"}, "450, 550, hang, lost_answer, reset"),
        ({"target": "slack"}, "mode"),
        ({"target": "slack", "mode": "500", "times": 0}, "times"),
        ({"target": "slack", "mode": "500", "often": 2}, "often"),
    ],
)
def test_a_fault_that_makes_no_sense_is_refused_in_one_line(
    sandbox: RunningSandbox, body: Json, problem: str
) -> None:
    answer = sandbox.http.post("/sandbox/faults", json=body)

    assert answer.status_code == 400
    assert problem in answer.json()["error"]
    assert "\n" not in answer.json()["error"]


def send_mail(sandbox: RunningSandbox) -> None:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "a@x.example", "b@x.example", "hello"
    mail.set_content("text")
    with smtplib.SMTP("127.0.0.1", sandbox.ready["smtp_port"], timeout=5) as smtp:
        smtp.send_message(mail)


@pytest.mark.parametrize("code", [450, 550])
def test_mail_can_be_refused_for_now_or_for_good(sandbox: RunningSandbox, code: int) -> None:
    sandbox.fault("smtp", str(code), times=1)

    with pytest.raises(smtplib.SMTPDataError) as refused:
        send_mail(sandbox)

    assert refused.value.smtp_code == code
    assert sandbox.get("/sandbox/mails")["mails"] == []


@pytest.mark.parametrize(
    ("mode", "details", "kept"),
    [("reset", {}, 0), ("lost_answer", {}, 1), ("hang", {"hang_seconds": 0.1}, 0)],
)
def test_a_mail_can_go_without_an_answer(
    sandbox: RunningSandbox, mode: str, details: Json, kept: int
) -> None:
    sandbox.fault("smtp", mode, times=1, **details)

    with pytest.raises((smtplib.SMTPServerDisconnected, ConnectionResetError)):
        send_mail(sandbox)

    assert len(sandbox.get("/sandbox/mails")["mails"]) == kept
    send_mail(sandbox)
    assert len(sandbox.get("/sandbox/mails")["mails"]) == kept + 1
