"""Sources that fail, thin out or fall silent, and what came that nobody understands (law 5).

What depends on them says "no data since …" by itself; this says why, and what to do.
"""

from collections.abc import Iterator
from datetime import datetime

from sqlmodel import Session

from core.finding import Finding
from core.ledger import vitals
from core.ledger.source_states import state_of
from core.settings import Settings as Configuration
from core.settings import Store
from jobs.checks.stale_sources.asked import Asked
from jobs.checks.stale_sources.silence import stopped, thin
from jobs.checks.stale_sources.stanza import Settings
from jobs.checks.stale_sources.strange import left_out, mails, missed_files, words

__all__ = ["Settings", "find_with_settings"]


def find_with_settings(
    ledger: Session, as_of: datetime, store: Store, stanza: Settings, settings: Configuration
) -> Iterator[Finding]:
    """Yield a finding for what keeps a source's feeds from their work, and for what is strange."""
    asked = Asked(ledger, as_of, store, stanza, vitals.watched_since(ledger, as_of))
    states = [state_of(ledger, feed, store.name, as_of) for feed in settings.feeds(store.name)]
    yield from stopped(asked, states)
    for state in states:
        yield from filter(None, [thin(asked, state)])
        yield from left_out(asked, state)
        yield from missed_files(asked, state.feed)
    yield from words(asked)
    yield from mails(asked)
