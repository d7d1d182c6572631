"""Where an alert goes: who owns it, which Slack channel, which media, which chain."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.escalation import Chain
from core.jobs import CheckSettings
from core.matching import Traits
from core.settings import Settings, Store
from core.values import Medium, Severity


@dataclass(frozen=True)
class Route:
    """What the check's stanza and the first routing rule that matches say."""

    role: str
    channel: str
    notify: tuple[Medium, ...]
    chain: Chain | None
    """None: not escalated."""


def route(settings: Settings, stanza: CheckSettings, traits: Traits) -> Route:
    """Return where an alert with these traits goes; what a rule leaves open is as without it."""
    rule = next((rule for rule in settings.routing if rule.match.matches(traits)), None)
    severity = Severity(traits["severity"])
    chain = (rule and rule.escalation) or stanza.escalation
    chain = chain or settings.escalation.by_severity.get(severity)
    return Route(
        role=(rule and rule.role) or stanza.role,
        channel=(rule and rule.channel) or stanza.channel or settings.slack.channel,
        notify=tuple((rule and rule.notify) or stanza.notify),
        chain=settings.escalation.chains[chain] if chain else None,
    )


def looked_at(settings: Settings) -> list[str]:
    """Return the names of the traits that decide: alerts that agree in them go the same way."""
    named = {name for rule in settings.routing for name in rule.match.model_fields_set}
    return sorted(name.removesuffix("_over") for name in named)


def traits(
    *,
    store: Store,
    check: str,
    subject: str,
    severity: str,
    blind: bool,
    facts: Mapping[str, Any],
) -> Traits:
    """Return what matchers look at: the facts, under the alert's own words.

    An amount in another currency than the store's is left out: it is not comparable (law 8).
    """
    own = {"store": store.name, "check": check, "subject": subject, "severity": severity}
    known = {**facts, **own, "blind": blind}
    if (facts.get("currency") or store.currency) != store.currency:
        known.pop("amount", None)
    return known
