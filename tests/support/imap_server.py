"""A real IMAP server on loopback, and a wire to it that can be cut."""

import re
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from imaplib import IMAP4
from ipaddress import IPv4Address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

LOOPBACK = IPv4Address("127.0.0.1")
USER, PASSWORD = "demouser", "s3cret-of-the-mailbox"
PATIENCE = 20.0
"""Seconds until the server must answer."""


@dataclass
class ImapServer:
    """pymap in a process of its own. Every test works in a folder of its own."""

    port: int
    client: IMAP4
    """Logged in once: the server hashes passwords slowly, as it should."""

    def make(self, folder: str) -> None:
        """Make a folder anew: what was in it is gone, and its numbering is another."""
        self.client.delete(folder)
        assert self.client.create(folder)[0] == "OK"

    def put(self, folder: str, *mails: bytes | EmailMessage) -> None:
        """Deliver mails, all in one command (RFC 3502): thousands take a second."""
        bodies = [mail if isinstance(mail, bytes) else mail.as_bytes() for mail in mails]
        literals = b"".join(b" {%d+}\r\n%s" % (len(body), body) for body in bodies)
        self.client.send(b"X1 APPEND %s%s\r\n" % (folder.encode(), literals))
        answer = self.client.readline()
        while not answer.startswith(b"X1 "):
            answer = self.client.readline()
        assert answer.startswith(b"X1 OK"), answer

    def flags(self, folder: str) -> list[bytes]:
        """Return what is marked on each mail."""
        self.client.select(folder, readonly=True)
        return [item for item in self.client.fetch("1:*", "(FLAGS)")[1] if isinstance(item, bytes)]

    def remove(self, folder: str, number: int) -> None:
        self.client.select(folder)
        self.client.store(str(number), "+FLAGS", r"(\Deleted)")
        self.client.expunge()


@contextmanager
def imap_server(*options: str) -> Iterator[ImapServer]:
    """Run a server until the block ends; `options` are the program's own."""
    port = _free_port()
    program = str(Path(sys.executable).with_name("pymap"))
    command = [program, "--host", "127.0.0.1", "--port", str(port), *(options or ("--no-tls",))]
    account = ["dict", "--demo-user", USER, "--demo-password", PASSWORD]
    with subprocess.Popen([*command, *account], stderr=subprocess.DEVNULL) as process:
        try:
            _wait_for(port, process)
            with IMAP4("127.0.0.1", port, timeout=PATIENCE) as client:
                client.login(USER, PASSWORD)
                yield ImapServer(port, client)
        finally:
            process.terminate()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + PATIENCE
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            assert process.poll() is None, "pymap ended"
            assert time.monotonic() < until, "pymap does not answer"
            time.sleep(0.02)
        else:
            return


class Wire:
    """Carries connections to a server. What they say is kept; some bytes cut them, or stop them.

    `hold` is a question that never arrives, `instead` answers a command itself, and `cut_after`
    counts the bytes of the server's answers, over all connections.
    """

    def __init__(
        self,
        port: int,
        *,
        cut_after: int | None = None,
        hold: bytes = b"",
        tls: ssl.SSLContext | None = None,
        instead: Mapping[bytes, bytes] | None = None,
    ) -> None:
        self._tls, self._instead = tls, instead or {}
        self.cut_after, self.hold, self.carried = cut_after, hold, 0
        self.said: list[bytes] = []
        self._to = port
        self._open: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        threading.Thread(target=self._serve, daemon=True).start()

    def __enter__(self) -> "Wire":
        return self

    def __exit__(self, *_: object) -> None:
        for end in [self._listener, *self._open]:
            _close(end)

    @property
    def commands(self) -> list[str]:
        """What the client has asked, without the number of each command."""
        lines = b"".join(self.said).decode(errors="replace").splitlines()
        return [re.sub(r"^\S+ ", "", line) for line in lines]

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                if self._tls:
                    client = self._tls.wrap_socket(client, server_side=True)
                server = socket.create_connection(("127.0.0.1", self._to))
                self._open += [client, server]
                for end in (client, server):
                    end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                for carry in (self._ask, self._answer):
                    threading.Thread(target=carry, args=(client, server), daemon=True).start()

    def _ask(self, client: socket.socket, server: socket.socket) -> None:
        for chunk in _chunks(client):
            self.said.append(chunk)
            if self.hold and self.hold in chunk:
                return  # the question never arrives, and the connection stays open
            command = b"".join(chunk.split()[1:2])
            if command in self._instead:
                client.sendall(b"%s %s\r\n" % (chunk.split()[0], self._instead[command]))
                continue
            with suppress(OSError):
                server.sendall(chunk)
        _close(server)

    def _answer(self, client: socket.socket, server: socket.socket) -> None:
        for chunk in _chunks(server):
            self.carried += len(chunk)
            if self.cut_after is not None and self.carried > self.cut_after:
                break
            with suppress(OSError):
                client.sendall(chunk)
        _close(client)


def _chunks(end: socket.socket) -> Iterable[bytes]:
    with suppress(OSError):
        while chunk := end.recv(16_384):
            yield chunk


def _close(end: socket.socket) -> None:
    with suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()


@contextmanager
def answering(*lines: bytes) -> Iterator[int]:
    """Yield the port of a server that says some lines to whoever comes, and no more."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        kept: list[socket.socket] = []

        def serve() -> None:
            with suppress(OSError):
                while True:
                    client, _ = listener.accept()
                    kept.append(client)
                    client.sendall(b"".join(lines))

        threading.Thread(target=serve, daemon=True).start()
        yield int(listener.getsockname()[1])
        _close(listener)
        for client in kept:
            _close(client)


def certificate(folder: Path) -> Path:
    """Write a certificate for 127.0.0.1 that only its own file vouches for, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail.harborlane.example")])
    begin = datetime(2020, 1, 1, tzinfo=UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(begin + timedelta(days=36_500))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(LOOPBACK)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path = folder / "mail.pem"
    path.write_bytes(private + made.public_bytes(Encoding.PEM))
    return path
