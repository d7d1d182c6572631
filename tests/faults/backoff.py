"""How often the outbox may try, counted by hand from config.yaml."""

from datetime import timedelta

from core.settings import Settings

SHORTEST = 0.5
"""Jitter shortens a rest to this share of it at the most."""


def most_tries(settings: Settings, within: timedelta) -> int:
    """Return how often a lane is tried in so long when every rest is the shortest there is."""
    longest = settings.outbox.longest_retry
    rest, passed, tries = settings.outbox.first_retry, timedelta(), 0
    while passed < within:
        tries += 1
        passed += SHORTEST * rest
        rest = min(2 * rest, longest)
    return tries
