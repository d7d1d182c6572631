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
from core.ledger.tables.running import Run, RunState, VitalSign, Watcher

__all__ = [
    "Alert",
    "AlertGroup",
    "AlertState",
    "AlertStep",
    "DutyChange",
    "GroupKind",
    "Member",
    "OptIn",
    "Post",
    "PostState",
    "Run",
    "RunState",
    "Silence",
    "Suspect",
    "VitalSign",
    "Watcher",
]
