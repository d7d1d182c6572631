"""Demo stores of moments at which calendars like to go wrong."""

from functools import cache
from pathlib import Path

import pytest

from tests.sandbox.test_demo.reading import Files, moment

MOMENTS = {
    "sunday": "2026-11-22T08:00:00+00:00",  # 16:00 in Shanghai
    "early january": "2027-01-02T16:20:31+00:00",  # 00:20 on the 3rd in Shanghai
    "peak begins": "2027-06-30T16:00:00+00:00",  # 00:00 on 1 July in Shanghai
    "before the peak": "2028-06-01T01:07:00+00:00",
}


@pytest.fixture(scope="session", params=MOMENTS.values(), ids=list(MOMENTS))
def store(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Files:
    """One store a moment."""
    return _store(tmp_path_factory.getbasetemp(), request.param)


@pytest.fixture(scope="session")
def sunday(tmp_path_factory: pytest.TempPathFactory) -> Files:
    """The store of one known moment."""
    return _store(tmp_path_factory.getbasetemp(), MOMENTS["sunday"])


@cache
def _store(folder: Path, at: str) -> Files:
    """Make it once: it takes most of a second."""
    return Files(folder / f"store-{list(MOMENTS.values()).index(at)}", moment(at))
