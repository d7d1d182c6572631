"""A folder on a mail server, opened by IMAP to be looked at only: nothing in it is changed."""

import asyncio
import re
import socket
import ssl
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from imaplib import IMAP4
from typing import Any, TypeVar

from imap_tools import BaseMailBox, ImapToolsError, MailBox, MailBoxUnencrypted
from imap_tools.errors import UnexpectedCommandStatusError

from core.sources import ProblemKind
from core.values import Security
from scrapers.api.answer import SHOWN
from scrapers.api.problems import SourceProblem
from scrapers.sources.mailbox.settings import Settings
from scrapers.sources.mailbox.texts import MOST_BYTES

SILENCE = 30.0
"""Seconds without a byte after which a server is given up."""

TOTAL_SECONDS = 120.0
"""For one answer, however slowly it drips."""

MOST_HEADER_BYTES = 64_000
HEAD = f"(UID RFC822.SIZE INTERNALDATE BODY.PEEK[HEADER]<0.{MOST_HEADER_BYTES}>)"
WHOLE = f"(UID BODY.PEEK[]<0.{MOST_BYTES + 1}>)"

LATER = ("UNAVAILABLE", "INUSE", "LIMIT", "SERVERBUG")
"""What a server says in front of a refusal that passes (RFC 5530)."""

NAMED_FOLDERS = 20

_UID = re.compile(rb"\bUID (\d+)")
_SIZE = re.compile(rb"\bRFC822\.SIZE (\d+)")
_ARRIVED = re.compile(rb'\bINTERNALDATE "([^"]+)"')

Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Head:
    """What is read of every mail: its number in the folder, size, arrival and headers."""

    uid: int
    size: int
    arrived_at: datetime
    headers: bytes


class Box:
    """An opened folder. `validity` says which numbering its numbers belong to (RFC 9051, 2.3.1)."""

    def __init__(self, connection: BaseMailBox, host: str, secrets: Mapping[str, str]) -> None:
        self._connection, self._host, self._secrets = connection, host, secrets
        self.validity = self._number("UIDVALIDITY")
        self.next_uid = self._number("UIDNEXT")
        self.count = self._number("EXISTS")

    async def newest(self) -> int:
        """Return the number of the newest mail."""
        return int((await self._ask(self._connection.uids, "UID *", None))[-1])

    async def uids(self, after: int, since: date | None) -> list[int]:
        """Return the numbers of the mails behind one, that came on a day or later."""
        limit = f" SINCE {since.day}-{_MONTHS[since.month - 1]}-{since.year}" if since else ""
        found = await self._ask(self._connection.uids, f"UID {after + 1}:*{limit}", None)
        return sorted(uid for uid in map(int, found) if uid > after)  # `n:*` names the last mail

    async def heads(self, uids: Sequence[int]) -> list[Head]:
        """Return what is read of every mail; of one that is gone meanwhile, nothing."""
        items = await self._ask(self._fetch, ",".join(map(str, uids)), HEAD)
        heads = {head.uid: head for item in items if (head := _head(*item))}
        return [heads[uid] for uid in uids if uid in heads]

    async def whole(self, uid: int) -> bytes | None:
        """Return a mail, cut behind the most that is read of one; None when it is gone."""
        items = await self._ask(self._fetch, str(uid), WHOLE)
        return next((data for _, data in items if data), None)

    def _fetch(self, uids: str, parts: str) -> list[tuple[bytes, bytes]]:
        status, data = self._connection.client.uid("FETCH", uids, parts)
        if status != "OK":
            raise IMAP4.error(f"FETCH was answered {status}")
        return list(_items(data))

    def _number(self, name: str) -> int:
        """Return a number that the server says when a folder is opened."""
        _, (told, *_) = self._connection.client.response(name)
        if not told:
            raise SourceProblem(ProblemKind.BROKEN, f"{self._host} does not say its {name}")
        return int(told)

    async def _ask(self, question: Callable[..., Answer], *words: Any) -> Answer:
        """Ask in a thread, and cut the connection when the answer takes too long."""
        try:
            async with asyncio.timeout(TOTAL_SECONDS):
                with _problems(self._host, self._secrets):
                    return await asyncio.to_thread(question, *words)
        except TimeoutError:
            with suppress(OSError):
                self._connection.client.sock.shutdown(socket.SHUT_RDWR)
            told = f"{self._host} did not finish its answer in {TOTAL_SECONDS:.0f} s"
            raise SourceProblem(ProblemKind.UNREACHABLE, told) from None


