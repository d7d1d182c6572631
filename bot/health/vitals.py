"""Watchkeeper looks at its own parts, notes how they are, and lets the world know (law 5)."""

import asyncio
import logging
import socket
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial

from bot.health.heartbeat import Heartbeat
from bot.health.lifeline import Lifeline
from bot.health.probes import Probe
from core.errors import one_line
from core.ledger import vitals
from core.ledger.database import Database
from core.ledger.vitals import Part
from core.sections import WebSettings

log = logging.getLogger(__name__)

ANSWER_WITHIN = 10.0
"""Seconds that a part has to say how it is."""
END_WITHIN = 1.0
"""Seconds that writing down the end may take: the process must not wait for a locked ledger."""

SETTLED_AFTER = 5.0
"""Seconds after which parts that had just started, and were not yet well, are looked at again."""

NOTE = "note"

Problems = Mapping[str, str | None]
"""By part, what is wrong with it; None: it is well."""


def process_name(web: WebSettings) -> str:
    """Return what this service is called in the ledger; a restart keeps it."""
    return f"{socket.gethostname()}:{web.port}"


class Vitals:
    """The parts of one service. `recovered` is called when the ledger answers again."""

    def __init__(
        self,
        database: Database,
        process: str,
        probes: Mapping[str, Probe],
        heartbeat: Heartbeat,
        lifeline: Lifeline,
        clock: Callable[[], datetime],
        recovered: Callable[[], object],
    ) -> None:
        self._database, self._process, self._probes = database, process, probes
        self.heartbeat, self._lifeline = heartbeat, lifeline
        self._clock, self._recovered = clock, recovered
        self._asked: dict[str, asyncio.Task[str | None]] = {}
        self.latest: Problems = {}
        """As they were at the latest look."""

    async def run(self) -> None:
        """Look again and again until cancelled."""
        pause = SETTLED_AFTER
        while True:
            try:
                await self.look()
            except Exception:
                log.exception("Watchkeeper could not look at itself; it tries again")
            await asyncio.sleep(pause)
            pause = vitals.LOOK_EVERY.total_seconds()

    async def problems(self) -> Problems:
        """Ask every part how it is."""
        answers = (self._answer(part, probe) for part, probe in self._probes.items())
        return dict(zip(self._probes, await asyncio.gather(*answers), strict=True))

    async def look(self) -> None:
        """Ask every part, write the answers down, tell people or the monitor at need."""
        found = await self.problems()
        if found[Part.DATABASE] is None:
            noting = partial(asyncio.to_thread, self._note, found)
            found = {**found, Part.DATABASE: await self._answer(NOTE, noting)}
        refused = bool(self.latest.get(Part.DATABASE))
        self.latest = found
        if refused and found[Part.DATABASE] is None:
            self._recovered()
        await self._lifeline.look(found)
        if not any(found.values()):
            await self.heartbeat.beat()

    async def end(self) -> None:
        """Write down that this service was told to end; a ledger that is locked stays without."""
        await self.heartbeat.close()
        try:
            async with asyncio.timeout(END_WITHIN):
                if noting := self._asked.get(NOTE):
                    await asyncio.wait({noting})  # it would say that the service still looks
                await asyncio.to_thread(self._end)
        except Exception as error:  # noqa: BLE001  (it ends all the same)
            log.warning("the end of the watch could not be written down: %s", one_line(error))

    async def _answer(self, key: str, probe: Probe) -> str | None:
        """Ask a part, or wait on if it has not answered yet: what hangs is asked only once."""
        task = self._asked.get(key)
        if task is None or task.done():
            task = self._asked[key] = asyncio.ensure_future(probe())
        done, _ = await asyncio.wait({task}, timeout=ANSWER_WITHIN)
        if not done:
            return "it does not answer"
        error = task.exception()
        return one_line(error) if error else task.result()

    def _note(self, found: Problems) -> None:
        signs, problem = dict(found), self.heartbeat.problem
        withheld = any(found.values())  # it is not sent then: nobody may read that it arrives
        if self.heartbeat.tried and (problem or not withheld):
            signs[Part.HEARTBEAT] = problem
        with self._database.write() as ledger:
            vitals.note(ledger, self._process, signs, self._clock())

    def _end(self) -> None:
        with self._database.write() as ledger:
            vitals.end(ledger, self._process, self._clock())
