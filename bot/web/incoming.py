"""Every way that others send something here: pushes of records, webhooks, and their description."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from starlette.routing import BaseRoute

from bot.web.ingest import Ingest
from bot.web.metrics import Counts
from bot.web.openapi import openapi_route
from bot.web.receiving import Receiver
from bot.web.webhooks import SourceWebhooks
from bot.web.whatsapp import WhatsAppWebhook
from core.ledger.database import Database
from core.pushing import TakePush, TakeWebhook, Tell
from core.secrets import Secrets
from core.settings import Settings


@dataclass(frozen=True)
class Hands:
    """Who takes what comes in: `tell` hears which records are new, `owed` that posts may be due."""

    take_push: TakePush
    take_webhook: TakeWebhook
    tell: Tell
    owed: Callable[[], None]


def incoming(
    database: Database,
    settings: Settings,
    secrets: Secrets,
    hands: Hands,
    clock: Callable[[], datetime],
    counts: Counts,
) -> list[BaseRoute]:
    """Return where pushes and webhooks come in; nowhere without `web.push` in config.yaml."""
    limits = settings.web.push
    if limits is None:
        return []
    # webhooks have places of their own: who is not known yet must not take those of pushes
    pushes, webhooks = Receiver(limits), Receiver(limits)
    ingest = Ingest(database, settings, limits, pushes, hands.take_push, hands.tell, clock, counts)
    whatsapp = WhatsAppWebhook(
        database,
        settings,
        secrets.whatsapp_app_secret,
        secrets.whatsapp_verify_token,
        webhooks,
        hands.owed,
        clock,
    )
    sources = SourceWebhooks(webhooks, hands.take_webhook, hands.tell, clock)
    return [openapi_route(limits), ingest.route(), *whatsapp.routes(), sources.route()]
