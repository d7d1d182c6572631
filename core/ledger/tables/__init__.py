"""The ledger's tables of Watchkeeper's own life. The tables of facts: `core.ledger.records`."""

from core.ledger.tables.alert import (
    Alert,
    AlertGroup,
    AlertState,
    AlertStep,
    GroupKind,
    Silence,
    Suspect,
)
from core.ledger.tables.delivery import Member, OptIn, Post, PostState
from core.ledger.tables.duty import DutyChange
from core.ledger.tables.fetching import Fetch, FetchOutcome, KnownPage
from core.ledger.tables.incoming import (
    FeedCursor,
    PushAnswer,
    PushToken,
    UnknownValue,
    UnmatchedMail,
    WebhookDelivery,
)
from core.ledger.tables.pricing import Choice, PriceDecision
from core.ledger.tables.running import Run, RunState, VitalSign, Watcher

__all__ = [
    "Alert",
    "AlertGroup",
    "AlertState",
    "AlertStep",
    "Choice",
    "DutyChange",
    "FeedCursor",
    "Fetch",
    "FetchOutcome",
    "GroupKind",
    "KnownPage",
    "Member",
    "OptIn",
    "Post",
    "PostState",
    "PriceDecision",
    "PushAnswer",
    "PushToken",
    "Run",
    "RunState",
    "Silence",
    "Suspect",
    "UnknownValue",
    "UnmatchedMail",
    "VitalSign",
    "Watcher",
    "WebhookDelivery",
]
