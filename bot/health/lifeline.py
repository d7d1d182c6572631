"""What no alert can tell: without ledger, clock or outbox none comes into being or arrives."""

import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from bot.senders.transport import Errand, Sender, TransportError
from core.duty import Roster
from core.errors import one_line
from core.ledger.posts import new_post
from core.ledger.vitals import Part
from core.settings import Settings
from core.values import Medium

log = logging.getLogger(__name__)

NEEDED = (Part.DATABASE, Part.CLOCK, Part.OUTBOX)
"""The parts that an alert goes through; what else is ill is told by `own_health`."""
TEMPLATE = "lifeline"


class Lifeline:
    """Tells the fallback role's person directly, over each medium, once an outage.

    `ill_after`: how long something must have been wrong; None: nobody wants to be told.
    """

    def __init__(
        self,
        settings: Settings,
        senders: Mapping[str, Sender],
        ill_after: timedelta | None,
        clock: Callable[[], datetime],
    ) -> None:
        self._settings, self._senders = settings, senders
        self._ill_after, self._clock = ill_after, clock
        self._since: datetime | None = None
        self._owed: list[Errand] | None = None

    async def look(self, problems: Mapping[str, str | None]) -> None:
        """Take note of what is wrong now; tell it when it has been for too long."""
        ill = {str(part): problem for part in NEEDED if (problem := problems.get(part))}
        if not ill:
            self._well_again()
            return
        now = self._clock()
        if self._since is None:
            self._since = now
            log.error("no alert can be given: %s", _line(ill))
        if self._ill_after and now - self._since >= self._ill_after:
            if self._owed is None:
                self._owed = list(self._errands(ill, self._since, now))
            self._owed = [again for errand in self._owed if (again := await self._send(errand))]

    def _well_again(self) -> None:
        if self._since:
            log.warning("alerts can be given again, as before %s", self._since.isoformat())
        self._since = self._owed = None

    def _errands(self, ill: Mapping[str, str], since: datetime, now: datetime) -> Iterator[Errand]:
        """Yield a message for each medium; none of them is in the ledger."""
        settings = self._settings
        keeper = Roster(settings).on_duty(settings.stores[0], settings.duty.fallback, now).person
        facts = {"person": keeper.email, "parts": dict(ill), "since": since.isoformat()}
        places = {Medium.MAIL: keeper.email, Medium.SLACK: settings.slack.channel}
        for medium, recipient in places.items():
            post = new_post(settings.stores[0].name, medium, recipient, TEMPLATE, now)
            post.facts = facts
            yield Errand(post, None, None, may_have_arrived=False)

    async def _send(self, errand: Errand) -> Errand | None:
        """Send a message; return it when it is to be tried again."""
        try:
            await self._senders[errand.post.medium].send(errand)
        except Exception as error:  # noqa: BLE001  (the other medium has to be tried)
            what = f"not told by {errand.post.medium} that no alert can be given"
            log.error("%s: %s", what, one_line(error))
            if isinstance(error, TransportError) and error.permanent:
                return None
            return replace(errand, may_have_arrived=True)
        return None


def _line(ill: Mapping[str, str]) -> str:
    return "; ".join(f"{part}: {problem}" for part, problem in ill.items())
