"""What only the environment or .env may hold. Never logged, never stored, never in an address."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path

from dotenv import dotenv_values


@dataclass(frozen=True)
class Secrets:
    """Credentials; None where the environment has none. Their values never show in a repr."""

    slack_bot_token: str | None = field(default=None, repr=False)
    slack_app_token: str | None = field(default=None, repr=False)
    slack_signing_secret: str | None = field(default=None, repr=False)
    smtp_user: str | None = field(default=None, repr=False)
    smtp_password: str | None = field(default=None, repr=False)
    whatsapp_token: str | None = field(default=None, repr=False)
    whatsapp_app_secret: str | None = field(default=None, repr=False)
    whatsapp_verify_token: str | None = field(default=None, repr=False)
    heartbeat_url: str | None = field(default=None, repr=False)

    @property
    def has_slack(self) -> bool:
        """Whether there is enough to talk to a Slack workspace."""
        return bool(self.slack_bot_token and (self.slack_app_token or self.slack_signing_secret))


def environment(directory: Path) -> dict[str, str]:
    """Return the environment's variables, over those of `.env` in a directory."""
    return {k: v for k, v in dotenv_values(directory / ".env").items() if v} | dict(os.environ)


def secrets(environment: Mapping[str, str]) -> Secrets:
    """Return the credentials that an environment holds, by their upper-case names."""
    return Secrets(**{f.name: environment.get(f.name.upper()) or None for f in fields(Secrets)})
