"""What other currencies are in ours, for one question that asks for many of them (plan B5)."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import cache

from sqlmodel import Session

from core.ledger.rates import Quote, rate_on
from core.rules.comparable import CURRENCY
from core.settings import Store

Exchange = Callable[[str, datetime], Quote | None]
"""(currency, moment) → what it cost in ours on that day in the store's zone; None: unknown."""


def exchange(ledger: Session, store: Store, max_age: timedelta) -> Exchange:
    """Return a question for rates that are at most `max_age` old; each is looked up once."""

    @cache
    def on(currency: str, day: date) -> Quote | None:
        return rate_on(ledger, store.name, currency, CURRENCY, day, max_age)

    return lambda currency, at: on(currency, at.astimezone(store.zone).date())
