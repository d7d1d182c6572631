"""What every command of the terminal starts from: the environment, config.yaml, the ledger."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from dotenv import dotenv_values
from sqlalchemy.exc import SQLAlchemyError

from bot.attachments import refuse_unknown_files
from bot.demo import ENVIRONMENT
from bot.options import one_of
from core.configuration import ConfigurationError, load
from core.ledger.database import Database
from core.ledger.migrate import UnknownForm, migrate
from core.secrets import Secrets, environment, secrets
from core.settings import Settings, Store
from jobs.registry import configuration
from scrapers.api.outside import Outside

SLACK = "https://slack.com/api/"
WHATSAPP = "https://graph.facebook.com"
SANDBOX_WHATSAPP = {
    "version": "v23.0",
    "template": "watchkeeper_alert",
    "languages": {"en": "en", "zh_CN": "zh_CN"},
}
"""What config.yaml leaves out: with it, WhatsApp works in the sandbox."""


@dataclass(frozen=True)
class Workplace:
    """Settings, credentials and addresses of one start."""

    settings: Settings
    secrets: Secrets
    slack_api_url: str
    whatsapp_api_url: str
    in_sandbox: bool
    outside: Outside

    def stores(self, name: str | None = None) -> list[Store]:
        """Return every store, or the one of a name. Raises click.UsageError."""
        stores = {store.name: store for store in self.settings.stores}
        return [one_of(stores, "store", name)] if name else list(stores.values())

    def ledger(self) -> Database:
        """Open the ledger, its tables brought to this version's form.

        Raises ConfigurationError when there is no database to be had at `database.url`.
        """
        try:
            database = Database(self.settings.database.url)
            migrate(database)
        except (SQLAlchemyError, UnknownForm, ImportError, OSError) as error:
            reason = str(getattr(error, "orig", None) or error).partition("\n")[0]
            raise ConfigurationError(
                [f"the ledger cannot be opened: {reason}; mend database.url or DATABASE_URL"]
            ) from None
        return database


def utc_now() -> datetime:
    """Return the time."""
    return datetime.now(UTC)


def open_workplace(config: Path | None, sandbox: dict[str, str] | None = None) -> Workplace:
    """Read the environment and config.yaml. Raises ConfigurationError.

    Without Slack credentials the sandbox that `watchkeeper run` started is used while it runs:
    its variables come as `sandbox` from its starter, or from the file it left.
    """
    variables = environment(Path.cwd())
    if sandbox is None and not secrets(variables).has_slack:
        sandbox = _running_sandbox()
        if sandbox and "DATABASE_URL" in os.environ:
            sandbox["DATABASE_URL"] = os.environ["DATABASE_URL"]  # said for this very command
    path = _config_path(config, variables)
    if sandbox:
        variables = {**variables, **sandbox}
    settings = load(path, configuration(), _overrides(variables, sandbox))
    refuse_unknown_files(settings)
    return Workplace(
        settings=settings,
        secrets=secrets(variables),
        slack_api_url=variables.get("SLACK_API_URL") or SLACK,
        whatsapp_api_url=variables.get("WHATSAPP_API_URL") or WHATSAPP,
        in_sandbox=bool(sandbox),
        outside=Outside(variables),
    )


def has_config(config: Path | None) -> bool:
    """Tell whether there is a configuration, for what can do without one."""
    return _config_path(config, environment(Path.cwd())).exists()


def _config_path(config: Path | None, variables: Mapping[str, str]) -> Path:
    return config or Path(variables.get("WATCHKEEPER_CONFIG") or "config.yaml")


def _overrides(variables: dict[str, str], sandbox: dict[str, str] | None) -> dict[str, Any]:
    """Return what wins over config.yaml: DATABASE_URL, and what belongs to the sandbox."""
    overrides: dict[str, Any] = {}
    if variables.get("DATABASE_URL"):
        overrides["database.url"] = variables["DATABASE_URL"]
    if sandbox:
        overrides |= {
            "mail.host": sandbox["SANDBOX_SMTP_HOST"],
            "mail.port": int(sandbox["SANDBOX_SMTP_PORT"]),
            "mail.security": "none",
            "whatsapp": SANDBOX_WHATSAPP | {"phone_number_id": sandbox["SANDBOX_WHATSAPP_NUMBER"]},
            "duty.working_hours": None,  # who tries it out at night wants to see it work
            "fetch.allowed_private_hosts": [sandbox["SANDBOX_SHOP_HOST"]],
            "fetch.seconds_between_requests": "0.05",
        }
    return overrides


def _running_sandbox() -> dict[str, str] | None:
    """Return the variables that a sandbox left, while the process that started it lives."""
    if not ENVIRONMENT.exists():
        return None
    left = {name: value or "" for name, value in dotenv_values(ENVIRONMENT).items()}
    try:
        os.kill(int(left["SANDBOX_STARTED_BY"]), 0)
    except (OSError, KeyError, ValueError):
        return None
    return left
