"""Google Trends' multiTimeline.csv: wide in, one record a phrase, country and day."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from core.ledger.database import Database
from core.ledger.records import SearchHeat
from scrapers.guessing import certain_kind
from scrapers.importing import FileProblem, ImportReport, import_file
from tests.support.intake import NOW, STORE, stored

ENGLISH = """Category: All categories

Week,camping cooler: (United States),power station: (United States)
2026-02-22,<1,41
2026-03-01,73,100
"""
CHINESE = "类别：所有类别\n\n周,露营空调: (美国)\n2026-03-01,73\n"
OLDER = "Category: All categories\n\nDay,cooler: (Worldwide),isPartial\n2026-03-01,5,False\n"


def take(database: Database, folder: Path, text: str) -> ImportReport:
    path = folder / "multiTimeline.csv"
    path.write_text(text, encoding="utf-8")
    return import_file(database, STORE, "search_heat", path, now=NOW)


def heats(database: Database) -> list[tuple[str, str, date, Decimal]]:
    found = stored(database, SearchHeat)
    return [(heat.phrase, heat.country, heat.day, heat.heat) for heat in found]


def test_every_phrase_has_its_rows(sqlite_database: Database, tmp_path: Path) -> None:
    assert take(sqlite_database, tmp_path, ENGLISH).taken.stored == 4
    first, second = date(2026, 2, 22), date(2026, 3, 1)
    assert heats(sqlite_database) == [
        ("camping cooler", "US", first, Decimal("0.5")),  # <1 is more than 0 and less than 1
        ("camping cooler", "US", second, Decimal(73)),
        ("power station", "US", first, Decimal(41)),
        ("power station", "US", second, Decimal(100)),
    ]


def test_the_chinese_page_exports_the_same(sqlite_database: Database, tmp_path: Path) -> None:
    take(sqlite_database, tmp_path, CHINESE)
    assert heats(sqlite_database) == [("露营空调", "US", date(2026, 3, 1), Decimal(73))]


@pytest.mark.parametrize("head", ["天", "日", "Day", "Month", "月", "週"])
def test_days_weeks_and_months(sqlite_database: Database, tmp_path: Path, head: str) -> None:
    take(sqlite_database, tmp_path, f"{head},a: (Texas)\n2026-03,1\n")
    assert heats(sqlite_database) == [("a", "Texas", date(2026, 3, 1), Decimal(1))]


def test_what_is_not_over_or_not_there_is_no_heat(
    sqlite_database: Database, tmp_path: Path
) -> None:
    take(sqlite_database, tmp_path, OLDER + "2026-03-02,9,True\n2026-03-03,,False\n")
    assert heats(sqlite_database) == [("cooler", "", date(2026, 3, 1), Decimal(5))]


def test_a_bad_cell_has_its_row_in_the_file(sqlite_database: Database, tmp_path: Path) -> None:
    report = take(sqlite_database, tmp_path, ENGLISH + "2026-03-08,x,7\n")
    [bad] = report.rejected
    assert (bad.row, bad.column, report.taken.stored) == (6, "heat", 5)
    kept = (tmp_path / "multiTimeline.rejected.csv").read_text("utf-8-sig").splitlines()
    assert kept[1].startswith("camping cooler,US,2026-03-08,x,")


def test_hours_are_no_days(sqlite_database: Database, tmp_path: Path) -> None:
    with pytest.raises(FileProblem, match="by the hour: choose a span of 30 days"):
        take(sqlite_database, tmp_path, "Time,a: (United States)\n2026-03-01T10,5\n")


def test_a_table_of_ours_stays_as_it_is(sqlite_database: Database, tmp_path: Path) -> None:
    take(sqlite_database, tmp_path, "phrase,country,week,heat\ncooler,US,2026-03-01,3\n")
    assert heats(sqlite_database) == [("cooler", "US", date(2026, 3, 1), Decimal(3))]


def test_it_is_known_by_its_headers_too(tmp_path: Path) -> None:
    path = tmp_path / "march.csv"
    path.write_text(CHINESE, encoding="utf-8")
    assert certain_kind(path) == "search_heat"
