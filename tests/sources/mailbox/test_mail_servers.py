"""What can be wrong with a mail server, each told in one line that gives away nothing."""

import logging
import socket
import sqlite3
import ssl
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from core.sources import ProblemKind
from scrapers.api.problems import SourceProblem
from scrapers.sources.mailbox import box
from tests.sources.mailbox.conftest import Mailbox, mail
from tests.support.imap_server import PASSWORD, Wire, answering, certificate, imap_server


async def problem_of(mailbox: Mailbox, **stanza: Any) -> tuple[ProblemKind, str]:
    with pytest.raises(SourceProblem) as problem:
        await mailbox.read(**stanza)
    assert "\n" not in str(problem.value)
    assert PASSWORD not in str(problem.value)
    return problem.value.kind, str(problem.value)


async def test_a_wrong_password_is_refused(mailbox: Mailbox) -> None:
    bench = mailbox.bench()
    bench.outside.environment = {"SHOP_USER": "demouser", "SHOP_PASSWORD": "wrong-one"}
    with pytest.raises(SourceProblem, match=r"127\.0\.0\.1 refused:") as problem:
        await bench.sync("mails")
    assert problem.value.kind is ProblemKind.REFUSED
    assert "wrong-one" not in str(problem.value)


async def test_what_the_server_says_of_a_password_is_passed_on_without_it(mailbox: Mailbox) -> None:
    said = f"NO [ALERT] {PASSWORD} is no application-specific password".encode()
    kind, told = await scripted(mailbox, login=said)
    assert kind is ProblemKind.REFUSED
    assert told.endswith("[ALERT] … is no application-specific password")


async def test_a_refusal_that_passes_is_no_refusal(mailbox: Mailbox) -> None:
    kind, _ = await scripted(mailbox, login=b"NO [UNAVAILABLE] the directory is down")
    assert kind is ProblemKind.UNREACHABLE


async def scripted(mailbox: Mailbox, *, login: bytes) -> tuple[ProblemKind, str]:
    """Return the problem with a server that answers the real one's answers, but for LOGIN."""
    with Wire(mailbox.server.port, instead={b"LOGIN": login}) as wire:
        return await problem_of(mailbox, port=wire.port)


async def test_a_missing_folder_is_told_with_those_there_are(mailbox: Mailbox) -> None:
    kind, told = await problem_of(mailbox, folder="Notices")
    assert kind is ProblemKind.MISCONFIGURED
    assert "has no folder 'Notices'; there are " in told
    assert "INBOX" in told


async def test_a_folder_may_have_a_chinese_name(mailbox: Mailbox) -> None:
    kind, told = await problem_of(mailbox, folder='平台"通知')
    assert kind is ProblemKind.MISCONFIGURED
    assert "平台" in told


async def test_a_server_that_is_gone_is_unreachable(mailbox: Mailbox) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    kind, told = await problem_of(mailbox, port=port)
    assert kind is ProblemKind.UNREACHABLE
    assert "127.0.0.1 gave no answer" in told


async def test_a_server_that_says_nothing_is_given_up(
    mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(box, "SILENCE", 0.2)
    with answering() as port:
        kind, _ = await problem_of(mailbox, port=port)
    assert kind is ProblemKind.UNREACHABLE


async def test_an_answer_that_never_ends_is_cut_off(
    mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    mailbox.put(mail("Dispute 1 for order 2"))
    monkeypatch.setattr(box, "TOTAL_SECONDS", 0.2)
    with Wire(mailbox.server.port, hold=b"FETCH") as wire:
        kind, told = await problem_of(mailbox, port=wire.port)
    assert kind is ProblemKind.UNREACHABLE
    assert "did not finish its answer" in told


@pytest.mark.parametrize(
    "said", [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"220 smtp\r\n", b"* BYE\r\n", b"\xff\x00\r\n"]
)
async def test_another_kind_of_server_is_told_as_one(mailbox: Mailbox, said: bytes) -> None:
    with answering(said) as port:
        kind, _ = await problem_of(mailbox, port=port)
    assert kind in (ProblemKind.BROKEN, ProblemKind.UNREACHABLE)


async def test_a_server_without_tls_gets_no_password(mailbox: Mailbox) -> None:
    for security in ("tls", "starttls"):
        with Wire(mailbox.server.port) as wire:
            await problem_of(mailbox, port=wire.port, security=security)
            assert not any("LOGIN" in command for command in wire.commands)


async def test_an_unknown_certificate_gets_no_password(mailbox: Mailbox, tmp_path: Path) -> None:
    pem = str(certificate(tmp_path))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(pem)
    with Wire(mailbox.server.port, tls=context) as wire:
        kind, told = await problem_of(mailbox, port=wire.port, security="tls")
        assert wire.commands == []
    assert kind is ProblemKind.UNREACHABLE
    assert "CERTIFICATE_VERIFY_FAILED" in told


async def test_a_known_certificate_is_taken(
    mailbox: Mailbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pem = str(certificate(tmp_path))
    monkeypatch.setenv("SSL_CERT_FILE", pem)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(pem)
    with Wire(mailbox.server.port, tls=context) as wire:
        assert await mailbox.read(port=wire.port, security="tls") == {"read": 0}


async def test_a_connection_can_become_safe(
    mailbox: Mailbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pem = str(certificate(tmp_path))
    monkeypatch.setenv("SSL_CERT_FILE", pem)
    with imap_server("--cert", pem, "--key", pem) as server, Wire(server.port) as wire:
        assert await mailbox.read(port=wire.port, security="starttls", folder="INBOX") == {
            "read": 0
        }
        assert not any(PASSWORD in command for command in wire.commands)


async def test_the_password_is_written_nowhere(
    mailbox: Mailbox, caplog: pytest.LogCaptureFixture
) -> None:
    mailbox.put(mail("Dispute 1 for order 2"), mail("Anything"))
    with caplog.at_level(logging.DEBUG):
        bench = mailbox.bench()
        told = f"{await bench.sync('mails')} {await bench.probe()} {bench.cursor('mails')} {bench}"
    assert PASSWORD not in told.replace(repr(bench.credentials), "")
    assert PASSWORD not in caplog.text
    with closing(sqlite3.connect(str(mailbox.database.engine.url.database))) as ledger:
        assert PASSWORD not in "".join(ledger.iterdump())
