"""Troubles on demand: a service of the sandbox can be told to fail, and how, and how often."""

import asyncio
import itertools
import time
from collections.abc import Awaitable, Callable
from typing import Literal

from aiohttp import web
from pydantic import BaseModel, ConfigDict, PositiveFloat, PositiveInt, ValidationError

from sandbox.control import BadInputError, read_json
from sandbox.json_object import Json

HTTP_MODES = ("429", "500", "hang", "lost_answer", "reset")
MODES = {
    "slack": (*HTTP_MODES, "ok_false", "drop_sockets"),
    "whatsapp": (*HTTP_MODES, "ok_false"),
    "shop": HTTP_MODES,
    "smtp": ("450", "550", "hang", "lost_answer", "reset"),
}


class FaultOrder(BaseModel):
    """How a service is to fail: `times` times, for `seconds`, or until it is cleared."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    target: Literal["slack", "smtp", "whatsapp", "shop"]
    mode: str
    method: str | None = None
    error: str | None = None
    retry_after: PositiveInt = 1
    times: PositiveInt | None = None
    seconds: PositiveFloat | None = None
    hang_seconds: PositiveFloat | None = None


class Fault:
    """One trouble that goes on."""

    def __init__(self, fault_id: str, order: FaultOrder) -> None:
        self.id = fault_id
        self.order = order
        self._left = order.times
        self._ends = None if order.seconds is None else time.monotonic() + order.seconds
        self._cleared = asyncio.Event()

    @property
    def over(self) -> bool:
        """Whether nothing fails of it any more."""
        return self._left == 0 or (self._ends is not None and time.monotonic() >= self._ends)

    def concerns(self, target: str, method: str | None) -> bool:
        """Whether a call of `method` at `target` fails now."""
        order = self.order
        return not self.over and order.target == target and order.method in (None, method)

    def use(self) -> None:
        """Count one failure."""
        if self._left is not None:
            self._left -= 1

    def clear(self) -> None:
        """End it, also for those who hang on it."""
        self._left = 0
        self._cleared.set()

    async def hang(self) -> None:
        """Wait until the fault is cleared, its time is over, or `hang_seconds` have passed."""
        ends_in = None if self._ends is None else max(self._ends - time.monotonic(), 0)
        waits = [seconds for seconds in (self.order.hang_seconds, ends_in) if seconds is not None]
        try:
            await asyncio.wait_for(self._cleared.wait(), min(waits, default=None))
        except TimeoutError:
            return

    def shown(self) -> Json:
        """The fault as JSON, with the failures that are left."""
        return self.order.model_dump(exclude_none=True) | {"id": self.id, "left": self._left}


class Faults:
    """All troubles of the sandbox, oldest first."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self._ids = itertools.count(1)
        self.on_new: Callable[[Fault], Awaitable[None]] | None = None

    def take(self, target: str, method: str | None = None, *modes: str) -> Fault | None:
        """The fault that strikes this call (one of `modes`, if any are named), counted as used."""
        for fault in self._faults:
            if fault.concerns(target, method) and (not modes or fault.order.mode in modes):
                fault.use()
                return fault
        return None

    def clear(self) -> None:
        """End all of them."""
        for fault in self._faults:
            fault.clear()
        self._faults.clear()

    def routes(self) -> list[web.RouteDef]:
        """`/sandbox/faults`: POST adds one, GET lists them, DELETE clears them."""
        path = "/sandbox/faults"
        return [
            web.post(path, self._add),
            web.get(path, self._list),
            web.delete(path, self._delete),
        ]

    async def _add(self, request: web.Request) -> web.Response:
        fault = Fault(f"f{next(self._ids)}", _order(await read_json(request)))
        self._faults.append(fault)
        if self.on_new is not None:
            await self.on_new(fault)
        return web.json_response({"ok": True, "fault": fault.shown()})

    async def _list(self, _request: web.Request) -> web.Response:
        return web.json_response({"faults": [f.shown() for f in self._faults if not f.over]})

    async def _delete(self, _request: web.Request) -> web.Response:
        self.clear()
        return web.json_response({"ok": True})


def _order(body: Json) -> FaultOrder:
    try:
        order = FaultOrder.model_validate(body)
    except ValidationError as problem:
        first = problem.errors()[0]
        raise BadInputError(f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from None
    if order.mode not in MODES[order.target]:
        known = ", ".join(MODES[order.target])
        raise BadInputError(f"mode {order.mode!r} is not one that {order.target} has: {known}")
    return order
