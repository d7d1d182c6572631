"""A shop that answers pages, a taker, and what must be there when all has come in."""

import json
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

from sqlmodel import Session, select

from core.ledger import feeds, pushes
from core.ledger.database import Database
from core.ledger.records import Order, Product, Sale, Shipment
from core.ledger.tables import Post, PushAnswer, WebhookDelivery
from core.settings import Settings
from tests.faults.arena import Life, Point
from tests.faults.taker import PRODUCTS, push
from tests.support.pushing import open_doors
from tests.support.sandbox_process import ROOT

PAGES, ON_A_PAGE = 5, 4
LATER = timedelta(minutes=11)
"""Between two lives: a push that died with its process is taken over by then."""
FILE = "product.csv"


class Shop(BaseHTTPRequestHandler):
    """Answers one page of orders."""

    def do_GET(self) -> None:
        """Answer the page that is asked for."""
        page = int(parse_qs(urlsplit(self.path).query)["page"][0])
        orders = [
            {"order_no": number, "channel": "shopify", "placed_at": "2026-03-05T02:30:00+00:00"}
            for number in _numbers(page)
        ]
        ahead = page + 1 if page + 1 < PAGES else None
        body = json.dumps({"orders": orders, "next": ahead}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


def _numbers(page: int) -> list[str]:
    return [f"{number:04d}" for number in range(page * ON_A_PAGE, (page + 1) * ON_A_PAGE)]


@dataclass
class Gate:
    """Where facts come in. `fresh` returns the address of a ledger without rows."""

    taker: "subprocess.Popen[str]"
    fresh: Callable[[], str]
    folder: Path
    settings: Settings
    at: datetime = field(default_factory=lambda: datetime.now(UTC))
    token: str = ""
    ledger: str = ""
    kills: int = 0

    def begin(self) -> None:
        """Put a file into the folder, and forget what was."""
        for path in sorted(self.folder.rglob("*"), reverse=True):
            path.rmdir() if path.is_dir() else path.unlink()
        rows = [f"PS-{number},{number}" for number in range(1, PRODUCTS)] + ["PS-0,five"]
        (self.folder / FILE).write_text("\n".join(["sku,moq", *rows]))
        self.ledger, self.kills, self.at = self.fresh(), 0, datetime.now(UTC)
        with self._ledger() as database, database.write() as ledger:
            token = pushes.create_token(ledger, "rpa", "harborlane", (), self.at)
        self.token = token or ""

    def live(self, point: Point | None = None) -> Life:
        """Let everything come in, or kill the taker at a point."""
        assert self.taker.stdin is not None
        assert self.taker.stdout is not None
        self.at += LATER
        order = {"database": self.ledger, "point": point, "signal": signal.SIGKILL}
        order |= {"folder": str(self.folder), "token": self.token, "at": self.at.isoformat()}
        self.taker.stdin.write(json.dumps(order) + "\n")
        self.taker.stdin.flush()
        answer = json.loads(self.taker.stdout.readline())
        life = Life(answer["ended"], answer["commits"], 0)
        self.kills += life.killed
        assert life.killed or life.ended == 0, life
        return life

    def compare_meanwhile(self) -> None:
        """No cursor is ahead of its rows, and the file is in the folder or what it says is told."""
        with self._ledger() as database, database.read() as ledger:
            cursor = feeds.cursor_of(ledger, "shop", "orders").get("page", 0)
            read = PAGES if cursor is None else cursor
            known = set(ledger.exec(select(Order.order_no)))
            assert known >= {number for page in range(read) for number in _numbers(page)}
            if not (self.folder / FILE).exists():
                assert len(ledger.exec(select(Post)).all()) == 1
                assert len(ledger.exec(select(Product)).all()) == PRODUCTS - 1

    async def compare(self) -> None:
        """Everything is there once, and the push is answered as it was."""
        with self._ledger() as database:
            with database.read() as ledger:
                _compare_rows(ledger)
                first = ledger.exec(select(PushAnswer)).one().answer
            async with open_doors(database, self.settings) as doors:
                doors.now = self.at + timedelta(minutes=1)
                answer = await push(doors, self.token)
            assert (answer.status_code, answer.json()) == (200, first)
            assert answer.headers["idempotency-replayed"] == "true"
        assert first["stored"] + first["unchanged"] == 1
        assert [row["column"] for row in first["rejected"]] == ["units"]
        self._compare_files()

    def _compare_files(self) -> None:
        found = {str(path.relative_to(self.folder)) for path in self.folder.rglob("*.*")}
        assert found - {".watchkeeper.lock"} == {f"done/{FILE}", "rejected/product.rejected.csv"}
        assert "five" in (self.folder / "rejected/product.rejected.csv").read_text("utf-8-sig")

    @contextmanager
    def _ledger(self) -> Iterator[Database]:
        database = Database(self.ledger)
        yield database
        database.close()


def _compare_rows(ledger: Session) -> None:
    orders = ledger.exec(select(Order.order_no)).all()
    assert sorted(orders) == [number for page in range(PAGES) for number in _numbers(page)]
    assert feeds.cursor_of(ledger, "shop", "orders") == {"page": None}
    skus = ledger.exec(select(Product.sku)).all()
    assert sorted(skus) == [f"PS-{number}" for number in range(1, PRODUCTS)]
    post = ledger.exec(select(Post)).one()
    (told,) = post.facts["reports"]
    assert (told["read"], told["rejected"]) == (PRODUCTS, 1)
    assert told["stored"] + told["unchanged"] == PRODUCTS - 1
    assert ledger.exec(select(Sale.units)).all() == [1]
    assert ledger.exec(select(Shipment.tracking_no)).all() == ["1Z"]
    assert ledger.exec(select(WebhookDelivery.delivery_id)).all() == ["delivery-1"]


@contextmanager
def open_gate(fresh: Callable[[], str], folder: Path, settings: Settings) -> Iterator[Gate]:
    """Start a shop and a taker."""
    shop = ThreadingHTTPServer(("127.0.0.1", 0), Shop)
    Thread(target=shop.serve_forever, daemon=True).start()
    inbox = folder / "inbox"
    inbox.mkdir()
    with (folder / "log").open("w", encoding="utf-8") as said, shop:
        address = f"http://127.0.0.1:{shop.server_port}/orders"
        taker = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.taker", address],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=said,
            text=True,
        )
        with taker:  # which ends when its stdin is closed
            yield Gate(taker, fresh, inbox, settings)
        shop.shutdown()
