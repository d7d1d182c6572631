"""Reads a written demo store back, with nothing but readers of its file formats."""

import csv
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

from python_calamine import load_workbook

from sandbox.demo.files import write_store
from sandbox.demo.scene import Scene
from sandbox.demo.store import build

SHOP = "http://127.0.0.1:8030/shop/"
Row = dict[str, str]
_ERP = {
    "SKU编码": "sku",
    "仓库": "location",
    "现有库存": "on_hand",
    "锁定库存": "committed",
    "在途": "inbound",
}


class Files:
    """A demo store on disk: its rows by kind, as text."""

    def __init__(self, folder: Path, today: datetime, seed: int = 7) -> None:
        self.folder = folder
        self.today = today
        self.day = today.astimezone(ZoneInfo("Asia/Shanghai")).date()
        write_store(build(Scene(today, seed, SHOP)), folder)
        self.manifest: list[Row] = json.loads((folder / "manifest.json").read_text("utf-8"))
        self.planted: list[Row] = json.loads((folder / "planted.json").read_text("utf-8"))
        self.rows = {entry["kind"]: list(_rows(folder / entry["file"])) for entry in self.manifest}
        self.stock = sorted(self.rows["stock"], key=lambda row: moment(row["observed_at"]))

    def subjects(self, check: str) -> set[str]:
        """What the check must find today."""
        return {
            each["subject"]
            for each in self.planted
            if each["check"] == check and "visible_from" not in each
        }

    def why(self, subject: str, check: str) -> str:
        """The reason that is given for one planted trouble."""
        [why] = [e["why"] for e in self.planted if (e["subject"], e["check"]) == (subject, check)]
        return why

    def age(self, text: str) -> timedelta:
        """How long ago a moment of a file was; negative when it lies ahead."""
        return self.today - datetime.fromisoformat(text)

    def sold(self, until: date, days: int = 30) -> dict[str, int]:
        """Units by SKU in the days before `until`."""
        window = {str(until - timedelta(days=back)) for back in range(1, days + 1)}
        units: dict[str, int] = {row["sku"]: 0 for row in self.rows["product"]}
        for row in self.rows["sales"]:
            if row["day"] in window:
                units[row["sku"]] += int(row["units"])
        return units

    def available(self, at: datetime) -> dict[str, int]:
        """On hand less committed at a moment, by SKU, over all warehouses."""
        latest: dict[tuple[str, str], Row] = {}
        for row in self.stock:
            if datetime.fromisoformat(row["observed_at"]) <= at:
                latest[row["sku"], row["location"]] = row
        units: dict[str, int] = {}
        for (sku, _), row in latest.items():
            units[sku] = units.get(sku, 0) + int(row["on_hand"]) - int(row["committed"])
        return units

    def safety(self, day: date) -> dict[str, Decimal]:
        """Average daily sales of 30 days x (purchase + transport days) x 1.8, by SKU."""
        sold = self.sold(day)
        return {
            row["sku"]: Decimal(sold[row["sku"]])
            * (int(row["purchase_lead_days"]) + int(row["transport_lead_days"]))
            * Decimal("1.8")
            / 30
            for row in self.rows["product"]
        }


def moment(text: str) -> datetime:
    """An aware moment in UTC."""
    return datetime.fromisoformat(text).astimezone(UTC)


def _rows(path: Path) -> Iterator[Row]:
    match path.suffix:
        case ".jsonl":
            for line in path.read_text("utf-8").splitlines():
                yield {name: str(value) for name, value in json.loads(line).items()}
        case ".xlsx":
            header, *lines = load_workbook(path).get_sheet_by_index(0).to_python()
            names = [_ERP.get(str(cell), str(cell)) for cell in header]
            for cells in lines:
                yield {name: _cell(cell) for name, cell in zip(names, cells, strict=True)}
        case suffix:
            with path.open(encoding="utf-8", newline="") as file:
                yield from csv.DictReader(file, delimiter="\t" if suffix == ".tsv" else ",")


def _cell(value: object) -> str:
    return str(int(value)) if isinstance(value, float) else str(value)
