"""What fills a sandbox: the app installed in its workspace, the demo store in the ledger."""

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx

from bot.slack.manifest import manifest
from core.finding import Facts
from core.ledger.database import Database
from core.ledger.tables import PriceDecision
from core.settings import Store
from scrapers.importing import import_file


def install_app(announced: dict[str, Any]) -> None:
    """Install the app in the sandbox's workspace, as a person would with the manifest."""
    answer = httpx.post(f"{announced['page']}sandbox/manifest", json=manifest(None), timeout=10)
    answer.raise_for_status()


def remember(database: Database, store: Store, decided: Iterable[Facts]) -> None:
    """Keep what people decided on prices before the demo began."""
    rows = [PriceDecision.model_validate(row | {"store": store.name}) for row in decided]
    with database.write() as ledger:
        ledger.add_all(rows)


def load_store(database: Database, store: Store, files: Iterable[tuple[str, Path]]) -> int:
    """Import the demo store's files as a user would; return the number of records."""
    now = datetime.now(UTC)
    return sum(
        import_file(database, store, kind, path, now=now).taken.stored for kind, path in files
    )
