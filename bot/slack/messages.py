"""Alerts and answers as Slack messages (Block Kit), within Slack's limits."""

import re
from typing import Any

from bot.alert_text import AlertText
from core.ledger.tables import Alert, AlertState
from core.markup import cut, to_slack

BLOCKS_LIMIT = 50
SECTION_LIMIT = 3000
TEXT_LIMIT = 4000
"""Slack shortens a message's text after so many characters."""
BUTTON_LIMIT = 75

Blocks = list[dict[str, Any]]
Message = tuple[str, Blocks]
"""A message's top-level text, which notifications show, and its blocks."""

ACKNOWLEDGE, SNOOZE, RESOLVE = "alert_acknowledge", "alert_snooze", "alert_resolve"

_TORN = re.compile(r"(<[^<>]*|&\w*)$")
"""The beginning of a link, a mention or an escaped character whose end was cut off."""


def alert_message(alert: Alert, text: AlertText, mention: str) -> Message:
    """Return an alert's message; the mention stands in the top-level text, where it notifies."""
    title = to_slack(text.title)
    if alert.state == AlertState.RESOLVED:
        head = f"{text.mark} ~{title}~"
    else:
        head = f"{text.mark} {mention} *{title}*"
    foot: Blocks = [_context(text.status)]
    if buttons := _buttons(alert, text):
        foot.append({"type": "actions", "block_id": "alert_actions", "elements": buttons})
    body = sections(text.body, BLOCKS_LIMIT - 1 - len(foot))
    return _cut(f"{mention} {title}", TEXT_LIMIT), [_section(head), *body, *foot]


def text_message(text: str) -> Message:
    """Return a rendered text as a message."""
    return _cut(to_slack(text), TEXT_LIMIT), sections(text)


def sections(text: str, limit: int = BLOCKS_LIMIT) -> Blocks:
    """Return a rendered text as at most `limit` sections, one a paragraph, long ones cut."""
    paragraphs = [part.strip() for part in text.split("\n\n") if part.strip()]
    if len(paragraphs) > limit:
        paragraphs[limit - 1 :] = ["…"]
    return [_section(to_slack(part)) for part in paragraphs]


def _section(text: str) -> dict[str, Any]:
    # verbatim: Slack must not make links or channel names out of somebody's words
    text_object = {"type": "mrkdwn", "text": _cut(text, SECTION_LIMIT), "verbatim": True}
    return {"type": "section", "text": text_object}


def _context(text: str) -> dict[str, Any]:
    element = {"type": "mrkdwn", "text": _cut(to_slack(text), SECTION_LIMIT), "verbatim": True}
    return {"type": "context", "elements": [element]}


def _cut(mrkdwn: str, limit: int) -> str:
    """Return at most `limit` characters of mrkdwn, with no half of a link or escape at the end."""
    if len(mrkdwn) <= limit:
        return mrkdwn
    return _TORN.sub("", mrkdwn[: limit - 1]) + "…"


def _buttons(alert: Alert, text: AlertText) -> Blocks:
    if alert.state == AlertState.RESOLVED:
        return []
    buttons = [_button(SNOOZE, text.snooze, alert), _button(RESOLVE, text.resolve, alert)]
    if alert.state == AlertState.OPEN:
        first = _button(ACKNOWLEDGE, text.acknowledge, alert)
        buttons.insert(0, first | {"style": "primary"})
    return buttons


def _button(action: str, label: str, alert: Alert) -> dict[str, Any]:
    return {
        "type": "button",
        "action_id": action,
        "text": {"type": "plain_text", "text": cut(label, BUTTON_LIMIT)},
        "value": str(alert.id),
    }
