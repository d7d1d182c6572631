"""Whatever a service answers, no credential and no token of it gets out: every source there is.

A new service needs a sample here. The service stands in for itself by answering with an echo of all
that it was sent, with a torn grant of a token, with rubbish, or not at all.
"""

import json
import logging
import socketserver
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote_plus

import httpx
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from core.engine import JobFailed
from core.ledger.database import Database
from core.settings import Settings, Store
from jobs.running import Runner
from scrapers.api.outside import services, variable
from scrapers.api.problems import SourceProblem
from tests.support.intake import take
from tests.support.sources import NOW, Bench, source_settings

TOKEN, REFRESH = "granted/canary/4f1c==", "refresh/canary/77ab=="
EVERY = {"schedule": {"every": "1h"}, "stale_after": "1d"}
WINDOW = {**EVERY, "overlap": "1h", "look_back": "1d"}
FAR = {**EVERY, "look_back": "90d"}
PARCELS = {"parcels": {**EVERY, "give_up_after": "60d"}}
RULE = {"name": "r", "senders": ["x.example"], "subject": "Dispute {dispute_id}", "kind": "dispute"}

Answer = Callable[[httpx.Request], httpx.Response]


@dataclass(frozen=True)
class Sample:
    """A source with all feeds of its service; `grant` is what brings a token, and at which path."""

    stanza: Mapping[str, Any]
    grant_path: str = "/nowhere"
    grant: Mapping[str, Any] = field(default_factory=dict)
    in_address: bool = False
    """Whether the vendor demands the token as a parameter of the address."""


SAMPLES = {
    "shopify": Sample(
        {
            "shop": "harborlane",
            "feeds": {
                **dict.fromkeys(("orders", "visits", "products"), WINDOW),
                **dict.fromkeys(("stock", "prices"), EVERY),
                "disputes": FAR,
            },
        },
        "/admin/oauth/access_token",
        {"access_token": TOKEN, "expires_in": 86399},
    ),
    "amazon": Sample(
        {
            "region": "na",
            "marketplaces": ["ATVPDKIKX0DER"],
            "seller_id": "A1B2C3D4E5",
            "feeds": {
                **dict.fromkeys(("orders", "visits"), WINDOW),
                **dict.fromkeys(("stock", "listings", "performance"), EVERY),
                "feedback": FAR,
            },
        },
        "/auth/o2/token",
        {"access_token": TOKEN, "expires_in": 3600},
    ),
    "alibaba": Sample(
        {
            "feeds": {
                **dict.fromkeys(("orders", "refunds"), WINDOW),
                **dict.fromkeys(("chargebacks", "products", "stock", "visits"), EVERY),
                "logistics": FAR,
            }
        },
        "/rest/auth/token/refresh",
        {"code": "0", "access_token": TOKEN, "refresh_token": REFRESH, "expires_in": 3600},
    ),
    "lingxing": Sample(
        {"feeds": {"stock": EVERY, "orders": WINDOW, "spend": WINDOW}},
        "/api/auth-server/oauth/access-token",
        {"code": "200", "data": {"access_token": TOKEN, "expires_in": 7200}},
        in_address=True,
    ),
    "mabang": Sample({"feeds": {"stock": WINDOW, "orders": WINDOW}}),
    "track17": Sample({"feeds": PARCELS}),
    "aftership": Sample({"feeds": PARCELS}),
    "ga4": Sample(
        {"property_id": 1234, "feeds": {"visits": WINDOW}},
        "/token",
        {"access_token": TOKEN, "expires_in": 3600},
    ),
    "rates": Sample({"feeds": {"daily": EVERY}}),
    "files": Sample({"channel": "watch", "settle": "5s", "feeds": {"folder": EVERY}}),
    "mailbox": Sample(
        {
            "host": "127.0.0.1",
            "security": "none",
            "trusted_server": None,
            "rules": [
                {**RULE, "set": {"channel": "alibaba", "status": "open"}, "moment": "opened_at"}
            ],
            "feeds": {"mails": FAR},
        }
    ),
}


class Parrot(socketserver.StreamRequestHandler):
    """A mail server that refuses each command and repeats it."""

    def handle(self) -> None:
        self.wfile.write(b"* OK ready\r\n")
        for line in self.rfile:
            tag, _, rest = line.strip().partition(b" ")
            if rest.upper() == b"CAPABILITY":
                self.wfile.write(b"* CAPABILITY IMAP4rev1\r\n" + tag + b" OK done\r\n")
            else:
                self.wfile.write(tag + b" NO you said " + rest + b"\r\n")


@pytest.fixture(scope="module")
def mail_port() -> Iterator[int]:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Parrot) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


@pytest.fixture(scope="module")
def key_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The key of a service account of Google's."""
    pem = rsa.generate_private_key(public_exponent=65537, key_size=2048).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    path = tmp_path_factory.mktemp("key") / "canary.json"
    account = {"client_email": "watch@p.example", "private_key": pem.decode()}
    path.write_text(json.dumps(account), encoding="utf-8")
    return path


def echo(status: int, *, as_json: bool) -> Answer:
    def answer(request: httpx.Request) -> httpx.Response:
        parts = [str(request.headers.raw[::-1]), str(request.url), repr(request.content)]
        sent = " ".join(parts if as_json else reversed(parts))  # an error quotes the beginning
        said = f"{sent} {unquote_plus(sent)}"
        if not as_json:
            return httpx.Response(status, text=said)
        error = {"code": "Odd", "message": said, "details": said}
        shapes = {"code": 9, "message": said, "error": said, "errors": [error], "data": None}
        return httpx.Response(status, json={**shapes, "meta": error, "sub_code": "isv.invalid"})

    return answer


