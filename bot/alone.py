"""One process a SQLite ledger: a second one would take what the first is sending for lost."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import make_url

from core.errors import UserError


@contextmanager
def alone(url: str) -> Iterator[None]:
    """Be the only process that serves a SQLite ledger, by a lock on a file beside it.

    The lock ends with the process, however that ends. PostgreSQL needs none: there leases tell
    what was lost. Raises UserError when another process serves this ledger.
    """
    parsed = make_url(url)
    if not parsed.drivername.startswith("sqlite") or not parsed.database:
        yield
        return
    with Path(f"{parsed.database}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise UserError(
                f"another watchkeeper run serves {parsed.database} already: stop it first, or "
                "set database.url to PostgreSQL, which several may share"
            ) from None
        yield
