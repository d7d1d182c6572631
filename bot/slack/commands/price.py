"""`/price`: our price beside theirs, the largest gaps, pairs to confirm, a price somebody saw."""

from bot.slack.command import Command, message
from bot.slack.forms.pairs import PAIRS
from bot.slack.forms.price_sheet import GAPS, SHEET
from bot.slack.forms.seen_price import SEEN_PRICE

COMMAND = Command(
    name="/price",
    summary=message("Our prices beside the competitors'"),
    forms=(GAPS, *PAIRS, *SEEN_PRICE, SHEET),
)
