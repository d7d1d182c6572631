"""What stands under `sources` in config.yaml: each service has a form of its own."""

import re
from pathlib import Path

import pytest

from core.configuration import ConfigurationError, load
from core.settings import settings_model
from jobs.registry import checks, jobs
from scrapers.api.outside import source_types
from tests.support.configuration import SHIPPED, problems
from tests.support.toy import ToySettings, without_sources


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "config.yaml"


SOURCE = "sources:\n  ecb:\n    service: rates\n    feeds:\n      daily:\n"
SOURCE += "        schedule: {at: '23:30'}\n        stale_after: 4d\n"


def sources(path: Path, content: str) -> list[str]:
    """What the shipped file with this `sources` complains about, lines counted from there."""
    shipped = without_sources(SHIPPED)
    before = shipped.count("\n")
    told = problems(path, shipped + content)
    return [re.sub(r"F:(\d+)", lambda found: f"F:{int(found[1]) - before}", line) for line in told]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("    service: rates\n", "", "F:2: sources.ecb: `service` is missing, the kind of source"),
        ("service: rates", "service: rate", "F:2: sources.ecb: service: found 'rate'; allowed: "),
        (
            "service: rates",
            "service: rates\n    folder: x",
            "F:4: sources.ecb.folder: no such key; ",
        ),
        ("daily:", "dayly:", "F:5: sources.ecb.feeds.dayly: no such key; did you mean 'daily'?"),
        ("stale_after", "stale", "F:7: sources.ecb.feeds.daily.stale: no such key; did you mean"),
        ("stale_after: 4d", "stale_after: 4", "found 4; a duration is a number and a unit"),
        ("'23:30'", "'25:30'", "F:6: sources.ecb.feeds.daily.schedule.at.0: found '25:30'; a time"),
        ("  ecb:", "  ECB:", "F:2: sources.ECB: found 'ECB'; allowed: lower-case"),
        (
            "service: rates",
            "service: rates\n    store: mars",
            "F:4: sources.ecb.store: no store is named 'mars'",
        ),
        (
            "schedule: {at: '23:30'}",
            "schedule: {after: dawn}",
            "F:6: sources.ecb.feeds.daily.schedule.after: 'dawn' never runs",
        ),
        (
            "schedule: {at: '23:30'}",
            "schedule: {at: '23:30', on_new: [stok]}",
            "F:6: sources.ecb.feeds.daily.schedule.on_new.0: found 'stok'; there is no kind",
        ),
    ],
)
def test_a_mistake_in_a_source_is_told_with_its_line(
    path: Path, old: str, new: str, told: str
) -> None:
    assert SOURCE.count(old) == 1
    complaints = sources(path, SOURCE.replace(old, new))
    assert len([line for line in complaints if told in line]) == 1, complaints
    assert not any("function-" in line or "tagged" in line for line in complaints)


def test_a_missing_length_of_a_feed_is_named_with_its_place(path: Path) -> None:
    complaints = sources(path, SOURCE.replace("        stale_after: 4d\n", ""))
    assert len(complaints) == 1
    assert complaints[0].startswith("F:5: sources.ecb.feeds.daily.stale_after: is missing; ")


@pytest.mark.parametrize("content", ["sources: 3\n", "sources:\n  ecb: 3\n", "sources: [a]\n"])
def test_what_is_no_source_gets_one_line(path: Path, content: str) -> None:
    [complaint] = sources(path, content)
    assert re.match(r"F:[12]: sources(\.ecb)?: .*allowed: keys and values", complaint)


def test_a_source_whose_job_would_have_a_checks_name_is_refused(path: Path) -> None:
    feeds = "{stock: {schedule: {every: 15m}, stale_after: 2h}}"
    model = settings_model(
        {name: check.settings for name, check in checks().items()},
        {name: job.settings for name, job in jobs().items()},
        source_types() | {"toy": ToySettings},
    )
    shipped = without_sources(SHIPPED)
    path.write_text(f"{shipped}sources:\n  safety:\n    service: toy\n    feeds: {feeds}\n")
    with pytest.raises(ConfigurationError) as caught:
        load(path, model)
    line = shipped.count("\n") + 4
    assert caught.value.problems == [
        f"{path}:{line}: sources.safety.feeds.stock: its job would be 'safety_stock',"
        " as another one is; rename the source"
    ]