@asynccontextmanager
async def opened(settings: Settings, credentials: Mapping[str, str]) -> AsyncIterator[Box]:
    """Yield the folder of a source. Raises SourceProblem."""
    host = settings.host
    with _problems(host, credentials):
        connection = await asyncio.to_thread(_connect, settings)
    try:
        with _problems(host, credentials):
            await asyncio.to_thread(_enter, connection, settings, credentials)
        yield Box(connection, host, credentials)
    finally:
        await asyncio.to_thread(_leave, connection)


def _connect(settings: Settings) -> BaseMailBox:
    host, port = settings.address
    context = ssl.create_default_context()  # the library's own would take any certificate
    if settings.security == Security.TLS:
        return MailBox(host, port, timeout=SILENCE, ssl_context=context)
    connection = MailBoxUnencrypted(host, port, timeout=SILENCE)
    if settings.security == Security.STARTTLS:
        try:
            connection.client.starttls(context)
        except BaseException:
            _leave(connection)
            raise
    return connection


def _enter(connection: BaseMailBox, settings: Settings, credentials: Mapping[str, str]) -> None:
    user, password = credentials["user"], credentials["password"]
    log_in = connection.login if (user + password).isascii() else connection.login_utf8
    log_in(user, password, None)
    if "ID" in connection.client.capabilities:  # 163.com lets nobody in without (RFC 2971)
        connection.client.xatom("ID", '("name" "Watchkeeper")')
    try:
        connection.folder.set(settings.folder, readonly=True)
    except UnexpectedCommandStatusError:
        names = [folder.name for folder in connection.folder.list()]
        told = f"{settings.host} has no folder {settings.folder!r}; there are "
        told += ", ".join(names[:NAMED_FOLDERS])
        raise SourceProblem(ProblemKind.MISCONFIGURED, told) from None


def _leave(connection: BaseMailBox) -> None:
    with suppress(IMAP4.error, ImapToolsError, OSError, ValueError):
        connection.logout()
    with suppress(OSError):
        connection.client.shutdown()


@contextmanager
def _problems(host: str, secrets: Mapping[str, str]) -> Iterator[None]:
    """Turn what can go wrong into one line for people, without the words that are secret."""
    try:
        yield
    except UnexpectedCommandStatusError as error:
        told = _without(secrets, _words(error.command_result))
        passes = any(f"[{code}]" in told for code in LATER)
        kind = ProblemKind.UNREACHABLE if passes else ProblemKind.REFUSED
        raise SourceProblem(kind, f"{host} refused: {told}") from None
    except ssl.SSLError as error:
        told = f"{host}: no safe connection ({error.reason or type(error).__name__})"
        raise SourceProblem(ProblemKind.UNREACHABLE, told) from None
    except (IMAP4.abort, OSError) as error:
        told = f"{host} gave no answer, or broke off ({type(error).__name__})"
        raise SourceProblem(ProblemKind.UNREACHABLE, told) from None
    except (IMAP4.error, ImapToolsError, ValueError, LookupError) as error:
        told = _without(secrets, str(error))[:SHOWN]
        raise SourceProblem(ProblemKind.BROKEN, f"{host} answered no IMAP: {told}") from None


def _words(result: tuple[Any, ...]) -> str:
    """Return what a server said with its refusal."""
    words = b" ".join(part for part in result[1] if isinstance(part, bytes))
    return " ".join(words.decode("utf-8", "replace").split())[:SHOWN]


def _without(secrets: Mapping[str, str], told: str) -> str:
    for secret in sorted(secrets.values(), key=len, reverse=True):
        told = told.replace(secret, "…")
    return told


def _items(data: Sequence[Any]) -> Iterator[tuple[bytes, bytes]]:
    """Yield what a server says of each mail, and the part of the mail itself.

    Some servers say the number behind the part, in the next item.
    """
    for place, item in enumerate(data):
        if isinstance(item, tuple):
            behind = data[place + 1] if place + 1 < len(data) else b""
            yield item[0] + (b" " + behind if isinstance(behind, bytes) else b""), item[1]
        elif isinstance(item, bytes) and not (place and isinstance(data[place - 1], tuple)):
            yield item, b""


def _head(about: bytes, headers: bytes) -> Head | None:
    uid, size, arrived = (found.search(about) for found in (_UID, _SIZE, _ARRIVED))
    if not (uid and size and arrived):
        return None  # the server tells of something else, such as a flag
    moment = datetime.strptime(arrived[1].decode().strip(), "%d-%b-%Y %H:%M:%S %z")
    return Head(int(uid[1]), int(size[1]), moment.astimezone(UTC), headers)


_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
