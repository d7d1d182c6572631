"""Store → files in the formats that real exports have."""

import csv
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, fields
from datetime import date, datetime
from operator import attrgetter
from pathlib import Path
from typing import Any

from sandbox.demo.scene import STORE_ZONE
from sandbox.demo.store import Store
from sandbox.demo.xlsx import write_sheet

# An export of the ERP: its own headers, its own clock.
_ERP_HEADERS = {
    "sku": "SKU编码",
    "location": "仓库",
    "on_hand": "现有库存",
    "committed": "锁定库存",
    "inbound": "在途",
}

Writer = Callable[[Path, Sequence[Any]], None]


def write_store(store: Store, out: Path) -> None:
    """Write one file per kind into `out`, and three about them.

    `manifest.json` (load order), `planted.json`, `decisions.json` (what people decided before).
    """
    out.mkdir(parents=True, exist_ok=True)
    manifest = []
    for kind, rows in store.rows.items():
        ending, write = _FORMATS.get(kind, ("csv", _write_csv))
        write(out / f"{kind}.{ending}", rows)
        manifest.append({"kind": kind, "file": f"{kind}.{ending}"})
    _write_json(out / "manifest.json", manifest)
    _write_json(out / "decisions.json", [asdict(decision) for decision in store.decisions])
    _write_json(out / "planted.json", [_present(trouble) for trouble in store.troubles])


def _write_csv(path: Path, rows: Sequence[Any], delimiter: str = ",") -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=delimiter, lineterminator="\n")
        writer.writerow(_columns(rows))
        writer.writerows([_text(cell) for cell in cells] for cells in _cells(rows))


def _write_tsv(path: Path, rows: Sequence[Any]) -> None:
    _write_csv(path, rows, delimiter="\t")


def _write_jsonl(path: Path, rows: Sequence[Any]) -> None:
    lines = (json.dumps(_present(row), ensure_ascii=False, default=_text) for row in rows)
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8", newline="\n")


def _write_erp(path: Path, rows: Sequence[Any]) -> None:
    headers = [_ERP_HEADERS.get(column, column) for column in _columns(rows)]
    write_sheet(path, headers, ([_erp_cell(cell) for cell in cells] for cells in _cells(rows)))


def _write_json(path: Path, value: object) -> None:
    text = json.dumps(value, ensure_ascii=False, indent=2, default=_text)
    path.write_text(text + "\n", encoding="utf-8", newline="\n")


_FORMATS: dict[str, tuple[str, Writer]] = {
    "stock": ("xlsx", _write_erp),
    "sales": ("tsv", _write_tsv),
    "review": ("jsonl", _write_jsonl),
}


def _columns(rows: Sequence[Any]) -> list[str]:
    return [field.name for field in fields(rows[0])]


def _cells(rows: Sequence[Any]) -> Iterable[tuple[Any, ...]]:
    return map(attrgetter(*_columns(rows)), rows)


def _present(row: Any) -> dict[str, Any]:
    """What is known of a row: a key that is missing leaves what the reader knows."""
    return {name: cell for name, cell in asdict(row).items() if cell is not None}


def _text(cell: object) -> str:
    match cell:
        case None:
            return ""
        case bool():
            return "true" if cell else "false"
        case date():  # a datetime too
            return cell.isoformat()
        case _:
            return str(cell)


def _erp_cell(cell: str | int | datetime) -> str | int:
    return cell.astimezone(STORE_ZONE).isoformat() if isinstance(cell, datetime) else cell