def no_answer(request: httpx.Request) -> httpx.Response:
    raise httpx.ReadTimeout(str(request.headers), request=request)


SAYINGS: list[Answer] = [
    *(echo(status, as_json=True) for status in (200, 400, 401, 403, 429, 500)),
    *(echo(status, as_json=False) for status in (200, 400)),
    lambda _: httpx.Response(200, json={"code": "IllegalAccessToken", "message": "renew it"}),
    lambda _: httpx.Response(200, json={"code": "0", "data": {"list": 7}, "value": [], "rows": 7}),
    lambda _: httpx.Response(200, content=b"\xff\x00{[<"),
    lambda _: httpx.Response(200),
    no_answer,
]


def grants(sample: Sample) -> list[Answer | None]:
    """Return the ways in which a token is granted: well, torn, of another shape, with an echo."""
    whole = json.dumps(sample.grant)
    if not sample.grant:
        return [None]
    return [
        lambda _: httpx.Response(200, text=whole),
        lambda _: httpx.Response(200, text=whole[:-1]),
        lambda _: httpx.Response(200, json=[sample.grant]),
        lambda _: httpx.Response(200, text=whole.replace("expires_in", "lasts")),
        None,
    ]


class Watched:
    """A source over a stand-in; all that its runs say and send is kept."""

    def __init__(self, bench: Bench, sample: Sample, told: list[str]) -> None:
        self.bench, self._sample, self.told = bench, sample, told
        bench.answer = self._answer
        self.grant: Answer | None = None
        self.saying: Answer = no_answer
        sources = {bench.name: bench.source}
        self._settings = bench.settings.model_copy(update={"sources": sources})

    def _answer(self, request: httpx.Request) -> httpx.Response:
        if not self._sample.in_address:
            self.told.append(unquote_plus(str(request.url)))
        if self.grant and request.url.path == self._sample.grant_path:
            return self.grant(request)
        return self.saying(request)

    async def go_through(self, grant: Answer | None, sayings: Sequence[Answer]) -> None:
        """Be a new process, which remembers no token, and hear each of these answers."""
        self.bench.__post_init__()
        self.grant = grant
        for self.saying in sayings:
            await self._ask_all()
        await self._run_all()

    async def _ask_all(self) -> None:
        """Try the source, and read every feed."""
        bench = self.bench
        try:
            self.told.append(await bench.probe())
        except SourceProblem as problem:
            self.told += [str(problem), repr(problem)]
        for name, _ in bench.source.running_feeds():
            try:
                self.told.append(repr(await bench.sync(name)))
            except SourceProblem as problem:
                self.told += [str(problem), repr(problem)]

    async def _run_all(self) -> None:
        """Run every feed as the clock does: a row of each run is kept, and a line logged."""
        bench = self.bench
        runner = Runner(
            bench.database, self._settings, bench.time.now, lambda: None, outside=bench.outside
        )
        for name, _ in bench.source.running_feeds():
            bench.time.at += timedelta(minutes=1)
            with suppress(JobFailed):
                await runner.run(f"{bench.name}_{name}", bench.store, bench.time.at)


@pytest.mark.parametrize("name", sorted(services()))
async def test_no_secret_gets_out_whatever_a_service_answers(
    name: str,
    sqlite_database: Database,
    settings: Settings,
    store: Store,
    tmp_path: Path,
    mail_port: int,
    key_file: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    take(sqlite_database, "order", {"channel": "alibaba", "order_no": "1", "placed_at": NOW})
    take(
        sqlite_database, "shipment", {"carrier": "DHL", "tracking_no": "YT1001", "shipped_at": NOW}
    )
    sample, told = SAMPLES[name], list[str]()
    most = 1 if name in ("files", "mailbox") else len(SAYINGS)  # they ask nobody by HTTP
    places: dict[str, dict[str, Any]] = {
        "mailbox": {"port": mail_port},
        "files": {"folder": str(tmp_path)},
    }
    source = source_settings(service=name, **sample.stanza, **places.get(name, {}))
    wanted = [set(names) for names in services()[name].credentials or [()]]
    for names in (one for one in wanted if not any(one < other for other in wanted)):
        keys = {one: f"canary/{one}/{'5ec2e7' * 3}==" for one in names}
        keys |= {"app_id": "id_canary_567890"} if "app_id" in keys else {}  # wants 16 characters
        keys |= {"key_file": str(key_file)} if "key_file" in keys else {}
        environment = {variable("shop", one): key for one, key in keys.items()}
        bench = Bench(sqlite_database, settings, store, source, no_answer, environment)
        watched = Watched(bench, sample, told)
        well, *badly = grants(sample)
        await watched.go_through(well, SAYINGS[:most])
        for grant in badly:
            await watched.go_through(grant, SAYINGS[:1])
        assert len(told) >= most
        said = [*told, *caplog.messages, *_bytes_of(sqlite_database)]
        secrets = ("canary", "5ec2e7", *_lines_of(key_file))
        assert [one for one in said if any(secret in one for secret in secrets)] == []


def _lines_of(key_file: Path) -> list[str]:
    return key_file.read_text("utf-8").split("\\n")[1:3]


def _bytes_of(database: Database) -> Iterator[str]:
    """Yield what the database's files hold, the one that is not yet written back too."""
    path = Path(str(database.engine.url.database))
    for file in path.parent.glob(f"{path.name}*"):
        yield file.read_bytes().decode("latin-1")
