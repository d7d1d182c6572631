"""Short-lived rights: trigger ids that open modals, and response addresses."""

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass

from sandbox.slack.errors import SlackError

TRIGGER_SECONDS = 3.0
RESPONSE_SECONDS = 30 * 60.0
RESPONSE_USES = 5


@dataclass
class Trigger:
    """The right of `user` to be shown a modal, once; `modal` is the one it was pressed in."""

    user: str
    modal: str | None
    ends: float
    used: bool = False


class Triggers:
    """All trigger ids given out."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._triggers: dict[str, Trigger] = {}

    def give(self, user: str, modal: str | None = None) -> str:
        """A new trigger id."""
        trigger_id = f"{len(self._triggers) + 1}.{time.time_ns()}.{secrets.token_hex(16)}"
        self._triggers[trigger_id] = Trigger(user, modal, self._clock() + TRIGGER_SECONDS)
        return trigger_id

    def check(self, trigger_id: str) -> Trigger:
        """The right behind a trigger id.

        Raises:
            SlackError: `invalid_trigger_id`, `expired_trigger_id` or `exchanged_trigger_id`.
        """
        trigger = self._triggers.get(trigger_id)
        if trigger is None:
            raise SlackError("invalid_trigger_id")
        if trigger.used:
            raise SlackError("exchanged_trigger_id")
        if self._clock() > trigger.ends:
            raise SlackError("expired_trigger_id")
        return trigger


@dataclass
class ResponseRight:
    """The right to answer `user` in `channel`; `ts` is the message that was acted on."""

    channel: str
    user: str
    ts: str | None = None
    thread_ts: str | None = None
    uses: int = 0
    ends: float = 0.0


class ResponseUrls:
    """All response addresses given out, below `base_url`."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.base_url = ""
        self._clock = clock
        self._rights: dict[str, ResponseRight] = {}

    def give(self, right: ResponseRight) -> str:
        """A new address."""
        key = secrets.token_urlsafe(16)
        right.ends = self._clock() + RESPONSE_SECONDS
        self._rights[key] = right
        return f"{self.base_url}/response/{key}"

    def use(self, key: str) -> ResponseRight:
        """The right behind an address, used once more.

        Raises:
            SlackError: `expired_url` or `used_url`.
        """
        right = self._rights.get(key)
        if right is None or self._clock() > right.ends:
            raise SlackError("expired_url")
        if right.uses >= RESPONSE_USES:
            raise SlackError("used_url")
        right.uses += 1
        return right
