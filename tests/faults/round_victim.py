"""Reads the price round of one fire time, in a process that may be killed.

python -m tests.faults.round_victim DATABASE_URL SLOT FOLDER
"""

import asyncio
import sys
from datetime import datetime, timedelta
from pathlib import Path

from core.configuration import load
from core.ledger.database import Database
from jobs.registry import configuration
from jobs.running import Runner
from scrapers.api.outside import Outside
from tests.conftest import CONFIG
from tests.support.fetching import Time
from tests.support.rounds import changes


def main(url: str, slot: datetime, folder: Path) -> None:
    """Take up what this process left, and run the round; it is an hour late: nothing is spread."""
    time = Time(slot + timedelta(hours=1))
    settings = load(CONFIG, configuration(), changes(folder))
    outside = Outside(now=time, sleep=time.sleep)
    runner = Runner(Database(url), settings, time, lambda: None, "victim", outside)
    runner.release_dead()
    asyncio.run(runner.run("price_round", settings.stores[0], slot))


if __name__ == "__main__":
    main(sys.argv[1], datetime.fromisoformat(sys.argv[2]), Path(sys.argv[3]))
