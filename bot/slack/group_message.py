"""A message about many alerts, as Slack shows it."""

from collections.abc import Sequence

from bot.group_text import GroupText
from bot.slack.messages import (
    TEXT_LIMIT,
    Message,
    button,
    context,
    cut_mrkdwn,
    section,
    sections,
)
from core.ledger.life.groups import GroupView
from core.ledger.tables import AlertState
from core.markup import to_slack

TAKE, SHOW = "group_take", "group_show"


def group_message(view: GroupView, text: GroupText, owners: Sequence[tuple[str, int]]) -> Message:
    """Return the message; `owners` are mentions and how many alerts each must see to.

    Each owner is mentioned once, in the top-level text, where it notifies.
    """
    title = to_slack(text.title)
    if view.over_at:
        done = f"{text.mark} ~{title}~"
        return cut_mrkdwn(title, TEXT_LIMIT), [section(done), context(text.status)]
    asked = to_slack(", ".join(f"{mention} {count}" for mention, count in owners))
    blocks = [
        section(f"{text.mark} *{title}*\n{asked}".strip()),
        context(text.counts),
        *sections(text.worst),
        context(text.status),
    ]
    buttons = [button(SHOW, text.mine, view.group)]
    if view.states[AlertState.OPEN]:
        buttons.insert(0, button(TAKE, text.take, view.group) | {"style": "primary"})
    blocks.append({"type": "actions", "elements": buttons})
    return cut_mrkdwn(": ".join(filter(None, [asked, title])), TEXT_LIMIT), blocks
