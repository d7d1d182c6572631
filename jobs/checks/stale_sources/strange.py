"""What came that nobody understands, and files that did not come."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from itertools import groupby
from textwrap import shorten
from typing import Any

from core.finding import Finding, facts
from core.ledger import feeds, source_states
from core.ledger.arrivals import last_arrival
from core.ledger.source_states import NOTED, NOTES, REJECTED, SAMPLES, FeedState
from core.ledger.tables import UnmatchedMail
from core.sources import Feed
from core.values import Severity
from jobs.checks.stale_sources.asked import Asked, finding

SHOWN = 5
"""Words and subjects of mails that an alert names."""
LONGEST_SUBJECT = 80


def left_out(asked: Asked, state: FeedState) -> Iterator[Finding]:
    """Yield the rows that are no records, and what the service refused: it is not known.

    A feed that brings all there is each time says so again as long as it is so. One that goes on
    from a cursor says it once, which is told for a while. A folder's refused rows are in the
    message about their file.
    """
    feed = state.feed
    goes_on = feeds.cursor_of(asked.ledger, feed.source, feed.name)
    for problem, count, samples in (("rejected", REJECTED, SAMPLES), ("noted", NOTED, NOTES)):
        if problem == "rejected" and feed.settings.tells_of_rows:
            continue
        run = asked.last_with(count, state) if goes_on else state.done
        if run and run.summary.get(count):
            told = {"count": run.summary[count], "samples": run.summary[samples]}
            yield finding(state, problem, run.slot, told, f"{feed.job} {problem}")


def missed_files(asked: Asked, feed: Feed) -> Iterator[Finding]:
    """Yield the files that people bring again and again, and that did not come."""
    for wanted in feed.settings.expected():
        came = last_arrival(asked.ledger, asked.store.name, wanted, asked.as_of)
        since = came or asked.began(feed)
        if since and asked.is_too_long(since, wanted.stale_after):
            subject = f"{feed.source} {wanted.kind} {wanted.name}"
            told = {
                "problem": "file",
                "source": feed.source,
                "file": wanted.name,
                "kinds": [wanted.kind],
                "last_came": came,
            }
            yield Finding(subject=subject, facts=facts(told), since=since)


def words(asked: Asked) -> Iterator[Finding]:
    """Yield the words we do not know: those that came together once, as one notice."""
    since, by = asked.strange_since, asked.as_of
    together = defaultdict(list)
    for word in feeds.unknown_since(asked.ledger, asked.store.name, since, by):
        together[word.source, word.first_seen_at].append(f"{word.kind}.{word.column} {word.value}")
    for (source, at), known in together.items():
        told = {"words": sorted(known)[:SHOWN], "count": len(known), "at": at}
        yield _notice(f"{source} words {at.isoformat()}", "words", source, at, told)


def mails(asked: Asked) -> Iterator[Finding]:
    """Yield the mails that no rule understood: those of a day as one notice."""
    since, by = asked.strange_since, asked.as_of
    found = source_states.unmatched_mails(asked.ledger, asked.store.name, since, by)

    def day_of(mail: Any) -> tuple[str, str]:
        return mail.source, mail.received_at.astimezone(asked.store.zone).date().isoformat()

    for (source, day), group in groupby(sorted(found, key=day_of), day_of):
        of_day = list(group)
        subjects = [_told(mail) for mail in of_day[:SHOWN]]
        told = {"subjects": subjects, "count": len(of_day), "day": day}
        first = min(mail.received_at for mail in of_day)
        yield _notice(f"{source} mails {day}", "mails", source, first, told)


def _told(mail: UnmatchedMail) -> str:
    """Return which mail it is, and why the rule that is about it gave no record."""
    subject = shorten(mail.subject or mail.sender, LONGEST_SUBJECT)
    return f"{subject} ({mail.problem})" if mail.problem else subject


def _notice(
    subject: str, problem: str, source: str, since: datetime, more: dict[str, Any]
) -> Finding:
    told = facts({"problem": problem, "source": source} | more)
    return Finding(subject=subject, facts=told, since=since, severity=Severity.NOTICE)
