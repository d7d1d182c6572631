"""A watched folder: read once, moved, told in Slack once, whatever happens meanwhile."""

import fcntl
import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import ValidationError
from sqlmodel import select

from core.ledger.arrivals import last_arrival
from core.ledger.database import Database
from core.ledger.records import Order, OrderLine, Product, SearchHeat, Stock
from core.ledger.tables import Post
from core.settings import Settings, Store
from core.sources import ProblemKind
from core.texts import render
from core.values import Locale
from scrapers.api.problems import SourceProblem
from scrapers.guessing import certain_kind
from scrapers.importing import import_file
from scrapers.sources.files import looking
from tests.support.intake import stored
from tests.support.sources import Bench, Time, source_settings

GOOD = "sku,name\nPS-1,Cooler\nPS-2,Battery\n"
MIXED = "sku,moq\nPS-1,5\nPS-2,five\n"

Make = Callable[..., Bench]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder to put files in."""
    (tmp_path / "inbox").mkdir()
    return tmp_path / "inbox"


@pytest.fixture
def make(sqlite_database: Database, settings: Settings, store: Store, folder: Path) -> Make:
    """A source on that folder, some minutes after now."""

    def bench(**more: Any) -> Bench:
        source = source_settings(
            service="files",
            folder=str(folder),
            channel="watch",
            settle="5s",
            feeds={"folder": {"schedule": {"every": "1m"}, "stale_after": "1h"}},
            **more,
        )
        time = Time(datetime.now(UTC) + timedelta(minutes=2))
        answer = lambda _: httpx.Response(404)  # noqa: E731  (nobody is asked)
        return Bench(*(sqlite_database, settings, store, source, answer), name="inbox", time=time)

    return bench


class Killed(BaseException):
    """What a kill in the middle of it is to a test."""


def killed(*_: object) -> None:
    raise Killed


def drop(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def left(folder: Path) -> list[str]:
    """Return what lies in the folder and those below, the lock aside."""
    files = (path for path in folder.rglob("*") if path.is_file() or path.is_symlink())
    return sorted(
        str(path.relative_to(folder)) for path in files if path.name != ".watchkeeper.lock"
    )


def posts(database: Database) -> list[Post]:
    with database.read() as ledger:
        return list(ledger.exec(select(Post)))


def said(post: Post, store: Store, locale: Locale = Locale.ENGLISH) -> str:
    return render(post.template, "slack", post.facts, locale=locale, zone=store.zone)


async def test_a_file_is_read_moved_and_told(make: Make, folder: Path, store: Store) -> None:
    bench = make()
    drop(folder, "products-march.csv", GOOD)
    assert await bench.sync("folder") == {"read": 2, "product": 2}
    assert left(folder) == ["done/products-march.csv"]
    assert [product.sku for product in stored(bench.database, Product)] == ["PS-1", "PS-2"]
    [post] = posts(bench.database)
    assert (post.medium, post.recipient) == ("slack", "watch")
    assert "product: rows read 2, stored 2, unchanged 0, rejected 0" in said(post, store)
    assert "done/products-march.csv" in said(post, store, Locale.CHINESE)


async def test_an_empty_folder_says_nothing(make: Make, folder: Path) -> None:
    bench = make()
    assert await bench.sync("folder") == {"read": 0}
    assert bench.cursor("folder") == {}
    assert left(folder) == []


async def test_a_file_that_may_still_grow_is_left(make: Make, folder: Path) -> None:
    bench = make()
    drop(folder, "product.csv", GOOD)
    bench.time.at = datetime.now(UTC) + timedelta(seconds=4)
    assert await bench.sync("folder") == {"read": 0}
    os.utime(folder / "product.csv", (0, 0))  # a copy that keeps the old time is new all the same
    assert await bench.sync("folder") == {"read": 0}
    bench.time.at += timedelta(seconds=5)
    assert (await bench.sync("folder"))["product"] == 2


@pytest.mark.parametrize(
    "name",
    ["~$product.xlsx", ".product.csv", "product.csv.part", "a.CSV.crdownload", "Thumbs.db"],
)
async def test_what_programs_leave_for_themselves_stays(
    make: Make, folder: Path, name: str
) -> None:
    drop(folder, name, GOOD)
    assert await make().sync("folder") == {"read": 0}
    assert left(folder) == [name]


async def test_links_folders_and_odd_names_are_no_files(make: Make, folder: Path) -> None:
    secret = drop(folder.parent, "product.csv", GOOD)
    (folder / "product.csv").symlink_to(secret)
    (folder / "sub").mkdir()
    drop(folder / "sub", "product.csv", GOOD)
    drop(folder, "product\n<!channel>.csv", GOOD)
    os.mkfifo(folder / "product.pipe")
    with os.fdopen(os.open(os.fsencode(folder) + b"/product\xff.csv", os.O_CREAT)):
        summary = await make().sync("folder")
    assert (summary["read"], summary["noted"]) == (0, 4)
    assert "is a link" in " ".join(summary["notes"])
    assert secret.read_text() == GOOD
    assert len(left(folder)) == 5 - 1  # the pipe is none


async def test_bad_rows_lie_in_rejected_and_the_file_in_done(
    make: Make, folder: Path, store: Store
) -> None:
    bench = make()
    drop(folder, "product.csv", MIXED)
    summary = await bench.sync("folder")
    assert (summary["product"], summary["rejected"]) == (1, 1)
    assert summary["refused"] == ["product.csv, row 3: moq 'five' isn't a whole number"]
    assert left(folder) == ["done/product.csv", "rejected/product.rejected.csv"]
    [post] = posts(bench.database)
    assert "rows that could not be stored: 1" in said(post, store)
    assert "rejected/product.rejected.csv" in said(post, store)


async def test_mended_rows_are_put_in_again(make: Make, folder: Path) -> None:
    bench = make()
    drop(folder, "product.csv", MIXED)
    await bench.sync("folder")
    rejected = folder / "rejected" / "product.rejected.csv"
    drop(folder, "product.rejected.csv", rejected.read_text("utf-8-sig").replace("five", "5"))
    assert (await bench.sync("folder"))["product"] == 1
    assert "done/product.rejected.csv" in left(folder)


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("product.csv", "sku,moq\n,five\n", None),
        ("product.csv", "", "product.csv is empty"),
        ("product.csv", "name\nx\n", "has no column sku"),
        ("product.xlsx", b"PK\x03\x04torn", "damaged"),
        ("holiday.csv", "a,b\n1,2\n", "no rule matches holiday.csv"),
    ],
)
async def test_what_is_no_use_at_all_is_rejected_with_its_reason(
    make: Make, folder: Path, store: Store, name: str, content: str | bytes, why: str | None
) -> None:
    bench = make()
    drop(folder, name, content)
    await bench.sync("folder")
    assert f"rejected/{name}" in left(folder)
    [post] = posts(bench.database)
    assert f"rejected/{name}" in said(post, store)
    if why:
        assert why in (folder / "rejected" / f"{name}.why.txt").read_text()
        assert why in said(post, store)


async def test_rules_say_what_a_file_is_and_how_it_is_read(make: Make, folder: Path) -> None:
    (folder.parent / "map.yaml").write_text("columns: {编号: sku}\nset: {location: 义乌仓}\n")
    rule = {"match": "erp*.CSV", "kind": "stock", "map": str(folder.parent / "map.yaml")}
    bench = make(rules=[rule])
    drop(folder, "ERP-0305.csv", "编号,库存\nPS-1,7\n")
    assert await bench.sync("folder") == {"read": 1, "stock": 1}
    [level] = stored(bench.database, Stock)
    assert (level.sku, level.location, level.on_hand) == ("PS-1", "义乌仓", 7)


async def test_every_rule_that_matches_counts(make: Make, folder: Path) -> None:
    rules = [{"match": "x*", "kind": kind} for kind in ("order", "order_line")]
    bench = make(rules=rules)
    rows = "channel,order_no,placed_at,sku,quantity\namazon,1,2026-03-05,PS-1,2\n"
    drop(folder, "x.csv", rows + "amazon,2,soon,PS-1,many\n")
    summary = await bench.sync("folder")
    assert (summary["order"], summary["order_line"], summary["rejected"]) == (1, 1, 2)
    assert len(stored(bench.database, Order)) == len(stored(bench.database, OrderLine)) == 1
    assert left(folder)[1:] == [
        "rejected/x.order.rejected.csv",
        "rejected/x.order_line.rejected.csv",
    ]


async def test_headers_that_leave_no_doubt_need_no_rule(make: Make, folder: Path) -> None:
    bench = make()
    drop(folder, "export.csv", "商品编码,仓库,现有库存,占用\nPS-1,义乌仓,12,3\n")
    drop(folder, "multiTimeline (3).csv", "Week,cooler: (Worldwide)\n2026-03-01,55\n")
    assert await bench.sync("folder") == {"read": 2, "stock": 1, "search_heat": 1}
    assert stored(bench.database, SearchHeat)[0].phrase == "cooler"


async def test_nothing_is_overwritten(make: Make, folder: Path) -> None:
    bench = make()
    for content in (GOOD, MIXED, MIXED + "PS-3,x\n"):
        drop(folder, "product.csv", content)
        await bench.sync("folder")
    assert left(folder) == [
        *("done/product-2.csv", "done/product-3.csv", "done/product.csv"),
        *("rejected/product-2.rejected.csv", "rejected/product.rejected.csv"),
    ]


async def test_a_crash_before_the_move_tells_once_and_stores_once(
    make: Make, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = make()
    drop(folder, "product.csv", MIXED)
    with monkeypatch.context() as broken:
        broken.setattr(looking, "move", killed)
        with pytest.raises(Killed):
            await bench.sync("folder")
    assert "product.csv" in left(folder)
    await bench.sync("folder")
    assert left(folder) == ["done/product.csv", "rejected/product.rejected.csv"]
    [post] = posts(bench.database)
    assert post.facts["reports"][0]["stored"] == 1  # as it was the first time
    assert len(stored(bench.database, Product)) == 1


async def test_the_same_file_put_in_later_is_told_again(make: Make, folder: Path) -> None:
    bench = make()
    for _ in range(2):
        os.utime(drop(folder, "product.csv", GOOD), (0, 0))
        await bench.sync("folder")
    assert [post.facts["reports"][0]["unchanged"] for post in posts(bench.database)] == [0, 2]


async def test_a_file_that_changes_while_it_is_read_is_read_again(
    make: Make, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench, real = make(), import_file
    path = drop(folder, "product.csv", GOOD)

    def importing(*args: Any, **options: Any) -> Any:
        report = real(*args, **options)
        path.write_text(GOOD + "PS-3,Cable\n")
        return report

    with monkeypatch.context() as grown:
        grown.setattr(looking, "import_file", importing)
        await bench.sync("folder")
    assert (left(folder), posts(bench.database)) == (["product.csv"], [])
    assert (await bench.sync("folder"))["product"] == 1


async def test_a_file_that_vanishes_is_no_trouble(
    make: Make, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench, real = make(), certain_kind
    path = drop(folder, "product.csv", GOOD)

    def vanishing(file: Path) -> str | None:
        path.unlink()
        return real(file)

    monkeypatch.setattr(looking, "certain_kind", vanishing)
    assert await bench.sync("folder") == {"read": 0}
    assert posts(bench.database) == []


async def test_a_second_process_keeps_away(make: Make, folder: Path) -> None:
    bench = make()
    drop(folder, "product.csv", GOOD)
    with (folder / ".watchkeeper.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert await bench.sync("folder") == {"read": 0}
    assert (await bench.sync("folder"))["product"] == 2


async def test_a_full_disk_is_not_the_files_fault(
    make: Make, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = make()
    drop(folder, "product.csv", MIXED)
    real = Path.open

    def full(self: Path, *args: Any, **options: Any) -> Any:
        if self.name.endswith(".rejected.csv"):
            raise OSError(28, "No space left on device")
        return real(self, *args, **options)

    with monkeypatch.context() as disk:
        disk.setattr(Path, "open", full)
        with pytest.raises(SourceProblem, match="No space left"):
            await bench.sync("folder")
    assert (left(folder), posts(bench.database)) == (["product.csv"], [])


async def test_done_may_be_on_another_file_system(
    make: Make, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench, real = make(), Path.replace

    def other(self: Path, target: Path) -> Path:
        if self.suffix != ".part":
            raise OSError(18, "Invalid cross-device link")
        return real(self, target)

    monkeypatch.setattr(Path, "replace", other)
    drop(folder, "product.csv", GOOD)
    await bench.sync("folder")
    assert left(folder) == ["done/product.csv"]
    assert (folder / "done" / "product.csv").read_text() == GOOD


async def test_a_folder_that_is_not_there_is_told(make: Make, folder: Path) -> None:
    bench = make()
    os.rmdir(folder)  # noqa: PTH106  (in a coroutine; it takes no time)
    with pytest.raises(SourceProblem, match="there is no folder") as problem:
        await bench.sync("folder")
    assert problem.value.kind is ProblemKind.UNREACHABLE


async def test_a_map_that_is_no_use_is_told_and_no_file_is_blamed(make: Make, folder: Path) -> None:
    bench = make(rules=[{"match": "*", "kind": "product", "map": str(folder / "none.yaml")}])
    drop(folder, "product.csv", GOOD)
    with pytest.raises(SourceProblem, match=r"none.yaml can't be read"):
        await bench.sync("folder")
    assert left(folder) == ["product.csv"]


async def test_one_file_that_breaks_the_reader_stops_no_other(
    make: Make, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench, real = make(), import_file

    def importing(database: Database, store: Store, kind: str, path: Path, **more: Any) -> Any:
        if path.name == "product-a.csv":
            raise ZeroDivisionError("a fault of ours")
        return real(database, store, kind, path, **more)

    monkeypatch.setattr(looking, "import_file", importing)
    drop(folder, "product-a.csv", GOOD)
    drop(folder, "product-b.csv", GOOD)
    assert (await bench.sync("folder"))["product"] == 2
    assert "rejected/product-a.csv" in left(folder)


async def test_text_of_a_stranger_pings_nobody(make: Make, folder: Path, store: Store) -> None:
    bench = make()
    drop(folder, "product <!channel>.csv", "sku,moq,<!here>\nA,<!everyone>,1\n")
    await bench.sync("folder")
    [post] = posts(bench.database)
    assert "<!" not in said(post, store)


async def test_the_probe_counts_what_lies_there(make: Make, folder: Path) -> None:
    bench = make()
    drop(folder, "product.csv", GOOD)
    assert await bench.probe() == f"{folder}: files to be read: 1"


async def test_a_file_that_is_expected_is_known_to_have_come(make: Make, folder: Path) -> None:
    rule = {"match": "stock*.csv", "kind": "stock", "stale_after": "2d"}
    bench = make(rules=[rule, {"match": "other*", "kind": "stock"}])
    [expected] = bench.source.expected()
    drop(folder, "other.csv", "sku,on_hand\nA,1\n")
    await bench.sync("folder")
    late = bench.time.at + timedelta(days=1)
    with bench.database.read() as ledger:
        assert last_arrival(ledger, bench.store.name, expected, late) is None
    drop(folder, "Stock-0305.csv", "sku,on_hand\nA,1\n")
    await bench.sync("folder")
    with bench.database.read() as ledger:
        came = last_arrival(ledger, bench.store.name, expected, late)
    assert came is not None
    assert came - bench.time.at < timedelta(minutes=1)


def test_a_rule_of_an_unknown_kind_is_refused(make: Make) -> None:
    with pytest.raises(ValidationError, match="no kind of record 'stocks'"):
        make(rules=[{"match": "*", "kind": "stocks"}])
