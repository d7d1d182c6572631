"""Trigger ids live 3 s, response addresses 30 min (Slack's interactivity reference)."""

import pytest

from sandbox.slack.errors import SlackError
from sandbox.slack.triggers import ResponseRight, ResponseUrls, Triggers


class Clock:
    """A clock that stands until it is moved."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_trigger_id_lives_three_seconds() -> None:
    clock = Clock()
    triggers = Triggers(clock)
    trigger_id = triggers.give("U0LINYUE")

    clock.now = 2.9
    assert triggers.check(trigger_id).user == "U0LINYUE"

    clock.now = 3.1
    with pytest.raises(SlackError, match="expired_trigger_id"):
        triggers.check(trigger_id)


def test_a_response_url_lives_half_an_hour() -> None:
    clock = Clock()
    urls = ResponseUrls(clock)
    key = urls.give(ResponseRight("C0STOCK", "U0LINYUE")).rpartition("/")[2]

    clock.now = 30 * 60 - 1
    assert urls.use(key).channel == "C0STOCK"

    clock.now = 30 * 60 + 1
    with pytest.raises(SlackError, match="expired_url"):
        urls.use(key)
