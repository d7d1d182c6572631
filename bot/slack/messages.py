"""Alerts and answers as Slack messages (Block Kit), within Slack's limits."""

import re
from collections.abc import Sequence
from typing import Any, Self

from bot.alert_text import BUTTONS, DECIDE, AlertText, Decision
from core.ledger.life.steps import can_be_taken
from core.ledger.tables import Alert, AlertGroup, AlertState
from core.markup import cut, to_plain, to_slack

BLOCKS_LIMIT = 50
SECTION_LIMIT = 3000
TEXT_LIMIT = 4000
"""Slack shortens a message's text after so many characters."""
BUTTON_LIMIT = 75
CONFIRM_TITLE_LIMIT, CONFIRM_TEXT_LIMIT, CONFIRM_BUTTON_LIMIT = 100, 300, 30

Blocks = list[dict[str, Any]]
Message = tuple[str, Blocks]
"""A message's top-level text, which notifications show, and its blocks."""

ACKNOWLEDGE, SNOOZE, HAND_OVER, RESOLVE, REOPEN, WHY = (f"alert_{name}" for name in BUTTONS)


class Reply(str):
    """An answer in the markup of `core.markup` that Slack shows as these blocks instead."""

    __slots__ = ("blocks",)
    blocks: Blocks

    def __new__(cls, text: str, blocks: Blocks) -> Self:
        """Return the text with its blocks."""
        reply = super().__new__(cls, text)
        reply.blocks = blocks
        return reply


_TORN = re.compile(r"(<[^<>]*|&\w*)$")
"""The beginning of a link, a mention or an escaped character whose end was cut off."""


def alert_message(alert: Alert, text: AlertText, mention: str) -> Message:
    """Return an alert's message; the mention stands in the top-level text, where it notifies."""
    title, mention = to_slack(text.title), to_slack(mention)
    if alert.state == AlertState.RESOLVED:
        head = f"{text.mark} ~{title}~"
    else:
        head = f"{text.mark} {mention} *{title}*"
    foot: Blocks = [context(text.status)]
    if decisions := [_decision(each, alert) for each in text.decisions]:
        foot.append({"type": "actions", "block_id": "alert_decisions", "elements": decisions})
    if buttons := _buttons(alert, text):
        foot.append({"type": "actions", "block_id": "alert_actions", "elements": buttons})
    body = sections(text.body, BLOCKS_LIMIT - 1 - len(foot))
    return cut_mrkdwn(f"{mention} {title}", TEXT_LIMIT), [section(head), *body, *foot]


def text_message(text: str) -> Message:
    """Return a rendered text as a message."""
    blocks = text.blocks if isinstance(text, Reply) else sections(text)
    return cut_mrkdwn(to_slack(text), TEXT_LIMIT), blocks


def sections(text: str, limit: int = BLOCKS_LIMIT) -> Blocks:
    """Return a rendered text as at most `limit` sections, one a paragraph, long ones cut."""
    paragraphs = [part.strip() for part in text.split("\n\n") if part.strip()]
    if len(paragraphs) > limit:
        paragraphs[limit - 1 :] = ["…"]
    return [section(to_slack(part)) for part in paragraphs]


def section(text: str) -> dict[str, Any]:
    """Return a section of mrkdwn, cut where Slack would refuse it."""
    # verbatim: Slack must not make links or channel names out of somebody's words
    text_object = {"type": "mrkdwn", "text": cut_mrkdwn(text, SECTION_LIMIT), "verbatim": True}
    return {"type": "section", "text": text_object}


def context(text: str) -> dict[str, Any]:
    """Return a rendered text as small print."""
    words = cut_mrkdwn(to_slack(text), SECTION_LIMIT)
    element = {"type": "mrkdwn", "text": words, "verbatim": True}
    return {"type": "context", "elements": [element]}


def cut_mrkdwn(mrkdwn: str, limit: int) -> str:
    """Return at most `limit` characters of mrkdwn, with no half of a link or escape at the end."""
    if len(mrkdwn) <= limit:
        return mrkdwn
    return _TORN.sub("", mrkdwn[: limit - 1]) + "…"


def _buttons(alert: Alert, text: AlertText) -> Blocks:
    """Return what can be done with an alert now, first what is wanted first: phones show few."""
    return [button(f"alert_{name}", text.buttons[name], alert) for name in _offered(alert)]


def _offered(alert: Alert) -> Sequence[str]:
    if alert.state == AlertState.RESOLVED:
        return ("why",) if alert.gone_at else ("reopen", "why")
    offered = ("acknowledge", "snooze", "hand_over", "resolve", "why")
    return offered if can_be_taken(alert) else offered[1:]


def _decision(decision: Decision, alert: Alert) -> dict[str, Any]:
    """Return the button of a decision; where there is a question, Slack asks it first."""
    drawn = button(DECIDE + decision.name, decision.label, alert)
    asked = decision.question
    if asked is None:
        return drawn
    confirm = {
        "title": _plain(decision.label, CONFIRM_TITLE_LIMIT),
        "text": _plain(asked.text, CONFIRM_TEXT_LIMIT),
        "confirm": _plain(asked.yes, CONFIRM_BUTTON_LIMIT),
        "deny": _plain(asked.no, CONFIRM_BUTTON_LIMIT),
    }
    return drawn | {"confirm": confirm}


def button(action: str, label: str, about: Alert | AlertGroup) -> dict[str, Any]:
    """Return a button about an alert, or many; taking it is what is wanted most."""
    drawn = {
        "type": "button",
        "action_id": action,
        "text": _plain(label, BUTTON_LIMIT),
        "value": str(about.id),
    }
    return drawn | ({"style": "primary"} if action == ACKNOWLEDGE else {})


def _plain(words: str, limit: int) -> dict[str, Any]:
    return {"type": "plain_text", "text": cut(to_plain(words), limit)}
