"""The shipped config.yaml with a sandbox's mailbox, as all fault tests use it."""

from collections.abc import Mapping

from core.configuration import load
from core.settings import Settings
from jobs.registry import configuration
from tests.support.sandbox_process import ROOT, Json

ALL_AT_ONCE = {"duty.working_hours": None, "alerts.group_over": 10_000}
"""Nobody's message waits for the morning, and each alert is a message of its own."""


def fault_settings(ready: Json, overrides: Mapping[str, object] | None = None) -> Settings:
    """Return the settings; `ready` is what the sandbox said when it was."""
    mailbox = {
        "mail.host": ready["smtp_host"],
        "mail.port": ready["smtp_port"],
        "mail.security": "none",
    }
    changes = {**ALL_AT_ONCE, **mailbox, **(overrides or {})}
    return load(ROOT / "config.yaml", configuration(), changes)
